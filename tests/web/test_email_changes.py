from sqlalchemy import select

from domain import email_changes
from domain.customers import Customer
from domain.email_changes import EmailChange, End
from tests.browser import Browser
from tests.conftest import NOON
from tests.factories import PASSWORD

PATH = "/mina-sidor/konto/e-post"
NEW = "ny@brevladan.example"


def test_the_address_is_changed_by_the_links_to_both(app, browser, make, db, store):
    customer = make.customer(email="gammal@brevladan.example")
    browser.log_in(customer)
    refused = browser.post(PATH, {"email": NEW, "current": "fel lösenord"})
    assert (refused.status, "inte ditt lösenord" in refused.said) == (422, True)
    assert browser.post(PATH, {"email": NEW, "current": PASSWORD}).location == "/mina-sidor/konto/"
    assert "Ett byte av e-postadress väntar" in browser.get("/mina-sidor/konto/").said
    with store.transaction(db):
        change = db.scalars(select(EmailChange)).one()
        secrets = [email_changes.issue(db, change.id, end, now=NOON) for end in End]
    elsewhere = Browser(app)
    for secret in secrets:
        assert "Bekräfta bytet" in elsewhere.get(f"/mina-sidor/e-post/{secret}").said
        assert elsewhere.post(f"/mina-sidor/e-post/{secret}").status == 303
    assert db.get(Customer, customer.id, populate_existing=True).email == NEW
    assert "väntar" not in browser.get("/mina-sidor/konto/").said


def test_a_change_is_withdrawn(browser, make, db):
    browser.log_in(make.customer()).post(PATH, {"email": NEW, "current": PASSWORD})
    assert browser.post(f"{PATH}/aterkallande").location == "/mina-sidor/konto/"
    assert db.scalars(select(EmailChange)).all() == []
