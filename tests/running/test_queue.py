import logging
from uuid import uuid4

import pytest
import redis
import rq

from integrations.queue import RqQueue, SilentQueue, connect, heard

NOBODY = "unix:///nowhere/valkey.sock"


@pytest.fixture
def queue(redis_url):
    return RqQueue(redis_url)


def test_ringing_makes_one_job_for_fifty_messages(queue, redis_url):
    ids = [uuid4() for _ in range(120)]
    queue.ring(ids)
    with connect(redis_url) as client:
        jobs = rq.Queue("portal", connection=client).jobs
        assert [job.func_name for job in jobs] == ["jobs.worker.deliver"] * 3
        assert [len(job.args[0]) for job in jobs] == [50, 50, 20]
        assert [one for job in jobs for one in job.args[0]] == [str(one) for one in ids]


def test_ringing_for_nothing_makes_no_job(queue, redis_url):
    queue.ring([])
    with connect(redis_url) as client:
        assert client.keys() == []


def test_a_bell_that_nobody_hears_is_a_warning_and_the_page_goes_on(caplog):
    with caplog.at_level(logging.WARNING):
        RqQueue(NOBODY).ring([uuid4(), uuid4()])
    assert caplog.messages[0].startswith("nobody heard the bell for 2 messages")


def test_what_works_is_what_has_been_heard(queue, redis_url):
    assert queue.working() == {"queue": True, "worker": False, "scheduler": False}
    with connect(redis_url) as client:
        heard(client, "worker")
        assert queue.working() == {"queue": True, "worker": True, "scheduler": False}
        heard(client, "scheduler")
        assert queue.working() == {"queue": True, "worker": True, "scheduler": True}


def test_nothing_works_without_the_server():
    assert RqQueue(NOBODY).working() == {"queue": False, "worker": False, "scheduler": False}


def test_a_connection_that_the_server_has_closed_is_made_anew(queue, redis_url):
    queue.ring([uuid4()])
    with redis.Redis.from_url(redis_url) as client:
        client.client_kill_filter(skipme=True, _type="normal")
    assert queue.working()["queue"]


def test_the_silent_queue_remembers_who_rang():
    queue, ids = SilentQueue(), [uuid4(), uuid4()]
    queue.ring(ids)
    queue.ring(ids[:1])
    assert queue.rung == [*ids, ids[0]]
