from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import messages, sent_tickets, tickets
from domain.messages import Sms
from domain.products import Product
from domain.tickets import Recipient
from tests import files
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, ONE_ZONE
from tests.queries import queries

ROOT, SENT = "/foretag/skicka-biljett/", "/foretag/skicka-biljett/skickade"


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def admin(browser, make, company):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


def test_the_list_shows_what_was_sent_and_whether_the_message_came(browser, admin, make, store, db,
                                                                   traveller):
    ticket = make.sent_ticket(traveller, Product.DAY, COUNTY)
    with store.transaction(db):
        messages.refused(messages.about(db, [ticket.id])[ticket.id], "no such number")
    page = browser.get(SENT)
    row = page.said.split("Skickad Rut Resenär")[1]
    for words in ("24-timmarsbiljett", "Hela länet", "260 kr", "Kom inte fram", "fre 20 nov 08:00"):
        assert words in row
    assert f"{ROOT}{ticket.id}" in page.links()


def test_an_empty_list_says_how_to_send(browser, admin):
    assert "Ingen biljett är skickad än" in browser.get(SENT).said


def test_older_tickets_are_on_the_next_page(browser, admin, make, traveller):
    for minutes in range(41):
        make.ticket(traveller, at=MORNING - timedelta(minutes=minutes))
    first = browser.get(SENT)
    [older] = {link for link in first.links() if "efter=" in link}
    assert len(first.all("tr")) == 41
    assert len(browser.get(older).all("tr")) == 2
    assert browser.get(f"{SENT}?efter=x").status == 404


def test_the_list_takes_as_many_queries_for_three_as_for_one(browser, admin, make, traveller,
                                                             store):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make.sent_ticket(traveller)
        with queries(store) as asked:
            browser.get(SENT)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.fixture
def failed(make, traveller, store, db, world):
    """A ticket whose message did not arrive."""
    ticket = make.sent_ticket(traveller)
    world.queue.rung.clear()
    with store.transaction(db):
        messages.refused(messages.about(db, [ticket.id])[ticket.id], "no such number")
    return ticket


def test_a_ticket_shows_its_facts_and_its_way_to_the_phone(browser, admin, make, traveller, store,
                                                           db):
    with store.transaction(db):
        ticket = tickets.send(db, Product.SINGLE, ONE_ZONE, to=Recipient.registered(traveller),
                              department=traveller.department, by=make.actor(admin), now=NOON)
    page = browser.get(f"{ROOT}{ticket.id}")
    for words in ("Rut Resenär", "070-174 06 05", "42 kr", "2,38 kr", "Åsa Öberg", "1000",
                  ticket.number, "Köpt klart fre 20 nov 12:00 Skickad Levererad återstår"):
        assert words in page.said
    assert "Skicka igen" not in page.said  # it is on its way


def test_the_employer_does_not_see_whether_a_ticket_is_used(browser, admin, failed, store, db):
    unused = browser.get(f"{ROOT}{failed.id}").said
    with store.transaction(db):
        tickets.activate(db, failed, now=NOON - timedelta(minutes=5))
    assert browser.get(f"{ROOT}{failed.id}").said == unused


def test_a_failed_message_is_sent_again_to_another_number(browser, admin, failed, db, world, clock):
    clock.at += timedelta(minutes=1)
    answer = browser.post(f"{ROOT}{failed.id}/sms", {"mobile": "070-174 06 08"})
    assert (answer.status, answer.location) == (303, f"{ROOT}{failed.id}")
    newest = db.scalars(select(Sms).order_by(Sms.put_at.desc())).first()
    assert (newest.to, newest.state) == ("+46701740608", messages.State.WAITING)
    assert len(world.queue.rung) == 1
    assert browser.post(f"{ROOT}{failed.id}/sms", {"mobile": "070-174 06 08"}).status == 409


def test_a_wrong_number_is_said_beside_the_field(browser, admin, failed, world):
    page = browser.post(f"{ROOT}{failed.id}/sms", {"mobile": "08-123"})
    assert (page.status, "Det är inte ett mobilnummer." in page.said) == (422, True)
    assert world.queue.rung == []


def test_another_companys_ticket_is_not_found(browser, admin, make):
    ticket = make.sent_ticket(make.traveller(make.company("Annat AB")))
    assert browser.get(f"{ROOT}{ticket.id}").status == 404
    assert browser.post(f"{ROOT}{ticket.id}/sms", {"mobile": "070-174 06 08"}).status == 404


def test_the_file_tells_what_was_sent_and_never_that_it_is_used(browser, admin, failed, store, db):
    with store.transaction(db):
        tickets.activate(db, failed, now=NOON - timedelta(minutes=5))
    assert files.rows(browser, SENT) == [{
        "Skickad": "2026-11-20 08:00", "Till": "Rut Resenär", "Mobilnummer": "070-174 06 05",
        "Biljett": "Enkelbiljett", "Gäller i": "Zon 181 Jönköping", "Pris": "42,00",
        "Tjänst": "Skicka biljett", "Avdelning": "Huvudavdelning", "Referensnummer": "1000",
        "Biljettnummer": failed.number, "Sms": "Kom inte fram", "Återkallad": ""}]


def test_the_file_holds_the_tickets_of_every_page(browser, admin, make, traveller):
    for minutes in range(41):
        make.ticket(traveller, at=MORNING - timedelta(minutes=minutes))
    found = [row["Skickad"] for row in files.rows(browser, SENT)]
    assert (len(found), found) == (41, sorted(found, reverse=True))


def test_the_file_tells_of_the_latest_message_only(browser, admin, make, store, db, failed):
    with store.transaction(db):
        sent_tickets.resend(db, failed, mobile="+46701740609", by=make.actor(admin), now=NOON)
    [row] = files.rows(browser, SENT)
    assert (row["Sms"], row["Mobilnummer"]) == ("Väntar", "070-174 06 09")
