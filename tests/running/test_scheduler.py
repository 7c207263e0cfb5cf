from datetime import UTC, datetime, time, timedelta

import pytest
import redis
import rq

from integrations.queue import connect
from integrations.timetable import Daily, Every
from jobs.schedule import TIMETABLE
from running.scheduler import Scheduler

NOON = datetime(2026, 11, 20, 12, 0, 7, tzinfo=UTC)
SWEEP = Every("jobs.worker.sweep", seconds=10)
REPORTS = Daily("jobs.worker.make_missing_reports", at=time(1, 10))


@pytest.fixture
def client(redis_url):
    with connect(redis_url) as client:
        yield client


def rung(client):
    return rq.Queue("portal", connection=client).job_ids


def take_all(client):
    """As a worker does: take the jobs from the queue and finish them."""
    queue = rq.Queue("portal", connection=client)
    for job in queue.jobs:
        job.set_status("finished")
    client.delete(queue.key)


def test_every_so_many_seconds_is_counted_from_midnight():
    assert SWEEP.due(NOON) == NOON.replace(second=0)
    assert SWEEP.due(NOON.replace(second=10)) == NOON.replace(second=10)


def test_daily_is_due_at_its_hour_and_until_then_yesterdays_was_the_last():
    assert REPORTS.due(NOON) == datetime(2026, 11, 20, 1, 10, tzinfo=UTC)
    assert REPORTS.due(NOON.replace(hour=1, minute=9)) == datetime(2026, 11, 19, 1, 10, tzinfo=UTC)


def test_two_schedulers_ring_once(client):
    for scheduler in (Scheduler(client, [SWEEP]), Scheduler(client, [SWEEP])):
        scheduler.turn(NOON)
        scheduler.turn(NOON)
    assert rung(client) == ["jobs-worker-sweep-20261120T120000"]


def test_each_due_time_is_rung_for(client):
    scheduler = Scheduler(client, [SWEEP])
    scheduler.turn(NOON)
    take_all(client)
    scheduler.turn(NOON + timedelta(seconds=9))
    assert rung(client) == ["jobs-worker-sweep-20261120T120010"]


def test_due_times_do_not_pile_up_while_no_worker_takes_them(client):
    scheduler = Scheduler(client, [SWEEP])
    for turn in range(100):
        scheduler.turn(NOON + timedelta(seconds=turn))
    assert rung(client) == ["jobs-worker-sweep-20261120T120000"]


def test_a_night_that_was_missed_is_rung_for_at_the_start_but_not_at_the_next_start(client):
    Scheduler(client, [REPORTS]).turn(NOON)
    assert rung(client) == ["jobs-worker-make_missing_reports-20261120T011000"]
    take_all(client)
    Scheduler(client, [REPORTS]).turn(NOON + timedelta(hours=1))
    assert rung(client) == []


def test_the_next_time_is_rung_for_although_everything_was_forgotten(client):
    scheduler = Scheduler(client, [SWEEP])
    scheduler.turn(NOON)
    client.flushall()
    scheduler.turn(NOON + timedelta(seconds=10))
    assert rung(client) == ["jobs-worker-sweep-20261120T120010"]


def test_a_turn_without_the_server_says_so():
    with connect("unix:///nowhere/valkey.sock") as client, pytest.raises(redis.ConnectionError):
        Scheduler(client, [SWEEP]).turn(NOON)


def test_the_timetable_names_jobs_that_exist():
    from jobs import worker
    for tick in TIMETABLE:
        module, _, function = tick.job.rpartition(".")
        assert module == "jobs.worker"
        assert callable(getattr(worker, function))
