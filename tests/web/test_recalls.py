import pytest

from domain import tickets
from domain.tickets import State
from domain.travellers import Traveller
from tests.conftest import NOON

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
        tickets.activate(db, ticket, now=NOON)
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
        token = tickets.link(db, ticket.id, ticket.id)
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
