from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import activations, audit, price_lists, sales, tickets
from domain.access import Scope
from domain.audit import AUTHORITY, Act, Event
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Sms
from domain.products import Product
from domain.sales import Recipient
from domain.services import Service
from domain.tickets import State
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY, ONE_ZONE

DAY = timedelta(days=1)


@pytest.fixture
def ticket(make):
    return make.ticket()


def activate(db, ticket, at=NOON):
    activations.activate(db, ticket, now=at)
    return ticket.state(at)


def send(db, make, *, to=None, valid_from=None, now=NOON):
    make.price_list()
    traveller = to or make.traveller()
    return sales.send(db, Product.SINGLE, ONE_ZONE, to=Recipient.registered(traveller),
                        department=db.get_one(Department, traveller.department_id),
                        valid_from=valid_from, by=NOBODY, now=now)


def test_the_price_is_frozen_with_its_vat_and_its_list(db, store, make, ticket):
    sold = (ticket.price_ore, ticket.vat_ore, ticket.vat_basis_points)
    with store.transaction(db):
        price_lists.publish(db, "Ny prislista", [
            "product;extent;area;price_ore_incl_vat;vat_basis_points;valid_from",
            "single;zones_1;;9900;2500;2026-11-01"], now=NOON)
    assert sold == (4_200, 238, 600)
    db.refresh(ticket)
    assert (ticket.price_ore, ticket.vat_ore, ticket.vat_basis_points) == sold
    assert make.ticket().price_ore == 9_900


def test_reference_and_department_are_those_of_the_purchase(db, store, make, ticket):
    department = db.get_one(Department, ticket.department_id)
    with store.transaction(db):
        department.name, department.reference_number = "Annat", "9999"
    db.refresh(ticket)
    assert (ticket.department_name, ticket.reference_number) == ("Huvudavdelning", "1000")


def test_sending_puts_a_message_with_no_link_in_it_and_says_what_happened(db, make):
    ticket = send(db, make)
    audit.write(db)
    sms = db.scalar(select(Sms))
    assert (sms.to, sms.about_id, sms.values) == ("+46701740605", ticket.id, {
        "company": "", "product": "single", "number": ticket.number})
    [event] = db.scalars(select(Event).where(Event.act == Act.TICKET_SENT))
    assert event.details == {"holder": "Rut Resenär", "product": "single", "price_ore": 4_200}


def test_a_ticket_number_is_short_and_easy_to_read_out(make):
    numbers = [make.ticket().number for _ in range(20)]
    assert len(set(numbers)) == 20
    assert all(len(number) == 11 and not set(number) & set("01IO") for number in numbers)


@pytest.mark.parametrize(("starts_on", "said"), [
    (date(2026, 11, 19), "har redan varit"), (date(2027, 11, 21), "för långt fram"),
    (date(9999, 12, 31), "för långt fram"), (date(1, 1, 1), "har redan varit")])
def test_a_ticket_starts_between_today_and_a_year_from_now(db, make, starts_on, said):
    with pytest.raises(Invalid, match=said):
        send(db, make, valid_from=starts_on)


def test_a_traveller_without_a_phone_can_be_sent_nothing(make):
    with pytest.raises(Invalid, match="inget mobilnummer"):
        Recipient.registered(make.traveller(mobile=None))


def test_a_traveller_who_has_left_can_be_sent_nothing(db, store, make):
    traveller = make.traveller()
    with store.transaction(db):
        traveller.ended_at = NOON
    with pytest.raises(Conflict, match="avslutad"):
        Recipient.registered(traveller)


def test_a_single_ticket_is_activated_once_and_then_used(db, ticket):
    assert ticket.state(NOON) == State.UNACTIVATED
    assert activate(db, ticket) == State.ACTIVE
    assert ticket.active_until == NOON + timedelta(hours=1)
    with pytest.raises(Conflict, match="redan aktiv"):
        activate(db, ticket, NOON + timedelta(seconds=1))
    later = NOON + timedelta(hours=1)
    assert ticket.state(later) == State.EXPIRED
    with pytest.raises(Conflict, match="gått ut"):
        activate(db, ticket, later)


def test_two_who_activate_at_once_activate_once(store, ticket):
    with store.session() as first, store.session() as second:
        mine, theirs = (each.get(tickets.Ticket, ticket.id) for each in (first, second))
        with store.transaction(first):
            activations.activate(first, mine, now=NOON)
        with pytest.raises(Conflict, match="redan aktiv"), store.transaction(second):
            activations.activate(second, theirs, now=NOON)


def test_a_ticket_that_is_not_activated_in_a_year_has_gone_out(db, ticket):
    assert ticket.activate_by == MORNING.replace(year=2027)
    assert ticket.state(ticket.activate_by - timedelta(seconds=1)) == State.UNACTIVATED
    with pytest.raises(Conflict, match="gått ut"):
        activate(db, ticket, ticket.activate_by)


def test_a_ticket_with_a_first_day_can_be_activated_from_its_swedish_midnight(db, make):
    ticket = send(db, make, valid_from=date(2026, 12, 1))
    midnight = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert ticket.activate_by == datetime(2027, 11, 30, 23, tzinfo=UTC)
    assert not ticket.may_activate(midnight - timedelta(seconds=1))
    with pytest.raises(Conflict, match="2026-12-01"):
        activate(db, ticket, midnight - timedelta(seconds=1))
    assert ticket.may_activate(midnight)
    assert activate(db, ticket, midnight) == State.ACTIVE


def test_a_flex_ticket_rests_between_its_days_and_is_used_after_the_last(db, make):
    ticket = make.ticket(product=Product.FLEX_10_30, trip=COUNTY)
    for number in range(10):
        at = NOON + number * DAY
        assert activate(db, ticket, at) == State.ACTIVE
        assert (ticket.active_until, ticket.days_left) == (at + DAY, 9 - number)
        assert ticket.state(at + DAY) == (State.RESTING if number < 9 else State.EXPIRED)
    assert ticket.activated_at == NOON


def test_the_days_of_a_flex_ticket_run_out_thirty_days_after_the_first(db, make):
    ticket = make.ticket(product=Product.FLEX_10_30)
    activate(db, ticket)
    assert ticket.use_by == NOON + 30 * DAY
    assert activate(db, ticket, NOON + 29 * DAY + timedelta(hours=20)) == State.ACTIVE
    assert ticket.active_until == ticket.use_by
    assert ticket.state(ticket.use_by) == State.EXPIRED
    with pytest.raises(Conflict, match="gått ut"):
        activate(db, ticket, ticket.use_by)


def test_what_is_promised_before_activation_is_what_comes(db, make):
    ticket = make.ticket(product=Product.PERIOD_30)
    promised = activations.runs_out(db, ticket, now=NOON)
    activate(db, ticket)
    assert ticket.active_until == promised


def test_the_employer_hears_nothing_of_when_a_ticket_is_used(store, db, ticket):
    with store.transaction(db):
        activations.activate(db, ticket, now=NOON)
    [event] = db.scalars(select(Event).where(Event.act == Act.TICKET_ACTIVATED))
    assert (event.chain_id, event.by_name, event.details) == (AUTHORITY, "", {})


def test_another_companys_ticket_is_not_found(db, make, ticket):
    assert tickets.find(db, ticket.id, within=Scope(ticket.company_id)) is ticket
    with pytest.raises(NotFound):
        tickets.find(db, ticket.id, within=Scope(make.company().id))


def test_what_was_bought_for_a_traveller_comes_newest_first(db, make):
    traveller = make.traveller()
    old, new = make.ticket(traveller, at=MORNING), make.ticket(traveller, at=NOON)
    make.ticket()
    assert tickets.of_travellers(db, [traveller.id]) == [new, old]


def test_the_month_so_far_is_summed_by_service_from_the_swedish_first(db, make):
    traveller = make.traveller()
    make.ticket(traveller, at=datetime(2026, 10, 31, 22, 59, tzinfo=UTC))
    make.ticket(traveller, at=datetime(2026, 10, 31, 23, 0, tzinfo=UTC))
    make.ticket(traveller, Product.DAY, service=Service.BUSINESS_TRAVEL)
    make.ticket()
    sums = tickets.month_so_far(db, within=Scope(traveller.company_id), now=NOON)
    assert [(each.service, each.tickets, each.gross_ore) for each in sums] == [
        (Service.SEND_TICKET, 1, 4_200), (Service.BUSINESS_TRAVEL, 1, 8_400),
        (Service.STAFF_OFFER, 0, 0)]
