"""A running portal beside a running sandbox, and people with browsers of their own."""
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Thread
from uuid import UUID

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

import sandbox as sandboxes
from app import create_app, outside
from config import Brand, Config
from demo import fill
from domain import audit
from domain.identity import Vault
from domain.rules import Rules
from domain.store import Store
from integrations.ticket_keys import TicketKeys
from jobs import Portal, outbox
from sandbox.serving import Handler
from tests.chromium import ARGUMENTS, chromium, everything
from tests.databases import SERVER, filled_database
from tests.journeys.person import Person

SCREEN, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


DATA_KEY = b"k" * 32


def demo(url: str) -> None:
    """What every journey begins with."""
    store = Store(url, rules=Rules(), vault=Vault(DATA_KEY), before_commit=audit.write,
                  after_commit=lambda _session: None)
    fill(store, now=datetime.now(UTC))
    store.engine.dispose()


class MovedClock:
    """The time, but for as far as a journey has moved it ahead."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move_to(self, moment: datetime) -> None:
        self.ahead = moment - datetime.now(UTC)


class PromptQueue:
    """A doorbell that is heard: `work` does what it was rung for, as the workers do."""

    def __init__(self) -> None:
        self.rung: list = []

    def ring(self, message_ids: list) -> None:
        self.rung.extend(message_ids)

    def working(self) -> dict[str, bool]:
        return {"queue": True, "worker": True, "scheduler": True}


@pytest.fixture(scope="session")
def browser_program() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield program
        program.close()


class Stage:
    """Everything that a journey is played on."""

    def __init__(self, program: Browser, config: Config, app, world, stage, sandbox_url: str,
                 scripts: bool):
        self.program, self.config, self.app, self.world = program, config, app, world
        self.sandbox, self.sandbox_url, self.scripts = stage, sandbox_url, scripts
        self.store = app.extensions["store"]
        brand = config.brand
        self.portal = Portal(self.store, world, config.base_url, config.sms_report_key,
                             brand.name, brand.phone, brand.email, brand.organisation_number,
                             config.seller)
        self._people: list[Person] = []

    def at_a_desk(self, **options) -> Person:
        return self._person(viewport=SCREEN, **options)

    def on_a_phone(self, **options) -> Person:
        return self._person(viewport=PHONE, has_touch=True, is_mobile=True, **options)

    def work(self) -> None:
        """What the workers do: everything that was rung for, and the delivery reports."""
        while self.world.queue.rung:
            self.work_on(self.world.queue.rung.pop(0))
        with httpx.Client() as client:
            self.sandbox.phones.report(client)

    def work_on(self, message_id: UUID) -> None:
        outbox.deliver(self.portal, message_id)

    def mail(self, to: str) -> EmailMessage:
        """The newest e-mail to someone."""
        return self.sandbox.mailbox.mails(to)[0]

    def letter(self, to: str) -> str:
        """The words of the newest e-mail to someone."""
        return self.mail(to).get_body(("plain",)).get_content()

    def close(self) -> None:
        for person in self._people:
            person.leave()

    def _person(self, **options) -> Person:
        context = self.program.new_context(
            base_url=self.config.base_url, locale="sv-SE", timezone_id="Europe/Stockholm",
            java_script_enabled=self.scripts, **options)
        person = Person(context, self)
        self._people.append(person)
        return person


@pytest.fixture(scope="session")
def filled_portal(tmp_path_factory) -> Path:
    """The key that signs tickets, made once."""
    folder = tmp_path_factory.mktemp("journeys")
    TicketKeys.make(folder / "tickets.pem")
    return folder


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def scripts(request) -> bool:
    if not (request.param or (everything() and not SERVER)):
        pytest.skip("without scripts where E2E_REQUIRED=1, on one of the databases")
    return request.param


@pytest.fixture
def theatre(browser_program, filled_portal, templates, tmp_path, scripts) -> Iterator[Stage]:
    """The portal with its demo, at a port of its own, and the sandbox at another."""
    clock = MovedClock()
    sandbox = sandboxes.create_sandbox(clock=clock)
    sandbox.jinja_env.bytecode_cache = templates
    stage = sandbox.extensions["sandbox"]
    mail = stage.mailbox.listen()
    with serving(sandbox) as sandbox_url, filled_database(tmp_path, demo) as database_url:
        config = Config(
            environment="testing", secret_key="secret of the journeys", data_key=DATA_KEY,
            database_url=database_url, redis_url="redis://127.0.0.1:9", base_url="",
            sms_report_key="report-key", validation_token="sandbox",
            bankid_url=f"{sandbox_url}/bankid/rp/v6.0",
            bankid_start_url=f"{sandbox_url}/bankid/app", sms_url=f"{sandbox_url}/46elks/a1",
            sms_user="user", sms_password="password",
            swish_url=f"{sandbox_url}/swish-cpcapi/api", swish_payee="1234679304",
            swish_app_url=f"{sandbox_url}/swish/app", nets_url=f"{sandbox_url}/nets",
            nets_secret_key="sandbox", peppol_url=f"{sandbox_url}/peppol/ap",
            peppol_token="sandbox", brand=Brand(bankgiro="991-2346"), smtp_host="127.0.0.1",
            smtp_port=mail.port,
            email_from="Portalen <no-reply@portal.example>",
            ticket_key_file=filled_portal / "tickets.pem")
        with at_a_port() as (door, portal_url):
            config = replace(config, base_url=portal_url)
            world = replace(outside(config), clock=clock, queue=PromptQueue())
            app = create_app(config, world)
            app.jinja_env.bytecode_cache = templates
            with serving(app, door):
                played = Stage(browser_program, config, app, world, stage, sandbox_url, scripts)
                yield played
                played.close()
                played.store.engine.dispose()
    mail.stop()


class at_a_port:
    def __enter__(self):
        self._door = socket.create_server(("127.0.0.1", 0))
        return self._door, f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def __exit__(self, *_):
        self._door.close()


class serving:
    """The app behind a door of its own, or one that is open already."""

    def __init__(self, app, door=None):
        self._app, self._door = app, door

    def __enter__(self) -> str:
        door = self._door or socket.create_server(("127.0.0.1", 0))
        host, port = door.getsockname()[:2]
        self._server = make_server(host, port, self._app, threaded=True, request_handler=Handler,
                                   fd=door.fileno())
        self._opened = None if self._door else door
        self._thread = Thread(target=self._server.serve_forever, args=[0.02], daemon=True)
        self._thread.start()
        return f"http://{host}:{port}"

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self._opened:
            self._opened.close()
