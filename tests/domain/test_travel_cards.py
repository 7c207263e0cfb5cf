import pytest

from domain import card_holdings, private_cards, travel_cards, travellers
from domain.access import Scope
from domain.card_holdings import Holder
from domain.card_numbers import make_card, show_card
from domain.errors import Invalid, NotFound
from domain.rules import Rules
from domain.travel_cards import Search, State
from tests.conftest import NOON
from tests.factories import NOBODY

UNKNOWN = make_card(99, Rules())


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def within(company):
    return Scope(company.id)


def refused(db, number, within):
    with pytest.raises(Invalid) as refusal:
        travel_cards.find_for_sending(db, number, within=within)
    return str(refusal.value)


def test_a_company_sends_to_its_own_cards(db, make, company, within):
    card = make.card(company)
    assert travel_cards.find_for_sending(db, show_card(card.number), within=within) is card


def test_a_company_sends_to_a_private_card_that_is_registered(db, make, within):
    card = make.private_card()
    assert travel_cards.find_for_sending(db, card.number, within=within) is card


def test_whose_a_private_card_is_is_not_told_to_who_sends_to_it(make):
    assert "Rut" not in make.private_card(name="Rut Ek").called


def test_a_number_that_is_none_is_told(db, within):
    assert "16 siffror" in refused(db, "975", within)


def test_a_card_that_nobody_has_registered_is_told(db, within):
    assert "är inte registrerat" in refused(db, UNKNOWN, within)


def test_a_private_card_that_is_registered_no_more_is_as_unknown(db, store, make, company, within):
    card = make.private_card()
    make.card_ticket(card, company=company)
    with store.transaction(db):
        private_cards.remove(db, card, by=NOBODY, now=NOON)
    assert "är inte registrerat" in refused(db, card.number, within)


def test_another_companys_card_is_refused_without_telling_whose(db, make, within):
    said = refused(db, make.card(make.company("Andra AB")).number, within)
    assert "kan inte ta emot biljetter från er" in said
    assert "Andra" not in said


def test_a_card_of_another_department_is_refused_by_who_has_only_one(db, make, company):
    card = make.card(company)
    mine = make.department(company)
    within = Scope(company.id, frozenset({mine.id}))
    assert "avdelning som du inte sköter" in refused(db, card.number, within)


def test_a_blocked_card_is_refused(db, store, make, company, within):
    card = make.card(company)
    with store.transaction(db):
        card_holdings.block(db, card, by=NOBODY, now=NOON)
    assert "är spärrat" in refused(db, card.number, within)


def test_many_are_answered_as_each_alone(db, make, company, within):
    card, other = make.card(company), make.card(make.company("Andra AB"))
    found = travel_cards.find_each_for_sending(
        db, [card.number, other.number, UNKNOWN, "hej"], within=within)
    assert found[card.number] is card
    assert [str(found[text]) for text in (other.number, UNKNOWN, "hej")] == [
        refused(db, text, within) for text in (other.number, UNKNOWN, "hej")]


def test_a_card_of_another_company_is_not_found(db, make, within):
    with pytest.raises(NotFound):
        travel_cards.find(db, make.card(make.company("Andra AB")).id, within=within)


def listed(db, within, words="", state=None):
    page = travel_cards.listed(db, Search(words, state), within=within)
    return [card.name for card in page.rows]


def test_cards_are_found_by_number_name_and_who_has_them(db, make, company, within):
    rut = make.traveller(company, "Rut", "Resenär")
    make.card(company, 4711, name="Ett", holder=Holder(rut))
    make.card(company, 4712, name="Två", holder=Holder(name="Åke i porten"))
    make.card(make.company("Andra AB"), 4713, name="Andras")
    assert listed(db, within) == ["Ett", "Två"]
    assert listed(db, within, "rut resen") == ["Ett"]
    assert listed(db, within, "ÅKE") == ["Två"]
    assert listed(db, within, "9752 4711") == ["Ett"]


def test_cards_are_found_by_their_state(db, store, make, company, within):
    rut = make.traveller(company)
    make.card(company, name="Ledigt")
    make.card(company, name="Ruts", holder=Holder(rut))
    make.card(company, name="Åkes", holder=Holder(name="Åke"))
    lost = make.card(company, name="Borta")
    with store.transaction(db):
        card_holdings.block(db, lost, by=NOBODY, now=NOON)
    assert [listed(db, within, state=state) for state in State] == [
        ["Ledigt"], ["Ruts", "Åkes"], [], ["Borta"]]
    with store.transaction(db):
        travellers.end(db, rut, by=NOBODY, now=NOON)
    assert [listed(db, within, state=state) for state in State] == [
        ["Ledigt"], ["Åkes"], ["Ruts"], ["Borta"]]


def test_every_card_is_on_one_page_or_the_next(db, make, company, within):
    for serial in range(5):
        make.card(company, serial + 1, name=str(serial))
    names, after = [], ""
    while after is not None:
        page = travel_cards.listed(db, Search(), within=within, after=after, most=2)
        names, after = names + [card.name for card in page.rows], page.after
    assert names == list("01234")


def test_only_a_departments_own_cards_are_listed_for_its_administrator(db, make, company):
    make.card(company, name="Företagets")
    mine = make.department(company)
    make.card(department=mine, name="Mitt")
    assert listed(db, Scope(company.id, frozenset({mine.id}))) == ["Mitt"]
