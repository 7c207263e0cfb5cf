import pytest
from sqlalchemy import select

from domain import assortment, renewals
from domain.services import Service
from domain.tickets import Ticket
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.factories import NOBODY
from tests.queries import queries

ENDING = "/foretag/skicka-biljett/slutar-snart/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def ending(make, company):
    def end(days=10, surname="Resenär"):
        return make.ending_ticket(make.traveller(company, surname=surname), days=days)
    return end


def renewal(*tickets):
    return f"{ENDING}fornyelse?" + "&".join(f"vald={ticket.id}" for ticket in tickets)


def agreed(page) -> dict:
    """The form as it was shown."""
    return {attrs["name"]: attrs["value"] for attrs in page.all("input")
            if attrs.get("name") in ("agreed", "form_key")}


def test_without_any_it_says_what_comes_here(browser):
    assert "Ingen biljett slutar snart" in browser.get(ENDING).said


def test_the_list_says_when_each_ends_at_the_earliest(browser, ending):
    ending(days=10)
    page = browser.get(ENDING)
    assert "Rut Resenär365-dagarsbiljettZon 181 JönköpingHuvudavdelningmån 30 nov" in (
        page.said.replace(" 365", "365").replace(" Zon", "Zon").replace(" Huvud", "Huvud")
        .replace(" mån", "mån"))
    assert "Slutar tidigast" in page.said


def test_all_of_the_page_are_chosen_without_scripts(browser, ending):
    ending()
    page = browser.get(f"{ENDING}?valda=alla")
    assert [box for box in page.all("input") if box.get("name") == "vald" and "checked" in box]


def test_the_chosen_are_renewed_after_their_price_is_shown(browser, ending, db, world):
    one, other = ending(10), ending(20)
    left = ending(30)
    page = browser.get(renewal(one, other))
    for words in ("Förnya 2 biljetter", "tis 1 dec", "fre 11 dec"):
        assert words in page.said
    world.queue.rung.clear()
    answer = browser.post(renewal(one, other), agreed(page))
    assert (answer.status, answer.location) == (303, ENDING)
    assert "2 biljetter är förnyade." in browser.get(ENDING).said
    assert len(world.queue.rung) == 2
    db.rollback()
    following = db.scalars(select(Ticket).where(Ticket.sold_at == NOON)).all()
    assert {each.renews_id for each in following} == {one.id, other.id}
    assert renewals.of(db, left) is None
    shown = browser.get(f"/foretag/skicka-biljett/{one.id}")
    assert f"/foretag/skicka-biljett/{renewals.of(db, one).id}" in shown.links()


def test_sent_twice_it_renews_once_and_another_form_finds_nothing(browser, ending, db):
    ticket = ending()
    page, second = browser.get(renewal(ticket)), browser.get(renewal(ticket))
    assert [browser.post(renewal(ticket), agreed(page)).location for _ in range(2)] == [ENDING] * 2
    assert browser.post(renewal(ticket), agreed(second)).status == 422
    assert len(db.scalars(select(Ticket)).all()) == 2


def test_what_was_not_agreed_to_is_shown_again(browser, ending, make, db):
    ticket = ending()
    page = browser.get(renewal(ticket))
    answer = browser.post(renewal(ticket), agreed(page) | {"agreed": "another price"})
    assert (answer.status, "har ändrats" in answer.said) == (422, True)
    assert renewals.of(db, ticket) is None


def test_those_who_may_not_are_told_of(browser, ending, store, db):
    ticket = ending()
    with store.transaction(db):
        assortment.choose(db, db.get_one(Traveller, ticket.traveller_id),
                          [Service.BUSINESS_TRAVEL], by=NOBODY, now=NOON)
    page = browser.get(renewal(ticket))
    assert "Inget att förnya" in page.said
    assert "1 som avdelningen eller resenären inte får använda" in page.said


def test_none_chosen_leads_back(browser):
    assert browser.get(f"{ENDING}fornyelse").location == ENDING
    assert browser.get(f"{ENDING}fornyelse?vald=x").location == ENDING


def test_another_companys_ticket_is_not_renewed(browser, make):
    theirs = make.ending_ticket(days=10)
    assert browser.get(renewal(theirs)).location == ENDING
    assert str(theirs.id) not in browser.get(ENDING).response.text


def test_the_first_page_tells_of_those_that_end_soon(browser, ending):
    assert "periodbiljett" not in browser.get("/foretag/").said
    ending()
    page = browser.get("/foretag/")
    assert ("En periodbiljett tar snart slut" in page.said, ENDING in page.links()) == (True, True)


@pytest.mark.parametrize("address", [lambda *tickets: ENDING, renewal])
def test_there_are_as_many_queries_for_three_as_for_one(browser, ending, store, address):
    counts, sent = [], []
    for more in (1, 2):
        sent += [ending() for _ in range(more)]
        at = address(*sent)
        with queries(store) as asked:
            browser.get(at)
        counts.append(len(asked))
    assert counts[0] == counts[1]
