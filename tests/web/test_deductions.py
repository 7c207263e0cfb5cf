"""What the salaries pay in a month, and the file that the payroll takes."""
import pytest

from domain import payroll_exports, payroll_rows
from domain.access import Scope
from domain.months import Month
from domain.payroll_settings import Identity
from tests.queries import queries

INDEX = "/foretag/loneavdrag/"
DECEMBER = f"{INDEX}?manad=2026-12"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def anna(make, company):
    return make.granted_offer(make.traveller(company, "Anna", "Ek", employee_number="17"))


def agreed(db, company):
    waits = payroll_rows.waiting(Scope(company.id), Month(2026, 12))
    total = payroll_rows.sums(db, waits, Identity.EMPLOYEE_NUMBER)[None]
    return {"manad": "2026-12", "agreed": total.mark}


def make_file(browser, db, company):
    return browser.post(f"{INDEX}lonefiler", agreed(db, company))


def test_a_month_without_deductions_says_so(browser, admin):
    assert "Inget dras på lönen i november 2026" in browser.get(INDEX).said


def test_a_month_tells_who_pays_what_and_leads_to_the_next(browser, admin, anna):
    page = browser.get(DECEMBER)
    assert "Anna Ek Huvudavdelning Ny Nettolöneavdrag" in page.said
    assert f"{INDEX}?manad=2027-01" in page.links()
    assert "Löpande" in browser.get(f"{INDEX}?manad=2027-01").said


def test_one_button_makes_the_file_that_the_program_takes(browser, db, company, admin, anna):
    answer = make_file(browser, db, company)
    assert answer.status == 303
    page = browser.get(answer.location)
    assert ("Lönefilen är klar att hämta." in page.said, "Anna Ek" in page.said) == (True, True)
    written = browser.get(f"{answer.location}/lonefil.xml")
    assert written.response.headers["Content-Disposition"].endswith(".xml")
    assert b'<lonetrans postid="1" anstid="17">' in written.response.data
    table = browser.get(f"{answer.location}/lonefil.csv").response.data.decode("utf-8-sig")
    assert table.startswith("Anställningsnummer;Löneart;")
    assert "Lönefil gjord" in browser.get(DECEMBER).said


def test_pressing_twice_makes_one_file(browser, db, company, admin, anna):
    same = agreed(db, company)
    first, again = (browser.post(f"{INDEX}lonefiler", same) for _ in range(2))
    assert first.location == again.location
    db.rollback()
    assert len(payroll_exports.of_company(db, company.id)) == 1


def test_a_sum_that_has_changed_makes_no_file(browser, db, make, company, admin, anna):
    old = agreed(db, company)
    make.granted_offer(make.traveller(company, employee_number="18"))
    assert browser.post(f"{INDEX}lonefiler", old).status == 422
    db.rollback()
    assert payroll_exports.of_company(db, company.id) == []


def test_one_without_a_number_is_named(browser, make, company, admin, anna):
    nameless = make.traveller(company, "Bo", "Numret")
    make.granted_offer(nameless)
    page = browser.get(DECEMBER)
    assert "Saknar anställningsnummer" in page.said
    assert any(str(nameless.id) in link for link in page.links())


def test_a_department_administrator_sees_their_own_and_makes_no_file(browser, make, company,
                                                                     anna):
    workshop = make.department(company)
    make.granted_offer(make.traveller(department=workshop, given_name="Vera", surname="Verk"))
    browser.log_in(make.department_admin(workshop))
    page = browser.get(DECEMBER)
    assert ("Vera Verk" in page.said, "Anna Ek" in page.said) == (True, False)
    assert "Gör lönefilen" not in page.said
    assert browser.post(f"{INDEX}lonefiler", {"manad": "2026-12", "agreed": ""}).status == 403


def test_the_list_is_a_file_with_the_benefits_value(browser, admin, anna):
    written = browser.get(f"{INDEX}avdrag.csv?manad=2026-12").response.data
    written = written.decode("utf-8-sig").splitlines()
    assert "Förmånens värde" in written[0]
    assert written[1].startswith("17;Ek;Anna;Huvudavdelning;")


def test_a_longer_list_asks_as_many_questions(browser, store, make, company, admin, anna):
    with queries(store) as one:
        browser.get(DECEMBER)
    for number in range(2):
        make.granted_offer(make.traveller(company, employee_number=str(number)))
    with queries(store) as three:
        browser.get(DECEMBER)
    assert len(three) == len(one)


@pytest.mark.parametrize("asked", ["manad=1999-12", "manad=2026-13", "manad=9999-12",
                                   "manad=%00", "sida=-1", "sida=99999999999999999999"])
def test_what_cannot_be_read_is_the_month_that_goes_on(browser, admin, asked):
    assert "Löneavdrag i november 2026" in browser.get(f"{INDEX}?{asked}").said


def test_earlier_files_are_listed(browser, db, company, admin, anna):
    make_file(browser, db, company)
    assert "december 2026 Bolaget AB" in browser.get(f"{INDEX}lonefiler").said
