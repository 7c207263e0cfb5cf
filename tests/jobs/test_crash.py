"""The whole machinery, killed in the middle: real processes, a real queue, real ports."""
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from domain import price_lists, products, sales
from domain.departments import Department
from domain.messages import Sms, State
from domain.outbox import OutboxMessage
from domain.sales import Recipient
from integrations.clock import SystemClock
from integrations.queue import RqQueue, connect
from integrations.timetable import Every
from jobs.sms_batches import RECORDED_AT_ONCE
from running.scheduler import Scheduler
from tests.factories import NOBODY, ONE_ZONE, PRICES
from tests.running.conftest import redis_url, valkey  # noqa: F401
from tests.running.processes import Processes, Provider, kill

PHONE = "+46701740605"
TICKETS = 200
LAST = 73
"""The worker is killed when 46elks has taken so many, before it has heard of the last of them."""


@pytest.fixture
def provider():
    with Provider(LAST) as provider:
        yield provider


@pytest.fixture
def start_worker(config, redis_url, provider, tmp_path):  # noqa: F811
    with Processes(config, tmp_path, REDIS_URL=redis_url, SMS_URL=provider.url, SMS_USER="u",
                   SMS_PASSWORD="p") as processes:
        yield lambda: processes.start("running.worker")


def send_tickets(make, store, db):
    """Two hundred tickets to one phone."""
    now, company = SystemClock().now(), make.company()
    with store.transaction(db):
        price_lists.publish(db, "Prislista",
                         PRICES.read_text().replace("2026-", "2020-").splitlines(), now=now)
        department = db.scalar(select(Department).where(Department.company_id == company.id))
        for _ in range(TICKETS):
            sales.send(db, products.Product.SINGLE, ONE_ZONE, to=Recipient("Rut", PHONE),
                         department=department, by=NOBODY, now=now)


def undone(store):
    with store.session() as session:
        return session.scalar(select(func.count()).where(OutboxMessage.done_at.is_(None)))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
def test_a_worker_killed_in_the_middle_and_a_queue_emptied_lose_nothing_and_double_nothing(
        make, store, db, world, redis_url, provider, start_worker):  # noqa: F811
    queue = RqQueue(redis_url)
    world.queue.ring = queue.ring
    send_tickets(make, store, db)

    worker = start_worker()
    assert provider.has_the_last.wait(120)
    kill(worker)
    with connect(redis_url) as redis:
        redis.flushall()
        provider.let_go.set()
        assert len(provider.phones.messages(PHONE)) == LAST
        assert 0 < undone(store) - (TICKETS - LAST) <= RECORDED_AT_ONCE

        start_worker()
        scheduler, deadline = Scheduler(redis, [Every("jobs.worker.sweep", seconds=1)]), 120
        started = time.monotonic()
        while undone(store) and time.monotonic() - started < deadline:
            scheduler.turn(SystemClock().now())
            time.sleep(0.1)

    on_the_phone = provider.phones.messages(PHONE)
    assert (undone(store), len(on_the_phone), provider.asked) == (0, TICKETS, TICKETS)
    assert len({sms["text"] for sms in on_the_phone}) == TICKETS
    with store.session() as session:
        rows = session.scalars(select(Sms)).all()
    assert {row.state for row in rows} == {State.SENT}
    assert {row.provider_id for row in rows} == {sms["id"] for sms in on_the_phone}
