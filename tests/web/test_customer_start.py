from datetime import date, timedelta

from tests.factories import born
from tests.queries import queries

PATH = "/mina-sidor/"


def test_a_stranger_learns_what_it_is_and_how_to_begin(browser, make):
    for _ in range(2):
        page = browser.get(PATH)
        assert {"/mina-sidor/logga-in", "/mina-sidor/registrering"} <= set(page.links())
        assert "Hur gammal behöver jag vara?" in page.said
        browser.log_in(make.admin())  # who is a person, and no customer


def test_a_customer_without_anything_is_shown_where_to_begin(browser, make):
    page = browser.log_in(make.customer()).get(PATH)
    assert ("Hej Kajsa" in page.said, "Inga kort än" in page.said) == (True, True)
    assert {"/mina-sidor/kort/nytt", "/mina-sidor/butik/"} <= set(page.links())


def test_cards_are_seen_and_who_has_grown(browser, make, store, db):
    customer = make.customer()
    make.child(customer, "Kim", number=born(date(2010, 11, 20)))
    card = make.private_card()
    with store.transaction(db):
        card.customer_id, card.label = customer.id, "Mitt kort"
    page = browser.log_in(customer).get(PATH)
    assert "Mitt kort" in page.said
    assert "Kim kan få ett eget konto nu" in page.said


def test_a_card_is_on_its_way_until_it_has_had_time_to_come(browser, make, clock):
    customer = make.customer()
    make.parcel(customer, posted=True, at=clock.now())
    browser.log_in(customer)
    assert "På väg till dig" in browser.get(PATH).said
    clock.at += timedelta(days=7)
    assert "På väg till dig" not in browser.get(PATH).said


def test_who_is_seventeen_is_not_led_to_the_shop(browser, make):
    page = browser.log_in(make.customer(number=born(date(2008, 12, 24)))).get(PATH)
    assert "Du kan handla här från" in page.said
    assert "/mina-sidor/butik/" not in [link for link in page.links() if "Handla" in link]


def test_it_asks_as_much_at_three_cards_as_at_one(browser, make, store, db):
    customer, asked = make.customer(), []
    browser.log_in(customer)
    for more in (1, 2):
        for _ in range(more):
            card = make.private_card()
            with store.transaction(db):
                card.customer_id = customer.id
        browser.get(PATH)
        with queries(store) as statements:
            browser.get(PATH)
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_terms_that_have_changed_wait(browser, make):
    assert "Villkoren har ändrats" in browser.log_in(make.customer(), accepted=False).get(
        PATH).said
