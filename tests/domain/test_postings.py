from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import audit, parcels, postings
from domain.messages import Email
from domain.months import Month
from domain.parcels import Address, State
from tests.conftest import NOON


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def post(store, db, clerk):
    def post(*rows, at=NOON):
        with store.transaction(db):
            return postings.post(db, [each.id for each in rows], by=clerk, now=at)
    return post


def letters(db):
    return list(db.scalars(select(Email).where(Email.template == "parcel_posted")))


def test_what_is_packed_is_posted_together(db, make, post, clerk):
    rows = [make.parcel(packed=True) for _ in range(2)]
    posting = post(*rows)
    assert (posting.size, posting.by_name, posting.posted_at) == (2, clerk.name, NOON)
    assert {each.state for each in rows} == {State.POSTED}
    assert set(postings.parcels_of(db, posting)) == set(rows)


def test_what_is_not_packed_is_not_posted(db, make, post):
    unpacked, packed = make.parcel(), make.parcel(packed=True)
    assert post(unpacked, packed).size == 1
    assert unpacked.state == State.ORDERED


def test_twice_is_once(db, make, post):
    parcel = make.parcel(packed=True)
    post(parcel)
    assert post(parcel, at=NOON + timedelta(hours=1)) is None
    assert (parcel.posted_at, len(letters(db)), postings.listed(db).total) == (NOON, 1, 1)


def test_each_customer_gets_one_letter_for_each_address(store, db, make, post):
    customer, other = make.customer(), make.customer()
    rows = [make.parcel(customer, packed=True) for _ in range(2)] + [make.parcel(other)]
    with store.transaction(db):
        parcels.change_address(db, rows[2], Address("Rut Ek", "Nygatan 7", "561 30", "Huskvarna"),
                               by=make.actor(make.clerk()), now=NOON)
    make.pack(rows[2])
    post(*rows)
    said = {(each.to, each.values["count"], each.values["address"]) for each in letters(db)}
    assert said == {(customer.email, 2, "Kajsa Kund, Storgatan 1, 553 20 Jönköping"),
                    (other.email, 1, "Rut Ek, Nygatan 7, 561 30 Huskvarna")}


def test_the_letter_says_when_to_ask(db, make, post):
    post(make.parcel(packed=True))
    assert letters(db)[0].values["missing_on"] == "2026-12-01"


def test_the_log_tells_the_end_of_the_number_only(db, make, post):
    parcel = make.parcel(packed=True)
    post(parcel)
    event = audit.about(db, parcel.id, company_id=parcel.customer_id)[0]
    assert event.details == {"card": f"•••• {parcel.card.number[-4:]}"}


@pytest.mark.parametrize(("ordered", "posted", "days"), [
    (datetime(2026, 11, 20, 11, tzinfo=UTC), datetime(2026, 11, 20, 15, tzinfo=UTC), 0),
    (datetime(2026, 11, 20, 11, tzinfo=UTC), datetime(2026, 11, 23, 11, tzinfo=UTC), 1),
    (datetime(2026, 12, 22, 11, tzinfo=UTC), datetime(2026, 12, 29, 11, tzinfo=UTC), 3),
    (datetime(2026, 4, 1, 11, tzinfo=UTC), datetime(2026, 4, 9, 11, tzinfo=UTC), 4),
])
def test_the_wait_is_measured_in_working_days(make, post, ordered, posted, days):
    parcel = make.parcel(at=ordered, packed=True)
    post(parcel, at=posted)
    assert parcel.waited_days == days


def test_the_months_are_measured(db, make, post):
    october, november = datetime(2026, 10, 5, 11, tzinfo=UTC), datetime(2026, 11, 2, 11, tzinfo=UTC)
    for days in (1, 2, 3, 7):
        post(make.parcel(at=october, packed=True), at=october + timedelta(days=days))
    post(make.parcel(at=november, packed=True), at=november + timedelta(days=1))
    told = [(each.month, each.new, each.posted, each.median, each.in_time)
            for each in postings.measured(db, now=NOON)]
    assert told == [(Month(2026, 11), True, 1, 1, 1), (Month(2026, 10), True, 4, 3, 3)]


def test_the_latest_batch_is_first(make, db, post):
    first = post(make.parcel(packed=True))
    second = post(make.parcel(packed=True), at=NOON + timedelta(hours=1))
    assert postings.listed(db).rows == [second, first]
    page = postings.listed(db, page=2, most=1)
    assert (page.rows, page.first, page.last, page.total) == ([first], 2, 2, 2)
