from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import customer_passwords, customer_registrations, customer_terms, customers
from domain.access import Role
from domain.customer_registrations import CustomerRegistration, Details
from domain.customers import Customer
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Email
from domain.terms import OWED_BY
from tests.factories import MORNING, PASSWORD, born, personnummer

KAJSA = Details(
    email="Kajsa@brevladan.example", given_name="Kajsa", surname="Kund",
    personnummer=personnummer(900), municipality="0680", street="Storgatan 1", postcode="553 20",
    city="Jönköping", mobile="+46701740605")


@pytest.fixture
def register(db, store):
    def verb(details=KAJSA, *, now=MORNING):
        with store.transaction(db):
            customer_registrations.register(
                db, details, password_hash=customer_passwords.hashed(PASSWORD), language="sv",
                kinds=OWED_BY[Role.CUSTOMER], now=now)
        return letters(db)
    return verb


@pytest.fixture
def follow(db, store):
    """The link in the letter to that address is opened, and the password typed."""
    def verb(to=KAJSA.email, *, now=MORNING):
        with store.transaction(db):
            email = db.scalars(select(Email).where(
                Email.to == to, Email.template == "customer_confirm")
                .order_by(Email.put_at.desc())).first()
            secret = customer_registrations.issue(db, email.about_id, now=now)
            found = customer_registrations.with_secret(db, secret, now=now)
            return customer_registrations.confirm(db, found, now=now)
    return verb


def letters(db):
    return sorted((each.template, each.to) for each in db.scalars(select(Email)))


def test_an_account_is_there_once_its_link_is_followed(register, follow, db):
    assert register() == [("customer_confirm", KAJSA.email)]
    assert db.scalars(select(Customer)).all() == []
    customer = follow(now=MORNING + timedelta(days=6))
    assert (customer.name, customer.email_key) == ("Kajsa Kund", "kajsa@brevladan.example")
    assert customers.with_personnummer(db, KAJSA.personnummer) == customer
    assert customer_terms.owed(db, customer.id, now=MORNING) == []
    assert db.scalars(select(CustomerRegistration)).all() == []


def test_what_was_told_is_sealed_until_then(register, db):
    register()
    kept = db.scalars(select(CustomerRegistration)).one()
    assert b"Kajsa" not in kept.details_sealed
    assert kept.secret_hash is None


def test_a_link_that_is_too_old_opens_nothing(register, follow):
    register()
    with pytest.raises(NotFound):
        follow(now=MORNING + timedelta(days=7))


def test_an_address_with_an_account_is_told_so_by_letter_alone(register, make):
    make.customer(email="kajsa@brevladan.example")
    assert register() == [("customer_known", "kajsa@brevladan.example")]


def test_a_personnummer_with_an_account_is_told_to_that_account(register, make):
    make.customer(email="forr@brevladan.example", number=KAJSA.personnummer)
    assert register() == [("customer_known", "forr@brevladan.example"),
                          ("customer_not_opened", KAJSA.email)]


def test_who_tries_anothers_number_takes_nothing_from_them(register, follow):
    register(replace(KAJSA, email="nagon.annan@brevladan.example"))
    register()
    assert follow().email == KAJSA.email
    with pytest.raises(Conflict, match="finns redan"):
        follow("nagon.annan@brevladan.example")


def test_one_may_register_from_the_swedish_midnight_of_ones_sixteenth_birthday(register):
    young = replace(KAJSA, personnummer=born(date(2010, 11, 21)))
    with pytest.raises(Invalid, match="fyller 16") as refusal:
        register(young, now=datetime(2026, 11, 20, 22, 59, tzinfo=UTC))
    assert refusal.value.field == "personnummer"
    assert register(young, now=datetime(2026, 11, 20, 23, 0, tzinfo=UTC))


def test_what_nobody_confirms_is_forgotten(register, db, store):
    register()
    with store.transaction(db):
        assert customer_registrations.forget_unconfirmed(db, before=MORNING) == 0
        assert customer_registrations.forget_unconfirmed(
            db, before=MORNING + timedelta(days=1)) == 1
    assert db.scalars(select(CustomerRegistration)).all() == []
