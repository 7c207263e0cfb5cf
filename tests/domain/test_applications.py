from datetime import date

import pytest
from sqlalchemy import select

from domain import application_letters, application_status, applications, logins
from domain.errors import Invalid, NotFound
from domain.messages import Email
from tests.conftest import NOON
from tests.factories import MORNING, personnummer


@pytest.fixture
def application(make):
    return make.company_application(number=personnummer(70))


def letters(db):
    return sorted((email.template, email.to) for email in db.scalars(select(Email)))


def test_an_application_is_promised_an_answer_in_five_working_days(application):
    assert (application.received_at, application.promised_on) == (MORNING, date(2026, 11, 27))
    assert not application.is_overdue(date(2026, 11, 27))
    assert application.is_overdue(date(2026, 11, 28))


def test_the_applicant_and_each_clerk_get_a_letter(db, make):
    make.clerk()
    make.clerk(email="bo@lanstrafiken.example")
    make.clerk(email=None)
    make.company_application()
    assert letters(db) == [("application_arrived", "berit@lanstrafiken.example"),
                           ("application_arrived", "bo@lanstrafiken.example"),
                           ("application_received", "oskar@nya.example")]


def test_the_personnummer_is_sealed(db, application):
    assert personnummer(70).encode() not in application.personnummer_sealed
    assert applications.personnummer(db, application) == personnummer(70)


def test_the_secret_can_be_made_again_and_only_its_hash_is_kept(db, application):
    secret = application_letters.secret(db, application)
    assert db.scalars(select(Email)).one().values["secret"] == secret
    assert applications.with_secret(db, secret) == application
    assert secret.encode() not in application.status_hash


def test_nothing_but_the_secret_opens_the_status_page(db, application):
    with pytest.raises(NotFound):
        applications.with_secret(db, str(application.id))


@pytest.mark.parametrize("missing", ["invoice_street", "invoice_postcode", "invoice_city"])
def test_another_invoice_address_is_whole(make, missing):
    address = {"invoice_street": "Box 1", "invoice_postcode": "551 11", "invoice_city": "Jönköping"}
    with pytest.raises(Invalid) as refusal:
        make.company_application(**address | {missing: None})
    assert refusal.value.field == missing


def test_a_company_that_has_an_account_does_not_apply(make):
    with pytest.raises(Invalid):
        make.company_application(organisation_number=make.company().organisation_number)


def test_who_has_an_open_application_is_known_and_may_sign_in(db, store, application):
    index = application.personnummer_index
    assert applications.open_of(db, index) == application
    assert logins.knows(db, personnummer(70))
    with store.transaction(db):
        application_status.withdraw(db, application, now=NOON)
    assert applications.open_of(db, index) is None
    assert not logins.knows(db, personnummer(70))
