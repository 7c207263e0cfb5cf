from dataclasses import replace

import pytest
from sqlalchemy import select

from domain import audit, customer_changes, customer_logins, customer_passwords, customers
from domain.customer_changes import Details
from domain.errors import Invalid
from tests.factories import MORNING, PASSWORD, personnummer


def acts(db, customer):
    return [(each.act, each.details) for each in db.scalars(
        select(audit.Event).where(audit.Event.chain_id == customer.id).order_by(audit.Event.seq))]


def test_the_log_tells_which_details_changed_and_never_to_what(make, db, store):
    customer = make.customer()
    details = replace(Details.of(customer), street="Nygatan 2", mobile="+46701740609")
    for _ in range(2):
        with store.transaction(db):
            customer_changes.change(db, customer, details, by=customers.actor_of(customer),
                                    now=MORNING)
    assert customer.address == ["Kajsa Kund", "Nygatan 2", "553 20 Jönköping"]
    assert acts(db, customer) == [(audit.Act.CUSTOMER_CHANGED, {"fields": "street, mobile"})]
    assert db.scalars(select(audit.Event.by_name)).one() == ""


def test_another_municipality_than_those_is_refused(make, db):
    customer = make.customer()
    with pytest.raises(Invalid):
        customer_changes.change(db, customer, replace(Details.of(customer), municipality="0000"),
                                by=customers.actor_of(customer), now=MORNING)


def test_a_new_password_logs_other_browsers_out(make, db, store):
    customer = make.customer()
    for key in ("kund.mine", "kund.theirs"):
        make.customer_login(customer, token=key)
    customer_changes.check_password(customer, PASSWORD)
    with store.transaction(db):
        customer_changes.change_password(
            db, customer, customer_passwords.hashed("ett helt annat lösen"), token="kund.mine",
            by=customers.actor_of(customer), now=MORNING)
    with pytest.raises(Invalid):
        customer_changes.check_password(customer, PASSWORD)
    assert customer_logins.visit(db, "kund.mine", now=MORNING)
    assert customer_logins.visit(db, "kund.theirs", now=MORNING) is None


def test_bankid_is_bound_only_when_it_is_the_accounts_own(make, db, store):
    customer = make.customer(number=personnummer(700))

    def bind(number):
        with store.transaction(db):
            return customer_changes.bind_bankid(db, customer, number, now=MORNING,
                                                by=customers.actor_of(customer))

    assert not bind(personnummer(701))
    assert customer.bankid_at is None
    assert bind(personnummer(700))
    assert bind(personnummer(700))
    assert customer.bankid_at == MORNING
    assert [act for act, _ in acts(db, customer)] == [audit.Act.CUSTOMER_BANKID_BOUND]
