import pytest

from domain.products import Product
from tests.factories import MORNING

PAGE = "/mina-sidor/nartrafik/"


@pytest.fixture
def customer(browser, make):
    customer = make.customer()
    browser.log_in_customer(customer)
    return customer


def test_a_child_with_a_youth_period_may_three_days_later(browser, make, customer):
    card = make.customer_card(customer, child=make.child(customer))
    make.card_period(card, Product.PERIOD_30_YOUTH, activated_at=MORNING)
    assert "Ja, Kim Kund får åka" in browser.get(f"{PAGE}?dag=2026-11-23").said
    said = browser.get(f"{PAGE}?dag=2026-11-22").said
    assert "Nej, Kim Kund får inte åka" in said
    assert "Du får åka från mån 23 nov" in said


def test_each_card_is_answered_for_and_why(browser, make, customer):
    make.card_period(make.customer_card(customer), Product.PERIOD_30_SENIOR)
    make.card_period(make.customer_card(customer), Product.PERIOD_30, activated_at=MORNING)
    said = browser.get(PAGE).said
    assert "inte aktiverad" in said
    assert "ingen Period ungdom 30 D" in said


def test_on_the_last_day_it_is_told_when_the_period_ends(browser, make, customer):
    card = make.customer_card(customer)
    make.card_period(card, Product.PERIOD_30_SENIOR, activated_at=MORNING)
    assert "går ut den dagen kl. 08:00" in browser.get(f"{PAGE}?dag=2026-12-20").said


def test_how_it_is_booked_is_told(browser, customer):
    said = browser.get(PAGE).said
    assert ("020-77 76 66" in said, "senast 2 timmar" in said) == (True, True)


@pytest.mark.parametrize("day", ["2026-11-19", "2028-01-01", "i morgon", ""])
def test_a_day_that_is_none_or_has_been_is_told_of(browser, customer, day):
    assert browser.get(f"{PAGE}?dag={day}").status == (422 if day else 200)
