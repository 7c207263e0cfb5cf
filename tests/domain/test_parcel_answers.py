from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import activations, parcel_answers, purse_loads, purses, refunds, shop_orders
from domain.card_blocks import of_card
from domain.errors import Conflict
from domain.messages import Email
from domain.parcel_cases import Outcome, Reason
from domain.parcels import Kind, Parcel, State
from domain.products import Product
from domain.purse_loads import Stage
from domain.shop_orders import Kind as Line
from domain.shop_wares import Wish
from domain.tickets import Ticket
from tests.conftest import NOON
from tests.factories import MORNING, ONE_ZONE

FULL = Wish(kind=Line.NEW_CARD, label="Skolkortet", purse_ore=20_000, product=Product.PERIOD_30,
            trip=ONE_ZONE)
MUCH_LATER = NOON + timedelta(days=20)


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def answer(store, db, clerk):
    def answer(verb, case, at=NOON):
        with store.transaction(db):
            return verb(db, case, "Ord", by=clerk, now=at)
    return answer


def letter(db):
    return db.scalars(select(Email).where(Email.template == "parcel_answer")).one()


def test_a_lost_card_is_blocked_and_all_of_it_goes_on_a_new_one(db, make, answer):
    case = make.parcel_case(make.parcel(wish=FULL, posted=True))
    lost = case.parcel.card
    new = answer(parcel_answers.replace, case)
    assert (lost.blocked_at, of_card(db, lost).purse_ore) == (NOON, 20_000)
    assert (new.kind, new.replaces_id, new.label) == (Kind.LOST, case.parcel_id, "Skolkortet")
    assert (new.promised_on, new.purse_ore) == (date(2026, 11, 27), 20_000)
    card = make.pack(new)
    assert purses.balance(db, card.id) == 20_000
    [ticket] = db.scalars(select(Ticket).where(Ticket.card_id == card.id))
    assert ticket.product == Product.PERIOD_30
    assert purses.verify(db) == []


def test_less_than_ten_kronor_goes_too(db, make, answer):
    case = make.parcel_case(make.parcel(wish=Wish(kind=Line.NEW_CARD), posted=True))
    make.purse(case.parcel.card, 500)
    assert answer(parcel_answers.replace, case).purse_ore == 500


def test_a_card_with_nothing_on_it_is_replaced_too(make, answer):
    case = make.parcel_case(make.parcel(wish=Wish(kind=Line.NEW_CARD), posted=True))
    new = answer(parcel_answers.replace, case)
    assert (new.purse_ore, case.parcel.card.blocked_at) == (0, NOON)


def test_a_new_one_goes_to_where_the_customer_lives_now(store, db, make, answer):
    case = make.parcel_case()
    with store.transaction(db):
        case.parcel.customer.street = "Nygatan 7"
    assert answer(parcel_answers.replace, case).street == "Nygatan 7"


def test_what_is_not_packed_is_packed_and_not_replaced(make, answer):
    case = make.parcel_case(make.parcel(), Reason.MISSING, at=MUCH_LATER)
    assert Outcome.REPLACED not in parcel_answers.possible(case)
    with pytest.raises(Conflict, match="inte packad"):
        answer(parcel_answers.replace, case)


def test_a_replaced_parcel_is_replaced_once(db, make, answer):
    case = make.parcel_case()
    answer(parcel_answers.replace, case)
    with pytest.raises(Conflict, match="redan avslutat"):
        answer(parcel_answers.replace, case)
    assert len(db.scalars(select(Parcel)).all()) == 2


def test_two_clerks_at_once_answer_once(store, db, make, clerk, answer):
    case = make.parcel_case()
    with store.session() as other:
        theirs = other.get_one(type(case), case.id)
        answer(parcel_answers.replace, case)
        with pytest.raises(Conflict), store.transaction(other):
            parcel_answers.explain(other, theirs, "", by=clerk, now=NOON)
    assert case.outcome == Outcome.REPLACED


def test_the_money_goes_back_and_the_card_is_worth_nothing(db, make, answer):
    case = make.parcel_case(make.parcel(wish=FULL, posted=True))
    lines, card = parcel_lines(db, case.parcel), case.parcel.card
    paid = sum(line.amount_ore for line in lines)
    assert answer(parcel_answers.refund, case) == paid > 20_000
    assert [line.refunded_ore for line in lines] == [line.amount_ore for line in lines]
    assert sum(each.amount_ore for each in refunds.of_order(db, lines[0].order_id)) == paid
    [load] = purse_loads.of_card(db, card.id)
    assert purse_loads.stage(db, load, now=NOON) == Stage.REFUNDED
    assert db.scalars(select(Ticket).where(Ticket.card_id == card.id)).one().recalled_at == NOON
    assert card.blocked_at == NOON


def test_what_is_not_packed_is_called_off_when_the_money_goes_back(db, make, answer):
    case = make.parcel_case(make.parcel(), Reason.MISSING, at=MUCH_LATER)
    answer(parcel_answers.refund, case, MUCH_LATER)
    assert case.parcel.state == State.CANCELLED
    assert parcel_lines(db, case.parcel)[1].refused_because


def test_what_is_used_is_not_paid_back(store, db, make, answer):
    case = make.parcel_case(make.parcel(wish=FULL, posted=True))
    ticket = db.scalars(select(Ticket).where(Ticket.card_id == case.parcel.card_id)).one()
    with store.transaction(db):
        activations.activate(db, ticket, now=NOON)
    with pytest.raises(Conflict, match="redan aktiverad"):
        answer(parcel_answers.refund, case)
    db.refresh(case)
    assert (case.closed_at, case.parcel.card.blocked_at) == (None, None)


def test_a_card_with_more_on_it_is_not_paid_back(make, answer):
    case = make.parcel_case()
    make.purse_load(case.parcel.card)
    with pytest.raises(Conflict, match="annat på kortet"):
        answer(parcel_answers.refund, case)


def test_what_was_not_bought_is_not_paid_back(make, answer):
    case = make.parcel_case()
    new = answer(parcel_answers.replace, case)
    make.pack(new)
    again = make.parcel_case(new, Reason.MISSING, at=MUCH_LATER)
    assert parcel_answers.possible(again) == [Outcome.REPLACED, Outcome.ARRIVED]
    with pytest.raises(Conflict, match="inte köpt"):
        answer(parcel_answers.refund, again, MUCH_LATER)


@pytest.mark.parametrize(("verb", "said"), [
    (parcel_answers.replace, {"promised_on": "2026-11-27"}),
    (parcel_answers.explain, {}), (parcel_answers.refund, {"amount_ore": 22_000})])
def test_the_customer_is_told(db, make, answer, verb, said):
    case = make.parcel_case(at=MORNING)
    answer(verb, case)
    assert letter(db).to == case.parcel.customer.email
    assert letter(db).values.items() >= {"words": "Ord", "outcome": case.outcome, **said}.items()


def parcel_lines(db, parcel):
    line = db.get_one(shop_orders.ShopOrderLine, parcel.order_line_id)
    return [line, *shop_orders.contents(line)]
