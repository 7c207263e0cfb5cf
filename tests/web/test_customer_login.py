import pytest
from sqlalchemy import select

from domain import customer_passwords
from domain.customer_logins import CustomerLogin
from domain.customers import Customer
from domain.logins import Login
from sandbox.personas import KARIN
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import PASSWORD
from tests.signing_in import sign_in

PATH = "/mina-sidor/logga-in"


@pytest.fixture
def kajsa(make, browser):
    """With the terms accepted, and nobody logged in."""
    customer = make.customer(email="Kajsa@brevladan.example")
    assert browser.log_in(customer).post("/logga-ut").location == "/mina-sidor/"
    return customer


def log_in(browser, password=PASSWORD, email="kajsa@brevladan.example", **more):
    return browser.post(PATH, {"email": email, "password": password} | more)


def test_who_knows_the_password_is_led_where_they_were_going(browser, kajsa):
    asked = browser.get("/mina-sidor/konto/losenord")
    assert asked.location == f"{PATH}?next=/mina-sidor/konto/losenord"
    field = typed(browser.get(asked.location), "next")
    assert log_in(browser, next=field["value"]).location == "/mina-sidor/konto/losenord"
    assert browser.get("/mina-sidor/konto/").status == 200
    assert browser.get(PATH).location == "/mina-sidor/"


def typed(page, name):
    return next(each for each in page.all("input") if each["name"] == name)


@pytest.mark.parametrize(("email", "password"), [
    ("kajsa@brevladan.example", "fel lösenord"), ("ingen@brevladan.example", PASSWORD)])
def test_the_answer_does_not_tell_whether_the_address_has_an_account(browser, kajsa, email,
                                                                     password):
    page = log_in(browser, password, email)
    assert (page.status, "E-postadressen eller lösenordet stämmer inte." in page.said) == (
        422, True)
    assert typed(page, "email")["value"] == email
    assert "value" not in typed(page, "password") or not typed(page, "password")["value"]


def test_an_unknown_address_costs_a_hash_as_well(browser, kajsa, monkeypatch):
    compared = []
    whole = customer_passwords.PasswordHasher.verify
    monkeypatch.setattr(customer_passwords.PasswordHasher, "verify",
                        lambda *given: compared.append(1) or whole(*given))
    log_in(browser, "fel lösenord")
    log_in(browser, email="ingen@brevladan.example")
    assert len(compared) == 2


@pytest.mark.parametrize("email", ["kajsa@brevladan.example", "ingen@brevladan.example"])
def test_passwords_for_one_account_are_counted_whether_it_is_there_or_not(browser, kajsa, email):
    for _ in range(10):
        assert log_in(browser, "fel lösenord", email).status == 422
    assert log_in(browser, email=email).status == 429


def test_who_is_blocked_is_told_why_after_the_right_password_alone(browser, kajsa, db, store):
    with store.transaction(db):
        customer = db.get(Customer, kajsa.id)
        customer.blocked_at, customer.blocked_because = NOON, "Delade sitt konto."
    assert "avstängt" not in log_in(browser, "fel lösenord").said
    page = log_in(browser)
    assert (page.status, "Delade sitt konto." in page.said) == (403, True)
    assert browser.get("/mina-sidor/konto/").status == 303


def test_a_hash_of_another_cost_is_made_anew(browser, kajsa, db, monkeypatch):
    monkeypatch.setitem(customer_passwords.COST, "time_cost", 2)
    log_in(browser)
    made = db.get(Customer, kajsa.id, populate_existing=True).password_hash
    assert not customer_passwords.is_outdated(made)
    assert customer_passwords.matches(made, PASSWORD)


def test_a_browser_is_a_person_or_a_customer_and_never_both(browser, sandbox, make, kajsa, db):
    make.admin(number=KARIN.personal_number)
    log_in(browser)
    assert "Du är inloggad på Mina sidor" in browser.get("/logga-in").said
    assert sign_in(browser, sandbox, KARIN).location == "/foretag/"
    assert browser.get("/mina-sidor/konto/").location == f"{PATH}?next=/mina-sidor/konto/"
    db.rollback()
    assert all(each.ended_at for each in db.scalars(select(CustomerLogin)))
    assert "Du är inloggad i Företagsportalen" in browser.get(PATH).said
    log_in(browser)
    assert browser.get("/foretag/").location == "/logga-in?next=/foretag/"
    db.rollback()
    assert all(each.ended_at for each in db.scalars(select(Login)))


def test_logging_out_ends_it_at_once(browser, kajsa):
    log_in(browser)
    kept = browser.client.get_cookie("portal").value
    browser.post("/logga-ut")
    browser.client.set_cookie("portal", kept)
    assert browser.get("/mina-sidor/konto/").status == 303
    assert browser.get("/mina-sidor/konto/", **FRAGMENT).status == 401


def test_the_login_has_a_session_of_its_own(browser, kajsa):
    with browser.client.session_transaction() as cookie:
        cookie.update(language="en", _user_id="planted", left="behind")
    log_in(browser)
    with browser.client.session_transaction() as cookie:
        assert "left" not in cookie
        assert (cookie["_user_id"][:5], cookie["language"]) == ("kund.", "en")


def test_that_somebody_is_here_is_written_now_and_then(browser, kajsa, db, clock):
    log_in(browser)
    clock.at = NOON.replace(hour=NOON.hour + 1)
    browser.get("/mina-sidor/konto/")
    db.rollback()
    assert max(each.seen_at for each in db.scalars(select(CustomerLogin))) == clock.at
