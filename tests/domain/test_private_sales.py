from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import activations, block_list, carried, messages, private_sales, reports
from domain.audit import Act, Event
from domain.errors import Conflict, Invalid
from domain.messages import Sms
from domain.months import Month, days_later
from domain.products import Category, Product
from domain.tickets import State
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY, ONE_ZONE, born

DAY = timedelta(days=1)
FIRST = date(2026, 12, 1)


@pytest.fixture
def customer(make):
    return make.customer()


@pytest.fixture
def act(db, store):
    def act(verb, *args, now=NOON, **values):
        with store.transaction(db):
            return verb(db, *args, by=NOBODY, now=now, **values)
    return act


def test_a_period_on_a_card_is_the_customers_and_nobodys_employer_has_it(make, customer):
    ticket = make.card_period(make.customer_card(customer), Product.PERIOD_30_YOUTH)
    assert (ticket.customer_id, ticket.company_id, ticket.department_id, ticket.service) == (
        customer.id, None, None, None)
    assert (ticket.holder, ticket.mobile, ticket.category) == ("Kajsa Kund", "", Category.YOUTH)
    assert (ticket.price_ore, ticket.vat_ore) == (41_000, 2_321)


def test_a_period_on_a_childs_card_is_the_childs(make, customer):
    card = make.customer_card(customer, child=make.child(customer, "Kim"))
    assert make.card_period(card).holder == "Kim Kund"


def test_a_period_on_a_card_has_to_be_used_within_ninety_days_of_the_purchase(make, customer):
    assert make.card_period(make.customer_card(customer)).activate_by == days_later(MORNING, 90)


def test_a_blocked_card_takes_no_period(db, store, make, customer):
    card = make.customer_card(customer)
    with store.transaction(db):
        card.blocked_at = NOON
    with pytest.raises(Invalid, match="spärrat"):
        make.card_period(card)


def test_a_ticket_to_the_phone_comes_as_a_link_that_names_no_company(db, make, customer):
    ticket = make.own_ticket(customer, Product.SINGLE)
    [sms] = db.scalars(select(Sms))
    assert (sms.to, sms.about_id, sms.company_id) == (customer.mobile, ticket.id, None)
    assert (sms.template, set(sms.values)) == ("own_ticket", {"product", "number"})


def test_one_from_a_coming_day_may_be_activated_for_as_long_after_it(make, customer):
    ticket = make.own_ticket(customer, valid_from=FIRST)
    assert ticket.activate_by.date() == date(2027, 11, 30)


def test_the_log_of_the_customer_has_the_purchase_without_a_name(db, make, customer):
    ticket = make.card_period(make.customer_card(customer))
    event = db.scalar(select(Event).where(Event.act == Act.ACCOUNT_TICKET_BOUGHT))
    assert (event.chain_id, event.thing_id, event.by_name) == (customer.id, ticket.id, "")
    assert customer.given_name not in str(event.details)


@pytest.mark.parametrize(("product", "birthday", "may"), [
    (Product.PERIOD_30_YOUTH, date(2006, 12, 1), False),
    (Product.PERIOD_30_YOUTH, date(2006, 12, 2), True),
    (Product.PERIOD_30_SENIOR, date(1961, 12, 1), True),
    (Product.PERIOD_30_SENIOR, date(1961, 12, 2), False),
    (Product.PERIOD_30_STUDENT, date(1970, 1, 1), True),
    (Product.PERIOD_30, date(2010, 1, 1), True)])
def test_age_counts_on_the_first_day_of_the_ticket(db, product, birthday, may):
    assert private_sales.may_have(db, product, birthday, FIRST) == may


@pytest.mark.parametrize(("product", "said"), [
    (Product.PERIOD_30_YOUTH, "högst 19 år"), (Product.PERIOD_30_SENIOR, "fyllt 65 år")])
def test_what_is_for_another_age_is_refused_in_words(db, product, said):
    with pytest.raises(Invalid, match=said):
        private_sales.check_category(db, product, date(1980, 1, 1), FIRST)


def test_it_is_the_child_whose_age_counts_on_the_childs_card(make, customer):
    child = make.child(customer, number=born(date(2014, 5, 1)))
    card = make.customer_card(customer, child=child)
    assert private_sales.born_on(customer, card) == date(2014, 5, 1)
    assert private_sales.born_on(customer, None) == customer.born_on


def test_a_period_on_a_card_begins_before_it_has_to_be_used(db):
    last = date(2027, 2, 17)
    private_sales.check_start(db, last, "valid_from", on_card=True, now=NOON)
    with pytest.raises(Invalid, match="inom 90 dagar"):
        private_sales.check_start(db, last + DAY, "valid_from", on_card=True, now=NOON)
    private_sales.check_start(db, last + DAY, "valid_from", on_card=False, now=NOON)


def test_nobody_else_with_the_number_is_shown_it(db, make, customer):
    traveller = make.traveller(mobile=customer.mobile)
    make.own_ticket(customer, at=NOON)
    assert carried.by_number(db, [traveller], now=NOON) == []


def test_no_companys_report_has_it(db, store, make, customer):
    make.own_ticket(customer)
    company = make.company()
    with store.transaction(db):
        report = reports.make(db, company.id, Month(2026, 11), now=days_later(NOON, 30))
    assert (report.tickets, report.gross_ore) == (0, 0)


def test_days_of_a_certificate_lengthen_a_period_that_runs(make, customer, act):
    ticket = make.card_period(make.customer_card(customer), activated_at=MORNING)
    ticket.card_entry = 7
    act(private_sales.adjust, ticket, 5)
    assert ticket.active_until == days_later(MORNING, 35)
    assert ticket.useless_at >= ticket.active_until
    assert ticket.card_entry is None  # the list tells the buses anew


def test_a_period_that_ran_out_meanwhile_lives_again_from_now(make, customer, act):
    ticket = make.card_period(make.customer_card(customer), activated_at=MORNING)
    late = days_later(MORNING, 40)
    act(private_sales.adjust, ticket, 5, now=late)
    assert (ticket.state(late), ticket.active_until) == (State.ACTIVE, days_later(late, 5))


def test_one_that_was_never_used_may_be_activated_later(make, customer, act):
    ticket = make.card_period(make.customer_card(customer))
    act(private_sales.adjust, ticket, 5)
    assert ticket.activate_by == days_later(MORNING, 95)


@pytest.mark.parametrize("days", [0, 31])
def test_no_period_is_lengthened_by_more_than_itself(make, customer, act, days):
    ticket = make.card_period(make.customer_card(customer))
    with pytest.raises(Invalid, match="mellan 1 och 30"):
        act(private_sales.adjust, ticket, days)


def test_only_a_period_is_adjusted(make, customer, act):
    with pytest.raises(Conflict, match="Bara periodbiljetter"):
        act(private_sales.adjust, make.own_ticket(customer, Product.DAY, COUNTY), 5)


def test_an_unused_one_is_taken_back_and_opens_nothing(db, make, customer, act):
    ticket = make.own_ticket(customer)
    act(private_sales.recall, ticket)
    assert ticket.state(NOON) == State.RECALLED
    assert block_list.is_blocked(db, ticket.number)
    assert messages.about(db, [ticket.id])[ticket.id].state == messages.State.CANCELLED
    event = db.scalar(select(Event).where(Event.act == Act.ACCOUNT_TICKET_RECALLED))
    assert event.chain_id == customer.id
    with pytest.raises(Conflict, match="redan återkallad"):
        act(private_sales.recall, ticket)


def test_one_that_is_used_is_not_taken_back(db, store, make, customer, act):
    ticket = make.own_ticket(customer)
    with store.transaction(db):
        activations.activate(db, ticket, now=NOON)
    with pytest.raises(Conflict, match="redan aktiverad"):
        act(private_sales.recall, ticket)


def test_a_companys_ticket_is_not_taken_back_so(make, act):
    with pytest.raises(Conflict, match="privatkund"):
        act(private_sales.recall, make.ticket(trip=ONE_ZONE))
