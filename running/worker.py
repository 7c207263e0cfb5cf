"""A worker of the queue: `python -m running.worker`. Each job runs in a process of its own."""
import gc
import logging
import signal
import threading
import time
from datetime import timedelta

from redis import Redis, RedisError
from redis.client import Pipeline
from rq import Worker
from sqlalchemy.orm import configure_mappers

from config import Config
from integrations.queue import QUEUE, connect, heard
from running import logs

log = logging.getLogger(__name__)

STOP_WITHIN = timedelta(seconds=15)
"""A job that is not done so long after SIGTERM is ended; what it was doing, the sweep takes up."""


class PortalWorker(Worker):
    """Notices a crashed job within 75 s and a Redis that is back within 2 s."""

    max_connection_wait_time = 2.0

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        super().heartbeat(timeout, pipeline)
        heard(self.connection, "worker")

    def handle_warm_shutdown_request(self) -> None:
        patience = threading.Timer(STOP_WITHIN.total_seconds(), self.kill_horse)
        patience.daemon = True
        patience.start()


def work(redis: Redis) -> bool:
    """Work until told to stop (True) or Redis goes away (False)."""
    worker = None
    try:
        worker = PortalWorker(QUEUE, connection=redis, worker_ttl=30, maintenance_interval=5,
                              job_monitoring_interval=5)
        worker.work(logging_level="WARNING")
    except RedisError as error:
        log.warning("the queue does not answer: %s", error)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return worker is not None and worker._shutdown_requested_date is not None


def main() -> None:
    from jobs import worker
    logs.start()
    worker.portal()  # put together once, before a process is forked for each job
    configure_mappers()
    gc.freeze()  # or each of them would look through all of it for waste, and so copy it
    redis = connect(Config.from_env().redis_url)
    while not work(redis):
        time.sleep(1)


if __name__ == "__main__":
    main()
