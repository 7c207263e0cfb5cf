from datetime import date

import pytest
from sqlalchemy import func, select

from domain import audit
from domain.audit import Act, Event
from domain.business_travel import Connection
from domain.services import Service
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.queries import queries

INDEX = "/foretag/resenarer/"
BULK = f"{INDEX}urval/"
ACTS = {"flytta": {"department": ""}, "anslut": {"limit": "500"}, "kreditgrans": {"limit": "700"},
        "koder": {}, "paus": {}, "ateruppta": {}, "avsluta-tjansteresor": {}, "avsluta": {}}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def act(browser):
    """Look at what would happen, and do it: says the page that told, and the answer."""
    def do(path, **typed):
        told = browser.post(BULK + path, typed)
        assert told.status == 200
        [agreed] = [attrs["value"] for attrs in told.all("input") if attrs.get("name") == "agreed"]
        return told, browser.post(BULK + path, typed | {"agreed": agreed})
    return do


def chosen(*travellers):
    return "&".join(f"vald={each.id}" for each in travellers)


def fresh(db, *rows):
    db.rollback()
    for row in rows:
        db.refresh(row)


def acts_of(db, company, act):
    db.rollback()
    return db.scalar(select(func.count()).select_from(Event).where(
        Event.chain_id == company.id, Event.act == act))


@pytest.mark.parametrize("path", ACTS)
def test_with_nobody_chosen_one_is_led_back_to_the_list(browser, make, company, path):
    make.traveller(company)
    answer = browser.get(f"{BULK}{path}?q=ek&vald=nonsense")
    assert (answer.status, answer.location) == (303, f"{INDEX}?q=ek")
    assert "Välj minst en resenär" in browser.get(answer.location).said


def test_nothing_is_done_before_it_has_been_told(browser, db, make, company, world):
    traveller, verkstad = make.traveller(company), make.department(company)
    for path, typed in ACTS.items():
        page = browser.post(f"{BULK}{path}?{chosen(traveller)}",
                            typed | {"department": verkstad.id})
        assert (page.status, "Det här händer" in page.said) == (200, True), path
    fresh(db, traveller)
    assert traveller.department_id != verkstad.id
    assert (traveller.ended_at, db.scalars(select(Connection)).all()) == (None, [])


def test_the_chosen_are_moved(db, make, company, act):
    alva, bo, third = (make.traveller(company, name, "Ek") for name in ("Alva", "Bo", "C"))
    verkstad = make.department(company)
    there = make.traveller(department=verkstad, given_name="Dag", surname="Ek")
    told, answer = act(f"flytta?{chosen(alva, bo, there)}", department=verkstad.id)
    assert "2 resenärer flyttas." in told.said
    assert "1 är i avdelningen redan Dag Ek" in told.said
    assert (answer.status, answer.location) == (303, INDEX)
    fresh(db, alva, bo, third)
    assert [each.department_id == verkstad.id for each in (alva, bo, third)] == [True, True, False]
    assert acts_of(db, company, Act.TRAVELLER_MOVED) == 2


def test_it_is_told_what_the_moved_can_no_longer_use(db, store, make, company, act):
    traveller, verkstad = make.traveller(company), make.department(company)
    with store.transaction(db):
        verkstad.services = [Service.SEND_TICKET]
    told, _ = act(f"flytta?{chosen(traveller)}", department=verkstad.id)
    assert "1 förlorar tjänsten Tjänsteresor." in told.said


def test_the_chosen_leave_at_once_and_everything_stops(db, make, company, act):
    alva, bo = (make.traveller(company, name, "Ek") for name in ("Alva", "Bo"))
    connection, application = make.connection(alva), make.offer_application(bo)
    told, _ = act(f"avsluta?{chosen(alva, bo)}")
    assert "Tjänsteresor upphör för 1 av dem." in told.said
    fresh(db, alva, bo, connection, application)
    assert [each.ended_at for each in (alva, bo, connection)] == [NOON] * 3
    assert application.state == "withdrawn"
    assert acts_of(db, company, Act.TRAVELLER_ENDED) == 2


def test_the_chosen_leave_on_a_day_to_come(browser, db, make, company, act):
    traveller = make.traveller(company)
    act(f"avsluta?{chosen(traveller)}", last_day="2026-12-31", recall="y")
    fresh(db, traveller)
    assert (traveller.leaves_on, traveller.leaving_recalls, traveller.ended_at) == (
        date(2026, 12, 31), True, None)
    assert acts_of(db, company, Act.LEAVING_PLANNED) == 1


@pytest.mark.parametrize(("path", "typed", "said"), [
    ("flytta", {"department": ""}, "Välj ett av alternativen."),
    ("anslut", {"limit": ""}, "Fyll i det här."),
    ("anslut", {"limit": "15001", "agreed": True}, "Kreditgränsen ska vara mellan"),
    ("kreditgrans", {"limit": "mycket"}, "Skriv beloppet i kronor"),
    ("avsluta", {"last_day": "i morgon"}, "Skriv datumet så här"),
    ("avsluta", {"last_day": "2026-11-01", "agreed": True}, "Dagen har redan varit."),
])
def test_what_will_not_do_is_told_and_nothing_happens(browser, db, make, company, path, typed,
                                                      said):
    traveller = make.traveller(company)
    make.connection(make.traveller(company, "Bo"))
    events = db.scalar(select(func.count()).select_from(Event))
    url = f"{BULK}{path}?{chosen(traveller)}"
    if typed.get("agreed"):
        told = browser.post(url, typed | {"agreed": ""})
        typed = typed | {"agreed": next(attrs["value"] for attrs in told.all("input")
                                        if attrs.get("name") == "agreed")}
    page = browser.post(url, typed)
    assert (page.status, said in page.said) == (422, True)
    db.rollback()
    assert db.scalar(select(func.count()).select_from(Event)) == events


def test_when_the_list_has_changed_meanwhile_it_is_told_anew(browser, db, make, company):
    make.traveller(company, "Alva", "Ek")
    url = f"{BULK}anslut?valda=alla&q=ek"
    told = browser.post(url, {"limit": "500"})
    [agreed] = [attrs["value"] for attrs in told.all("input") if attrs.get("name") == "agreed"]
    make.traveller(company, "Bo", "Ek")
    refused = browser.post(url, {"limit": "500", "agreed": agreed})
    assert (refused.status, "har ändrats sedan du såg" in refused.said) == (422, True)
    assert "2 resenärer ansluts" in refused.said
    more = browser.post(url, {"limit": "5000", "agreed": agreed})
    assert more.status == 422
    assert db.scalars(select(Connection)).all() == []
    [agreed] = [attrs["value"] for attrs in refused.all("input") if attrs.get("name") == "agreed"]
    assert browser.post(url, {"limit": "500", "agreed": agreed}).status == 303


def test_the_same_form_twice_is_done_once(browser, db, make, company, world):
    traveller = make.traveller(company)
    url, key = f"{BULK}anslut?{chosen(traveller)}", "00000000-0000-4000-8000-000000000001"
    told = browser.post(url, {"limit": "500", "form_key": key})
    [agreed] = [attrs["value"] for attrs in told.all("input") if attrs.get("name") == "agreed"]
    typed = {"limit": "500", "form_key": key, "agreed": agreed}
    assert [browser.post(url, typed).status for _ in range(2)] == [303, 303]
    assert len(db.scalars(select(Connection)).all()) == 1
    assert len(world.queue.rung) == 1


@pytest.mark.parametrize("path", ACTS)
def test_whom_one_does_not_have_is_left_alone_and_unnamed(browser, db, make, company, path):
    ours, verkstad = make.traveller(company, "Alva", "Ek"), make.department(company)
    lager = make.department(company, "Lager")
    mine = make.traveller(department=verkstad, given_name="Min", surname="Ek")
    theirs = make.traveller(make.company(), "Hemlig", "Ek")
    make.connection(theirs)
    browser.log_in(make.department_admin(verkstad, lager))
    everyone = chosen(ours, theirs, mine)
    for which in (everyone, "valda=alla&q=ek"):
        typed = ACTS[path] | {"department": lager.id}
        told = browser.post(f"{BULK}{path}?{which}", typed)
        assert "1 vald resenär" in told.said
        assert ("Hemlig" in told.said, "Alva" in told.said) == (False, False)
    assert browser.get(f"{BULK}{path}?{chosen(theirs, ours)}").status == 303
    [agreed] = [attrs["value"] for attrs in told.all("input") if attrs.get("name") == "agreed"]
    browser.post(f"{BULK}{path}?{which}", typed | {"agreed": agreed})
    db.rollback()
    for traveller in (ours, theirs):
        assert next(event.act for event in audit.about(
            db, traveller.id, company_id=traveller.company_id)) in (
            Act.TRAVELLER_ADDED, Act.TRAVEL_CONNECTED)
        db.refresh(traveller)
        assert traveller.ended_at is None
    assert db.get(Traveller, ours.id).department_id != lager.id


@pytest.mark.parametrize("path", ACTS)
def test_the_preview_asks_as_much_for_three_as_for_one(browser, make, company, path, store):
    verkstad = make.department(company)
    make.traveller(company)
    typed = ACTS[path] | {"department": verkstad.id}
    url = f"{BULK}{path}?valda=alla"
    browser.post(url, typed)
    with queries(store) as at_one:
        browser.post(url, typed)
    for connected in (True, False):
        another = make.traveller(company)
        if connected:
            make.connection(another)
    with queries(store) as at_three:
        page = browser.post(url, typed)
    assert ("3 valda resenärer" in page.said, len(at_three)) == (True, len(at_one))
