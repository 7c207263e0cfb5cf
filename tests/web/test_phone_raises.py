import pytest
from sqlalchemy import select

from domain.messages import Email
from domain.raises import Raise, State
from tests.conftest import NOON

ASK, BUY = "/resa/hojning", "/resa/kop"


@pytest.fixture
def company(make):
    company = make.company()
    make.admin(company, email="asa@bolaget.example")
    return company


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture
def me(browser, make, traveller):
    me = make.as_person(traveller)
    browser.log_in(me)
    return me


@pytest.fixture
def connection(make, traveller, me):
    return make.connection(traveller, limit_ore=100_000, registered=True)


def ask(browser, **typed):
    return browser.post(ASK, {"ore": "300", "until_on": "2026-11-27",
                              "reason": "Resa till Kalmar"} | typed)


def only(db):
    db.rollback()
    return db.scalar(select(Raise))


def test_the_form_says_what_is_left_and_holds_to_the_end_of_the_month(browser, connection):
    page = browser.get(ASK)
    assert "Bolaget AB: 1 000 kr kvar av 1 000 kr den här månaden." in page.said
    [until] = [each for each in page.all("input") if each["name"] == "until_on"]
    assert until["value"] == "2026-11-30"


def test_a_request_is_sent_and_its_course_is_seen(browser, connection, db):
    answer = ask(browser)
    assert (answer.status, answer.location) == (303, ASK)
    page = browser.get(ASK)
    for words in ("Förfrågan är skickad till din arbetsgivare.", "300 kr till och med fre 27 nov",
                  "Skickad klart fre 20 nov 12:00", "Beslut", "Resa till Kalmar"):
        assert words in page.said
    assert [each for each in page.all("input") if each["name"] == "ore"] == []
    asked = only(db)
    assert (asked.asked_ore, asked.state) == (30_000, State.ASKED)
    assert db.scalar(select(Email)).to == "asa@bolaget.example"


@pytest.mark.parametrize(("typed", "said"), [
    ({"ore": ""}, "Fyll i det här."), ({"ore": "15 000"}, "höjas med högst 14 000 kr"),
    ({"until_on": "2026-11-01"}, "Dagen har redan varit"), ({"reason": " "}, "Fyll i det här."),
])
def test_what_cannot_be_asked_for_is_told_and_what_was_typed_stays(browser, connection, db, typed,
                                                                   said):
    page = ask(browser, **typed)
    assert (page.status, said in page.said, only(db)) == (422, True, None)


def test_a_second_request_is_refused_in_words(browser, connection):
    ask(browser)
    again = ask(browser)
    assert (again.status, "Du har redan en förfrågan som väntar" in again.said) == (409, True)


def test_a_request_is_withdrawn_and_another_may_be_sent(browser, connection, db):
    ask(browser)
    answer = browser.post(f"{ASK}/{only(db).id}/atertagande")
    assert (answer.status, answer.location, only(db).state) == (303, ASK, State.WITHDRAWN)
    page = browser.get(ASK)
    assert "Återtagen" in page.said
    assert [each for each in page.all("input") if each["name"] == "ore"]


def test_what_was_granted_is_seen_with_its_last_day_and_counts(browser, make, connection):
    make.raise_request(connection, granted=True)
    page = browser.get(ASK)
    assert "Bolaget AB: 1 300 kr kvar av 1 300 kr den här månaden." in page.said
    assert "Beviljad" in page.said
    assert "Gäller till och med fre 27 nov" in page.said


def test_too_many_requests_are_stopped(browser, connection, db, store):
    for _ in range(5):
        ask(browser)
        browser.post(f"{ASK}/{db.scalar(select(Raise.id).where(Raise.state == State.ASKED))}"
                     "/atertagande")
        db.rollback()
    assert ask(browser).status == 429


def test_who_has_not_registered_is_shown_how(browser, make, traveller, me):
    make.connection(traveller)
    answer = browser.get(ASK)
    assert (answer.status, answer.location) == (303, BUY)


def test_with_two_employers_one_chooses_whom_to_ask(browser, make, traveller, connection, db,
                                                    store):
    number = store.session().info["vault"].open(traveller.personnummer_sealed, "personnummer")
    other = make.connection(make.traveller(make.company("Andra AB"), number=number),
                            registered=True)
    assert "Andra AB" in browser.get(ASK).said
    ask(browser, connection=str(other.id))
    assert only(db).connection_id == other.id
    assert [each for each in browser.get(ASK).all("input") if each["name"] == "ore"]


def test_somebody_elses_request_is_not_found(browser, make, company, connection, db):
    theirs = make.raise_request(make.connection(make.traveller(company), registered=True))
    assert browser.post(f"{ASK}/{theirs.id}/atertagande").status == 404
    assert only(db).state_at(NOON) == State.ASKED
