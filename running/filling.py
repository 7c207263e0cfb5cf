"""What is put in the database from the command line: a demo, the first clerk, a price list."""
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from app import open_store, outside
from config import Config
from domain import api_clients, identity, people, price_lists
from domain.access import Role
from domain.api_clients import ApiClient
from domain.errors import DomainError
from domain.store import Store
from integrations.queue import SilentQueue

SANDBOX_APP = "5a11d000-0000-4000-8000-0000000000a9"
"""The app that the sandbox plays proves itself by this and by secrets that everybody knows."""


def demo() -> None:
    from demo import fill
    with _open() as (store, now):
        fill(store, now=now)
    _sandbox_app()


def api_client(name: str | None) -> None:
    """Prints what the app proves itself by, once; without a name, it is the sandbox's own."""
    if name is None:
        print("The sandbox's app can use the Allpay API." if _sandbox_app() else
              "The sandbox's app could use the Allpay API already.")
        return
    secret = secrets.token_urlsafe(32)
    with _change() as (db, now):
        client = api_clients.register(db, name, secret=secret, by=None, now=now)
    print(f"client_id      {client.id}\nclient_secret  {secret}\n\n"
          "The secret is not shown again.")


def _sandbox_app() -> bool:
    """Says whether it was not there."""
    config = Config.from_env()
    if config.environment == "production":
        sys.exit("Name the app: the sandbox's is not for production")
    with _change() as (db, now):
        if db.get(ApiClient, UUID(SANDBOX_APP)):
            return False
        there = urlsplit(config.sms_url)
        client = api_clients.register(db, "Reseappen", secret="sandbox-app", by=None,  # noqa: S106
                                      client_id=UUID(SANDBOX_APP), now=now)
        api_clients.send_to(db, client, f"{there.scheme}://{there.netloc}/app/handelser",
                            secret="sandbox-webhooks", by=None, now=now)  # noqa: S106
    return True


def clerk(personnummer: str, given_name: str, surname: str, email: str) -> None:
    _appoint(Role.CLERK, personnummer, given_name, surname, email)


def inspector(personnummer: str, given_name: str, surname: str, email: str) -> None:
    _appoint(Role.INSPECTOR, personnummer, given_name, surname, email)


def _appoint(role: Role, personnummer: str, given_name: str, surname: str, email: str) -> None:
    """Exits with the reason when the domain refuses."""
    with _change() as (db, now):
        person = people.meet(db, identity.parse_personnummer(personnummer), now=now,
                             given_name=given_name, surname=surname,
                             email=identity.parse_email(email))
        people.appoint(db, person, role, company_id=None, now=now)


def prices(name: str, file: Path) -> None:
    """Exits with the reason when the file cannot be read, or holds a list that is there."""
    try:
        with file.open(encoding="utf-8") as lines, _change() as (db, now):
            price_lists.publish(db, name, lines, now=now)
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"{file} cannot be read: {error!r}")


@contextmanager
def _change() -> Iterator[tuple[Session, datetime]]:
    try:
        with _open() as (store, now), store.session() as db, store.transaction(db):
            yield db, now
    except DomainError as refused:
        sys.exit(str(refused))


@contextmanager
def _open() -> Iterator[tuple[Store, datetime]]:
    config = Config.from_env()
    world = replace(outside(config), queue=SilentQueue())  # the sweep finds what is to be sent
    store = open_store(config, world)
    try:
        yield store, world.clock.now()
    finally:
        store.engine.dispose()
