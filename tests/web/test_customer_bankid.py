import pytest

from domain.customers import Customer
from sandbox.personas import AMIR, KARIN
from tests.browser import Browser
from tests.conftest import NOON
from tests.sandbox import identify
from tests.signing_in import look


@pytest.fixture
def karin(make):
    return make.customer("Karin", "Lindqvist", number=KARIN.personal_number)


def identified(browser, stage, persona, door, next_path=""):
    browser.post("/logga-in", {"device": "other", "door": door, "next": next_path})
    identify(stage, persona)
    return look(browser)


def test_bankid_is_bound_once_and_is_then_a_second_way_in(browser, stage, karin, db):
    browser.log_in(karin)
    assert "binding" in {each.get("value") for each in
                         browser.get("/mina-sidor/konto/bankid").all("input")}
    assert identified(browser, stage, KARIN, "binding").location == "/mina-sidor/konto/bankid"
    assert "BankID är kopplat" in browser.get("/mina-sidor/konto/bankid").said
    assert db.get(Customer, karin.id, populate_existing=True).bankid_at
    browser.post("/logga-ut")
    answer = identified(browser, stage, KARIN, "customer", "/mina-sidor/konto/inloggningar")
    assert answer.location == "/mina-sidor/konto/inloggningar"
    assert "med BankID" in browser.get(answer.location).said
    assert browser.post("/mina-sidor/konto/bankid/avslut").location == "/mina-sidor/konto/"
    db.rollback()
    assert db.get(Customer, karin.id, populate_existing=True).bankid_at is None


def test_anothers_bankid_is_not_bound(browser, stage, karin, db):
    browser.log_in(karin)
    answer = identified(browser, stage, AMIR, "binding")
    assert "annat personnummer än kontot" in browser.get(answer.location).said
    assert db.get(Customer, karin.id, populate_existing=True).bankid_at is None


def test_bankid_that_is_not_bound_opens_no_account(browser, stage, karin):
    assert identified(browser, stage, KARIN, "customer").location == "/mina-sidor/logga-in"
    assert "inte kopplat till något konto" in browser.get("/mina-sidor/logga-in").said
    assert browser.get("/mina-sidor/konto/").status == 303


def test_nothing_is_bound_for_who_has_logged_out_meanwhile(browser, stage, karin, db):
    answer = identified(browser, stage, KARIN, "binding")
    assert answer.location == "/mina-sidor/logga-in?next=/mina-sidor/konto/bankid"
    assert db.get(Customer, karin.id, populate_existing=True).bankid_at is None


def test_who_is_blocked_is_told_so_here_too(browser, stage, karin, db, store):
    with store.transaction(db):
        customer = db.get(Customer, karin.id)
        customer.bankid_at = customer.blocked_at = NOON
        customer.blocked_because = "Delade sitt konto."
    assert "Delade sitt konto." in identified(browser, stage, KARIN, "customer").said


def test_cancelling_leads_back_to_where_it_began(browser, karin):
    browser.log_in(karin).post("/logga-in", {"device": "other", "door": "binding"})
    assert "Koppla BankID" in look(browser).said
    assert browser.post("/logga-in/avbrott").location == "/mina-sidor/konto/bankid"


def test_who_comes_back_to_another_browser_is_led_to_the_door_they_began_at(app, browser, stage,
                                                                           karin):
    browser.post("/logga-in", {"device": "this", "door": "customer"})
    order = stage.orders.pending()[0]
    back = order["return_url"].removeprefix("http://portal.example")
    assert Browser(app).get(back).location == "/mina-sidor/logga-in"
    identify(stage, AMIR, order)
    assert browser.get(back).location == "/logga-in/bankid"
