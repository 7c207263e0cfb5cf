"""Purchases while everything breaks: sixteen clients, real processes, and a database, a worker and
a queue that are gone in the middle of it."""
import os
import re
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from domain import business_travel, ledger, price_lists
from domain.authorisations import Authorisation, State
from domain.codes import OneTimeCode
from domain.messages import Sms
from domain.outbox import OutboxMessage
from domain.services import Service
from domain.submissions import Submission
from domain.tickets import Ticket
from integrations.clock import SystemClock
from integrations.queue import RqQueue, connect
from integrations.timetable import Every
from migrations import migrate
from running import postgres
from running.scheduler import Scheduler
from tests.browser import Browser, id_in
from tests.chromium import everything
from tests.databases import SERVER
from tests.factories import NOBODY, PRICES
from tests.running.processes import Processes, Provider, children, kill
from tests.running.test_run import free_ports
from tests.running.waiting import ENOUGH_SECONDS, eventually

CLIENTS = 16
PURCHASES = 2_000 if everything() and SERVER else 304
CODES, LAST = (200, 67) if everything() and SERVER else (60, 27)
"""The worker is killed when 46elks has taken so many of the codes, before it has heard of the
last."""
SINGLE = 4200


@pytest.fixture(scope="module")
def server():
    """A PostgreSQL of its own, which keeps what it has acknowledged; None on SQLite."""
    if not SERVER:
        yield None
        return
    with postgres.server(synchronous_commit="on") as started:
        engine = create_engine(started.url, poolclass=NullPool)
        migrate(engine)
        yield started


@pytest.fixture
def config(config, server, redis_url):
    url = server.url if server else config.database_url
    return replace(config, database_url=url, redis_url=redis_url)


class Web:
    """The portal as in production."""

    def __init__(self, processes: Processes):
        port = free_ports()[0]
        self.url = f"http://127.0.0.1:{port}"
        self._process = processes.start("gunicorn", "-c", "python:running.web",
                                        "--bind", f"127.0.0.1:{port}")

    def kill_what_serves(self) -> None:
        """Others take their place."""
        for each in children(self._process.pid):
            os.kill(each, signal.SIGKILL)

    def wait(self) -> None:
        eventually(self._answers)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False


class Buyer:
    """A browser that sends the same form again until it is answered."""

    def __init__(self, web: Web, cookie: str, connection_id: UUID):
        self.client = httpx.Client(base_url=web.url, timeout=60)
        self.client.cookies.set("portal", cookie, domain="127.0.0.1")
        self.typed = {"connection": str(connection_id), "place": "zones_1 181",
                      "product": "single", "agreed_ore": str(SINGLE)}
        self.bought: list[UUID] = []
        self.again, self.refused = 0, ""

    def open_the_page(self) -> None:
        page = self.client.get("/resa/kop")
        assert page.status_code == 200
        self.typed["csrf_token"] = re.search(r'name="csrf_token"[^>]*value="([^"]+)"',
                                             page.text)[1]

    def buy(self, number: int) -> None:
        for _ in range(number):
            form = self.typed | {"form_key": str(uuid4())}
            gives_up = time.monotonic() + ENOUGH_SECONDS
            while not self._sent(form):
                assert time.monotonic() < gives_up, self.refused
                self.again += 1
                time.sleep(0.05)

    def _sent(self, form: dict[str, str]) -> bool:
        try:
            answer = self.client.post("/resa/kop", data=form)
        except httpx.TransportError as error:
            self.refused = repr(error)
            return False
        if answer.status_code >= 500:
            self.refused = answer.text
            return False
        assert answer.status_code == 303, answer.text
        self.bought.append(id_in(answer.headers["Location"]))
        return True


@pytest.fixture
def company(make, store, db):
    company = make.company()
    with store.transaction(db):
        price_lists.publish(db, "Prislista",
                            PRICES.read_text().replace("2026-", "2020-").splitlines(),
                            now=SystemClock().now())
    return company


@pytest.fixture
def buyers(make, app, world, company):
    """Gives sixteen, each signed in and connected."""
    world.clock.at = SystemClock().now()

    def buyer(web, traveller):
        browser = Browser(app).log_in(make.as_person(traveller))
        connection = make.connection(traveller, 1_500_000, registered=True)
        return Buyer(web, browser.client.get_cookie("portal").value, connection.id)

    def buyers(web):
        return [buyer(web, make.traveller(company, mobile=f"+4670174{number:04}"))
                for number in range(CLIENTS)]
    return buyers


@pytest.fixture
def newcomers(make, store, db, world, company):
    """Gives their mobiles, and the messages that carry their codes, for which nobody has rung."""
    def newcomers():
        travellers = [make.traveller(company, mobile=f"+467017{5001 + number:04}1")
                      for number in range(CODES)]
        rung = len(world.queue.rung)
        with store.transaction(db):
            for each in travellers:
                business_travel.connect(db, each, limit_ore=100, by=NOBODY,
                                        now=SystemClock().now())
        return [each.mobile for each in travellers], world.queue.rung[rung:]
    return newcomers


def undone(store, messages: list[UUID]) -> int | None:
    """How many of them; None while the database recovers."""
    with store.session() as session, suppress(OperationalError):
        return session.scalar(select(func.count()).where(OutboxMessage.id.in_(messages),
                                                         OutboxMessage.done_at.is_(None)))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds processes in /proc")
def test_a_purchase_that_was_answered_is_there_once_and_a_code_arrives_once_whatever_breaks(
        config, store, server, redis_url, buyers, newcomers, tmp_path):
    with (Provider(LAST) as provider,
          Processes(config, tmp_path, REDIS_URL=redis_url, SMS_URL=provider.url, SMS_USER="u",
                    SMS_PASSWORD="p") as processes):
        web, worker = Web(processes), processes.start("running.worker")
        clients, (mobiles, codes) = buyers(web), newcomers()
        web.wait()
        for client in clients:
            client.open_the_page()
        with ThreadPoolExecutor(CLIENTS) as pool, connect(redis_url) as redis:
            eventually(lambda: redis.scard("rq:workers"))
            at_work = [pool.submit(each.buy, PURCHASES // CLIENTS) for each in clients]
            eventually(lambda: sum(len(each.bought) for each in clients) > PURCHASES // 4)
            RqQueue(redis_url).ring(codes)
            assert provider.has_the_last.wait(ENOUGH_SECONDS)
            break_everything(server, web, worker, redis, provider)
            processes.start("running.worker")
            scheduler = Scheduler(redis, [Every("jobs.worker.sweep", seconds=1)])
            eventually(lambda: scheduler.turn(SystemClock().now()) or undone(store, codes) == 0)
            for each in at_work:
                each.result()
        for client in clients:
            client.client.close()

    assert sum(each.again for each in clients) > 0
    check_purchases(store, clients)
    check_codes(store, provider, mobiles)


def break_everything(server, web, worker, redis, provider) -> None:
    web.kill_what_serves()
    kill(worker)
    redis.flushall()
    provider.let_go.set()
    if server:
        server.stop(signal.SIGQUIT)
        server.start()


def check_purchases(store, clients) -> None:
    bought = Counter(ticket_id for each in clients for ticket_id in each.bought)
    assert set(bought.values()) == {1}
    with store.session() as session:
        sold = session.execute(select(Ticket.id, Ticket.price_ore).where(
            Ticket.service == Service.BUSINESS_TRAVEL)).all()
        assert {ticket_id for ticket_id, _ in sold} == set(bought)
        assert sum(ore for _, ore in sold) == PURCHASES * SINGLE
        assert Counter(session.scalars(select(Authorisation.state))) == {State.CAPTURED: PURCHASES}
        assert session.scalar(select(func.count()).select_from(Submission)) == PURCHASES
        assert ledger.check(session) == []


def check_codes(store, provider, mobiles) -> None:
    arrived = {mobile: provider.phones.messages(mobile) for mobile in mobiles}
    assert Counter(map(len, arrived.values())) == {1: CODES}
    with store.session() as session:
        rows = session.scalars(select(Sms).where(Sms.to.in_(mobiles))).all()
        assert {row.to: row.provider_id for row in rows} == {
            mobile: sms["id"] for mobile, [sms] in arrived.items()}
        hashes = session.scalars(select(OneTimeCode.code_hash).where(
            OneTimeCode.id.in_(row.about_id for row in rows))).all()
    assert len(set(hashes) - {None}) == CODES
