from io import BytesIO

import pytest
from sqlalchemy import select

from domain.audit import Act, Event
from domain.card_numbers import make_card
from domain.customers import Customer
from domain.identity import show_mobile
from domain.messages import Email
from domain.payments import Means
from domain.refunds import Refund
from domain.rules import Rules
from domain.service_acts import ServiceAct
from domain.service_documents import ServiceDocument
from domain.travel_cards import TravelCard

PDF = b"%PDF-1.7 ett intyg"


@pytest.fixture
def kajsa(make):
    return make.customer("Kajsa", "Ek", email="kajsa@ek.example")


@pytest.fixture(autouse=True)
def clerk(browser, make):
    browser.log_in(make.clerk())


@pytest.fixture
def act(browser, db, kajsa):
    def act(path, /, **typed):
        page = browser.post(f"/intern/kunder/{kajsa.id}/{path}", {"reason": "Ringde."} | typed,
                            content_type="multipart/form-data")
        db.rollback()
        db.expire_all()
        return page
    return act


CORRECT = {"given_name": "Kajsa", "surname": "Ek", "born_on": "1970-01-01",
           "street": "Storgatan 1", "postcode": "55320", "city": "Jönköping",
           "municipality": "0680", "mobile": "070-174 06 05", "email": "kajsa@ek.example"}


def test_a_customer_is_blocked_with_a_reason_and_a_document(browser, act, db, kajsa):
    page = act("avstangning", document=(BytesIO(PDF), "intyg.exe"))
    assert (page.status, page.location) == (303, f"/intern/kunder/{kajsa.id}")
    assert kajsa.blocked_at
    seen = browser.get(page.location)
    assert "Avstängd sedan" in seen.said
    assert "Ringde." in seen.said
    [link] = [each for each in seen.links() if "/dokument/" in each]
    answer = browser.get(link).response
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert "attachment" in answer.headers["Content-Disposition"]
    db.rollback()
    assert db.scalar(select(Event.by_name).where(Event.act == Act.DOCUMENT_OPENED))


def test_no_act_goes_without_a_reason(act, db, kajsa):
    page = act("avstangning", reason=" ")
    assert (page.status, "Fyll i det här" in page.said) == (422, True)
    assert kajsa.blocked_at is None


def test_what_is_no_document_is_told_beside_it_and_the_reason_stays(act, db):
    page = act("avstangning", document=(BytesIO(b"MZ"), "intyg.pdf"))
    assert (page.status, "PDF eller en bild" in page.said) == (422, True)
    assert "Ringde." in page.response.text
    assert not list(db.scalars(select(ServiceDocument)))


def test_who_was_blocked_may_come_in_again(browser, act, kajsa):
    act("avstangning")
    assert act("avstangning/slut").status == 303
    assert kajsa.blocked_at is None
    assert act("avstangning/slut").status == 409


def test_data_are_corrected(browser, act, db, kajsa):
    page = browser.get(f"/intern/kunder/{kajsa.id}/uppgifter")
    assert 'value="Ek"' in page.response.text
    assert show_mobile(kajsa.mobile) in page.response.text
    assert act("uppgifter", **CORRECT | {"surname": "Ek-Ström"}).status == 303
    assert kajsa.surname == "Ek-Ström"
    assert db.scalar(select(Email.template)) == "customer_corrected"
    wrong = act("uppgifter", **CORRECT | {"personnummer": "19811218-9875"})
    assert (wrong.status, "Personnumret stämmer inte" in wrong.said) == (422, True)


def test_a_lost_card_is_blocked(browser, make, act, kajsa):
    card = make.purse(make.customer_card(kajsa), 20_000)
    make.purse_load(card, 5_000)
    make.card_period(card)
    said = browser.get(f"/intern/kunder/{kajsa.id}/kort/{card.id}/sparr").said
    assert "250 kr, varav 50 kr" in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "och reskassan på ett nytt kort med posten" in said
    assert act(f"kort/{card.id}/sparr", to="post").status == 303
    assert card.blocked_at


def test_a_damaged_card_is_changed_when_it_and_its_receipt_are_shown(make, act, db, kajsa):
    card = make.purse(make.customer_card(kajsa), 20_000)
    number = make_card(987_654, Rules())
    path = f"kort/{card.id}/ersattning"
    assert "ska visas upp" in act(path, number=number).said
    assert act(path, number=number, shown="y").status == 303
    assert db.scalar(select(TravelCard.customer_id).where(TravelCard.number == number)) == kajsa.id


def test_a_period_is_adjusted_by_a_certificate(make, act, kajsa):
    ticket = make.card_period(make.customer_card(kajsa))
    before = ticket.activate_by
    path = f"biljetter/{ticket.id}/justering"
    assert act(path, first="2026-12-05", last="2026-12-01", shown="y").status == 422
    assert act(path, first="2026-12-01", last="2026-12-05", shown="y").status == 303
    assert (ticket.activate_by.date() - before.date()).days == 5


def test_an_order_is_paid_back(browser, make, act, db, kajsa):
    order = make.shop_order(kajsa, paid_with=Means.SWISH)
    path = f"ordrar/{order.id}/aterbetalning"
    assert act(path).status == 422
    assert act(path, lines=str(order.lines[0].id), amount="1").status == 303
    assert db.scalar(select(Refund.amount_ore)) == 100
    assert browser.get(f"/intern/kunder/{kajsa.id}").said.count("1 kr tillbaka") == 1


def test_two_accounts_are_merged_when_both_have_been_looked_at(browser, make, act, db, kajsa):
    closed = make.customer("Kajsa", "Ek", email="bort@ek.example")
    make.customer_card(closed)
    start = f"/intern/kunder/{kajsa.id}/sammanslagning/"
    page = browser.get(f"{start}?q=kajsa")
    assert f"{start}{closed.id}" in page.links()
    assert f"{start}{kajsa.id}" not in page.links()
    said = browser.get(f"{start}{closed.id}").said
    assert "bort@ek.example" in said
    assert kajsa.email in said
    assert act(f"sammanslagning/{closed.id}").status == 422
    assert act(f"sammanslagning/{closed.id}", same="y").status == 303
    assert db.get_one(Customer, closed.id).deleted_at
    assert "Borttaget konto" in browser.get(f"/intern/kunder/{closed.id}").said
    assert browser.get(f"{start}{closed.id}").status == 404


def test_who_cannot_come_in_themself_is_helped_to_leave(browser, make, act, db, kajsa):
    make.purse(make.customer_card(kajsa), 5_000)
    act("avstangning")
    assert act("borttagning").status == 422
    assert act("borttagning", acknowledged="y").status == 303
    assert kajsa.deleted_at
    assert "Konto borttaget" in browser.get(f"/intern/kunder/{kajsa.id}").said
    assert set(db.scalars(select(ServiceAct.reason))) == {""}
    assert act("borttagning", acknowledged="y").status == 409


def test_another_customers_things_are_not_found(browser, make, kajsa):
    other = make.customer()
    card, ticket = make.customer_card(other), make.own_ticket(other)
    act_id, order = make.service_act(other).id, make.shop_order(other)
    for path in (f"kort/{card.id}/sparr", f"biljetter/{ticket.id}/justering",
                 f"dokument/{act_id}", f"ordrar/{order.id}/aterbetalning",
                 f"laddningar/{make.purse_load(card).id}/aterbetalning"):
        assert browser.get(f"/intern/kunder/{kajsa.id}/{path}").status == 404


def test_pressed_twice_it_is_done_once(act, db, kajsa):
    key = {"form_key": "6a3b1f9e-4a90-4f5b-8c52-0d8c6a1f2b11"}
    act("avstangning", **key), act("avstangning", **key)
    assert len(list(db.scalars(select(ServiceAct)))) == 1
