"""The whole machinery, killed in the middle: real processes, a real queue, real ports."""
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from domain import price_lists, products, sales
from domain.departments import Department
from domain.messages import Sms, State
from domain.outbox import OutboxMessage
from domain.sales import Recipient
from integrations.clock import SystemClock
from integrations.queue import RqQueue, connect
from integrations.ticket_keys import TicketKeys
from integrations.timetable import Every
from jobs.sms_batches import RECORDED_AT_ONCE
from running.scheduler import Scheduler
from sandbox import create_sandbox
from sandbox.serving import Handler
from tests.factories import NOBODY, ONE_ZONE, PRICES
from tests.running.conftest import redis_url, valkey  # noqa: F401

PHONE = "+46701740605"
TICKETS = 200
LAST = 73
"""The worker is killed when 46elks has taken so many, before it has heard of the last of them."""


class Provider:
    """46elks on a real port. It keeps its answer to the message numbered LAST."""

    def __init__(self):
        self.sandbox = create_sandbox()
        self.phones = self.sandbox.extensions["sandbox"].phones
        self.asked, self.has_the_last, self.let_go = 0, Event(), Event()
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Handler)
        self.url = f"http://127.0.0.1:{self.server.port}/46elks/a1"

    def __call__(self, environ, start_response):
        answer = self.sandbox(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            self.asked += 1
            if self.asked == LAST:
                self.has_the_last.set()
                self.let_go.wait(60)
        return answer


@pytest.fixture
def provider():
    provider = Provider()
    thread = Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield provider
    provider.let_go.set()
    provider.server.shutdown()
    thread.join()
    provider.server.server_close()


@pytest.fixture
def start_worker(config, redis_url, provider, tmp_path):  # noqa: F811
    TicketKeys.make(tmp_path / "tickets.pem")
    settings = {
        "ENV": "testing", "SECRET_KEY": config.secret_key, "DATABASE_URL": config.database_url,
        "DATA_KEY": b64encode(config.data_key).decode(), "REDIS_URL": redis_url,
        "BASE_URL": config.base_url, "SMS_URL": provider.url, "SMS_USER": "u", "SMS_PASSWORD": "p",
        "TICKET_KEY_FILE": str(tmp_path / "tickets.pem"), "RULE_LEASE_SECONDS": "1",
    }
    workers = []

    def start():
        environment = os.environ | {f"PORTAL_{name}": value for name, value in settings.items()}
        workers.append(subprocess.Popen([sys.executable, "-m", "running.worker"], env=environment))
        return workers[-1]

    yield start
    for worker in workers:
        kill(worker)


def kill(worker):
    """`kill -9` of the worker and of the process that it does its job in."""
    for process in [*children(worker.pid), worker.pid]:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    worker.wait()


def children(parent):
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.read_text().split(" (", 1)
        except OSError:
            continue
        if int(rest.rpartition(") ")[2].split()[1]) == parent:
            yield int(pid)


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
    assert provider.has_the_last.wait(20)
    kill(worker)
    with connect(redis_url) as redis:
        redis.flushall()
        provider.let_go.set()
        assert len(provider.phones.messages(PHONE)) == LAST
        assert 0 < undone(store) - (TICKETS - LAST) <= RECORDED_AT_ONCE

        start_worker()
        scheduler, deadline = Scheduler(redis, [Every("jobs.worker.sweep", seconds=1)]), 20
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
