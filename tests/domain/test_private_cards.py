import pytest
from sqlalchemy import select

from domain import private_cards, purses
from domain.errors import Conflict, Invalid, NotFound
from domain.private_cards import Details
from domain.travel_cards import TravelCard
from tests.conftest import NOON
from tests.factories import NOBODY

MOBILE = "+46701740699"


@pytest.fixture
def does(db, store):
    def do(verb, *args):
        with store.transaction(db):
            return verb(db, *args, by=NOBODY, now=NOON)
    return do


def test_a_card_is_found_by_number_mobile_and_name(db, make):
    card = make.private_card(4711, mobile=MOBILE, name="Åke Ek")
    make.private_card(4712, mobile="+46701740688", name="Rut Ek")
    for words in ("åke", card.number, "070-174 06 99", "0699"):
        assert private_cards.listed(db, words).rows == [card]
    assert len(private_cards.listed(db).rows) == 2


def test_a_companys_card_is_none_of_them(db, make):
    card = make.card()
    assert private_cards.listed(db).rows == []
    with pytest.raises(NotFound):
        private_cards.find(db, card.id)


def test_a_card_on_an_account_is_none_of_them(db, does, make):
    card = make.customer_card()
    assert private_cards.listed(db).rows == []
    with pytest.raises(NotFound):
        private_cards.find(db, card.id)
    with pytest.raises(Invalid, match="redan registrerat"):
        does(private_cards.register, Details(card.number, MOBILE, "Rut"))


def test_a_companys_card_is_not_registered_as_private(does, make):
    with pytest.raises(Invalid, match="företags eget"):
        does(private_cards.register, Details(make.card().number, MOBILE, "Rut"))


def test_a_card_is_registered_once(does, make):
    with pytest.raises(Invalid, match="redan registrerat"):
        does(private_cards.register, Details(make.private_card().number, MOBILE, "Rut"))


def test_a_mistake_is_corrected(does, make):
    card, other = make.private_card(1), make.private_card(2)
    with pytest.raises(Invalid, match="redan registrerat"):
        does(private_cards.correct, card, Details(other.number, MOBILE, "Åke"))
    does(private_cards.correct, card, Details(card.number, MOBILE, "Åke"))
    assert (card.mobile, card.name) == (MOBILE, "Åke")


def test_the_number_of_a_card_with_tickets_stays(does, make):
    card = make.private_card()
    make.card_ticket(card)
    with pytest.raises(Conflict, match="har biljetter"):
        does(private_cards.correct, card, Details("9752000000099991", MOBILE, "Rut"))


def test_nothing_is_left_of_a_card_that_is_removed(db, does, make):
    does(private_cards.remove, make.private_card())
    assert db.scalar(select(TravelCard)) is None


def test_nobody_is_known_of_a_removed_card_with_tickets_until_it_is_registered_again(
        db, does, make):
    card = make.private_card()
    make.card_ticket(card)
    does(private_cards.remove, card)
    assert (card.mobile, card.name, private_cards.listed(db).rows) == (None, "", [])
    again = does(private_cards.register, Details(card.number, MOBILE, "Åke"))
    assert (again.id, again.mobile) == (card.id, MOBILE)


def test_one_with_money_in_its_purse_is_kept(db, make, does):
    card = make.purse(make.private_card(), 15_000)
    does(private_cards.remove, card)
    assert (db.get(TravelCard, card.id).mobile, purses.balance(db, card.id)) == (None, 15_000)
