from datetime import date, timedelta
from uuid import uuid4

import pytest

from domain import application_decisions, application_questions, application_queue, applications
from domain.application_queue import Search
from domain.errors import Conflict, NotFound
from tests.conftest import NOON
from tests.factories import luhn

NUMBER = f"556012345{luhn('556012345')}"


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


def decline(store, db, application, clerk, at=NOON):
    with store.transaction(db):
        application_decisions.decline(db, application, reason="Nej.", by=clerk, now=at)


def ask(store, db, application, clerk):
    with store.transaction(db):
        application_questions.ask(db, application, "Vem?", by=clerk, now=NOON)


def hand_over(store, db, application, clerk_id, by):
    with store.transaction(db):
        application_queue.hand_over(db, application, clerk_id, by=by, now=NOON)


def names(rows):
    return [each.company_name for each in rows]


def test_the_first_promised_waits_first_and_the_last_decided_shows_first(store, db, clerk, make):
    first, second, third, fourth = (make.company_application(name) for name in "ABCD")
    with store.transaction(db):
        second.promised_on -= timedelta(days=1)
    decline(store, db, third, clerk)
    decline(store, db, fourth, clerk, NOON + timedelta(hours=1))
    assert names(application_queue.undecided(db, Search())) == ["B", "A"]
    assert applications.waiting(db) == [second, first]
    assert applications.waiting_count(db) == 2
    assert names(application_queue.decided(db, Search()).rows) == ["D", "C"]


def test_what_waits_for_the_applicant_is_undecided_but_does_not_wait_for_us(store, db, clerk,
                                                                          make):
    application = make.company_application()
    ask(store, db, application, clerk)
    assert application_queue.undecided(db, Search()) == [application]
    assert applications.waiting(db) == []
    assert application_queue.resting_count(db) == 1


def test_what_is_due_is_counted(store, db, clerk, make):
    for days in (0, 0, 1):
        make.company_application(at=NOON - timedelta(days=days))
    ask(store, db, make.company_application(), clerk)
    assert application_queue.due(db, date(2026, 11, 26)) == (0, 1)
    assert application_queue.due(db, date(2026, 11, 27)) == (1, 2)
    assert application_queue.due(db, date(2026, 11, 28)) == (3, 0)


def test_the_decided_come_a_page_at_a_time(store, db, clerk, make):
    for name in "ABC":
        decline(store, db, make.company_application(name), clerk)
    first = application_queue.decided(db, Search(), most=2)
    second = application_queue.decided(db, Search(), page=2, most=2)
    assert (first.first, first.last, first.total) == (1, 2, 3)
    assert (second.first, second.last) == (3, 3)
    assert sorted(names(first.rows + second.rows)) == ["A", "B", "C"]


@pytest.mark.parametrize("words", ["bäck", "BÄCK", "Oskar D", "556012-34", NUMBER])
def test_an_application_is_found_by_name_or_number(db, make, words):
    make.company_application("Bäckens AB", organisation_number=NUMBER)
    make.company_application("Annat AB", surname="Ek")
    assert names(application_queue.undecided(db, Search(words))) == ["Bäckens AB"]


def test_each_application_is_had_by_one_clerk_or_nobody(store, db, clerk, make):
    mine, free = make.company_application("A"), make.company_application("B")
    hand_over(store, db, mine, clerk.person_id, clerk)
    assert (mine.clerk.name, mine.taken_at) == (clerk.name, NOON)
    assert application_queue.undecided(db, Search(clerk_id=clerk.person_id)) == [mine]
    assert application_queue.undecided(db, Search(only_free=True)) == [free]


def test_an_application_is_handed_over_to_a_clerk_only(store, db, clerk, make):
    application, bo = make.company_application(), make.clerk(given_name="Bo")
    hand_over(store, db, application, bo.id, clerk)
    assert application.clerk == bo
    for stranger in (make.admin().id, uuid4()):
        with pytest.raises(NotFound):
            hand_over(store, db, application, stranger, clerk)


def test_what_is_decided_is_not_handed_over(store, db, clerk, make):
    application = make.company_application()
    decline(store, db, application, clerk)
    with pytest.raises(Conflict):
        hand_over(store, db, application, clerk.person_id, clerk)


def test_an_organisation_number_that_two_applications_have_is_doubled(store, db, clerk, make):
    first, second, alone = (make.company_application(organisation_number=number)
                            for number in (NUMBER, NUMBER, "5592104339"))
    assert application_queue.doubled(db, [first, second, alone]) == {NUMBER}
    assert application_queue.duplicates(db, first).applications == [second]
    assert not application_queue.duplicates(db, alone)
    decline(store, db, second, clerk)
    assert application_queue.doubled(db, [first]) == set()


def test_an_organisation_number_that_a_company_has_is_doubled(store, db, clerk, make):
    first, second = (make.company_application(organisation_number=NUMBER) for _ in range(2))
    with store.transaction(db):
        company = application_decisions.approve(db, first, by=clerk, now=NOON)
    assert application_queue.doubled(db, [second]) == {NUMBER}
    assert application_queue.duplicates(db, second).company == company
    assert application_queue.duplicates(db, first).company is None
