from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import activations, carried
from domain.tickets import State, Ticket
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.factories import MORNING
from tests.queries import queries

SENT = "/foretag/skicka-biljett/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def ticket(make, company):
    return make.sent_ticket(make.traveller(company))


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def test_a_ticket_is_recalled_after_it_is_said_what_that_means(browser, db, ticket):
    at = f"{SENT}{ticket.id}"
    assert f"{at}/aterkallelse" in browser.get(at).links()
    assert "Företaget krediteras hela priset." in browser.get(f"{at}/aterkallelse").said
    answer = browser.post(f"{at}/aterkallelse")
    assert (answer.status, answer.location) == (303, at)
    db.refresh(ticket)
    assert ticket.state(NOON) == State.RECALLED
    page = browser.get(at)
    assert "Biljetten är återkallad" in page.said
    assert "Återkallad avÅsa Öberg" in page.said
    assert f"{at}/aterkallelse" not in page.links()
    assert "Återkallad" in browser.get(f"{SENT}skickade").said


def test_one_that_is_used_is_told_of_only_when_it_is_tried(browser, db, store, ticket):
    at = f"{SENT}{ticket.id}"
    before = browser.get(f"{at}/aterkallelse").said
    with store.transaction(db):
        activations.activate(db, ticket, now=NOON)
    assert browser.get(f"{at}/aterkallelse").said == before
    answer = browser.post(f"{at}/aterkallelse")
    assert (answer.status, "redan aktiverad" in answer.said) == (409, True)


def test_twice_is_a_conflict_and_the_page_says_that_it_cannot_be_done(browser, ticket):
    browser.post(f"{SENT}{ticket.id}/aterkallelse")
    assert browser.post(f"{SENT}{ticket.id}/aterkallelse").status == 409
    page = browser.get(f"{SENT}{ticket.id}/aterkallelse")
    assert ("Biljetten kan inte återkallas" in page.said, page.all("form") == []) == (True, False)


def test_the_link_tells_that_the_ticket_is_recalled_and_starts_nothing(browser, db, store, ticket):
    with store.transaction(db):
        token = carried.link(db, ticket.id, ticket.id)
    browser.post(f"{SENT}{ticket.id}/aterkallelse")
    page = browser.get(f"/b/{token}")
    assert "Avsändaren har återkallat biljetten" in page.said
    assert not [link for link in page.links() if "aktivering" in link]
    assert browser.get(f"/b/{token}/aktivering").status == 303
    assert browser.post(f"/b/{token}/aktivering").status == 409


def test_the_traveller_finds_it_among_the_used_ones(browser, make, db, ticket):
    browser.post(f"{SENT}{ticket.id}/aterkallelse")
    browser.log_in(make.as_person(db.get_one(Traveller, ticket.traveller_id)))
    assert "1 använd biljett" in browser.get("/resa/").said


def test_another_companys_ticket_is_not_found(browser, make):
    theirs = make.sent_ticket()
    at = f"{SENT}{theirs.id}/aterkallelse"
    assert [browser.get(at).status, browser.post(at).status] == [404, 404]


MANY = f"{SENT}skickade/aterkallelse"


def agreed(page) -> dict:
    """The form as it was shown."""
    return {attrs["name"]: attrs["value"] for attrs in page.all("input")
            if attrs.get("name") in ("agreed", "form_key")}


def chosen(*tickets):
    return f"{MANY}?" + "&".join(f"vald={ticket.id}" for ticket in tickets)


@pytest.fixture
def sent(make, company):
    return [make.sent_ticket(make.traveller(company, "Rut", name))
            for name in ("Ek", "Lund", "Alm")]


def test_the_chosen_are_recalled_after_it_is_said_what_that_means(browser, db, sent):
    one, other, _left = sent
    page = browser.get(chosen(one, other))
    assert "2 biljetter återkallas, de av dem som inte är aktiverade." in page.said
    assert "högst 84 kr" in page.said
    answer = browser.post(chosen(one, other), agreed(page))
    assert (answer.status, "2 biljetter är återkallade" in answer.said) == (200, True)
    assert ("Rut Ek" in answer.said, "Rut Alm" in answer.said) == (True, False)
    db.rollback()
    states = [db.get_one(Ticket, each.id, populate_existing=True).state(NOON) for each in sent]
    assert states == [State.RECALLED, State.RECALLED, State.UNACTIVATED]


def test_what_is_in_use_is_told_once_of_each(browser, db, store, sent):
    used, *_others = sent
    with store.transaction(db):
        activations.activate(db, used, now=NOON)
    page = browser.get(chosen(*sent))
    assert "3 biljetter återkallas" in page.said
    answer = browser.post(chosen(*sent), agreed(page))
    recalled, in_use = answer.said.split("1 biljett är inte återkallad")
    assert ("Rut Ek" in in_use, "Rut Lund" in recalled, "84 kr" in recalled) == (True, True, True)
    assert "Det visas bara här och nu." in in_use


def test_the_form_sent_twice_recalls_once_and_leads_to_the_list(browser, sent):
    form = agreed(browser.get(chosen(*sent)))
    browser.post(chosen(*sent), form)
    answer = browser.post(chosen(*sent), form)
    assert (answer.status, answer.location) == (303, f"{SENT}skickade?lage=recalled")


def test_all_that_match_are_recalled(browser, db, sent):
    list_page = browser.get(f"{SENT}skickade?q=Ek&valda=alla")
    assert "1 biljett är vald, på alla sidor." in list_page.said
    at = f"{MANY}?q=Ek&valda=alla"
    browser.post(at, agreed(browser.get(at)))
    assert [bool(db.get_one(Ticket, each.id, populate_existing=True).recalled_at)
            for each in sent] == [True, False, False]


def test_when_the_list_has_changed_it_is_shown_once_more(browser, make, company, db, sent):
    at = f"{MANY}?valda=alla"
    form = agreed(browser.get(at))
    make.sent_ticket(make.traveller(company))
    answer = browser.post(at, form)
    assert (answer.status, "har ändrats" in answer.said) == (422, True)
    assert "4 biljetter återkallas" in answer.said
    assert db.scalars(select(Ticket).where(Ticket.recalled_at.is_not(None))).all() == []


def test_those_that_are_left_out_are_told_of(browser, sent, make, company):
    browser.post(f"{SENT}{sent[0].id}/aterkallelse")
    make.ticket(make.traveller(company), at=MORNING - timedelta(days=40))
    page = browser.get(f"{MANY}?valda=alla")
    assert "1 redan återkallade" in page.said
    assert "1 för gamla att återkalla" in page.said


def test_none_chosen_leads_back_to_the_list(browser, sent):
    assert browser.get(f"{MANY}?q=Ek").location == f"{SENT}skickade?q=Ek"
    assert browser.get(f"{MANY}?vald=x").location == f"{SENT}skickade"


def test_another_companys_tickets_are_not_recalled(browser, make, db, sent):
    theirs = make.sent_ticket()
    assert browser.get(chosen(theirs)).location == f"{SENT}skickade"
    at = chosen(theirs, sent[0])
    browser.post(at, agreed(browser.get(at)))
    db.refresh(theirs)
    assert theirs.recalled_at is None


def test_recalling_takes_as_many_queries_for_three_as_for_one(browser, make, company, store):
    counts = []
    for number in (1, 3):
        tickets = [make.sent_ticket(make.traveller(company)) for _ in range(number)]
        at = chosen(*tickets)
        with queries(store) as asked:
            browser.post(at, agreed(browser.get(at)))
        counts.append(len(asked))
    assert counts[0] == counts[1]
