from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from domain import unused_tickets
from domain.access import Scope
from domain.months import Month
from domain.tickets import Ticket
from tests.conftest import NOON

AUGUST = datetime(2026, 8, 20, 11, tzinfo=UTC)
SINGLE = 4200


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def last_days(make, company, store, db):
    """Tickets whose last day was in August, of so many people who used theirs and who did not."""
    def last_days(used, unused):
        for number in range(used + unused):
            ticket = make.ticket(make.traveller(company))
            with store.transaction(db):
                db.execute(update(Ticket).where(Ticket.id == ticket.id).values(
                    activate_by=AUGUST, activated_at=AUGUST if number < used else None))
    return last_days


@pytest.fixture
def told(db, company):
    return lambda: unused_tickets.quarters(db, within=Scope(company.id), now=NOON)


def test_quarters_that_have_ended_are_told_of_the_last_one_first(told):
    assert [(each.first, each.last, each.number) for each in told()] == [
        (Month(2026, 7), Month(2026, 9), 3), (Month(2026, 4), Month(2026, 6), 2),
        (Month(2026, 1), Month(2026, 3), 1), (Month(2025, 10), Month(2025, 12), 4)]


def test_what_nobody_used_is_summed_where_there_are_many_of_both(last_days, told):
    last_days(used=6, unused=5)
    first = told()[0]
    assert (first.tickets, first.unused, first.unused_ore) == (11, 5, 5 * SINGLE)


@pytest.mark.parametrize(("used", "unused"), [(6, 4), (4, 6), (0, 9), (9, 0)])
def test_nothing_is_told_that_could_be_told_of_somebody(last_days, told, used, unused):
    last_days(used, unused)
    first = told()[0]
    assert (first.tickets, first.unused, first.unused_ore) == (used + unused, None, None)


def test_several_tickets_of_one_person_are_one_person(make, company, last_days, store, db, told):
    last_days(used=5, unused=4)
    unused = db.query(Ticket).filter(Ticket.activated_at.is_(None)).first()
    twice = make.ticket(make.traveller(company))
    with store.transaction(db):
        db.execute(update(Ticket).where(Ticket.id == twice.id).values(
            activate_by=AUGUST, traveller_id=unused.traveller_id))
    assert told()[0].unused is None
