from io import BytesIO

import pytest
from sqlalchemy import select

from blueprints.traveller_imports import COLUMNS, NAMES
from documents import traveller_file
from documents.traveller_file import Column
from domain import business_travel, traveller_imports
from domain.traveller_imports import TravellerImport
from domain.travellers import Traveller
from tests.browser import id_in
from tests.factories import personnummer
from tests.queries import queries

ALVA, BO = personnummer(1001), personnummer(1002)
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
def new(department):
    return f"/foretag/avdelningar/{department.id}/import"


@pytest.fixture
def paste(browser, new):
    """Pastes the rows; returns the page of the preview."""
    def paste(*rows, header=HEADER):
        answer = browser.post(new, {"rows": header + "\r\n".join(rows)})
        assert answer.status == 303, answer.said
        return browser.get(answer.location), answer.location
    return paste


def everyone(db):
    db.rollback()
    db.expire_all()
    return db.scalars(select(Traveller)).all()


def test_every_column_of_a_file_has_its_name_and_is_one_that_the_domain_takes():
    assert set(COLUMNS) == set(Column)
    assert {"personnummer", "limit", *traveller_imports.COLUMNS} == set(COLUMNS.values())
    assert {*COLUMNS.values(), "department"} == set(NAMES)


def test_the_template_is_a_file_that_can_be_imported_as_it_is(browser, db, new):
    file = browser.get("/foretag/importmall.csv").response
    assert file.headers["Content-Disposition"] == "attachment; filename=importmall.csv"
    answer = browser.post(new, {"file": (BytesIO(file.data), "importmall.csv")})
    assert "Importera en resenär" in browser.get(answer.location).said


def test_a_file_is_shown_before_anybody_is_saved(browser, db, new):
    content = f"{HEADER}{ALVA};Alva;Ek;070-174 06 05;1500\r\n{BO};Bo;Öberg;;\r\n".encode("cp1252")
    answer = browser.post(new, {"file": (BytesIO(content), "lista.csv")})
    page = browser.get(answer.location)
    assert (answer.status, everyone(db)) == (303, [])
    assert "Importera 2 resenärer" in page.said
    assert "Rad 2 Alva Ek 070-174 06 05 1 500 kr Läggs till" in page.said
    assert "Rad 3 Bo Öberg – – Läggs till" in page.said
    assert ALVA not in page.response.text


def test_the_button_imports_and_leads_to_the_department(browser, db, department, paste, world):
    page, preview = paste(f"{ALVA};Alva;Ek;070-174 06 05;1500", f"{BO};Bo;Öberg;;")
    [button] = [attrs["action"] for attrs in page.all("form") if "genomforande" in attrs["action"]]
    answer = browser.post(button)
    assert (answer.status, answer.location) == (
        303, f"/foretag/resenarer/?avdelning={department.id}")
    assert "2 resenärer är importerade." in browser.get(answer.location).said
    alva, _bo = sorted(everyone(db), key=lambda each: each.given_name)
    assert business_travel.of_traveller(db, alva).limit_ore == 150_000
    assert len(world.queue.rung) == 1
    assert "Listan är importerad" in browser.get(preview).said
    assert browser.post(button).status == 409
    assert len(everyone(db)) == 2


def test_the_same_list_twice_has_no_button(browser, paste):
    rows = [f"{ALVA};Alva;Ek;070-174 06 05;1500"]
    browser.post(f"{paste(*rows)[1]}/genomforande")
    page, _ = paste(*rows)
    assert "Alla i listan finns redan, med samma uppgifter." in page.said
    assert not [form for form in page.all("form") if "genomforande" in form["action"]]


def test_every_problem_stands_by_row_and_column_beside_what_was_typed(paste):
    page, _ = paste(f"{ALVA};Alva;Ek;12;99999", f"{ALVA};Dubbel;Ek;;", f"{BO};;Ek;;500")
    for words in (
            "Rad 2 Mobilnummer 12 Det är inte ett mobilnummer.", "Rad 2 Kreditgräns 99999",
            f"Rad 3 Personnummer {ALVA} Samma personnummer står också på rad 2.",
            "Rad 4 Förnamn – Fyll i ett värde.",
            "Rad 4 Mobilnummer – Den som ska ha Tjänsteresor behöver ett mobilnummer."):
        assert words in page.said
    assert "Inget i listan kan importeras." in page.said


def test_what_would_change_is_told(browser, make, department, paste):
    make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    page, _ = paste(f"{ALVA};Alva;Ny;070-174 06 06;", f"{BO};Bo;Ek;fel;")
    assert "Ändras: efternamn, mobilnummer" in page.said
    assert "Raderna med fel hoppas över." in page.said
    assert "Importera en resenär" in page.said


def test_columns_that_mean_nothing_are_told(paste):
    page, _ = paste(f"{ALVA};Alva;Ek;blå;M",
                    header="personnummer;förnamn;efternamn;Favoritfärg;Tröja\r\n")
    assert "Kolumner som inte läses" in page.said
    assert "Favoritfärg, Tröja" in page.said


@pytest.mark.parametrize(("content", "said"), [
    (b"PK\x03\x04 and so on", "Det här är en Excel-fil."),
    (b"\x00\x01\x02", "Det här är ingen textfil."),
    (b"namn;ort\r\nAlva;Habo", "en av dem behöver heta personnummer"),
    (HEADER.encode(), "Filen har bara en rubrikrad."),
])
def test_a_file_that_cannot_be_read_is_told_beside_the_field(browser, db, new, content, said):
    page = browser.post(new, {"file": (BytesIO(content), "lista.csv")})
    assert (page.status, said in page.said) == (422, True)
    assert [attrs["name"] for attrs in page.all("input") if attrs.get("aria-invalid")] == ["file"]
    assert db.scalars(select(TravellerImport)).all() == []


def test_pasted_rows_that_cannot_be_read_are_told_beside_them_and_kept(browser, new):
    page = browser.post(new, {"rows": "Alva Ek"})
    assert (page.status, len(page.all("textarea"))) == (422, 1)
    assert page.all("textarea")[0]["aria-invalid"] == "true"
    assert "Alva Ek" in page.said


def test_nothing_at_all_is_told(browser, new):
    page = browser.post(new, {"rows": ""})
    assert (page.status, "Välj en fil eller klistra in rader." in page.said) == (422, True)


def test_more_rows_than_are_read_at_once_is_told(browser, new):
    page = browser.post(new, {"rows": HEADER + "1;2\r\n" * 2001})
    assert (page.status, "Filen har fler än 2000 rader. Dela upp den." in page.said) == (422, True)


def test_the_same_form_twice_is_one_import(browser, db, new):
    sent = {"rows": f"{HEADER}{ALVA};Alva;Ek;;",
            "form_key": "00000000-0000-4000-8000-000000000001"}
    first, second = (browser.post(new, sent) for _ in range(2))
    assert (first.status, first.location) == (second.status, second.location)
    assert [each.id for each in db.scalars(select(TravellerImport))] == [id_in(first.location)]


def test_another_companys_department_and_import_are_not_found(browser, make, db, store):
    theirs = make.department(make.company())
    with store.transaction(db):
        kept = traveller_imports.upload(db, theirs, [(2, {"personnummer": ALVA})], not_read=[],
                                        now=theirs.created_at)
    new, show = f"/foretag/avdelningar/{theirs.id}/import", f"/foretag/importer/{kept.id}"
    assert [browser.get(new).status, browser.post(new, {"rows": HEADER}).status,
            browser.get(show).status, browser.post(f"{show}/genomforande").status] == [404] * 4


def test_the_preview_asks_as_much_at_three_rows_as_at_one(browser, paste, store):
    asked = []
    for rows in ([ALVA], [ALVA, BO, personnummer(1003)]):
        _, preview = paste(*(f"{number};Alva;Ek;;" for number in rows))
        with queries(store) as statements:
            browser.get(preview)
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_the_page_says_what_the_list_looks_like(browser, new):
    page = browser.get(new)
    assert "Importera till Verkstad" in page.said
    assert {"accept": ".csv,.txt,text/csv", "name": "file"}.items() <= next(
        attrs for attrs in page.all("input") if attrs.get("type") == "file").items()
    assert traveller_file.template().startswith("personnummer".encode("utf-8-sig"))
