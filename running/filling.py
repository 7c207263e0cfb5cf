"""What is put in the database from the command line: a demo, the first clerk, a price list."""
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from app import open_store, outside
from config import Config
from domain import identity, people, price_lists
from domain.access import Role
from domain.errors import DomainError
from domain.store import Store
from integrations.queue import SilentQueue


def demo() -> None:
    from demo import fill
    with _open() as (store, now):
        fill(store, now=now)


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
