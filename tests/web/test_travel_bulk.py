from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from domain import business_travel, codes, purchases, standings
from domain.audit import Act, Event
from domain.code_sendings import CodeSending
from domain.codes import OneTimeCode, Outcome
from domain.errors import Conflict
from domain.messages import Sms, State
from domain.products import Product
from domain.services import Service
from domain.spendings import Spending
from tests.conftest import NOON
from tests.factories import ONE_ZONE

INDEX = "/foretag/resenarer/"
BULK = f"{INDEX}urval/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def act(browser, db):
    """Look at what would happen, and do it: says the page that told, and the answer."""
    def do(path, **typed):
        told = browser.post(BULK + path, typed)
        assert told.status == 200
        [agreed] = [attrs["value"] for attrs in told.all("input") if attrs.get("name") == "agreed"]
        answer = browser.post(BULK + path, typed | {"agreed": agreed})
        db.rollback()
        return told, answer
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


def test_those_who_can_be_are_connected_and_the_others_are_told_of(db, store, make, company, act,
                                                                   world):
    alva, bo = (make.traveller(company, name, "Ek", mobile=f"+4670174060{number}")
                for number, name in enumerate(("Alva", "Bo")))
    silent = make.traveller(company, "Cia", "Ek", mobile=None)
    connected = make.traveller(company, "Dag", "Ek")
    make.connection(connected)
    barred = make.traveller(company, "Eva", "Ek")
    with store.transaction(db):
        barred.services = [Service.SEND_TICKET]
    rung = len(world.queue.rung)

    told, answer = act("anslut?valda=alla&q=ek", limit="500")
    for words in ("2 resenärer ansluts", "1 000 kr i månaden", "1 är redan anslutna Dag Ek",
                  "1 saknar mobilnummer Cia Ek", "1 får inte använda Tjänsteresor Eva Ek"):
        assert words in told.said.replace("\N{NO-BREAK SPACE}", " ")
    assert answer.location == f"{INDEX}?q=ek"
    db.rollback()
    found = standings.of_travellers(
        db, [each.id for each in (alva, bo, silent, connected, barred)], now=NOON)
    assert {id: standing.connection.limit_ore for id, standing in found.items()} == {
        alva.id: 50_000, bo.id: 50_000, connected.id: 50_000}
    codes = db.scalars(select(Sms).where(Sms.to != "+46701740605")).all()
    assert {(each.to, each.values["company"]) for each in codes} == {
        ("+46701740600", company.name), ("+46701740601", company.name)}
    assert len(world.queue.rung) - rung == 2
    assert acts_of(db, company, Act.TRAVEL_CONNECTED) == 3


def test_what_cannot_be_is_told_before_what_would_happen(browser, make, company):
    page = browser.post(f"{BULK}anslut?{chosen(make.traveller(company))}", {
        "limit": "20000", "to_on": str(NOON.date() - timedelta(days=1))})
    assert page.status == 422
    for words in ("Kreditgränsen ska vara mellan", "Dagen har redan varit"):
        assert words in page.said
    assert "Det här händer" not in page.said


def test_a_code_sent_to_many_registers_as_one_sent_to_one_does(db, store, make, company, act):
    traveller = make.traveller(company)
    act(f"anslut?{chosen(traveller)}", limit="500")
    db.rollback()
    connection = business_travel.of_traveller(db, traveller)
    with store.transaction(db):
        digits = codes.issue(db, codes.current(db, [connection.id])[connection.id].id, now=NOON)
    with store.transaction(db):
        assert codes.redeem(db, connection.id, digits, now=NOON) == Outcome.REDEEMED


def test_the_limit_is_changed_for_those_who_are_connected(db, make, company, act):
    alva, bo, cia = (make.traveller(company, name, "Ek") for name in ("Alva", "Bo", "Cia"))
    changed, same = make.connection(alva, 50_000), make.connection(bo, 70_000)
    told, _ = act(f"kreditgrans?{chosen(alva, bo, cia)}", limit="700")
    for words in ("1 är inte anslutna Cia Ek", "1 har den gränsen redan Bo Ek",
                  "Gränsen ändras för 1 resenär"):
        assert words in told.said
    fresh(db, changed, same)
    assert (changed.limit_ore, same.limit_ore) == (70_000, 70_000)
    assert acts_of(db, company, Act.TRAVEL_LIMIT_CHANGED) == 1


def test_those_who_are_connected_together_have_the_same_days(db, make, company, act):
    traveller = make.traveller(company)
    told, _ = act(f"anslut?{chosen(traveller)}", limit="500", from_on="2026-12-01",
                  to_on="2026-12-31")
    assert "De kan köpa från och med tis 1 dec till och med tors 31 dec." in told.said
    connection = business_travel.of_traveller(db, traveller)
    assert (connection.from_on, connection.to_on) == (date(2026, 12, 1), date(2026, 12, 31))


def test_a_whole_department_is_connected_from_its_page(browser, db, make, company, act):
    verkstad = make.department(company)
    one, other = make.traveller(department=verkstad), make.traveller(company)
    way = f"{BULK}anslut?valda=alla&avdelning={verkstad.id}"
    assert way in browser.get(f"/foretag/avdelningar/{verkstad.id}").links()
    act(way.removeprefix(BULK), limit="500")
    assert (business_travel.of_traveller(db, one) is None,
            business_travel.of_traveller(db, other) is None) == (False, True)


def test_a_new_code_goes_to_those_who_have_not_registered(db, make, company, act, store):
    late, done, away = (make.traveller(company, name, "Ek") for name in ("Alva", "Bo", "Cia"))
    waiting = make.connection(late)
    make.connection(done, registered=True)
    make.traveller(company, "Dag", "Ek")
    paused = make.connection(away)
    with store.transaction(db):
        paused.paused_at = NOON
    first = codes.current(db, [waiting.id])[waiting.id]
    told, _ = act("koder?valda=alla&q=ek")
    for words in ("1 resenär får ett sms med en ny kod", "1 är inte anslutna Dag Ek",
                  "1 har redan registrerat Allpay Bo Ek", "1 är pausade Cia Ek"):
        assert words in told.said
    fresh(db, first)
    second = codes.current(db, [waiting.id])[waiting.id]
    assert (first.voided_at, second.ordered_at) == (NOON, NOON)
    with store.transaction(db):
        assert codes.issue(db, first.id, now=NOON) is None
        digits = codes.issue(db, second.id, now=NOON)
        assert codes.redeem(db, waiting.id, digits, now=NOON) == Outcome.REDEEMED
    assert acts_of(db, company, Act.TRAVEL_CODE_ORDERED) == 1


def test_the_paused_buy_nothing_until_they_are_resumed(db, store, make, company, admin, act):
    make.price_list()
    traveller = make.traveller(company, "Alva", "Ek")
    make.traveller(company, "Bo", "Ek")
    connection, by = make.connection(traveller, registered=True), make.actor(admin)

    def reserve():
        with store.transaction(db):
            return purchases.authorise(db, connection, Product.SINGLE, ONE_ZONE, by=by, now=NOON)

    reserved = reserve()
    told, _ = act("paus?valda=alla")
    assert "1 är inte anslutna Bo Ek" in told.said
    fresh(db, reserved, connection)
    assert (reserved.state, db.scalar(select(Spending.spent_ore))) == ("voided", 0)
    with pytest.raises(Conflict):
        reserve()
    assert "1 är pausade Alva Ek" in act("paus?valda=alla")[0].said
    act("ateruppta?valda=alla")
    assert "1 är inte pausade Alva Ek" in act("ateruppta?valda=alla")[0].said
    assert reserve().state == "open"
    assert [acts_of(db, company, each)
            for each in (Act.TRAVEL_PAUSED, Act.TRAVEL_RESUMED)] == [1, 1]


def test_tjansteresor_ends_for_many_who_stay_travellers(db, store, make, company, admin, act):
    make.price_list()
    one, other = make.traveller(company), make.traveller(company, "Bo", "Ek")
    buying, waiting = make.connection(one, registered=True), make.connection(other)
    by = make.actor(admin)
    with store.transaction(db):
        reserved = purchases.authorise(db, buying, Product.SINGLE, ONE_ZONE, by=by, now=NOON)
    act(f"avsluta-tjansteresor?{chosen(one, other)}")
    fresh(db, one, other, buying, waiting, reserved)
    assert [each.ended_at for each in (buying, waiting)] == [NOON, NOON]
    assert (one.ended_at, reserved.state) == (None, "voided")
    assert codes.current(db, [waiting.id]) == {}
    assert acts_of(db, company, Act.TRAVEL_ENDED) == 2


# Many codes, which one can watch.


def sent(db, store, state, most):
    with store.transaction(db):
        for sms in db.scalars(select(Sms).where(Sms.state == State.WAITING).limit(most)):
            codes.issue(db, sms.about_id, now=NOON)
            sms.state = state


def test_many_codes_are_watched_on_their_way(browser, db, store, make, company, act):
    for _ in range(26):
        make.traveller(company)
    _, answer = act("anslut?valda=alla", limit="500")
    sending = db.scalar(select(CodeSending))
    assert answer.location == f"/foretag/tjansteresor/utskick/{sending.id}"
    assert "0 / 26" in browser.get(answer.location).said
    assert answer.location in browser.get("/foretag/tjansteresor/").links()
    sent(db, store, State.DELIVERED, 25)
    assert "25 / 26" in browser.get(answer.location).said
    sent(db, store, State.FAILED, 1)
    page = browser.get(answer.location)
    assert "Alla koder är skickade" in page.said
    assert "Levererade25Kom inte fram1" in page.said
    assert answer.location not in browser.get("/foretag/tjansteresor/").links()


def test_another_companys_codes_are_not_watched(browser, db, store, make):
    theirs = make.company()
    with store.transaction(db):
        sending = CodeSending(company_id=theirs.id, ordered_at=NOON, total=3)
        db.add(sending)
    assert browser.get(f"/foretag/tjansteresor/utskick/{sending.id}").status == 404


def test_few_codes_need_no_watching(db, make, company, act):
    make.traveller(company)
    act("anslut?valda=alla", limit="500")
    assert db.scalars(select(CodeSending)).all() == []
    assert db.scalar(select(OneTimeCode.sending_id)) is None
