from datetime import date

import pytest

from domain import customer_searches
from domain.shop_orders import ShopOrder
from tests.conftest import NOON
from tests.factories import MORNING, born, personnummer


def names(db, words, **page):
    return [each.name for each in customer_searches.found(db, words, **page).rows]


@pytest.fixture
def kajsa(make):
    make.customer("Olle", "Annan", mobile="+46701740699")
    return make.customer("Kajsa", "Öst-Ek", number=personnummer(90_01), email="Kajsa@ek.example",
                         mobile="+46701740631")


@pytest.mark.parametrize("words", [
    "kajsa", "öst", "ÖST-EK kaj", "kajsa@ek", "KAJSA@EK.example", "070-174 06 31", "0701740631"])
def test_a_customer_is_found_by_what_they_tell(db, kajsa, words):
    assert names(db, words) == ["Kajsa Öst-Ek"]


def test_a_customer_is_found_by_personnummer_and_so_is_a_childs_guardian(db, make, kajsa):
    number = born(date(2015, 1, 1))
    make.child(kajsa, number=number)
    assert names(db, personnummer(90_01)) == names(db, number[2:]) == ["Kajsa Öst-Ek"]


def test_a_customer_is_found_by_the_number_of_an_order_also_when_they_have_left(
        db, make, store, kajsa):
    with store.transaction(db):
        order = ShopOrder(customer_id=kajsa.id, total_ore=100, vat_ore=6, placed_at=MORNING,
                          pay_by=NOON)
        db.add(order)
        kajsa.deleted_at = NOON
    assert names(db, order.number.lower()) == names(db, order.number[2:]) == ["Kajsa Öst-Ek"]
    assert names(db, "kajsa") == []


@pytest.mark.parametrize("words", ["", "  ", "%", "@", "'\0", "1111 1111"])
def test_nobody_is_listed_without_something_to_look_for(db, kajsa, words):
    assert names(db, words) == []


def test_the_list_goes_on_where_it_ended(db, make):
    for given in ("Bo", "Ada", "Ada"):
        make.customer(given, "Ek")
    first = customer_searches.found(db, "ek", most=2)
    assert [each.given_name for each in first.rows] == ["Ada", "Ada"]
    assert names(db, "ek", after=first.after, most=2) == ["Bo Ek"]
