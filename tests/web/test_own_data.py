import json
from pathlib import Path

import pytest

from blueprints import own_words
from domain import customer_letters, customers, own_data
from domain.store import Base
from tests.conftest import NOON
from tests.remains import CHILDS, MARKERS, NUMBER, life

TEMPLATES = Path(__file__).parent.parent.parent / "templates"
PAGE = "/mina-sidor/mina-uppgifter/"


@pytest.fixture
def kajsa(make, browser):
    kajsa = life(make)
    browser.log_in_customer(kajsa)
    return kajsa


def test_all_that_is_known_is_in_the_file(browser, kajsa):
    answer = browser.get(f"{PAGE}mina-uppgifter.json").response
    known = json.loads(answer.data)
    for told in (*MARKERS.values(), NUMBER, CHILDS):
        assert told in answer.text, told
    assert known["account"][0]["born_on"] == "1981-07-08"
    assert known["orders"][0]["lines"][0]["amount_ore"] > 0
    assert [key for key, rows in known.items() if not rows] == ["card_blocks", "purse_shortfalls",
                                                                "refunds"]


def test_the_page_has_a_word_for_all_of_it(browser, kajsa, db):
    said = browser.get(PAGE).said
    for told in (MARKERS["email"], "070-174 06 77", "Dina senaste resor", "Kundcenter"):
        assert told in said, told
    sections = own_data.gathered(db, customers.find(db, kajsa.id), now=NOON)
    assert {section.key for section in sections} == set(own_words.SECTIONS)


def test_each_kind_of_letter_has_a_word_and_is_forgotten_as_a_private_persons():
    """Those of companies begin otherwise."""
    private = {path.stem for folder in ("emails", "sms") for path in (TEMPLATES / folder).iterdir()
               if path.stem.startswith(customer_letters.BEGINNINGS)}
    assert private == set(own_words.LETTERS)


def test_nothing_of_anybody_elses_is_in_it(browser, kajsa, make):
    browser.log_in_customer(make.customer("Bo", "Annan"))
    for page in (PAGE, f"{PAGE}mina-uppgifter.json"):
        answer = browser.get(page).response.text
        assert not [told for told in MARKERS.values() if told in answer]


def test_every_table_about_a_customer_is_told_of():
    """Who adds a table adds what is known there to `own_data`, or a reason here why not."""
    untold = {"shop_order_lines", "cart_lines"}  # told with their order and cart
    ours = {"customers", "children", "travel_cards", "shop_orders", "carts", "parcels", "tickets",
            "payments"}
    told = {"children": "children", "travel_cards": "cards", "carts": "carts",
            "shop_orders": "orders", "parcels": "parcels", "tickets": "tickets",
            "payments": "payments", "refunds": "refunds", "parcel_cases": "parcel_cases",
            "customer_logins": "logins", "customer_acceptances": "terms",
            "email_changes": "email_changes", "password_resets": "password_resets",
            "service_acts": "service_acts", "card_blocks": "card_blocks", "card_trips": "trips",
            "purse_entries": "purse_entries", "purse_loads": "purse_loads",
            "purse_shortfalls": "purse_shortfalls"}
    companies_or_inside = {
        "purses", "order_recipients", "ticket_reissues", "ticket_holdings", "ticket_reminders",
        "holding_codes", "business_travel_authorisations", "offer_applications",
        "specification_lines"}
    about = {table.name for table in Base.metadata.sorted_tables for key in table.foreign_keys
             if key.column.table.name in ours}
    assert about - set(told) - untold - companies_or_inside == set()
    assert set(told.values()) <= set(own_words.SECTIONS)


def test_it_is_not_for_strangers_or_employers(browser, make):
    assert browser.get(PAGE).status == 303
    browser.log_in(make.admin())
    assert browser.get(PAGE).status == 303
