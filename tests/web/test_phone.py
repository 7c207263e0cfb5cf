import re
from datetime import timedelta
from uuid import uuid4

import pytest

from domain import activations, holdings
from domain.products import Product
from jobs import outbox
from tests.browser import Browser
from tests.factories import COUNTY, personnummer
from tests.queries import queries
from tests.web.inspector import code, inspected

MINE = "/resa/"


@pytest.fixture
def traveller(make):
    make.price_list()
    return make.traveller()


@pytest.fixture
def me(browser, make, traveller):
    me = make.as_person(traveller)
    browser.log_in(me)
    return me


def test_without_a_ticket_it_says_where_they_come_from(browser, me):
    page = browser.get(MINE)
    assert (page.status, "Du har ingen biljett att använda" in page.said) == (200, True)


def test_my_tickets_are_there_with_the_used_ones_folded_away(browser, me, make, traveller, store,
                                                             db):
    fresh, used = make.ticket(traveller, Product.DAY, COUNTY), make.ticket(traveller)
    other = make.ticket()
    with store.transaction(db):
        activations.activate(db, used, now=used.sold_at)
    page = browser.get(MINE)
    assert "24-timmarsbiljettHela länetInte aktiverad 1 använd biljett" in page.said
    assert [link for link in page.links() if "/biljetter/" in link] == [
        f"/resa/biljetter/{ticket.id}" for ticket in (fresh, used)]
    assert str(other.id) not in page.response.text


def test_a_ticket_is_activated_and_shows_its_code(browser, me, make, traveller, world):
    ticket = make.ticket(traveller)
    at = f"/resa/biljetter/{ticket.id}"
    assert f"{at}/aktivering" in browser.get(at).links()
    key = {"form_key": str(uuid4())}
    assert [browser.post(f"{at}/aktivering", key).location for _ in range(2)] == [at, at]
    header, payload = inspected(browser.get(at), world.ticket_keys.public_keys())
    assert payload["24"][0]["c_md"] == [{"tid": ticket.number}]
    assert (header["nbf"], header["exp"]) == ("20261120T110000Z", "20261120T120000Z")


def test_another_persons_ticket_is_not_found(browser, me, make):
    at = f"/resa/biljetter/{make.ticket().id}"
    assert [browser.get(at).status, browser.get(f"{at}/aktivering").status,
            browser.post(f"{at}/aktivering").status] == [404, 404, 404]


def test_a_visitors_ticket_is_nobodys_but_the_links(browser, me, make, store, db):
    ticket = make.ticket()
    with store.transaction(db):
        ticket.traveller_id = None
    assert browser.get(f"/resa/biljetter/{ticket.id}").status == 404


def test_tickets_of_every_employer_are_mine(browser, make):
    number = personnummer(900)
    one = make.traveller(make.company("Ett AB"), number=number)
    other = make.traveller(make.company("Två AB"), number=number)
    sent = [make.ticket(each) for each in (one, other)]
    browser.log_in(make.as_person(one))
    page = browser.get(MINE)
    assert {f"/resa/biljetter/{each.id}" for each in sent} <= set(page.links())


def test_the_list_takes_as_many_queries_for_three_as_for_one(browser, me, make, traveller, store):
    for url in (MINE, "/resa/jag", "/resa/arbetsgivaren", "/resa/erbjudanden", "/resa/kop"):
        counts = []
        for more in (1, 2):
            for _ in range(more):
                make.ticket(traveller)
            with queries(store) as asked:
                browser.get(url)
            counts.append(len(asked))
        assert counts[0] == counts[1], url


def test_the_whole_personnummer_is_not_shown(browser, me, traveller, db):
    number = db.info["vault"].open(traveller.personnummer_sealed, "personnummer")
    page = browser.get("/resa/arbetsgivaren").response.text
    assert (traveller.personnummer_masked in page, number in page) == (True, False)


def test_whoever_has_left_is_no_traveller(browser, me, traveller, store, db, clock):
    with store.transaction(db):
        traveller.ended_at = clock.at - timedelta(seconds=1)
    assert browser.get(MINE).status == 403


@pytest.fixture
def other(app, browser, me) -> Browser:
    """Another phone on which I have signed in too."""
    other = Browser(app)
    with other.client.session_transaction() as cookie:
        cookie["_user_id"] = f"browser of {me.id}"
    return other


@pytest.fixture
def to_my_number(make, traveller, store, db):
    """A ticket sent to my number as to a visitor, with its page on my phone."""
    host = make.traveller(given_name="Värd", mobile="+46701740601")
    ticket = make.sent_ticket(host)
    with store.transaction(db):
        ticket.traveller_id, ticket.mobile = None, traveller.mobile
    return ticket, f"/resa/biljetter/{ticket.id}"


def test_my_ticket_is_activated_on_one_phone_and_moved_to_another_by_signing_in(
        browser, other, make, traveller):
    at = f"/resa/biljetter/{make.ticket(traveller).id}"
    browser.post(f"{at}/aktivering")
    assert code(browser.get(at))
    page = other.get(at)
    assert (code(page), "Biljetten finns på en annan telefon" in page.said) == (None, True)
    assert other.post(f"{at}/aktivering").status == 409
    assert other.post(f"{at}/telefon").location == at
    assert code(other.get(at))
    assert code(browser.get(at)) is None


def test_an_active_ticket_that_no_phone_holds_is_opened_here(browser, me, make, traveller, store,
                                                             db):
    ticket = make.ticket(traveller)
    at = f"/resa/biljetter/{ticket.id}"
    browser.post(f"{at}/aktivering")
    with store.transaction(db):
        holdings.release(db, ticket.id)
    page = browser.get(at)
    assert (code(page), "Öppna på den här telefonen" in page.said) == (None, True)
    browser.post(f"{at}/telefon")
    assert code(browser.get(at))


def test_a_used_ticket_is_shown_to_me_on_any_phone(browser, other, make, traveller, clock):
    at = f"/resa/biljetter/{make.ticket(traveller).id}"
    browser.post(f"{at}/aktivering")
    clock.at += timedelta(hours=2)
    assert "Förbrukad" in other.get(at).said


def test_a_ticket_to_my_number_stands_apart_and_is_opened_by_a_code(
        browser, me, to_my_number, portal, stage):
    _, at = to_my_number
    page = browser.get(MINE)
    assert ("Skickade till ditt nummer" in page.said, at in page.links()) == (True, True)
    page = browser.get(at)
    assert "Biljetten är skickad till ditt nummer." in page.said
    assert "Värd" not in page.response.text
    assert f"{at}/aktivering" not in page.links()
    assert browser.post(f"{at}/telefon").location == at
    assert browser.post(f"{at}/aktivering").location == at
    assert "Biljetten är skickad till ditt nummer." in browser.get(at).said
    assert browser.post(f"{at}/kod").location == f"{at}/flytt"
    outbox.sweep(portal)
    digits = next(re.search(r"Kod (\d{6})", text)[1] for text in stage.phones.texts(
        "+46701740605") if "Kod" in text)
    assert browser.post(f"{at}/flytt", {"code": digits}).location == at
    assert "Värd Resenär" in browser.get(at).said
    browser.post(f"{at}/aktivering")
    assert code(browser.get(at))


def test_a_ticket_to_a_number_that_somebody_else_has_too_is_not_mine(browser, me, make,
                                                                     to_my_number):
    make.traveller(given_name="Sambo")
    _, at = to_my_number
    assert "Skickade till ditt nummer" not in browser.get(MINE).said
    assert [browser.get(at).status, browser.post(f"{at}/kod").status,
            browser.get(f"{at}/flytt").status, browser.get(f"{at}/sparad").status] == [404] * 4


def test_the_list_of_what_was_sent_to_my_number_takes_as_many_queries_for_three(
        browser, me, to_my_number, make, traveller, store, db):
    counts = []
    for more in (0, 2):
        for _ in range(more):
            ticket = make.ticket(make.traveller(given_name="Värd", mobile="+46701740601"))
            with store.transaction(db):
                ticket.traveller_id, ticket.mobile = None, traveller.mobile
        with queries(store) as asked:
            browser.get(MINE)
        counts.append(len(asked))
    assert counts[0] == counts[1]
