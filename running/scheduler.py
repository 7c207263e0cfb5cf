"""Rings for the recurring jobs of jobs/schedule.py: `python -m running.scheduler`.

Two schedulers ring once, and a time missed while none ran is rung for by the next.
"""
import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from redis import Redis, RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError, NoSuchJobError
from rq.job import Job, JobStatus

from config import Config
from integrations.clock import SystemClock
from integrations.queue import QUEUE, connect, heard, seconds
from integrations.timetable import Tick, job_id
from running import logs

log = logging.getLogger(__name__)


class Scheduler:
    def __init__(self, redis: Redis, timetable: Sequence[Tick]):
        self._redis = redis
        self._queue = Queue(QUEUE, connection=redis)
        self._timetable = timetable
        self._rung: dict[str, str] = {}

    def turn(self, now: datetime) -> None:
        """Ring for what has become due. Raises RedisError."""
        heard(self._redis, "scheduler")
        for tick in self._timetable:
            name = job_id(tick, now)
            last = self._rung.get(tick.job)
            if name != last and not self._waits(last):
                self._ring(tick, name)
                self._rung[tick.job] = name

    def _waits(self, name: str | None) -> bool:
        """Whether no worker has taken the job yet: then one more would only pile up."""
        try:
            return name is not None and Job.fetch(
                name, connection=self._redis).get_status(refresh=False) is JobStatus.QUEUED
        except NoSuchJobError:
            return False

    def _ring(self, tick: Tick, name: str) -> None:
        remembered = 2 * tick.period  # a restart within it does not ring again
        failure_kept = remembered + timedelta(hours=1)
        try:
            self._queue.enqueue(tick.job, job_id=name, unique=True,
                                job_timeout=seconds(tick.timeout), result_ttl=seconds(remembered),
                                failure_ttl=seconds(failure_kept))
        except DuplicateJobError:
            log.debug("%s was rung for by another scheduler", name)


def main() -> None:
    from jobs.schedule import TIMETABLE
    logs.start()
    clock = SystemClock()
    scheduler = Scheduler(connect(Config.from_env().redis_url), TIMETABLE)
    silent = False
    while True:
        try:
            scheduler.turn(clock.now())
            silent = False
        except RedisError as error:
            if not silent:
                log.warning("the queue does not answer, the timetable waits: %s", error)
            silent = True
        time.sleep(1)


if __name__ == "__main__":
    main()
