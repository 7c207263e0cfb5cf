import pytest
from sqlalchemy import select

from domain import block_list, card_holdings, travellers
from domain.audit import Act, Event
from domain.block_list import Reason
from domain.card_holdings import Holder
from domain.errors import Conflict, Invalid
from domain.travel_cards import State, TravelCard
from tests.conftest import NOON
from tests.factories import NOBODY


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def card(make, company):
    return make.card(company, name="Busskort 1")


@pytest.fixture
def does(db, store):
    def do(verb, *args, **kwargs):
        with store.transaction(db):
            return verb(db, *args, by=NOBODY, now=NOON, **kwargs)
    return do


def add(does, make, company, number):
    does(card_holdings.add, make.first_department(company), number)


def test_a_card_that_another_company_has_is_not_taken_and_not_told_whose(does, make, card):
    with pytest.raises(Invalid, match="registrerat av någon annan") as refusal:
        add(does, make, make.company("Andra AB"), card.number)
    assert "Bolaget" not in str(refusal.value)


def test_a_card_that_a_private_person_has_registered_is_not_taken(does, make, company):
    with pytest.raises(Invalid, match="registrerat av någon annan"):
        add(does, make, company, make.private_card().number)


def test_a_card_is_added_once(does, make, company, card):
    with pytest.raises(Invalid, match="redan bland företagets kort"):
        add(does, make, company, card.number)


def test_a_card_goes_from_one_holder_to_another_and_back(does, make, company, card):
    rut = make.traveller(company)
    does(card_holdings.hand_over, card, Holder(rut))
    assert (card.held_by, card.state) == ("Rut Resenär", State.OUT)
    does(card_holdings.hand_over, card, Holder(name="Praktikanten"))
    assert (card.held_by, card.traveller_id) == ("Praktikanten", None)
    does(card_holdings.take_back, card)
    assert (card.held_by, card.state) == ("", State.FREE)


def test_each_handing_over_is_in_the_log(db, does, make, company, card):
    does(card_holdings.hand_over, card, Holder(make.traveller(company)))
    [event] = db.scalars(select(Event).where(Event.act == Act.CARD_HANDED_OVER))
    assert event.details == {"card": f"•••• {card.number[-4:]}", "holder": "Rut Resenär"}


def test_a_card_is_not_handed_to_who_has_left(does, make, company, card):
    rut = make.traveller(company)
    does(travellers.end, rut)
    with pytest.raises(Conflict, match="avslutad"):
        does(card_holdings.hand_over, card, Holder(rut))


def test_a_leavers_card_is_to_be_handed_in(does, make, company, card):
    rut = make.traveller(company)
    does(card_holdings.hand_over, card, Holder(rut))
    does(travellers.end, rut)
    assert card.state == State.DUE


def test_what_a_lost_card_carries_is_blocked_at_once(db, does, make, card):
    ticket = make.card_ticket(card)
    does(card_holdings.block, card)
    assert card.state == State.BLOCKED
    assert block_list.active(db, now=NOON) == {ticket.number: Reason.LOST}


def test_a_blocked_card_is_blocked_for_good(does, card):
    does(card_holdings.block, card)
    for verb, *what in ((card_holdings.block,), (card_holdings.take_back,),
                        (card_holdings.hand_over, Holder(name="Åke"))):
        with pytest.raises(Conflict, match="spärrat"):
            does(verb, card, *what)


def test_a_card_that_was_added_by_mistake_is_removed(db, does, card):
    does(card_holdings.remove, card)
    assert db.scalar(select(TravelCard)) is None


def test_a_card_that_has_had_a_ticket_stays(does, make, card):
    make.card_ticket(card)
    with pytest.raises(Conflict, match="har fått biljetter"):
        does(card_holdings.remove, card)
