"""World, app, store, db, make, browser: what a test asks for by name."""
import gc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine

from app import create_app, open_store
from config import Brand, Config
from domain import customer_passwords
from domain.store import Store
from integrations import World
from integrations.bankid import BankId
from integrations.clock import FrozenClock
from integrations.email import Email
from integrations.nets import Nets
from integrations.peppol import AccessPoint
from integrations.queue import SilentQueue
from integrations.sms import Sms
from integrations.swish import Swish
from integrations.ticket_keys import TicketKeys
from integrations.webhooks import Webhooks
from jobs import Portal
from tests.browser import Browser
from tests.databases import SERVER, database
from tests.factories import Factory
from tests.sandbox import Wire, fresh

NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
WITHOUT_DATABASE = {"documents", "integrations", "test_architecture.py", "test_benchmarks.py",
                    "test_templates.py"}

customer_passwords.COST.update(time_cost=1, memory_cost=8, parallelism=1)


def pytest_collection_modifyitems(config, items):
    """What knows no database is tested once, on SQLite."""
    def needless(item) -> bool:
        return (not WITHOUT_DATABASE.isdisjoint((item.path.name, item.path.parent.name))
                and "config" not in item.fixturenames)
    if SERVER:
        config.hook.pytest_deselected(items=[item for item in items if needless(item)])
        items[:] = [item for item in items if not needless(item)]


def pytest_collection_finish():
    """All that is imported stays, so it is not looked through again for what may go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


@pytest.fixture
def clock() -> FrozenClock:
    """Stands at noon until a test moves it, here and in the sandbox."""
    return FrozenClock(NOON)


@pytest.fixture
def sandbox(clock):
    """The other side of every protocol, in this process."""
    return fresh(clock)


@pytest.fixture
def stage(sandbox):
    """What has arrived at the other side."""
    return sandbox.extensions["sandbox"]


@pytest.fixture
def wire(request) -> Wire:
    """The way to the other side, which a test may cut. Only who goes there needs it to stand."""
    def other_side(environ, start_response):
        return request.getfixturevalue("sandbox")(environ, start_response)
    return Wire(other_side)


@pytest.fixture
def world(clock, wire, ticket_keys) -> World:
    """The real clients, wired to the sandbox; the clock stands and the queue is silent."""
    return World(
        clock=clock, queue=SilentQueue(),
        bankid=BankId("http://sandbox/bankid/rp/v6.0", transport=wire,
                      app_url="http://sandbox/bankid/app"),
        sms=Sms("http://sandbox/46elks/a1", "user", "password", sender="JLT", transport=wire),
        swish=Swish("http://sandbox/swish-cpcapi/api", payee="1234679304", transport=wire,
                    app_url="http://sandbox/swish/app", refunds_apart=0),
        nets=Nets("http://sandbox/nets", "secret", transport=wire),
        email=Email("127.0.0.1", 9, sender="Portalen <no-reply@portal.example>"),
        ticket_keys=ticket_keys,
        peppol=AccessPoint("http://sandbox/peppol/ap", "token", sender="0007:2321000057",
                           transport=wire),
        webhooks=Webhooks(near=True, transport=wire))


@pytest.fixture(scope="session")
def ticket_keys(tmp_path_factory) -> TicketKeys:
    return TicketKeys.make(tmp_path_factory.mktemp("keys") / "tickets.pem")


@pytest.fixture
def config() -> Iterator[Config]:
    with database() as url:
        yield Config(environment="testing", secret_key="secret of the tests", data_key=b"k" * 32,
                     database_url=url, redis_url="redis://127.0.0.1:9",
                     base_url="http://portal.example", sms_report_key="report-key",
                     validation_token="the ticket system's",
                     brand=Brand(bankgiro="991-2346"))


@pytest.fixture(scope="session")
def templates(tmp_path_factory) -> FileSystemBytecodeCache:
    """Compiled once for all tests."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture(scope="session")
def engines() -> dict[str, Engine]:
    """By address: one that is used again knows its statements already."""
    return {}


@pytest.fixture
def store(config, world, engines) -> Iterator[Store]:
    store = open_store(config, world)
    store.engine = engines.setdefault(config.database_url, store.engine)
    store.session.configure(bind=store.engine)
    yield store
    store.engine.dispose()


@pytest.fixture
def new_app(config, world, store, templates):
    """Put together anew, for a test that adds to it."""
    app = create_app(config, world)
    app.extensions["store"].engine.dispose()
    app.extensions["store"] = store
    app.jinja_env.bytecode_cache = templates
    return app


@pytest.fixture(scope="session")
def put_together() -> dict:
    """The one app that the others share, and its settings as they were: putting one together, and
    loading its templates, takes longer than most tests."""
    return {}


@pytest.fixture
def app(request, put_together, config, world, store):
    if not put_together:
        new = request.getfixturevalue("new_app")
        put_together |= {"app": new, "settings": dict(new.config)}
    app = put_together["app"]
    app.config.clear()
    app.config.update(put_together["settings"], PORTAL=config)
    app.extensions.update(store=store, world=world)
    return app


@pytest.fixture
def db(store):
    with store.session() as session:
        yield session


@pytest.fixture
def make(store, db) -> Factory:
    return Factory(store, db)


@pytest.fixture
def browser(app) -> Browser:
    return Browser(app)


@pytest.fixture
def portal(store, world, config) -> Portal:
    """What a job is given."""
    return Portal(store, world, config.base_url, config.sms_report_key, config.brand.name,
                  config.brand.phone, config.brand.email, config.brand.organisation_number,
                  config.seller)


