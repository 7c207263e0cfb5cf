from datetime import timedelta
from uuid import uuid4

import pytest

from domain import tickets
from domain.products import Product
from tests.factories import COUNTY, personnummer
from tests.queries import queries
from tests.web.inspector import inspected

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
        tickets.activate(db, used, now=used.sold_at)
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
