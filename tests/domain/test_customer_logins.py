from datetime import timedelta

import pytest

from domain import customer_logins
from domain.access import Right
from domain.errors import NotFound
from tests.factories import MORNING

KEY = "kund.a browser"


@pytest.fixture
def kajsa(make):
    customer = make.customer()
    make.customer_login(customer, token=KEY)
    return customer


def visit(db, key=KEY, now=MORNING):
    return customer_logins.visit(db, key, now=now)


def test_the_key_opens_the_account_and_nothing_else(kajsa, db):
    actor = visit(db).actor
    assert actor.customer_id == kajsa.id
    assert actor.rights == {Right.KEEP_ACCOUNT, Right.BE_SIGNED_IN}
    assert not actor.acts_as(kajsa.personnummer_index)
    assert visit(db, "kund.another") is None


@pytest.mark.parametrize("closed", ["blocked_at", "deleted_at"])
def test_who_is_blocked_or_deleted_is_out_at_once(kajsa, db, store, closed):
    with store.transaction(db):
        setattr(kajsa, closed, MORNING)
    assert visit(db) is None


def test_a_login_ends_by_itself(kajsa, db):
    assert visit(db, now=MORNING + timedelta(days=13))
    assert visit(db, now=MORNING + timedelta(days=14)) is None


def test_when_they_were_seen_is_written_at_most_every_ten_minutes(kajsa, db, store):
    later = MORNING + timedelta(minutes=10)
    assert not visit(db).unseen
    assert visit(db, now=later).unseen
    with store.transaction(db):
        customer_logins.seen(db, KEY, now=later)
    assert not visit(db, now=later).unseen


def test_all_others_are_ended_at_once(kajsa, make, db, store):
    for number in range(2):
        make.customer_login(kajsa, token=f"kund.{number}", at=MORNING + timedelta(hours=number))
    someone = make.customer()
    make.customer_login(someone, token="kund.someone")
    with store.transaction(db):
        assert customer_logins.end_all(db, kajsa.id, but=KEY, now=MORNING) == 2
    assert [visit(db, key) is None for key in (KEY, "kund.0", "kund.1", "kund.someone")] == [
        False, True, True, False]


def test_only_ones_own_is_found(kajsa, make, db):
    [login] = customer_logins.of_customer(db, kajsa.id, now=MORNING)
    assert customer_logins.find(db, login.id, customer_id=kajsa.id) == login
    with pytest.raises(NotFound):
        customer_logins.find(db, login.id, customer_id=make.customer().id)
