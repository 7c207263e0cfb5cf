from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import customers, email_changes
from domain.email_changes import EmailChange, End
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Email
from tests.factories import MORNING

NEW = "Ny@brevladan.example"


@pytest.fixture
def ask(db, store):
    """Asked for, and both letters sent: the secrets in their links."""
    def verb(customer, email=NEW):
        with store.transaction(db):
            email_changes.ask(db, customer, email, by=customers.actor_of(customer), now=MORNING)
            change = db.scalars(select(EmailChange)).one()
            return [email_changes.issue(db, change.id, end, now=MORNING) for end in End]
    return verb


@pytest.fixture
def agree(db, store):
    def verb(secret, *, now=MORNING):
        with store.transaction(db):
            change = email_changes.with_secret(db, secret, now=now)
            return email_changes.agree(db, change, secret, now=now)
    return verb


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_the_address_is_changed_when_both_have_said_yes(make, ask, agree, order):
    customer = make.customer(email="gammal@brevladan.example")
    secrets = ask(customer)
    assert not agree(secrets[order[0]])
    assert not agree(secrets[order[0]])
    assert customer.email == "gammal@brevladan.example"
    assert agree(secrets[order[1]])
    assert (customer.email, customer.email_key) == (NEW, NEW.casefold())
    with pytest.raises(NotFound):
        agree(secrets[0])


def test_both_addresses_are_written_to(make, ask, db):
    ask(make.customer(email="gammal@brevladan.example"))
    assert {(each.template, each.to) for each in db.scalars(select(Email))} == {
        ("customer_email_old", "gammal@brevladan.example"), ("customer_email_new", NEW)}


def test_whose_the_new_address_is_already_is_told_to_that_address_alone(make, ask, db):
    make.customer(email=NEW)
    ask(make.customer())
    assert "customer_email_taken" in {each.template for each in db.scalars(select(Email))}


def test_an_address_that_gets_an_account_meanwhile_stays_with_it(make, ask, agree):
    customer = make.customer()
    old, new = ask(customer)
    make.customer(email=NEW)
    agree(old)
    with pytest.raises(Conflict):
        agree(new)


def test_a_change_that_is_withdrawn_or_too_old_is_not_made(make, ask, agree, db, store):
    customer = make.customer()
    old, _ = ask(customer)
    with pytest.raises(NotFound):
        agree(old, now=MORNING + timedelta(days=3))
    with store.transaction(db):
        email_changes.withdraw(db, customer.id)
    with pytest.raises(NotFound):
        agree(old)


def test_ones_own_address_is_no_new_one(make, ask):
    customer = make.customer()
    with pytest.raises(Invalid, match="redan din"):
        ask(customer, customer.email.upper())
