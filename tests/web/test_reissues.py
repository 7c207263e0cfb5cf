import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain import messages, sales
from domain.block_list import Blocked
from domain.messages import Sms
from domain.products import Product
from domain.sales import Recipient
from domain.tickets import State
from domain.travellers import Traveller
from jobs import outbox
from tests.browser import Browser
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE
from tests.web.inspector import code, inspected

SENT = "/foretag/skicka-biljett/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def ticket(make, company):
    return make.sent_ticket(make.traveller(company), Product.DAY)


@pytest.fixture
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def lost(app, portal, stage, db, ticket):
    """The phone that holds the ticket, and the address of the link in it."""
    outbox.sweep(portal)
    at = re.search(r"/b/[\w-]{22}$", stage.phones.texts(ticket.mobile)[0])[0]
    phone = Browser(app)
    phone.post(f"{at}/telefon")
    phone.post(f"{at}/aktivering")
    assert code(phone.get(at))
    db.refresh(ticket)
    return phone, at


def test_an_administrator_has_it_made_anew_after_it_is_said_what_that_means(browser, admin, db,
                                                                           ticket):
    at, former = f"{SENT}{ticket.id}", ticket.number
    assert f"{at}/forlustgaranti" in browser.get(at).links()
    page = browser.get(f"{at}/forlustgaranti")
    assert "Till 070-174 06 05." in page.said
    answer = browser.post(f"{at}/forlustgaranti", {"text": "y"})
    assert (answer.status, answer.location) == (303, at)
    db.refresh(ticket)
    page = browser.get(at)
    assert f"Tidigare biljettnummer{former}" in page.said
    assert ticket.number in page.said
    newest = db.scalars(select(Sms).order_by(Sms.put_at.desc())).first()
    assert (newest.template, newest.state) == ("ticket_reissued", messages.State.WAITING)


def test_the_link_in_the_lost_phone_is_dead_and_the_new_one_opens_the_ticket(
        browser, admin, lost, db, ticket, portal, stage):
    phone, at = lost
    browser.post(f"{SENT}{ticket.id}/forlustgaranti", {"text": "y"})
    assert phone.get(at).status == 404
    outbox.sweep(portal)
    text = stage.phones.texts(ticket.mobile)[0]
    assert "gjord på nytt" in text
    new = re.search(r"/b/[\w-]{22}", text)[0]
    browser.post(f"{new}/telefon")
    db.rollback()
    db.refresh(ticket)
    assert (code(browser.get(new)) != "", ticket.number in text) == (True, True)


def test_the_traveller_does_it_on_another_phone_and_shows_the_code_at_once(
        browser, make, app, lost, db, ticket, world):
    phone, link = lost
    until, former = ticket.active_until, ticket.number
    browser.log_in(make.as_person(db.get_one(Traveller, ticket.traveller_id)))
    at = f"/resa/biljetter/{ticket.id}"
    assert f"{at}/borta" in browser.get(at).links()
    assert "Min telefon är borta" in browser.get(f"{at}/borta").said
    assert browser.post(f"{at}/borta").location == at
    browser.post(f"{at}/telefon")
    db.rollback()
    db.refresh(ticket)
    _, payload = inspected(browser.get(at), world.ticket_keys.public_keys())
    assert payload["24"][0]["c_md"][0]["tid"] == ticket.number != former
    assert (ticket.active_until, phone.get(link).status) == (until, 404)
    assert db.scalars(select(Blocked.number)).all() == [former]
    assert len(db.scalars(select(Sms)).all()) == 1  # the lost phone may have the number still


def test_it_is_done_once_however_often_the_form_is_sent(browser, admin, db, ticket):
    key = {"form_key": str(uuid4())}
    at = f"{SENT}{ticket.id}/forlustgaranti"
    assert [browser.post(at, key).location for _ in range(2)] == [f"{SENT}{ticket.id}"] * 2
    assert len(db.scalars(select(Blocked.number)).all()) == 1


def test_the_second_time_waits(browser, admin, ticket):
    at = f"{SENT}{ticket.id}/forlustgaranti"
    browser.post(at)
    page = browser.get(at)
    assert ("gjordes på nytt nyss" in page.said, browser.post(at).status) == (True, 409)


def test_a_visitors_lost_phone_is_kindly_refused(browser, admin, make, company, store, db):
    make.price_list()
    with store.transaction(db):
        ticket = sales.send(db, Product.DAY, ONE_ZONE, to=Recipient("Gäst", "+46701740608"),
                            department=make.first_department(company), by=NOBODY, now=NOON)
    at = f"{SENT}{ticket.id}/forlustgaranti"
    assert "Förlustgarantin gäller biljetter till registrerade resenärer" in browser.get(at).said
    assert browser.post(at).status == 409


def test_the_page_does_not_tell_whether_the_ticket_is_used(browser, admin, lost, store, db,
                                                           ticket):
    with store.transaction(db):
        ticket.active_until = NOON
    page = browser.get(f"{SENT}{ticket.id}/forlustgaranti")
    assert (ticket.state(NOON), "Gör biljetten på nytt" in page.response.text) == (
        State.EXPIRED, True)


def test_another_persons_ticket_is_not_found(browser, make, ticket):
    browser.log_in(make.as_person(make.traveller(given_name="Annan")))
    at = f"/resa/biljetter/{ticket.id}/borta"
    assert [browser.get(at).status, browser.post(at).status] == [404, 404]
