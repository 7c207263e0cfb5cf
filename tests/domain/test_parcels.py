from datetime import UTC, date, datetime

import pytest

from domain import audit, parcels
from domain.customers import actor_of
from domain.errors import Conflict, NotFound
from domain.parcels import Address, Kind, State
from tests.conftest import NOON
from tests.factories import MORNING

ELSEWHERE = Address("Kajsa Kund", "Nygatan 7", "561 30", "Huskvarna")


@pytest.fixture
def customer(make):
    return make.customer()


@pytest.mark.parametrize(("ordered", "promised"), [
    (datetime(2026, 11, 20, 11, tzinfo=UTC), date(2026, 11, 25)),
    (datetime(2026, 12, 22, 11, tzinfo=UTC), date(2026, 12, 29)),  # 24–26 December: closed
    (datetime(2026, 12, 30, 11, tzinfo=UTC), date(2027, 1, 7)),    # 31, 1 and 6: closed
    (datetime(2026, 4, 2, 11, tzinfo=UTC), date(2026, 4, 9)),      # Good Friday to Easter Monday
    (datetime(2026, 6, 17, 23, tzinfo=UTC), date(2026, 6, 24)),    # Thursday in Sweden, Midsummer
])
def test_a_new_card_is_promised_within_three_working_days(make, ordered, promised):
    parcel = make.parcel(at=ordered)
    assert (parcel.kind, parcel.promised_on, parcel.promised_days) == (Kind.NEW, promised, 3)


def test_a_replacement_is_promised_within_five(store, db, make, customer):
    card = make.customer_card(customer, label="Skolkortet")
    with store.transaction(db):
        parcel = parcels.put_replacement(db, card, customer, purse_ore=5_000, tickets=[],
                                         by=actor_of(customer), now=NOON)
    assert (parcel.kind, parcel.promised_on) == (Kind.REPLACEMENT, date(2026, 11, 27))
    assert (parcel.label, parcel.old_card_id) == ("Skolkortet", card.id)


def test_the_address_stays_as_it_was_when_the_card_was_ordered(store, db, make, customer):
    parcel = make.parcel(customer)
    with store.transaction(db):
        customer.street = "Nygatan 7"
    assert parcels.find(db, parcel.id).address.lines == [
        "Kajsa Kund", "Storgatan 1", "553 20 Jönköping"]


def test_the_address_is_changed_until_the_parcel_is_packed(store, db, make, customer):
    parcel, by = make.parcel(customer), actor_of(customer)
    with store.transaction(db):
        parcels.change_address(db, parcel, ELSEWHERE, by=by, now=NOON)
    assert parcels.find(db, parcel.id).address == ELSEWHERE
    make.pack(parcel)
    with pytest.raises(Conflict, match="redan packad"), store.transaction(db):
        parcels.change_address(db, parcel, Address.of(customer), by=by, now=NOON)


def test_the_log_does_not_tell_the_address(store, db, make, customer):
    parcel = make.parcel(customer)
    with store.transaction(db):
        parcels.change_address(db, parcel, ELSEWHERE, by=actor_of(customer), now=NOON)
    [event] = audit.about(db, parcel.id, company_id=customer.id)
    assert (event.act, event.details) == (audit.Act.PARCEL_READDRESSED, {})


def test_a_parcel_is_its_customers_only(db, make, customer):
    parcel = make.parcel(customer)
    assert parcels.find_own(db, parcel.id, customer_id=customer.id) is parcel
    with pytest.raises(NotFound):
        parcels.find_own(db, parcel.id, customer_id=make.customer().id)


def test_the_latest_is_first(make, db, customer):
    first, second = make.parcel(customer, at=MORNING), make.parcel(customer, at=NOON)
    make.parcel()
    assert parcels.of_customer(db, customer.id) == [second, first]


def test_what_replaces_a_blocked_card_is_not_cancelled(store, db, make, customer):
    card = make.customer_card(customer)
    with store.transaction(db):
        parcel = parcels.put_replacement(db, card, customer, purse_ore=5_000, tickets=[],
                                         by=actor_of(customer), now=NOON)
    with pytest.raises(Conflict, match="ersätter"), store.transaction(db):
        parcels.cancel(db, parcel, by=None, now=NOON)


def test_a_deleted_account_leaves_no_address(store, db, make, customer):
    parcel = make.parcel(customer, posted=True)
    with store.transaction(db):
        parcels.forget(db, customer.id)
    db.expire_all()
    assert (parcel.address.lines, parcel.state) == (["", "", " "], State.POSTED)
