from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import audit, business_travel, codes, messages, purchases
from domain.messages import Sms
from domain.products import Product
from jobs import letters
from tests import files
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE
from tests.queries import queries

INDEX = "/foretag/tjansteresor/"
UNREGISTERED = f"{INDEX}oregistrerade"
GSM_7 = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQ"
            "RSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture
def connection(make, traveller):
    return make.connection(traveller)


@pytest.fixture
def came(db, store):
    """What became of the connection's code, so long before noon."""
    def came(connection, state=messages.State.DELIVERED, *, ago=timedelta(hours=1), wrong_tries=0):
        with store.transaction(db):
            code = codes.current(db, [connection.id])[connection.id]
            codes.issue(db, code.id, now=NOON - ago)
            code.wrong_tries = wrong_tries
            sms = messages.about(db, [code.id])[code.id]
            sms.state = state
            sms.delivered_at = NOON - ago if state == messages.State.DELIVERED else None
    return came


def page_of(traveller):
    return f"/foretag/resenarer/{traveller.id}"


def test_nobody_connected_says_what_to_do(browser):
    assert "Ingen är ansluten än" in browser.get(INDEX).said


def test_the_list_tells_state_limit_used_and_left(browser, make, db, store, company, traveller):
    make.price_list()
    connection = make.connection(traveller, 150_000, registered=True)
    make.traveller(company, "Alva", "Ek")
    with store.transaction(db):
        purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)
    page = browser.get(INDEX)
    assert "Resenär, Rut Registrerad" in page.said
    assert "sedan i dag 1 500 kr 42 kr 1 458 kr Ändra gräns" in page.said
    assert "1–1 av 1" in page.said


def test_the_list_is_searched_as_one_types(browser, make, company, connection):
    make.connection(make.traveller(company, "Alva", "Ek"))
    found = browser.get(f"{INDEX}?q=alva", **FRAGMENT)
    assert (found.whole, found.tags[0]) == (False, ("div", {"id": "travellers"}))
    assert ("Ek, Alva" in found.said, "Resenär, Rut" in found.said) == (True, False)


def test_the_list_asks_as_much_at_three_connected_as_at_one(browser, make, company, connection,
                                                            store):
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    for department in (make.department(company), None):
        make.connection(make.traveller(company, department=department))
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_three) == len(at_one)


def test_connecting_sends_the_code_and_leads_to_the_travellers_page(browser, db, traveller, world):
    assert "070-174 06 05" in browser.get(f"{INDEX}ny/{traveller.id}").said
    answer = browser.post(f"{INDEX}ny/{traveller.id}", {"limit": "1500"})
    assert (answer.status, answer.location) == (303, page_of(traveller))
    assert "Koden är på väg till 070-174 06 05." in browser.get(answer.location).said
    assert business_travel.of_traveller(db, traveller).limit_ore == 150_000
    assert len(world.queue.rung) == 1


@pytest.mark.parametrize(("limit", "said"), [
    ("15000,01", "Kreditgränsen ska vara mellan"), ("", "Fyll i det här."),
    ("-1", "Skriv beloppet i kronor"),
])
def test_a_limit_that_will_not_do_is_told_beside_it(browser, db, traveller, limit, said):
    page = browser.post(f"{INDEX}ny/{traveller.id}", {"limit": limit})
    assert (page.status, said in page.said) == (422, True)
    assert [attrs["value"] for attrs in page.all("input") if attrs.get("aria-invalid")] == [limit]
    assert business_travel.of_traveller(db, traveller) is None


def test_one_without_a_mobile_is_told_of_before_and_after(browser, make, company):
    traveller = make.traveller(company, mobile=None)
    assert "Mobilnumret saknas" in browser.get(f"{INDEX}ny/{traveller.id}").said
    page = browser.post(f"{INDEX}ny/{traveller.id}", {"limit": "500"})
    assert (page.status, "behöver ett mobilnummer" in page.said) == (422, True)


def test_the_same_form_twice_is_one_connection_and_one_code(browser, traveller, world):
    sent = {"limit": "500", "form_key": "00000000-0000-4000-8000-000000000001"}
    answers = [browser.post(f"{INDEX}ny/{traveller.id}", sent) for _ in range(2)]
    assert [answer.location for answer in answers] == [page_of(traveller)] * 2
    assert len(world.queue.rung) == 1


def test_a_new_code_answers_htmx_with_the_row(browser, connection, came, world):
    came(connection, wrong_tries=5)
    assert "Koden är låst" in browser.get(INDEX).said
    rung = len(world.queue.rung)
    row = browser.post(f"{INDEX}{connection.id}/kod", headers=FRAGMENT)
    assert (row.status, row.whole) == (200, False)
    assert row.tags[0] == ("tr", {"id": f"connection-{connection.id}"})
    assert "Koden skickas" in row.said
    assert len(world.queue.rung) - rung == 1


def test_a_new_code_answers_a_plain_browser_with_the_travellers_page(browser, connection, came,
                                                                     traveller):
    came(connection)
    answer = browser.post(f"{INDEX}{connection.id}/kod")
    assert (answer.status, answer.location) == (303, page_of(traveller))
    assert "En ny kod är på väg." in browser.get(answer.location).said


def test_a_new_code_for_one_who_has_registered_is_a_conflict(browser, make, company, world):
    connection = make.connection(make.traveller(company), registered=True)
    rung = len(world.queue.rung)
    answer = browser.post(f"{INDEX}{connection.id}/kod", headers=FRAGMENT)
    assert (answer.status, answer.response.headers["HX-Retarget"]) == (409, "#message")
    assert len(world.queue.rung) == rung


def test_a_code_that_did_not_arrive_says_what_to_do_and_the_number_is_mended_with_it(
        browser, db, connection, came, traveller, world):
    came(connection, messages.State.FAILED)
    page = browser.get(page_of(traveller))
    assert "Numret tog inte emot. Kontrollera mobilnumret och skicka en ny kod." in page.said
    assert f"{INDEX}{connection.id}/nummer" in page.links()

    answer = browser.post(f"{INDEX}{connection.id}/nummer", {"mobile": "070-174 06 09"})

    assert (answer.status, answer.location) == (303, page_of(traveller))
    db.expire_all()
    newest = db.scalar(select(Sms).order_by(Sms.put_at.desc()))
    assert (traveller.mobile, newest.to) == ("+46701740609", "+46701740609")


def test_a_number_that_is_none_is_told_beside_it(browser, connection, world):
    rung = len(world.queue.rung)
    page = browser.post(f"{INDEX}{connection.id}/nummer", {"mobile": "12"})
    assert (page.status, "Det är inte ett mobilnummer." in page.said) == (422, True)
    assert len(world.queue.rung) == rung


def test_a_changed_limit_holds_at_once(browser, db, connection, traveller):
    page = browser.get(f"{INDEX}{connection.id}/grans")
    [shown] = [attrs["value"] for attrs in page.all("input") if attrs.get("name") == "limit"]
    assert shown == "500"
    answer = browser.post(f"{INDEX}{connection.id}/grans", {"limit": "750,50"})
    assert (answer.status, answer.location) == (303, page_of(traveller))
    db.expire_all()
    assert connection.limit_ore == 75_050


def test_ending_tells_what_it_means_and_then_ends(browser, db, connection, traveller):
    page = browser.get(f"{INDEX}{connection.id}/avslut")
    assert "Biljetter som redan är köpta gäller som förut." in page.said
    answer = browser.post(f"{INDEX}{connection.id}/avslut")
    assert (answer.status, answer.location) == (303, page_of(traveller))
    db.expire_all()
    assert (connection.ended_at, business_travel.of_traveller(db, traveller)) == (NOON, None)
    assert browser.post(f"{INDEX}{connection.id}/avslut").status == 404


@pytest.mark.parametrize(("become", "line"), [
    ({}, "Skickad klart fre 20 nov 11:00 Levererad klart fre 20 nov 11:00 "
         "Registreras senast fre 27 nov 11:00"),
    ({"state": messages.State.SENT}, "Levererad Registreras återstår senast fre 27 nov 11:00"),
    ({"state": messages.State.FAILED}, "Kom inte fram gick inte Registrerad återstår"),
    ({"wrong_tries": 5}, "Levererad klart fre 20 nov 11:00 Låst gick inte efter 5 fel"),
    ({"ago": timedelta(days=8)}, "Gick ut gick inte tors 19 nov 12:00"),
])
def test_the_course_of_the_code_is_drawn_as_a_line(browser, connection, came, traveller, become,
                                                   line):
    came(connection, **become)
    assert line in browser.get(page_of(traveller)).said


def test_one_who_has_registered_has_come_to_the_end_of_the_line(browser, db, store, connection,
                                                                came, traveller):
    came(connection)
    with store.transaction(db):
        connection.registered_at = NOON
    assert "Registrerad klart fre 20 nov 12:00" in browser.get(page_of(traveller)).said


@pytest.mark.parametrize("end", ["kod", "paus", "paus/avslut", "nummer", "grans", "avslut"])
def test_another_companys_connection_is_not_found(browser, make, end):
    theirs = make.connection()
    assert browser.post(f"{INDEX}{theirs.id}/{end}").status == 404
    if end in ("nummer", "grans", "avslut"):
        assert browser.get(f"{INDEX}{theirs.id}/{end}").status == 404


def test_another_companys_traveller_is_not_connected(browser, make):
    theirs = make.traveller()
    assert [browser.get(f"{INDEX}ny/{theirs.id}").status,
            browser.post(f"{INDEX}ny/{theirs.id}", {"limit": "500"}).status] == [404, 404]


def test_each_state_is_found_with_its_age_and_the_next_act(browser, make, company, came, db, store):
    paused, ended, expired = (make.connection(make.traveller(company, name, "Ek"), registered=True)
                              for name in ("Pia", "Elin", "Ester"))
    make.traveller(company, "Nora", "Ek")
    came(expired, ago=timedelta(days=10))
    with store.transaction(db):
        expired.registered_at = None
        paused.paused_at = NOON - timedelta(days=1)
        business_travel.end(db, ended, by=NOBODY, now=NOON - timedelta(days=4))
    for state, words in {
            "paused": "Ek, Pia Pausadsedan i går 500 kr 0 kr 500 kr Återuppta",
            "ended": "Ek, Elin Avslutadsedan 4 dagar 500 kr 0 kr 500 kr Anslut igen",
            "code_expired": "Ek, Ester Koden har gått utsedan 3 dagar 500 kr 0 kr 500 kr "
                            "Skicka ny kod"}.items():
        page = browser.get(f"{INDEX}?lage={state}")
        assert (words in page.said, "1–1 av 1" in page.said) == (True, True), state
    page = browser.get(f"{INDEX}?lage=not_connected&q=nora")
    assert "Ek, Nora Inte ansluten –––" in page.said


def test_the_file_is_of_those_who_are_shown(browser, make, company, connection, db, store):
    ended = make.connection(make.traveller(company, "Elin", "Ek"))
    with store.transaction(db):
        connection.paused_at = NOON
        business_travel.end(db, ended, by=NOBODY, now=NOON)
    found = {state: [each["Förnamn"] for each in files.rows(browser, f"{INDEX}?lage={state}")]
             for state in ("paused", "unregistered", "ended", "not_connected")}
    assert found == {"paused": ["Rut"], "unregistered": ["Rut"], "ended": ["Elin"],
                     "not_connected": ["Elin"]}


def test_connecting_from_a_day_to_a_day(browser, db, traveller):
    browser.post(f"{INDEX}ny/{traveller.id}", {"limit": "500", "from_on": "2026-12-01",
                                               "to_on": "2026-12-31"})
    connection = business_travel.of_traveller(db, traveller)
    assert (connection.from_on, connection.to_on) == (date(2026, 12, 1), date(2026, 12, 31))
    assert "köper från tis 1 dec till tors 31 dec" in browser.get(INDEX).said


def test_days_that_cannot_be_are_told_beside_the_field(browser, db, traveller):
    page = browser.post(f"{INDEX}ny/{traveller.id}", {
        "limit": "500", "from_on": "2026-12-31", "to_on": "2026-12-01"})
    assert page.status == 422
    assert "Den sista dagen kan inte vara före den första." in page.said
    assert business_travel.of_traveller(db, traveller) is None


def test_the_days_are_changed_beside_the_limit(browser, db, connection):
    at = f"{INDEX}{connection.id}/grans"
    assert browser.post(at, {"limit": "500", "to_on": "2026-12-31"}).status == 303
    db.refresh(connection)
    assert (connection.limit_ore, connection.to_on) == (50_000, date(2026, 12, 31))
    acts = [each.act for each in audit.about(db, connection.traveller_id,
                                             company_id=connection.company_id)]
    assert (acts[0], audit.Act.TRAVEL_LIMIT_CHANGED in acts) == (
        audit.Act.TRAVEL_DAYS_CHANGED, False)
    [shown] = [attrs["value"] for attrs in browser.get(at).all("input")
               if attrs.get("name") == "to_on"]
    assert shown == "2026-12-31"


def test_pausing_and_resuming_answer_with_the_row(browser, db, connection, came):
    came(connection)
    paused = browser.post(f"{INDEX}{connection.id}/paus", headers=FRAGMENT)
    assert ("Pausad" in paused.said, "Återuppta" in paused.said) == (True, True)
    assert browser.post(f"{INDEX}{connection.id}/paus").status == 409
    resumed = browser.post(f"{INDEX}{connection.id}/paus/avslut", headers=FRAGMENT)
    assert "Kod skickad" in resumed.said
    db.refresh(connection)
    assert connection.paused_at is None


def test_a_registered_travellers_new_number_has_to_be_registered_anew(browser, db, make, company):
    connection = make.connection(make.traveller(company), registered=True)
    at = f"{INDEX}{connection.id}/nummer"
    same = browser.post(at, {"mobile": "070-174 06 05"})
    assert (same.status, "har redan det numret" in same.said) == (422, True)
    assert browser.post(at, {"mobile": "070-174 06 09"}).status == 303
    db.refresh(connection)
    assert connection.registered_at is None
    assert db.scalar(select(Sms.to).order_by(Sms.put_at.desc())) == "+46701740609"


def test_a_number_that_is_not_used_says_so(browser, connection, came, traveller, db, store):
    came(connection, messages.State.FAILED)
    with store.transaction(db):
        db.scalar(select(Sms)).problem = "Invalid to number"
    assert "Numret används inte" in browser.get(page_of(traveller)).said


def test_one_number_is_sent_only_so_many_codes_an_hour(browser, connection):
    statuses = [browser.post(f"{INDEX}{connection.id}/kod").status for _ in range(11)]
    assert statuses == [303] * 10 + [429]


def test_those_who_never_registered_are_listed_the_oldest_first(browser, make, company, db, store,
                                                                came):
    late, new = (make.connection(make.traveller(company, name, "Ek")) for name in ("Bo", "Alva"))
    make.connection(make.traveller(company, "Cia", "Ek"), registered=True)
    came(late, ago=timedelta(days=9))
    with store.transaction(db):
        late.connected_at = NOON - timedelta(days=9)
    assert "2 har inte registrerat Allpay än" in browser.get(INDEX).said
    page = browser.get(UNREGISTERED)
    assert page.said.index("Ek, Bo") < page.said.index("Ek, Alva")
    assert ("Cia" in page.said, "Koden har gått utsedan 2 dagar" in page.said) == (False, True)
    assert "/foretag/resenarer/urval/koder?valda=alla&lage=unregistered" in page.links()
    assert [(each["Förnamn"], each["Läge"]) for each in files.rows(browser, UNREGISTERED)] == [
        ("Bo", "Koden har gått ut"), ("Alva", "Koden skickas")]
    assert browser.get(f"{UNREGISTERED}?efter={new.id}").status == 200


def test_when_all_have_registered_it_says_so(browser, make, company):
    make.connection(make.traveller(company), registered=True)
    assert "Alla har registrerat sig" in browser.get(UNREGISTERED).said


def test_the_list_of_the_unregistered_asks_as_much_at_three_as_at_one(browser, make, company,
                                                                      connection, store):
    browser.get(UNREGISTERED)
    with queries(store) as at_one:
        browser.get(UNREGISTERED)
    for department in (make.department(company), None):
        make.connection(make.traveller(company, department=department))
    with queries(store) as at_three:
        browser.get(UNREGISTERED)
    assert len(at_three) == len(at_one)


def test_the_text_message_tells_steps_name_and_code_in_letters_that_every_phone_has(portal):
    text = letters.sms(portal, "allpay_code", "sv", {
        "company": "Åkeriet i Växjö AB", "user_name": "AP12345678", "code": "012345", "days": 7})
    assert set(text) <= GSM_7
    for words in ("Åkeriet i Växjö AB", "http://portal.example/resa/allpay", "BankID",
                  "AP12345678", "012345", "7 dagar"):
        assert words in text
    assert len(text) <= 2 * 153


def test_the_file_tells_the_state_what_is_used_and_when_the_code_was_ordered(browser, make, company,
                                                                             came):
    came(make.connection(make.traveller(company, "Alva", "Ek"), 150_000))
    make.connection(make.traveller(company, "Bo", "Alm"))
    make.traveller(company, "Noor", "Alnes")
    [row] = files.rows(browser, f"{INDEX}?q=ek")
    assert row == {
        "Efternamn": "Ek", "Förnamn": "Alva", "Avdelning": "Huvudavdelning",
        "Referensnummer": "1000", "Mobilnummer": "070-174 06 05", "Läge": "Kod skickad",
        "Gräns": "1500,00", "Använt": "0,00", "Kvar": "1500,00", "Ansluten": "2026-11-20",
        "Kod beställd": "2026-11-20 08:00", "Koden gäller till": "2026-11-27 11:00",
        "Registrerad": ""}
    assert [each["Efternamn"] for each in files.rows(browser, INDEX)] == ["Alm", "Ek"]


def test_a_raise_is_among_what_is_left_in_the_file_and_not_in_the_limit(browser, make, company):
    make.raise_request(make.connection(make.traveller(company), 150_000, registered=True),
                       30_000, granted=True)
    [row] = files.rows(browser, INDEX)
    assert (row["Gräns"], row["Kvar"]) == ("1500,00", "1800,00")
