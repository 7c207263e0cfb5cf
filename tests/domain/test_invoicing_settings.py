from dataclasses import replace

import pytest
from sqlalchemy import select

from domain import bookkeeping_settings, invoicing_settings
from domain.audit import Act, Event
from domain.bookkeeping_settings import Books
from domain.companies import InvoiceChannel
from domain.errors import Invalid
from domain.invoicing_settings import Invoicing
from tests.conftest import NOON
from tests.factories import NOBODY

THOSE = Invoicing(InvoiceChannel.PEPPOL, "ny@bolaget.example", "0007:5560001234", "Box 1",
                  "573 32", "Tranås")
USUAL = Books()


@pytest.fixture
def company(make):
    return make.company()


def change(store, db, company, wanted, books=USUAL):
    with store.transaction(db):
        invoicing_settings.change(db, company, wanted, books, by=NOBODY, now=NOON)


def changes(db):
    return [event.details["changed"] for event in
            db.scalars(select(Event).where(Event.act == Act.COMPANY_CHANGED))]


def test_what_is_changed_is_saved_and_told(store, db, company):
    books = Books(business_travel_account=5811)
    change(store, db, company, THOSE, books)
    db.refresh(company)
    assert (company.invoice_channel, company.invoice_city) == (InvoiceChannel.PEPPOL, "Tranås")
    assert bookkeeping_settings.of(db, company.id) == books
    assert changes(db) == [", ".join([*invoicing_settings.NAMES, "bookkeeping"])]


def test_what_is_not_changed_is_not_told(store, db, company):
    change(store, db, company, THOSE)
    change(store, db, company, THOSE)
    change(store, db, company, replace(THOSE, invoice_city="Habo"))
    assert changes(db)[1:] == ["invoice_city"]


@pytest.mark.parametrize(("wrong", "field"), [
    ({"peppol_id": None}, "peppol_id"), ({"invoice_city": None}, "invoice_city")])
def test_what_will_not_do_is_refused_beside_its_field(store, db, company, wrong, field):
    with pytest.raises(Invalid) as refused:
        change(store, db, company, replace(THOSE, **wrong))
    assert (refused.value.field, changes(db)) == (field, [])
