import pytest
from sqlalchemy import select

from domain import application_letters, application_status, applications, messages
from domain.applications import State
from domain.errors import Conflict, Invalid, TooMany
from domain.identity import token_hash
from domain.messages import Email
from domain.rules import rules
from tests.conftest import NOON


@pytest.fixture
def application(make):
    return make.company_application()


def resend(store, db, application):
    with store.transaction(db):
        application_status.resend(db, application, now=NOON)


def correct(store, db, application, email, again):
    with store.transaction(db):
        application_status.correct_email(db, application, email, again, now=NOON)


def withdraw(store, db, application):
    with store.transaction(db):
        application_status.withdraw(db, application, now=NOON)


def test_a_letter_that_is_sent_again_has_a_link_that_works(store, db, application):
    resend(store, db, application)
    letter = application_status.latest_letter(db, application)
    assert (letter.template, letter.to) == ("application_link", "oskar@nya.example")
    assert applications.with_secret(db, letter.values["secret"]) == application


def test_an_application_with_a_random_secret_gets_a_link_that_works(store, db, application):
    with store.transaction(db):
        application.status_hash = token_hash("made at random")
    resend(store, db, application)
    secret = application_letters.secret(db, application)
    assert applications.with_secret(db, secret) == application


def test_letters_are_counted_by_the_hour(store, db, application):
    for _ in range(rules(db).letters_per_hour):
        resend(store, db, application)
    with pytest.raises(TooMany):
        resend(store, db, application)


def test_a_corrected_address_gets_the_letter(store, db, application):
    correct(store, db, application, "oscar@nya.example", "Oscar@nya.example")
    assert application.email == "oscar@nya.example"
    assert application_status.latest_letter(db, application).to == "oscar@nya.example"


def test_an_address_that_is_typed_twice_but_not_the_same_is_refused(store, db, application):
    with pytest.raises(Invalid) as refusal:
        correct(store, db, application, "oscar@nya.example", "oskar@nya.example")
    assert refusal.value.field == "again"
    db.refresh(application)
    assert application.email == "oskar@nya.example"


def test_a_letter_that_was_refused_is_known_from_the_latest(store, db, application):
    with store.transaction(db):
        messages.refused(application_status.latest_letter(db, application), "550 no such user")
    assert application_status.latest_letter(db, application).state == messages.State.FAILED
    resend(store, db, application)
    assert application_status.latest_letter(db, application).state == messages.State.WAITING


def test_who_withdraws_is_told_so_and_nothing_more_happens(store, db, application):
    withdraw(store, db, application)
    assert (application.state, application.decided_at) == (State.WITHDRAWN, NOON)
    assert db.scalars(select(Email).where(Email.template == "application_withdrawn")).one()
    for verb in (withdraw, resend):
        with pytest.raises(Conflict):
            verb(store, db, application)
