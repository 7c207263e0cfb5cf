from concurrent.futures import ThreadPoolExecutor

import pytest

from domain import credit_notes, invoices
from domain.errors import DomainError
from tests.conftest import NOON
from tests.domain.importing import Importing


@pytest.fixture
def importing(make) -> Importing:
    return Importing(make)


@pytest.fixture
def at_once(store):
    """Gives what each of sixteen got, None for those who were refused."""
    def at_once(do):
        def one(number):
            with store.session() as session:
                try:
                    with store.transaction(session):
                        return do(session, number)
                except DomainError:
                    return None

        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(one, range(16)))
    return at_once


@pytest.fixture
def credit(store, db, make):
    """A credit note of so many öre of an invoice's first line."""
    def credit(invoice, ore):
        line = invoices.lines(db, invoice, most=1)[0]
        with store.transaction(db):
            return credit_notes.credit(db, invoice, {line.id: ore}, reason="Fel pris",
                                       by=make.actor(make.clerk()), now=NOON)
    return credit
