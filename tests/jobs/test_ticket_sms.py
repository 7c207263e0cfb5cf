"""The text message that a ticket comes in."""
import re

import pytest

from domain import carried, sent_tickets
from domain.errors import NotFound
from domain.products import Product
from jobs import letters, outbox
from sandbox.phones import parts
from tests.factories import NOBODY

MOBILE = "+46701740605"


@pytest.mark.parametrize("product", Product)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_it_is_one_message_in_letters_that_every_phone_has(portal, language, product):
    text = letters.sms(portal, "ticket", language, {
        "company": "Jönköpings Bygg AB", "product": product, "number": "K7QF-2M9XD4",
        "link": "https://foretag.jlt.se/b/AbCdEfGhIjKlMnOpQrStUv"})
    assert parts(text) == 1, text


@pytest.mark.parametrize("product", Product)
@pytest.mark.parametrize("template", ["own_ticket", "own_ticket_reissued"])
def test_a_private_customers_is_one_message_too_and_names_no_company(portal, template, product):
    text = letters.sms(portal, template, "sv", {
        "product": product, "number": "K7QF-2M9XD4",
        "link": "https://foretag.jlt.se/b/AbCdEfGhIjKlMnOpQrStUv"})
    assert parts(text) == 1, text
    assert text.startswith("Din biljett")


def test_a_private_customers_comes_with_a_link_that_opens_it(portal, make, db, stage):
    ticket = make.own_ticket(make.customer(mobile=MOBILE))
    outbox.sweep(portal)
    [secret] = links(stage)
    assert carried.with_link(db, secret).id == ticket.id


def test_it_says_who_sent_what_and_where_it_is(portal):
    assert letters.sms(portal, "ticket", "sv", {
        "company": "Bolaget AB", "product": "day", "number": "K7QF-2M9XD4",
        "link": "http://portal.example/b/x"}) == (
        "Bolaget AB skickar dig en biljett: 24-timmarsbiljett, nr K7QF-2M9XD4. Öppna den: "
        "http://portal.example/b/x")


def test_the_link_opens_the_ticket_until_another_one_has_been_sent(portal, make, db, store, stage,
                                                                   clock):
    ticket = make.sent_ticket()
    outbox.sweep(portal)
    db.refresh(ticket)
    with store.transaction(db):
        sent_tickets.resend(db, ticket, mobile=MOBILE, by=NOBODY, now=clock.at)
    [first] = links(stage)
    assert carried.with_link(db, first) is ticket
    db.rollback()
    outbox.sweep(portal)
    second, _ = links(stage)
    assert carried.with_link(db, second) is ticket
    with pytest.raises(NotFound):
        carried.with_link(db, first)


def links(stage) -> list[str]:
    """The secrets in the links that have reached the phone, the newest first."""
    return [re.search(r"/b/([\w-]{22})$", text)[1] for text in stage.phones.texts(MOBILE)]


@pytest.mark.parametrize(("greeting", "most"), [("å" * 140, 2), ("مرحبا بكم " * 7, 4)])
def test_the_senders_own_line_stands_last_and_keeps_the_message_short(portal, greeting, most):
    text = letters.sms(portal, "ticket", "sv", {
        "company": "Jönköpings Bygg AB", "product": "single", "number": "K7QF-2M9XD4",
        "link": "https://foretag.jlt.se/b/AbCdEfGhIjKlMnOpQrStUv", "greeting": greeting})
    assert text.endswith("\n" + greeting.strip())
    assert parts(text) <= most
