from datetime import date

import pytest
from sqlalchemy import select

from domain import customer_registrations, customer_terms
from domain.customer_registrations import CustomerRegistration
from domain.customers import Customer
from domain.messages import Email
from tests.conftest import NOON
from tests.factories import PASSWORD, born, personnummer

KAJSA = {
    "email": "kajsa@brevladan.example", "given_name": "Kajsa", "surname": "Kund",
    "personnummer": personnummer(900), "street": "Storgatan 1", "postcode": "55320",
    "city": "Jönköping", "municipality": "0680", "mobile": "070-174 06 05",
    "password": PASSWORD, "customer": "y", "travel": "y", "privacy": "y"}
PATH = "/mina-sidor/registrering"


@pytest.fixture
def link(db, store):
    """As it stands in the letter once that is sent."""
    def made():
        with store.transaction(db):
            registration = db.scalars(select(CustomerRegistration)).one()
            secret = customer_registrations.issue(db, registration.id, now=NOON)
        return f"/mina-sidor/bekrafta/{secret}"
    return made


def test_who_follows_the_link_and_knows_the_password_has_an_account(browser, link, db):
    assert browser.post(PATH, KAJSA).location == "/mina-sidor/registrering/brev"
    assert "Titta i din e-post" in browser.get("/mina-sidor/registrering/brev").said
    assert browser.get("/mina-sidor/konto/").location.startswith("/mina-sidor/logga-in")
    where = link()
    assert browser.get(where).status == 200
    refused = browser.post(where, {"password": "något helt annat"})
    assert (refused.status, "inte lösenordet" in refused.said) == (422, True)
    assert browser.post(where, {"password": PASSWORD}).location == "/mina-sidor/"
    page = browser.get("/mina-sidor/konto/")
    assert (page.status, "Kajsa Kund" in page.said) == (200, True)
    customer = db.scalars(select(Customer)).one()
    assert customer.postcode == "553 20"
    assert [each.version for each in customer_terms.accepted_by(db, customer.id)] == [
        "2026:1"] * 3
    assert browser.get(where).status == 404


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("email", "kajsa", "E-postadressen"), ("given_name", "", "Fyll i"), ("surname", "", "Fyll i"),
    ("personnummer", "19810101-1234", "Personnumret stämmer inte"),
    ("personnummer", born(date(2015, 1, 1)), "vårdnadshavare"),
    ("street", "", "Fyll i"), ("postcode", "12", "fem siffror"), ("city", "", "Fyll i"),
    ("municipality", "", "Välj"), ("municipality", "9999", "Välj"),
    ("mobile", "0362-12345", "mobilnummer"), ("password", "kort", "minst 10"),
    ("password", "kajsakund1", "liknar ditt namn"), ("password", "password123", "lätt att gissa"),
    ("customer", None, "Kryssa"), ("travel", None, "Kryssa"), ("privacy", None, "Kryssa")])
def test_each_field_says_what_is_wrong_and_keeps_what_was_typed(browser, db, field, typed, said):
    page = browser.post(PATH, {**KAJSA, field: typed} if typed is not None else {
        name: value for name, value in KAJSA.items() if name != field})
    assert (page.status, said in page.said) == (422, True), page.said
    kept = {attrs["name"]: attrs.get("value") for attrs in page.all("input")}
    assert kept["street" if field == "city" else "city"] in ("Storgatan 1", "Jönköping")
    assert not kept["password"]
    assert db.scalars(select(CustomerRegistration)).all() == []


def test_the_page_says_the_same_whether_there_is_an_account_or_not(browser, make):
    fresh = browser.post(PATH, KAJSA)
    make.customer(email=KAJSA["email"])
    known = browser.post(PATH, KAJSA)
    make.customer(number=personnummer(901))
    numbered = browser.post(PATH, KAJSA | {"email": "ny@brevladan.example",
                                           "personnummer": personnummer(901)})
    assert {answer.location for answer in (fresh, known, numbered)} == {
        "/mina-sidor/registrering/brev"}


@pytest.mark.parametrize(("most", "other"), [
    (5, lambda number: {"personnummer": personnummer(number)}),
    (5, lambda number: {"email": f"{number}@brevladan.example"}),
    (30, lambda number: {"personnummer": personnummer(number),
                         "email": f"{number}@brevladan.example"})],
    ids=["to one mailbox", "of one person", "from one computer"])
def test_registrations_are_counted(browser, most, other):
    for number in range(most):
        assert browser.post(PATH, KAJSA | other(number)).status == 303
    assert browser.post(PATH, KAJSA | other(most)).status == 429


def test_a_form_sent_twice_writes_one_letter(browser, db):
    key = "b0e1a1de-0000-4000-8000-000000000001"
    for _ in range(2):
        assert browser.post(PATH, KAJSA | {"form_key": key}).status == 303
    assert len(db.scalars(select(Email)).all()) == 1
