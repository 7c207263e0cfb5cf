from datetime import date

import pytest

from domain.customers import Customer
from tests.browser import Browser
from tests.factories import PASSWORD, born

IPHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
          "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1")
DETAILS = {"given_name": "Kajsa", "surname": "Kund", "street": "Nygatan 2", "postcode": "55321",
           "city": "Huskvarna", "municipality": "0617", "mobile": "070-174 06 09",
           "language": "en"}


@pytest.fixture
def kajsa(make, browser):
    customer = make.customer()
    browser.log_in(customer)
    return customer


def test_ones_details_are_seen_and_corrected(browser, kajsa, db):
    page = browser.get("/mina-sidor/konto/")
    for word in ("Kajsa Kund", "Storgatan 1", "Jönköping", "070-174 06 05", "••••"):
        assert word in page.said
    kept = {each["name"]: each.get("value") for each in
            browser.get("/mina-sidor/konto/uppgifter").all("input")}
    assert (kept["street"], kept["mobile"]) == ("Storgatan 1", "070-174 06 05")
    assert browser.post("/mina-sidor/konto/uppgifter", DETAILS).location == "/mina-sidor/konto/"
    customer = db.get(Customer, kajsa.id, populate_existing=True)
    assert (customer.address[1:], customer.municipality, customer.mobile, customer.language) == (
        ["Nygatan 2", "553 21 Huskvarna"], "0617", "+46701740609", "en")
    assert browser.get("/mina-sidor/konto/").all("html")[0]["lang"] == "en"


def test_who_corrects_the_address_on_the_way_to_paying_is_led_back(browser, kajsa):
    page = browser.get("/mina-sidor/konto/uppgifter?next=/mina-sidor/kassa/")
    kept = {each["name"]: each.get("value") for each in page.all("input")}
    there = "/mina-sidor/kassa/"
    assert kept["next"] == there
    assert browser.post("/mina-sidor/konto/uppgifter", DETAILS | {"next": there}).location == there


def test_a_detail_that_is_wrong_is_told(browser, kajsa):
    page = browser.post("/mina-sidor/konto/uppgifter", DETAILS | {"postcode": "1"})
    assert (page.status, "fem siffror" in page.said) == (422, True)


def test_a_new_password_takes_the_old_one_and_logs_others_out(app, browser, kajsa, make):
    other = Browser(app)
    make.customer_login(kajsa, token="kund.other")
    with other.client.session_transaction() as cookie:
        cookie["_user_id"] = "kund.other"
    new = {"password": "ett helt annat lösen"}
    refused = browser.post("/mina-sidor/konto/losenord", new | {"current": "fel lösenord"})
    assert (refused.status, "inte ditt lösenord" in refused.said) == (422, True)
    assert other.get("/mina-sidor/konto/").status == 200
    saved = browser.post("/mina-sidor/konto/losenord", new | {"current": PASSWORD})
    assert saved.location == "/mina-sidor/konto/"
    assert other.get("/mina-sidor/konto/").status == 303
    assert browser.get("/mina-sidor/konto/").status == 200


def test_the_browsers_that_are_logged_in_are_named_and_ended(app, browser, kajsa, make):
    for number in range(2):
        make.customer_login(kajsa, token=f"kund.{number}", agent=IPHONE)
    page = browser.get("/mina-sidor/konto/inloggningar")
    assert page.said.count("Safari på iPhone") == 4  # the button tells which as well
    ends = [each["action"] for each in page.all("form") if "/inloggningar/" in each["action"]]
    assert len(ends) == 3
    browser.post(ends[0])
    assert browser.get("/mina-sidor/konto/inloggningar").said.count("Safari på iPhone") == 2
    browser.post("/mina-sidor/konto/inloggningar/avslut")
    page = browser.get("/mina-sidor/konto/inloggningar")
    assert ("Safari" in page.said, "den här" in page.said) == (False, True)


def test_who_is_seventeen_is_told_kindly_what_waits(browser, make):
    browser.log_in(make.customer(number=born(date(2008, 12, 24))))
    page = browser.get("/mina-sidor/konto/")
    assert (page.status, "Du kan handla här från" in page.said) == (200, True)


def test_the_terms_that_one_has_accepted_are_seen(browser, kajsa):
    page = browser.get("/mina-sidor/konto/villkor")
    assert "Villkor för Mina sidor" in page.said
    assert "/villkor/mina-sidor?version=2026:1" in page.links()


def test_a_customer_who_owes_the_terms_is_asked_for_them_first(browser, make):
    browser.log_in(make.customer(), accepted=False)
    asked = browser.get("/mina-sidor/konto/")
    assert asked.location == "/mina-sidor/villkor?next=/mina-sidor/konto/"
    assert browser.post(asked.location, {"customer": "y", "travel": "y"}).status == 422
    accepted = browser.post(asked.location, dict.fromkeys(("customer", "travel", "privacy"), "y"))
    assert accepted.location == "/mina-sidor/konto/"
    assert browser.get("/mina-sidor/konto/").status == 200
