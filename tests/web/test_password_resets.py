from sqlalchemy import select

from domain import password_resets
from domain.messages import Email
from domain.password_resets import PasswordReset
from tests.conftest import NOON
from tests.factories import PASSWORD

PATH = "/mina-sidor/glomt-losenord"
NEW = "ett helt annat lösen"


def test_who_follows_the_link_chooses_a_new_password(browser, make, db, store):
    customer = make.customer()
    browser.log_in(customer).post("/logga-ut")
    assert browser.post(PATH, {"email": customer.email}).location == f"{PATH}/brev"
    with store.transaction(db):
        reset = db.scalars(select(PasswordReset)).one()
        secret = password_resets.issue(db, reset.id, now=NOON)
    where = f"/mina-sidor/nytt-losenord/{secret}"
    refused = browser.post(where, {"password": "Kajsa Kund 1"})
    assert (refused.status, "liknar ditt namn" in refused.said) == (422, True)
    assert browser.post(where, {"password": NEW}).location == "/mina-sidor/logga-in"
    assert browser.get(where).status == 404
    for password, status in ((PASSWORD, 422), (NEW, 303)):
        answer = browser.post("/mina-sidor/logga-in",
                              {"email": customer.email, "password": password})
        assert answer.status == status


def test_the_page_says_the_same_whether_there_is_an_account_or_not(browser, make):
    known = browser.post(PATH, {"email": make.customer().email})
    unknown = browser.post(PATH, {"email": "ingen@brevladan.example"})
    assert (known.status, known.location) == (unknown.status, unknown.location)


def test_letters_to_one_address_are_counted(browser, db):
    for _ in range(5):
        browser.post(PATH, {"email": "ingen@brevladan.example"})
    assert browser.post(PATH, {"email": "Ingen@brevladan.example"}).status == 429
    assert len(db.scalars(select(Email)).all()) == 5
