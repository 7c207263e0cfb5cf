from datetime import UTC, date, datetime

import pytest

from domain import children, customers
from domain.children import Details
from domain.errors import Conflict, Invalid, NotFound
from tests.factories import MORNING, born

KIM = Details("Kim", "Kund", born(date(2014, 3, 1)))


@pytest.fixture
def add(db, store):
    def verb(customer, details=KIM, *, now=MORNING):
        with store.transaction(db):
            return children.add(db, customer, details, by=customers.actor_of(customer), now=now)
    return verb


def test_a_child_is_on_the_account_of_its_guardian_alone(make, add, db):
    guardian = make.customer()
    child = add(guardian)
    assert children.of_customer(db, guardian.id) == [child]
    with pytest.raises(NotFound):
        children.find(db, child.id, customer_id=make.customer().id)
    with pytest.raises(Invalid, match="redan på ett konto"):
        add(make.customer())


def test_who_has_turned_sixteen_is_no_child_by_swedish_midnight(make, add):
    guardian, kim = make.customer(), Details("Kim", "Kund", born(date(2010, 11, 21)))
    with pytest.raises(Invalid, match="eget konto"):
        add(guardian, kim, now=datetime(2026, 11, 20, 23, 0, tzinfo=UTC))
    child = add(guardian, kim, now=datetime(2026, 11, 20, 22, 59, tzinfo=UTC))
    assert not children.is_grown(child, now=datetime(2026, 11, 20, 22, 59, tzinfo=UTC))
    assert children.is_grown(child, now=datetime(2026, 11, 20, 23, 0, tzinfo=UTC))
    assert children.own_account_on(child) == date(2026, 11, 21)


def test_who_is_corrected_after_sixteen_stays(make, add, db, store):
    guardian = make.customer()
    child, late = add(guardian), datetime(2031, 1, 1, tzinfo=UTC)
    with store.transaction(db):
        children.correct(db, child, Details("Kimberly", "Kund", KIM.personnummer),
                         by=customers.actor_of(guardian), now=late)
    assert child.name == "Kimberly Kund"


def test_a_child_with_cards_is_not_removed_before_them(make, add, db, store):
    guardian = make.customer()
    child, by = add(guardian), customers.actor_of(guardian)
    card = make.private_card()
    with store.transaction(db):
        card.customer_id, card.child_id = guardian.id, child.id
    with pytest.raises(Conflict, match="har kort"), store.transaction(db):
        children.remove(db, child, by=by, now=MORNING)
    with store.transaction(db):
        card.child_id = None
        db.flush()
        children.remove(db, child, by=by, now=MORNING)
    assert children.of_customer(db, guardian.id) == []
