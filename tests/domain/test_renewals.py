from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import assortment, recalls, renewals, travellers
from domain.access import Scope
from domain.errors import Conflict
from domain.messages import Sms
from domain.months import days_later
from domain.products import Product
from domain.renewals import Why
from domain.services import Service
from domain.tickets import Ticket
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY

DAY = timedelta(days=1)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def year(make, company):
    """A ticket for a year that ends in some days."""
    return lambda days: make.ending_ticket(make.traveller(company), days=days)


@pytest.fixture
def mine(company):
    return {"within": Scope(company.id), "now": NOON}


def ending(db, mine):
    return list(renewals.ending(db, **mine).tickets)


def renew(db, store, mine):
    with store.transaction(db):
        plan = renewals.plan(db, ending(db, mine), now=NOON)
        renewals.renew(db, plan, by=NOBODY, now=NOON)
    return plan


def test_a_ticket_ends_on_its_last_day_had_it_been_activated_on_its_first(make, year):
    assert renewals.last_day(year(0)) == date(2026, 11, 20)
    assert renewals.last_day(make.sent_ticket(product=Product.PERIOD_30)) == date(2026, 12, 19)


@pytest.mark.parametrize(("days", "shown"), [(-1, False), (0, True), (60, True), (61, False)])
def test_one_that_ends_within_sixty_days_is_shown(db, mine, year, days, shown):
    ticket = year(days)
    assert ending(db, mine) == [ticket] * shown


def test_the_first_day_is_the_one_that_was_chosen(db, store, mine, year):
    ticket = year(70)
    with store.transaction(db):
        ticket.valid_from = date(2025, 11, 25)
    assert (ending(db, mine), renewals.last_day(ticket)) == ([ticket], date(2026, 11, 24))


def test_the_first_to_end_comes_first(db, mine, year):
    late, soon = year(40), year(4)
    assert ending(db, mine) == [soon, late]


def test_a_short_one_is_no_news_until_half_of_it_has_gone(db, make, mine, company):
    def bought(days):
        make.sent_ticket(make.traveller(company), Product.PERIOD_30, at=days_later(MORNING, -days))
    bought(1)
    assert (len(ending(db, mine)), renewals.urgent(db, **mine)) == (1, 0)
    bought(20)
    assert (len(ending(db, mine)), renewals.urgent(db, **mine)) == (2, 1)


def test_single_recalled_and_other_peoples_tickets_are_not_shown(db, store, make, mine, company):
    make.sent_ticket(make.traveller(company))
    make.sent_ticket(product=Product.PERIOD_30)
    make.ticket(make.traveller(company), Product.PERIOD_30, service=Service.BUSINESS_TRAVEL)
    recalled = make.sent_ticket(make.traveller(company), Product.PERIOD_30)
    with store.transaction(db):
        recalls.recall(db, recalled, by=NOBODY, now=NOON)
    assert ending(db, mine) == []


def test_the_same_ticket_is_sold_to_the_same_person_from_the_day_after(db, store, mine, year):
    ticket = year(10)
    with store.transaction(db):
        ticket.cost_centre, ticket.note = "KS-1", "Projekt"
    plan = renew(db, store, mine)
    following = renewals.of(db, ticket)
    same = ("product", "extent", "zones", "traveller_id", "holder", "mobile", "department_id",
            "cost_centre", "note", "language")
    assert [getattr(following, name) for name in same] == [getattr(ticket, name) for name in same]
    assert following.valid_from == renewals.last_day(ticket) + DAY
    assert (following.sold_at, following.price_ore) == (NOON, plan.sum_ore)
    assert db.scalar(select(Sms).where(Sms.about_id == following.id)).template == "ticket"


def test_one_that_is_renewed_is_not_shown_again(db, store, mine, year):
    year(10)
    renew(db, store, mine)
    assert ending(db, mine) == []


def test_nobody_renews_the_same_ticket_twice(db, store, mine, year):
    year(10)
    plan = renew(db, store, mine)
    with pytest.raises(Conflict), store.transaction(db):
        renewals.renew(db, plan, by=NOBODY, now=NOON)
    assert len(db.scalars(select(Ticket)).all()) == 2


def test_those_who_are_gone_or_may_not_are_left_out_and_told_of(db, store, mine, year, company):
    gone, refused = year(10), year(20)
    with store.transaction(db):
        travellers.end(db, db.get_one(Traveller, gone.traveller_id), by=NOBODY, now=NOON)
        assortment.choose(db, db.get_one(Traveller, refused.traveller_id),
                          [Service.BUSINESS_TRAVEL], by=NOBODY, now=NOON)
    plan = renewals.plan(db, ending(db, mine), now=NOON)
    assert (plan.renewals, plan.left_out) == ([], {Why.LEFT: [gone], Why.NOT_ALLOWED: [refused]})


def test_the_plan_has_another_mark_when_the_tickets_are_others(db, mine, year):
    year(10)
    before = renewals.plan(db, ending(db, mine), now=NOON).mark
    year(11)
    assert renewals.plan(db, ending(db, mine), now=NOON).mark != before
