import pytest
from sqlalchemy import func, select

from domain import card_lists, travel_cards
from domain.access import Scope
from domain.card_numbers import make_card
from domain.rules import Rules
from domain.travel_cards import Search, TravelCard
from tests.conftest import NOON
from tests.factories import NOBODY

RULES = Rules()


@pytest.fixture
def department(make):
    return make.first_department(make.company())


@pytest.fixture
def within(department):
    return Scope(department.company_id)


def row(at, serial, name="", holder=""):
    return at, make_card(serial, RULES), name, holder


@pytest.fixture
def add(db, store, department, within):
    def add(*rows):
        found = card_lists.check(db, department, rows)
        with store.transaction(db):
            return card_lists.add(db, department, found.new, within=within, by=NOBODY, now=NOON)
    return add


def test_a_list_says_who_has_which(db, make, department, within, add):
    rut = make.traveller(department=department, employee_number="1001")
    assert add(row(1, 1, "Ett", "1001"), row(2, 2, "Två", "Åke i porten"), row(3, 3)) == 3
    cards = travel_cards.listed(db, Search(), within=within).rows
    assert [(card.name, card.held_by) for card in cards] == [
        ("Ett", rut.name), ("Två", "Åke i porten"), ("", "")]


def test_a_number_that_two_travellers_share_binds_none(db, make, department, within, add):
    for given_name in ("Rut", "Åke"):
        make.traveller(department=department, given_name=given_name, employee_number="1001")
    add(row(1, 1, holder="1001"))
    [card] = travel_cards.listed(db, Search(), within=within).rows
    assert (card.traveller_id, card.holder) == (None, "1001")


def test_bad_rows_are_told_by_their_numbers(db, make, department):
    taken = make.card(make.company("Andra AB"), 7)
    found = card_lists.check(db, department, [
        row(1, 1), (2, "975", "", ""), row(3, 1), (4, taken.number, "", ""),
        row(5, 2, "x" * 101), row(6, 3, "a\x07b")])
    assert [line.number for line in found.new] == [make_card(1, RULES)]
    assert [(at, str(refusal).partition(".")[0]) for at, refusal in found.wrong] == [
        (2, "Kortnumret ska ha 16 siffror"), (3, "Kortet står på rad 1 också"),
        (4, "Kortet är redan registrerat av någon annan"), (5, "Namnet är för långt"),
        (6, "Det finns tecken i namnet som inte går att spara")]


def test_a_list_that_is_added_again_adds_nothing(db, department, add):
    add(row(1, 1), row(2, 2))
    found = card_lists.check(db, department, [row(1, 1), row(2, 2), row(3, 3)])
    assert (found.known, [line.number for line in found.new]) == (2, [make_card(3, RULES)])


def test_five_thousand_are_added_with_few_questions(db, add):
    assert add(*(row(at, at) for at in range(1, 5_001))) == 5_000
    assert db.scalar(select(func.count()).select_from(TravelCard)) == 5_000
