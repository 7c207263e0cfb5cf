from dataclasses import replace

import pytest
from sqlalchemy import select

from domain import settings
from domain.audit import Act, Event
from domain.companies import Deduction
from domain.errors import Invalid
from domain.services import Service
from domain.settings import Settings
from tests.conftest import NOON

THOSE = Settings("Kungsgatan 2", "573 31", "Tranås", Deduction.GROSS,
                 (Service.SEND_TICKET, Service.STAFF_OFFER))


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def by(make, company):
    return make.actor(make.admin(company))


def change(store, db, company, wanted, by):
    with store.transaction(db):
        settings.change(db, company, wanted, by=by, now=NOON)


def changes(db):
    return [event.details for event in
            db.scalars(select(Event).where(Event.act == Act.COMPANY_CHANGED))]


def test_what_is_changed_is_saved_and_told(store, db, company, by):
    change(store, db, company, THOSE, by)
    db.refresh(company)
    assert (company.street, company.deduction) == ("Kungsgatan 2", Deduction.GROSS)
    assert company.services == [Service.SEND_TICKET, Service.STAFF_OFFER]
    [told] = changes(db)
    assert told["changed"].split(", ") == list(settings.NAMES)


def test_what_is_not_changed_is_not_told(store, db, company, by):
    change(store, db, company, THOSE, by)
    change(store, db, company, THOSE, by)
    change(store, db, company, replace(THOSE, city="Habo"), by)
    assert [told["changed"] for told in changes(db)][1:] == ["city"]


def test_without_a_service_there_is_no_company(store, db, company, by):
    with pytest.raises(Invalid) as refused:
        change(store, db, company, replace(THOSE, services=()), by)
    assert refused.value.field == "services"
    assert changes(db) == []
