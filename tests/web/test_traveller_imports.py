from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from documents import traveller_file, traveller_list
from domain import business_travel, import_pieces
from domain.import_pieces import What
from domain.import_rows import COLUMNS
from domain.rules import Rules
from domain.traveller_imports import TravellerImport
from domain.travellers import Traveller
from jobs import outbox
from tests.browser import FRAGMENT, id_in
from tests.factories import personnummer
from tests.queries import queries

ALVA, BO, CIA = personnummer(1001), personnummer(1002), personnummer(1003)
HEADER = "personnummer;förnamn;efternamn;mobil;kreditgräns\r\n"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def department(make, company):
    return make.department(company)


@pytest.fixture
def upload(browser, department):
    """Pastes the rows; returns the address of the columns' page."""
    def upload(*rows, header=HEADER):
        answer = browser.post("/foretag/importer/ny", {
            "department": str(department.id), "rows": header + "\r\n".join(rows)})
        assert answer.status == 303, answer.said
        return answer.location
    return upload


@pytest.fixture
def check(browser, upload):
    """Pastes the rows and takes the columns as they seem; returns the address of the check."""
    def check(*rows, header=HEADER):
        columns = upload(*rows, header=header)
        answer = browser.post(columns, chosen(browser.get(columns)))
        assert answer.status == 303, answer.said
        return answer.location
    return check


def chosen(page):
    """What the selects of a page stand at."""
    answers, name = {}, None
    for tag, attrs in page.tags:
        if tag == "select":
            name = attrs["name"]
        elif tag == "option" and name and "selected" in attrs:
            answers[name] = attrs["value"]
    return answers


def everyone(db):
    db.rollback()
    db.expire_all()
    return db.scalars(select(Traveller).where(Traveller.ended_at.is_(None))
                      .order_by(Traveller.sort_name)).all()


def test_every_column_of_a_file_is_one_that_the_domain_takes():
    assert [traveller_list.WORDS[column] for column in traveller_file.VALUES] == list(COLUMNS)
    assert set(traveller_list.WORDS) == set(traveller_file.Column)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_is_a_file_that_can_be_imported_as_it_is(browser, department, kind):
    file = browser.get(f"/foretag/importmall.{kind}").response
    assert file.headers["Content-Disposition"] == f"attachment; filename=importmall.{kind}"
    answer = browser.post("/foretag/importer/ny", {
        "department": str(department.id), "file": (BytesIO(file.data), f"importmall.{kind}")})
    checked = browser.post(answer.location, chosen(browser.get(answer.location)))
    assert "Importera en resenär" in browser.get(checked.location).said


def test_the_page_of_a_department_has_it_chosen(browser, make, company, department):
    page = browser.get(f"/foretag/avdelningar/{department.id}/import")
    assert [attrs["value"] for attrs in page.all("option") if "selected" in attrs] == [
        str(department.id)]
    assert browser.get("/foretag/importer/ny").status == 200


def test_what_each_column_is_taken_as_is_shown_with_its_first_values(browser, upload):
    page = browser.get(upload(f"{ALVA};Alva;Ek;070;blå", header=HEADER.replace("kreditgräns", "x")))
    assert f"personnummer är Till exempel {ALVA}" in page.said
    assert chosen(page) == {
        "columns-0": "personnummer", "columns-1": "given_name", "columns-2": "surname",
        "columns-3": "mobile", "columns-4": ""}


def test_a_column_may_be_taken_as_something_else(browser, db, upload):
    columns = upload(f"{ALVA};Alva;Ek;070-174 06 05;7")
    answers = chosen(browser.get(columns)) | {"columns-4": "employee_number"}
    checked = browser.post(columns, answers).location
    browser.post(f"{checked}/genomforande")
    [alva] = everyone(db)
    assert (alva.employee_number, business_travel.of_traveller(db, alva)) == ("7", None)


def test_two_columns_cannot_be_the_same_and_what_was_chosen_is_kept(browser, upload):
    columns = upload(f"{ALVA};Alva;Ek;;")
    answers = chosen(browser.get(columns)) | {"columns-4": "mobile"}
    page = browser.post(columns, answers)
    assert (page.status, chosen(page)) == (422, answers)
    assert "Två kolumner kan inte vara samma sak." in page.said
    assert browser.post(columns, answers | {"columns-0": "", "columns-4": ""}).status == 422
    assert browser.post(columns, {"columns-0": "personnummer"}).status == 422


def test_a_file_is_shown_before_anybody_is_saved(browser, db, department):
    content = f"{HEADER}{ALVA};Alva;Ek;070-174 06 05;1500\r\n{BO};Bo;Öberg;;\r\n".encode("cp1252")
    answer = browser.post("/foretag/importer/ny", {
        "department": str(department.id), "file": (BytesIO(content), "lista.csv")})
    checked = browser.post(answer.location, chosen(browser.get(answer.location))).location
    page = browser.get(checked)
    assert everyone(db) == []
    assert "lista.csv: 2 rader" in page.said
    assert "Importera 2 resenärer" in page.said
    assert "Rad 2 Alva Ek 070-174 06 05 1 500 kr Läggs till i Verkstad" in page.said.replace(
        "\N{NO-BREAK SPACE}", " ")
    assert ALVA not in page.response.text


def test_the_button_imports_and_tells_what_it_did(browser, db, check, world):
    shown = check(f"{ALVA};Alva;Ek;070-174 06 05;1500", f"{BO};Bo;Öberg;;")
    world.queue.rung.clear()
    answer = browser.post(f"{shown}/genomforande")
    assert (answer.status, answer.location) == (303, shown)
    page = browser.get(shown)
    assert "Listan är importerad" in page.said
    assert "Nya2Ändrade0" in page.said.replace(" ", "")
    assert business_travel.of_traveller(db, everyone(db)[0]).limit_ore == 150_000
    assert len(world.queue.rung) == 1
    assert browser.post(f"{shown}/genomforande").status == 409
    assert len(everyone(db)) == 2


def test_the_same_list_twice_has_no_button(browser, check):
    rows = [f"{ALVA};Alva;Ek;070-174 06 05;1500"]
    browser.post(f"{check(*rows)}/genomforande")
    page = browser.get(check(*rows))
    assert "Alla i listan finns redan, med samma uppgifter." in page.said
    assert not [form for form in page.all("form") if "genomforande" in form["action"]]


def test_what_would_change_is_told_from_old_to_new(browser, make, department, check):
    make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    page = browser.get(check(f"{ALVA};Alva;Ny;070-174 06 06;", f"{BO};Bo;Ek;;"))
    page = browser.get(next(href for href in page.links() if "visa=andras" in href))
    assert "Efternamn: Ek → Ny" in page.said
    assert "Mobilnummer: 070-174 06 05 → 070-174 06 06" in page.said


def test_those_who_are_missing_are_listed_and_ended_only_when_ticked(
        browser, db, make, department, check):
    make.traveller(department=department, given_name="Cia", surname="Kvar", number=CIA)
    shown = check(f"{ALVA};Alva;Ek;;")
    assert "Cia Kvar" in browser.get(f"{shown}?visa=saknas").said
    page = browser.get(shown)
    assert [attrs for attrs in page.all("input")
            if attrs.get("name") == "leavers" and "checked" not in attrs]
    browser.post(f"{shown}/genomforande", {"leavers": "y"})
    assert [each.name for each in everyone(db)] == ["Alva Ek"]


def test_every_problem_stands_beside_what_was_typed(browser, check):
    page = browser.get(check(f"{ALVA};Alva;Ek;12;99999", f"{ALVA};Dubbel;Ek;;", f"{BO};;Ek;;500"))
    for words in ("Rad 2", "Det är inte ett mobilnummer.", "Kreditgränsen ska vara mellan",
                  "Samma personnummer står också på rad 2.", "Fyll i ett värde."):
        assert words in page.said
    values = {attrs["name"]: attrs.get("value") for attrs in page.all("input")}
    assert values["r2-mobile"] == "12"
    assert "Inget i listan kan importeras." in page.said


def test_a_row_is_mended_on_the_page(browser, db, check):
    shown = check("fel;Alva;Ek;;", f"{BO};Bo;Ek;;")
    page = browser.get(shown)
    row = {attrs["name"]: attrs.get("value", "") for attrs in page.all("input")
           if attrs.get("name", "").startswith("r2-")}
    answer = browser.post(f"{shown}/rattelser", row | {"r2-personnummer": ALVA})
    assert (answer.status, answer.location) == (303, shown)
    assert "Importera 2 resenärer" in browser.get(shown).said
    browser.post(f"{shown}/genomforande")
    assert [each.name for each in everyone(db)] == ["Alva Ek", "Bo Ek"]


def test_only_a_row_that_is_wrong_is_mended(browser, db, check):
    shown = check("fel;Alva;Ek;;", f"{BO};Bo;Ek;;")
    browser.post(f"{shown}/rattelser", {"r3-given_name": "Hacker", "r99-surname": "x",
                                        "r2-personnummer": "\0" * 9, "rx": "1"})
    counts = import_pieces.counts(db, id_in(shown))
    assert (counts[What.WRONG], counts[What.NEW]) == (1, 1)
    assert "Bo" in browser.get(f"{shown}?visa=nya").said


def test_all_or_nothing_is_a_choice(browser, db, check):
    shown = check("fel;Alva;Ek;;", f"{BO};Bo;Ek;;")
    page = browser.post(f"{shown}/genomforande", {"only_if_all": "y"})
    assert (page.status, everyone(db)) == (422, [])
    assert "Det finns rader med fel." in page.said
    assert browser.post(f"{shown}/genomforande").status == 303
    assert [each.name for each in everyone(db)] == ["Bo Ek"]


def test_the_wrong_rows_go_home_with_their_reasons_and_come_back(browser, check):
    shown = check("fel;Alva;Ek;;", f"{BO};Bo;Ek;;")
    file = browser.get(f"{shown}/fel.csv").response.data.decode("utf-8-sig")
    assert "Bo" not in file
    assert "Personnummer: Personnumret stämmer inte." in file
    header, row = file.splitlines()
    assert traveller_file.matching(header.split(";")).count(None) == 2
    mended = row.replace("fel", ALVA)
    again = check(mended, header=f"{header}\r\n")
    assert "Importera en resenär" in browser.get(again).said
    assert browser.get(f"{shown}/fel.xlsx").response.data.startswith(b"PK")


def test_long_lists_have_pages(browser, check):
    shown = check(*(f"{personnummer(2000 + n)};N{n};Ek;;" for n in range(30)))
    page = browser.get(shown)
    assert "1–25 av 30" in page.said
    page = browser.get(next(href for href in page.links() if "sida=2" in href))
    assert "26–30 av 30" in page.said
    for odd in ("sida=99", "sida=-1", "sida=x", "visa=fel", "visa=x"):
        assert browser.get(f"{shown}?{odd}").status == 200


def test_an_import_is_undone_from_its_page(browser, db, check):
    shown = check(f"{ALVA};Alva;Ek;070-174 06 05;1500")
    browser.post(f"{shown}/genomforande")
    assert "Ångra importen" in browser.get(shown).said
    assert browser.post(f"{shown}/angra").status == 303
    page = browser.get(shown)
    assert ("Importen är ångrad" in page.said, everyone(db)) == (True, [])
    assert browser.post(f"{shown}/angra").status == 409
    assert "Ångrad" in browser.get("/foretag/importer/ny").said


def test_after_a_day_it_is_too_late(browser, make, company, check, clock):
    shown = check(f"{ALVA};Alva;Ek;;")
    browser.post(f"{shown}/genomforande")
    clock.at = clock.at.replace(day=clock.at.day + 2)
    browser.log_in(make.admin(company))
    assert "Ångra importen" not in browser.get(shown).said
    assert browser.post(f"{shown}/angra").status == 409


def test_what_was_changed_meanwhile_is_shown_anew(browser, db, make, department, check):
    shown = check(f"{ALVA};Alva;Ek;;")
    make.traveller(department=department, given_name="Alva", surname="Annan", number=ALVA)
    assert browser.post(f"{shown}/genomforande").status == 303
    page = browser.get(shown)
    assert "Något har ändrats sedan du granskade listan." in page.said
    assert "Ändras 1" in page.said


@pytest.fixture
def config(config):
    return replace(config, rules=Rules(import_sync_rows_max=40))


def test_a_long_list_is_for_the_worker_and_the_page_follows_it(
        browser, db, check, world, portal):
    def work():
        while world.queue.rung:
            outbox.deliver(portal, world.queue.rung.pop(0))

    world.queue.rung.clear()
    shown = check(*(f"{personnummer(2000 + n)};N{n};Ek;;" for n in range(41)))
    page = browser.get(shown)
    assert "Listan granskas 0 / 41" in page.said
    assert [attrs["href"] for attrs in page.all("a") if attrs.get("href") == shown]
    followed = browser.get(shown, **FRAGMENT)
    assert (followed.whole, "Listan granskas" in followed.said) == (False, True)
    work()
    assert browser.get(shown, **FRAGMENT).response.headers["HX-Refresh"] == "true"
    assert "Importera 41 resenärer" in browser.get(shown).said
    browser.post(f"{shown}/genomforande")
    assert ("Listan importeras" in browser.get(shown).said, everyone(db)) == (True, [])
    assert browser.post(f"{shown}/genomforande").status == 409
    work()
    assert ("Listan är importerad" in browser.get(shown).said, len(everyone(db))) == (True, 41)
    browser.post(f"{shown}/angra")
    assert "Importen ångras" in browser.get(shown).said
    work()
    assert everyone(db) == []


@pytest.mark.parametrize(("content", "said"), [
    (b"PK\x03\x04 and so on", "skadad"), (b"\x00\x01\x02", "Det här är ingen textfil."),
    (b"namn;ort\r\n", "en av dem behöver heta personnummer"),
    (HEADER.encode(), "Filen har bara en rubrikrad."),
])
def test_a_file_that_cannot_be_read_is_told_beside_the_field(browser, db, department, content,
                                                             said):
    page = browser.post("/foretag/importer/ny", {
        "department": str(department.id), "file": (BytesIO(content), "lista.csv")})
    assert (page.status, said in page.said) == (422, True), page.said
    assert [attrs["name"] for attrs in page.all("input") if attrs.get("aria-invalid")] == ["file"]
    assert db.scalars(select(TravellerImport)).all() == []


def test_nothing_at_all_is_told(browser, department):
    page = browser.post("/foretag/importer/ny", {"department": str(department.id), "rows": ""})
    assert (page.status, "Välj en fil eller klistra in rader." in page.said) == (422, True)


def test_the_same_form_twice_is_one_import(browser, db, department):
    sent = {"rows": f"{HEADER}{ALVA};Alva;Ek;;", "department": str(department.id),
            "form_key": "00000000-0000-4000-8000-000000000001"}
    first, second = (browser.post("/foretag/importer/ny", sent) for _ in range(2))
    assert (first.status, first.location) == (second.status, second.location)
    assert [each.id for each in db.scalars(select(TravellerImport))] == [id_in(first.location)]


def test_another_companys_department_and_import_are_not_found(browser, make, department):
    theirs = make.department(make.company())
    kept = make.traveller_import(theirs, (ALVA, "Alva", "Ek"))
    shown = f"/foretag/importer/{kept.id}"
    assert [browser.get(f"/foretag/avdelningar/{theirs.id}/import").status,
            browser.get(shown).status, browser.get(f"{shown}/kolumner").status,
            browser.get(f"{shown}/fel.csv").status,
            *(browser.post(f"{shown}/{act}").status
              for act in ("kolumner", "genomforande", "rattelser", "angra"))] == [404] * 8
    page = browser.post("/foretag/importer/ny", {"department": str(theirs.id), "rows": HEADER})
    assert page.status == 422


def test_a_department_admin_sees_nothing_of_another_department(browser, make, company, department,
                                                               upload):
    make.traveller(company, "Hemlig", "Person", number=ALVA, mobile="+46701740605")
    browser.log_in(make.department_admin(department))
    columns = upload(f"{ALVA};Alva;Ek;;", f"{BO};Bo;Ek;070-174 06 05;")
    shown = browser.post(columns, chosen(browser.get(columns))).location
    pages = [browser.get(f"{shown}?visa={tab}").said
             for tab in ("fel", "nya", "andras", "saknas", "obs")]
    assert "Personen finns redan i företaget." in pages[0]
    assert not [said for said in pages if "Hemlig" in said or "också på en annan" in said]


def test_the_check_asks_as_much_at_two_rows_as_at_one(browser, check, store):
    asked = []
    for rows in ([ALVA], [ALVA, BO]):
        shown = check(*(f"{number};Alva;Ek;;" for number in rows))
        with queries(store) as statements:
            browser.get(shown)
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_a_list_of_lists_says_where_each_stands(browser, upload):
    upload(f"{ALVA};Alva;Ek;;")
    assert "Inte granskad" in browser.get("/foretag/importer/ny").said


def test_those_who_are_connected_by_a_list_share_days_and_policy(browser, db, make, company, check):
    group = make.policy_group(company, "Montörer")
    address = check(f"{ALVA};Alva;Ek;070-174 06 01;500", f"{BO};Bo;Ek;070-174 06 02;")
    assert "Dagar och policy för dem som ansluts" in browser.get(address).said
    wrong = browser.post(f"{address}/genomforande", {"from_on": "2026-12-31",
                                                     "to_on": "2026-12-01"})
    assert (wrong.status, "Den sista dagen kan inte vara före den första." in wrong.said) == (
        422, True)
    answer = browser.post(f"{address}/genomforande", {
        "from_on": "2026-12-01", "to_on": "2026-12-31", "policy": str(group.id)})
    assert answer.status == 303
    db.rollback()
    [connection] = db.scalars(select(business_travel.Connection))
    assert (connection.from_on, connection.to_on, connection.policy_group_id) == (
        date(2026, 12, 1), date(2026, 12, 31), group.id)
    assert db.scalar(select(TravellerImport.policy_group_id)) is None


def test_a_list_without_limits_asks_for_no_days(browser, check):
    address = check(f"{ALVA};Alva;Ek", header="personnummer;förnamn;efternamn\r\n")
    assert "Dagar och policy" not in browser.get(address).said
