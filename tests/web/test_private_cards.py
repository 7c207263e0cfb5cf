import pytest
from sqlalchemy import select

from domain.audit import Act, Event
from domain.card_numbers import make_card, show_card
from domain.rules import Rules
from domain.travel_cards import TravelCard
from tests.browser import FRAGMENT
from tests.queries import queries

INDEX = "/intern/resekort/"
NUMBER = make_card(4711, Rules())
TYPED = {"number": show_card(NUMBER), "mobile": "070-174 06 99", "name": "Rut Ek"}


@pytest.fixture(autouse=True)
def clerk(browser, make):
    browser.log_in(make.clerk())


def kept(db):
    db.rollback()
    db.expire_all()
    return db.scalar(select(TravelCard))


def test_a_card_is_registered_with_its_mobile(browser, db):
    assert browser.post(f"{INDEX}nytt", TYPED).status == 303
    card = kept(db)
    assert (card.number, card.mobile, card.name) == (NUMBER, "+46701740699", "Rut Ek")
    assert card.company_id is None


def test_only_the_end_of_a_number_is_in_the_list(browser, make):
    card = make.private_card()
    page = browser.get(INDEX)
    assert f"•••• {card.number[-4:]}" in page.said
    assert card.number not in page.response.text.replace(" ", "")


def test_a_registration_is_corrected(browser, db, make):
    card = make.private_card()
    page = browser.get(f"{INDEX}{card.id}")
    assert show_card(card.number) in page.response.text
    browser.post(f"{INDEX}{card.id}", TYPED | {"number": card.number})
    assert kept(db).mobile == "+46701740699"


def test_a_registration_is_removed(browser, db, make):
    page = f"{INDEX}{make.private_card().id}"
    assert browser.post(f"{page}/borttagning").status == 303
    assert kept(db) is None
    assert browser.get(page).status == 404


def test_every_change_is_in_the_authoritys_log(browser, db):
    browser.post(f"{INDEX}nytt", TYPED)
    db.rollback()
    [event] = db.scalars(select(Event).where(Event.act == Act.PRIVATE_CARD_REGISTERED))
    assert (event.chain_id.int, event.by_name) == (0, "Berit Handläggare")
    assert event.details == {"card": f"•••• {NUMBER[-4:]}"}


@pytest.mark.parametrize(("typed", "said"), [
    ({"number": "975"}, "16 siffror"), ({"mobile": "036-12 34 56"}, "inte ett mobilnummer"),
    ({"name": ""}, "Fyll i det här")])
def test_what_is_wrong_is_told_beside_its_field(browser, typed, said):
    page = browser.post(f"{INDEX}nytt", TYPED | typed)
    assert (page.status, said in page.said) == (422, True)


def test_a_companys_card_is_refused(browser, make):
    page = browser.post(f"{INDEX}nytt", TYPED | {"number": make.card().number})
    assert (page.status, "företags eget" in page.said) == (422, True)


def test_the_list_is_searched(browser, make):
    make.private_card(name="Åke Ek")
    make.private_card(name="Rut Ström")
    page = browser.get(f"{INDEX}?q=åke", **FRAGMENT)
    assert ("Åke Ek" in page.said, "Rut Ström" in page.said, page.whole) == (True, False, False)
    assert browser.get(f"{INDEX}?q=%00'%25").status == 200


def test_the_list_asks_as_much_at_three_cards_as_at_one(browser, make, store):
    make.private_card()
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    make.private_card(), make.private_card()
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_one) == len(at_three)


def test_no_company_sees_the_register(browser, make):
    browser.log_in(make.admin())
    assert browser.get(INDEX).status == 403
