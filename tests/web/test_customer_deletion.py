import pytest

from domain.customers import Customer
from tests.factories import PASSWORD

PAGE = "/mina-sidor/konto/borttagning/"


@pytest.fixture
def kajsa(make, browser):
    kajsa = make.customer("Kajsa", "Ek")
    browser.log_in_customer(kajsa)
    return kajsa


@pytest.fixture
def gone(db, kajsa):
    def gone():
        db.rollback()
        db.expire_all()
        return db.get_one(Customer, kajsa.id).deleted_at is not None
    return gone


def test_with_the_password_the_account_is_gone_and_so_is_the_login(browser, kajsa, gone):
    assert "i 7 år" in browser.get(PAGE).said
    page = browser.post(PAGE, {"current": PASSWORD})
    assert (page.status, page.location) == (303, "/mina-sidor/")
    assert gone()
    assert "Ditt konto är borttaget" in browser.get("/mina-sidor/").said
    assert browser.get("/mina-sidor/konto/").status == 303


def test_without_it_nothing_happens(browser, gone):
    page = browser.post(PAGE, {"current": "fel lösenord"})
    assert (page.status, "inte ditt lösenord" in page.said) == (422, True)
    assert not gone()


def test_what_is_on_the_cards_has_to_be_acknowledged(browser, make, kajsa, gone):
    make.purse(make.customer_card(kajsa), 9_900)
    assert "99 kr i reskassa" in browser.get(PAGE).said
    page = browser.post(PAGE, {"current": PASSWORD})
    assert (page.status, "Kryssa i rutan" in page.said) == (422, True)
    browser.post(PAGE, {"current": PASSWORD, "acknowledged": "y"})
    assert gone()


def test_what_is_unfinished_is_told_instead_of_the_form(browser, make, kajsa, gone):
    make.shop_order(kajsa)
    page = browser.get(PAGE)
    assert "väntar på att betalas" in page.said
    assert "current" not in str(page.all("input"))
    assert browser.post(PAGE, {"current": PASSWORD}).status == 409
    assert not gone()
