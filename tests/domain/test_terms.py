from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import terms
from domain.audit import Act, Event
from domain.errors import NotFound
from domain.terms import EDITIONS, Acceptance, Edition, Kind
from tests.conftest import NOON
from tests.factories import personnummer

FIRST = EDITIONS[Kind.COMPANY][0]
OF_A_COMPANY = [Kind.PRIVACY, Kind.TRAVEL, Kind.COMPANY, Kind.TRAVELLER]
"""What its administrators and its travellers owe together."""
SECOND = Edition("2027:1", date(2027, 1, 1), "Nu gäller det andra.")
THIRD = Edition("2027:2", date(2027, 7, 1), "Och nu det tredje.")
NEW_YEAR = datetime(2026, 12, 31, 23, tzinfo=UTC)  # in Sweden
JULY = datetime(2027, 7, 2, tzinfo=UTC)


@pytest.fixture
def admin(make):
    return make.actor(make.admin(number=personnummer(1)))


@pytest.fixture
def three(monkeypatch):
    """Three editions of one kind."""
    monkeypatch.setitem(EDITIONS, Kind.COMPANY, [FIRST, SECOND, THIRD])


def accept(store, db, kinds, actor, now=NOON):
    with store.transaction(db):
        terms.accept(db, kinds, by=actor, now=now)


def owed(db, actor, now=NOON):
    return terms.owed(db, actor, now=now)


def test_an_administrator_owes_the_companys_terms(db, admin):
    assert owed(db, admin) == [Kind.PRIVACY, Kind.TRAVEL, Kind.COMPANY]


def test_who_is_both_owes_each_kind_once(db, make):
    make.traveller(number=personnummer(1))
    both = make.actor(make.admin(number=personnummer(1)))
    assert owed(db, both) == OF_A_COMPANY


def test_a_deputy_owes_what_the_holder_of_the_post_does(db, make):
    company = make.company()
    deputy = make.as_person(make.traveller(company))
    make.deputyship(make.admin(company), deputy)
    assert owed(db, make.actor(deputy)) == OF_A_COMPANY


def test_a_clerk_owes_nothing(db, make):
    assert owed(db, make.actor(make.clerk())) == []


def test_what_is_accepted_is_not_owed_and_is_written_down(store, db, admin):
    accept(store, db, [Kind.PRIVACY, Kind.TRAVEL], admin)
    assert owed(db, admin) == [Kind.COMPANY]
    event = db.scalars(select(Event).where(Event.act == Act.TERMS_ACCEPTED)).one()
    assert (event.by_person_id, event.chain_id, event.at) == (
        admin.person_id, admin.administers, NOON)
    assert event.details == {"kinds": "privacy, travel"}


def test_accepting_again_is_harmless(store, db, admin):
    for _ in range(2):
        accept(store, db, [Kind.PRIVACY], admin)
    assert len(db.scalars(select(Acceptance)).all()) == 1


def test_one_person_accepts_for_nobody_else(store, db, make, admin):
    accept(store, db, list(Kind), admin)
    assert len(owed(db, make.actor(make.admin()))) == 3


def test_every_kind_has_its_editions_in_order_each_with_a_version_of_its_own():
    assert set(EDITIONS) == set(Kind)
    for editions in EDITIONS.values():
        assert editions == sorted(editions, key=lambda each: each.since)
        assert len({each.version for each in editions}) == len(editions)
        assert all(each.changes for each in editions[1:]), "a new edition says what changed"


def test_an_edition_is_in_force_from_its_swedish_midnight(three):
    in_force = [terms.in_force(Kind.COMPANY, now=moment) for moment in (
        datetime(2025, 1, 1, tzinfo=UTC), NOON, NEW_YEAR - timedelta(seconds=1), NEW_YEAR, JULY)]
    assert in_force == [FIRST, FIRST, FIRST, SECOND, THIRD]


def test_a_new_version_is_owed_once_it_is_in_force_and_not_before(store, db, admin, three):
    accept(store, db, owed(db, admin), admin)
    assert owed(db, admin, NEW_YEAR - timedelta(seconds=1)) == []
    assert owed(db, admin, NEW_YEAR) == [Kind.COMPANY]
    accept(store, db, [Kind.COMPANY], admin, NEW_YEAR)
    assert (owed(db, admin, NEW_YEAR), owed(db, admin, JULY)) == ([], [Kind.COMPANY])


def test_the_news_are_what_has_come_since_the_last_accepted(store, db, admin, three):
    def news(now):
        return terms.news(db, admin, Kind.COMPANY, now=now)
    assert news(JULY) == []  # never accepted any: it is all new
    accept(store, db, [Kind.COMPANY], admin)
    assert (news(NOON), news(NEW_YEAR), news(JULY)) == ([], [SECOND], [SECOND, THIRD])
    accept(store, db, [Kind.COMPANY], admin, NEW_YEAR)
    assert news(JULY) == [THIRD]


def test_what_a_person_has_accepted_is_kept_for_good(store, db, admin, three):
    accept(store, db, [Kind.COMPANY], admin)
    accept(store, db, [Kind.COMPANY], admin, JULY)
    assert [(each.version, each.accepted_at) for each in terms.accepted_by(db, admin.person_id)] \
        == [("2027:2", JULY), ("2026:1", NOON)]


def test_a_version_that_there_is_not_is_not_found(three):
    assert terms.edition(Kind.COMPANY, "2027:2") == THIRD
    with pytest.raises(NotFound):
        terms.edition(Kind.TRAVEL, "2027:2")
