from datetime import UTC, date, datetime, timedelta

import pytest

from domain import (
    activations,
    audit,
    business_travel,
    codes,
    deductions,
    leavers,
    offers,
    purchases,
    traveller_lists,
)
from domain.access import Scope
from domain.errors import Conflict, Invalid
from domain.products import Product
from domain.services import Service
from tests.conftest import NOON
from tests.factories import MORNING, ONE_ZONE

MIDNIGHT = datetime(2026, 11, 30, 23, tzinfo=UTC)
LAST_DAY = date(2026, 11, 30)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


def leave(db, store, traveller, admin, *, recall=False):
    with store.transaction(db):
        leavers.leave(db, traveller, recall=recall, by=admin, now=NOON)


def plan(db, store, traveller, admin, last_day=LAST_DAY, *, recall=False, takes_rest=True):
    with store.transaction(db):
        leavers.plan(db, traveller, last_day, recall=recall, takes_rest=takes_rest, by=admin,
                     now=NOON)


def test_everything_stops_in_one_transaction(db, store, make, company, traveller, admin):
    connection, application = make.connection(traveller), make.offer_application(traveller)
    leave(db, store, traveller, admin)
    assert (traveller.ended_at, connection.ended_at) == (NOON, NOON)
    assert application.state == offers.State.WITHDRAWN
    assert codes.current(db, [connection.id]) == {}
    assert traveller_lists.listed(db, within=Scope(company.id), now=NOON).rows == []
    acts = {event.act for event in audit.about(db, traveller.id, company_id=company.id)}
    assert {audit.Act.TRAVELLER_ENDED, audit.Act.TRAVEL_ENDED, audit.Act.OFFER_WITHDRAWN} <= acts


def test_what_has_been_decided_and_paid_for_remains(db, store, make, traveller, admin):
    application = make.granted_offer(traveller)
    leave(db, store, traveller, admin)
    assert (application.state, application.ticket.recalled_at) == (offers.State.APPROVED, None)


def test_a_leaver_buys_nothing_more(db, store, make, traveller, admin):
    make.price_list()
    connection = make.connection(traveller, registered=True)
    leave(db, store, traveller, admin)
    with pytest.raises(Conflict), store.transaction(db):
        purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=admin, now=NOON)


def test_leaving_twice_is_a_conflict(db, store, traveller, admin):
    leave(db, store, traveller, admin)
    with pytest.raises(Conflict):
        leave(db, store, traveller, admin)


def test_what_will_stop_is_told_before(db, make, traveller):
    connection, application = make.connection(traveller), make.offer_application(traveller)
    ticket = make.sent_ticket(traveller)
    make.sent_ticket(traveller, at=MORNING - timedelta(days=40))
    assert leavers.stopping(db, traveller, now=NOON) == leavers.Stopping(
        connection, [application], [ticket])


def test_what_remains_is_told_by_what_was_bought(db, store, make, company, traveller, admin):
    make.price_list()
    lasting = make.ticket(traveller, Product.PERIOD_30)
    make.ticket(traveller, Product.PERIOD_30, at=MORNING - timedelta(days=30))
    make.ticket(traveller)
    application = make.granted_offer(traveller)
    remaining = leavers.remaining(db, traveller, now=NOON)
    assert (set(remaining.tickets), remaining.administers) == (
        {lasting, application.ticket}, False)
    assert remaining.deductions == [deductions.Left(
        application.id, 12, date(2027, 11, 1), application.price_ore)]


def test_one_who_administers_the_company_is_told_of(db, make, company):
    number = "198112189876"
    make.admin(company, number=number)
    traveller = make.traveller(company, number=number)
    assert leavers.remaining(db, traveller, now=NOON).administers


def test_what_is_not_activated_is_recalled_if_wished(db, store, make, traveller, admin):
    unused, used, bought = (make.sent_ticket(traveller), make.sent_ticket(traveller),
                            make.ticket(traveller, service=Service.BUSINESS_TRAVEL))
    with store.transaction(db):
        activations.activate(db, used, now=NOON)
    leave(db, store, traveller, admin, recall=True)
    assert [each.recalled_at for each in (unused, used, bought)] == [NOON, None, None]


def test_nothing_is_recalled_unless_wished(db, store, make, traveller, admin):
    ticket = make.sent_ticket(traveller)
    leave(db, store, traveller, admin)
    assert ticket.recalled_at is None


def paid(db, application):
    """By month."""
    db.expire_all()
    return [(row.month_on, row.amount_ore)
            for row in deductions.of_applications(db, [application.id]).get(application.id, [])]


def test_the_salary_pays_nothing_for_an_offer_that_is_recalled(db, store, make, traveller, admin):
    application = make.granted_offer(traveller, starts_on=date(2026, 11, 25))
    leave(db, store, traveller, admin, recall=True)
    assert (application.ticket.recalled_at, paid(db, application)) == (NOON, [])


def test_the_last_salary_pays_what_is_left(db, store, make, traveller, admin):
    application = make.granted_offer(traveller)
    leave(db, store, traveller, admin)
    assert paid(db, application) == [(date(2026, 11, 1), application.price_ore)]


def test_the_salary_pays_no_more_when_that_is_wished(db, store, make, traveller, admin):
    application = make.granted_offer(traveller, starts_on=date(2026, 11, 25))
    first, *_ = paid(db, application)
    plan(db, store, traveller, admin, date(2026, 12, 15), takes_rest=False)
    assert paid(db, application) == [first]


def test_the_rest_is_on_the_last_salary_before_the_day_has_come(db, store, make, traveller,
                                                                admin):
    application = make.granted_offer(traveller)
    first, second, *_ = paid(db, application)
    plan(db, store, traveller, admin, date(2027, 2, 15))
    assert paid(db, application) == [first, second, (
        date(2027, 2, 1), application.price_ore - first[1] - second[1])]
    with store.transaction(db):
        leavers.carry_out(db, traveller.id, now=datetime(2027, 2, 16, tzinfo=UTC))
    assert len(paid(db, application)) == 3


def test_one_who_stays_pays_month_by_month_again(db, store, make, traveller, admin):
    application = make.granted_offer(traveller)
    before = paid(db, application)
    for last_day in (date(2027, 2, 15), date(2027, 5, 31)):
        plan(db, store, traveller, admin, last_day)
    with store.transaction(db):
        leavers.stay(db, traveller, by=admin, now=NOON)
    assert [month for month, _ in paid(db, application)] == [month for month, _ in before]
    assert sum(ore for _, ore in paid(db, application)) == application.price_ore


def test_a_leaving_that_is_planned_happens_when_the_last_day_has_passed(db, store, make, company,
                                                                        traveller, admin):
    plan(db, store, traveller, admin)
    assert leavers.due(db, now=MIDNIGHT - timedelta(seconds=1)) == []
    assert leavers.due(db, now=MIDNIGHT) == [traveller.id]
    ticket = make.sent_ticket(traveller)
    for _ in range(2):
        with store.transaction(db):
            leavers.carry_out(db, traveller.id, now=MIDNIGHT)
    assert (traveller.ended_at, traveller.leaves_on, ticket.recalled_at) == (MIDNIGHT, None, None)
    events = [event for event in audit.about(db, traveller.id, company_id=company.id)
              if event.act == audit.Act.TRAVELLER_ENDED]
    assert [event.by_name for event in events] == [""]


def test_a_planned_leaving_recalls_when_that_was_wished(db, store, make, traveller, admin):
    ticket, application = make.sent_ticket(traveller), make.offer_application(traveller)
    plan(db, store, traveller, admin, recall=True)
    with store.transaction(db):
        leavers.carry_out(db, traveller.id, now=MIDNIGHT)
    assert (ticket.recalled_at, application.state) == (MIDNIGHT, offers.State.WITHDRAWN)


def test_a_planned_leaving_is_taken_back(db, store, traveller, admin):
    plan(db, store, traveller, admin, recall=True)
    with store.transaction(db):
        leavers.stay(db, traveller, by=admin, now=NOON)
    assert (traveller.leaves_on, traveller.leaving_recalls) == (None, False)
    with store.transaction(db):
        leavers.carry_out(db, traveller.id, now=MIDNIGHT)
    assert traveller.ended_at is None
    with pytest.raises(Conflict), store.transaction(db):
        leavers.stay(db, traveller, by=admin, now=NOON)


def test_the_new_day_holds_when_it_is_planned_again(db, store, traveller, admin):
    plan(db, store, traveller, admin)
    plan(db, store, traveller, admin, date(2026, 12, 24), recall=True)
    assert (traveller.leaves_on, traveller.leaving_recalls) == (date(2026, 12, 24), True)


def test_a_day_that_has_been_cannot_be_the_last(db, store, traveller, admin):
    with pytest.raises(Invalid) as refusal:
        plan(db, store, traveller, admin, date(2026, 11, 19))
    assert refusal.value.field == "last_day"
    plan(db, store, traveller, admin, date(2026, 11, 20))


def test_one_who_leaves_at_once_has_no_day_left(db, store, make, company, traveller, admin):
    plan(db, store, traveller, admin)
    leave(db, store, traveller, admin)
    number = db.info["vault"].open(traveller.personnummer_sealed, "personnummer")
    again = make.traveller(company, number=number)
    assert (again.id, again.leaves_on, leavers.due(db, now=MIDNIGHT)) == (traveller.id, None, [])


def test_one_who_comes_back_is_not_connected(db, store, make, company, traveller, admin):
    make.connection(traveller, registered=True)
    leave(db, store, traveller, admin)
    number = db.info["vault"].open(traveller.personnummer_sealed, "personnummer")
    again = make.traveller(company, number=number)
    assert business_travel.of_traveller(db, again) is None
    assert make.connection(again).limit_ore == 50_000
