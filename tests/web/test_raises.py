import pytest
from sqlalchemy import select

from domain import people
from domain.access import Role
from domain.messages import Sms
from domain.raises import State
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.queries import queries

INDEX, TODAY = "/foretag/tjansteresor/forfragningar/", "/foretag/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def connection(make, company):
    return make.connection(make.traveller(company), limit_ore=100_000, registered=True)


@pytest.fixture
def asked(make, connection):
    return make.raise_request(connection)


def at(asked, act):
    return f"{INDEX}{asked.id}/{act}"


def other(asked, ore="100", until_on="2026-11-24"):
    return {f"grant-{asked.id}-ore": ore, f"grant-{asked.id}-until_on": until_on}


def reason(asked, text="Ta tåget"):
    return {f"refuse-{asked.id}-reason": text}


def state(db, asked):
    db.rollback()
    db.refresh(asked)
    return asked.state


def test_nothing_waiting_says_so_and_what_happens_next(browser, admin):
    page = browser.get(INDEX)
    assert (page.status, "Ingen förfrågan väntar" in page.said) == (200, True)


def test_what_waits_is_shown_with_why_and_how_much_has_been_used(browser, admin, asked):
    page = browser.get(INDEX)
    for words in ("Rut Resenär Huvudavdelning", "300 kr mer till och med fre 27 nov",
                  "Resa till Kalmar", "Har använt 0 kr av 1 000 kr den här månaden"):
        assert words in page.said
    typed = {each["name"]: each.get("value") for each in page.all("input")}
    assert typed[f"grant-{asked.id}-ore"] == "300"
    assert typed[f"grant-{asked.id}-until_on"] == "2026-11-27"


def test_one_click_on_the_first_page_grants_it_and_leads_back_there(browser, admin, asked, db):
    page = browser.get(TODAY)
    assert "Rut Resenär ber om 300 kr mer till och med fre 27 nov" in page.said
    [form] = [each for each in page.all("form") if str(asked.id) in each["action"]]
    answer = browser.post(form["action"], {"from": "today"})
    assert (answer.status, answer.location) == (303, TODAY)
    page = browser.get(TODAY).said
    assert "Rut Resenär har fått en högre gräns." in page
    assert "Inget väntar på dig just nu." in page
    assert state(db, asked) == State.GRANTED


def test_one_click_among_the_requests_answers_htmx_with_the_row(browser, admin, asked, db):
    row = browser.post(at(asked, "beviljande"), headers=FRAGMENT)
    assert (row.status, row.whole) == (200, False)
    assert row.tags[0] == ("li", {"class": "task", "id": f"raise-{asked.id}"})
    assert "Beviljad fre 20 nov 12:00 · Åsa Öberg" in row.said
    assert state(db, asked) == State.GRANTED


def test_granting_tells_the_traveller_and_rings(browser, admin, asked, db, world):
    rung = len(world.queue.rung)
    assert browser.post(at(asked, "beviljande")).location == INDEX
    assert db.scalar(select(Sms).where(Sms.template == "raise_granted")).to == "+46701740605"
    assert len(world.queue.rung) - rung == 1


def test_another_sum_and_day_are_granted_and_both_are_told(browser, admin, asked, db):
    answer = browser.post(at(asked, "annat-besked"), other(asked))
    assert (answer.status, answer.location) == (303, INDEX)
    said = browser.get(INDEX).said
    assert "100 kr mer till och med tis 24 nov" in said
    assert "Bad om 300 kr till och med fre 27 nov" in said
    assert state(db, asked) == State.GRANTED


@pytest.mark.parametrize(("typed", "said"), [
    ({"ore": ""}, "Fyll i det här."), ({"ore": "mycket"}, "Skriv beloppet i kronor"),
    ({"ore": "20 000"}, "Gränsen kan höjas med högst 14 000 kr"),
    ({"until_on": "2026-11-19"}, "Dagen har redan varit"),
    ({"until_on": "fredag"}, "Skriv datumet så här"),
])
def test_what_cannot_be_granted_is_told_beside_it_where_it_stands(browser, admin, asked, db, typed,
                                                                  said):
    row = browser.post(at(asked, "annat-besked"), other(asked, **typed), headers=FRAGMENT)
    assert (row.status, row.whole, said in row.said) == (422, False, True)
    assert ["open" in each for each in row.all("details")] == [True, False]
    page = browser.post(at(asked, "annat-besked"), other(asked, **typed))
    assert (page.status, page.whole, said in page.said) == (422, True, True)
    assert state(db, asked) == State.ASKED


def test_refusing_takes_a_reason_and_shows_it(browser, admin, asked, db):
    assert browser.post(at(asked, "avslag"), reason(asked)).location == INDEX
    said = browser.get(INDEX).said
    assert "Förfrågan är avslagen, och Rut Resenär får veta varför." in said
    assert "Avslagen fre 20 nov 12:00 · Åsa Öberg Ta tåget" in said
    assert state(db, asked) == State.REFUSED


@pytest.mark.parametrize(("typed", "said"), [("", "Fyll i det här."),
                                             ("å" * 201, "Det är för långt.")])
def test_a_reason_that_will_not_do_is_told_beside_it(browser, admin, asked, db, typed, said):
    page = browser.post(at(asked, "avslag"), reason(asked, typed))
    assert (page.status, said in page.said, typed in page.response.text) == (422, True, True)
    assert state(db, asked) == State.ASKED


def test_what_another_has_decided_is_not_asked_for_a_reason(browser, admin, asked):
    browser.post(at(asked, "avslag"), reason(asked))
    page = browser.post(at(asked, "avslag"), reason(asked, ""))
    assert (page.status, "Förfrågan är redan avgjord." in page.said) == (409, True)


def test_a_raise_is_ended_before_its_day(browser, admin, make, connection, db):
    granted = make.raise_request(connection, granted=True)
    row = browser.post(at(granted, "avslut"), headers=FRAGMENT)
    assert (row.status, "Över" in row.said, row.all("form")) == (200, True, [])
    assert state(db, granted) == State.OVER


def test_granting_twice_is_a_conflict_that_leaves_the_row(browser, admin, asked):
    browser.post(at(asked, "beviljande"), headers=FRAGMENT)
    again = browser.post(at(asked, "beviljande"), headers=FRAGMENT)
    assert (again.status, "Förfrågan är redan avgjord." in again.said) == (409, True)
    assert again.response.headers["HX-Retarget"] == "#message"


def test_nobody_is_offered_to_decide_their_own(browser, make, store, db, company, asked):
    person = make.as_person(asked.traveller)
    with store.transaction(db):
        people.appoint(db, person, Role.COMPANY_ADMIN, company_id=company.id, now=NOON)
    browser.log_in(person)
    for address, said in ((INDEX, "Det är din egen förfrågan."),
                          (TODAY, "En annan administratör avgör den.")):
        page = browser.get(address)
        assert said in page.said
        assert [each for each in page.all("form") if str(asked.id) in each["action"]] == []
    assert browser.post(at(asked, "beviljande")).status == 403
    assert browser.post(at(asked, "avslag"), reason(asked)).status == 403
    assert state(db, asked) == State.ASKED


def test_others_requests_are_not_found(browser, make, company, asked, db):
    for stranger in (make.admin(make.company("Annat AB")),
                     make.department_admin(make.department(company))):
        browser.log_in(stranger)
        assert "Rut Resenär" not in browser.get(INDEX).said
        for act in ("beviljande", "annat-besked", "avslag", "avslut"):
            assert browser.post(at(asked, act)).status == 404
    assert state(db, asked) == State.ASKED


def test_many_requests_take_no_more_queries_than_one(browser, admin, make, company, asked,
                                                              store):
    make.raise_request(make.connection(make.traveller(company), registered=True), granted=True)
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    for granted in (False, False, True, True):
        make.raise_request(make.connection(make.traveller(company), registered=True),
                           granted=granted)
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_three) == len(at_one)
