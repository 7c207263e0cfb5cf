from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import (
    customer_changes,
    customer_logins,
    customer_passwords,
    customers,
    email_changes,
    password_resets,
)
from domain.email_changes import EmailChange, End
from domain.errors import NotFound
from domain.messages import Email
from domain.password_resets import PasswordReset
from tests.factories import MORNING

NEW = "ett helt annat lösen"


@pytest.fixture
def ask(db, store):
    """Asked for, and sent: the secret in the link."""
    def verb(customer, *, now=MORNING):
        with store.transaction(db):
            password_resets.ask(db, customer.email.upper(), language="sv", now=now)
            reset = db.scalars(select(PasswordReset).order_by(PasswordReset.asked_at.desc())
                               ).first()
            return password_resets.issue(db, reset.id, now=now)
    return verb


@pytest.fixture
def use(db, store):
    def verb(secret, *, now=MORNING):
        with store.transaction(db):
            reset = password_resets.with_secret(db, secret, now=now)
            password_resets.use(db, reset, password_hash=customer_passwords.hashed(NEW), now=now)
    return verb


def test_the_new_password_holds_and_every_browser_is_logged_out(make, db, ask, use):
    customer = make.customer()
    make.customer_login(customer, token="kund.thief")
    use(ask(customer))
    assert customer_passwords.matches(customer.password_hash, NEW)
    assert customer_logins.visit(db, "kund.thief", now=MORNING) is None


def test_a_link_works_once_and_for_some_hours(make, ask, use):
    customer = make.customer()
    first, second = ask(customer), ask(customer, now=MORNING + timedelta(minutes=1))
    use(second)
    for secret in (first, second):
        with pytest.raises(NotFound):
            use(secret)
    late = ask(customer, now=MORNING + timedelta(hours=1))
    with pytest.raises(NotFound):
        use(late, now=MORNING + timedelta(hours=5))


def test_an_address_without_an_account_is_told_so_by_letter_alone(db, store):
    with store.transaction(db):
        password_resets.ask(db, "ingen@brevladan.example", language="en", now=MORNING)
    [email] = db.scalars(select(Email))
    assert (email.template, email.to) == ("customer_unknown", "ingen@brevladan.example")
    assert db.scalars(select(PasswordReset)).all() == []


def test_a_link_that_is_on_its_way_ends_with_a_new_password_or_a_new_address(
        db, store, make, ask, use):
    customer = make.customer()
    by = customers.actor_of(customer)
    first = ask(customer)
    with store.transaction(db):
        customer_changes.change_password(db, customer, customer_passwords.hashed(NEW),
                                         token="kund.mine", by=by, now=MORNING)
    with store.transaction(db):
        email_changes.ask(db, customer, "ny@brevladan.example", by=by, now=MORNING)
        change = db.scalars(select(EmailChange)).one()
        secrets = [email_changes.issue(db, change.id, end, now=MORNING) for end in End]
    second = ask(customer)
    for secret in secrets:
        with store.transaction(db):
            email_changes.agree(db, email_changes.with_secret(db, secret, now=MORNING), secret,
                                now=MORNING)
    for secret in (first, second):
        with pytest.raises(NotFound):
            use(secret)
