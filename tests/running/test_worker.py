import os
import subprocess
import sys
from uuid import uuid4

import pytest

from integrations.queue import RqQueue, connect
from tests.running.conftest import server
from tests.running.waiting import ENOUGH_SECONDS, eventually


@pytest.fixture
def start(settings):
    """Starts a worker of the queue at an address."""
    started = []

    def start(redis_url: str) -> subprocess.Popen:
        environment = os.environ | settings | {"PORTAL_REDIS_URL": redis_url}
        started.append(subprocess.Popen([sys.executable, "-m", "running.worker"], env=environment))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def test_a_worker_survives_an_emptied_queue_and_stops_without_one(start):
    with server() as (process, url):
        worker, queue = start(url), RqQueue(url)
        eventually(lambda: queue.working()["worker"])
        with connect(url) as client:
            client.flushall()
            queue.ring([uuid4()])
            eventually(lambda: client.keys("rq:job:*") == [])
            eventually(lambda: queue.working()["worker"])
        process.kill()
        process.wait()
        worker.terminate()
        assert worker.wait(ENOUGH_SECONDS) == 0
