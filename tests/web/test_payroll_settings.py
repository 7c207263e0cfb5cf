"""How the company's payroll program wants its file, and which employers have one each."""
import pytest

from domain import legal_employers, payroll_settings
from domain.payroll_settings import Cell, Details, Format, Sign

AT = "/foretag/loneavdrag/installningar/"
EMPLOYERS = "/foretag/loneavdrag/arbetsgivare/"
TYPED = {f"cell_{place}": "" for place in range(1, 11)} | {
         "format": "csv", "identity": "employee_number", "net_code": "4711", "sign": "plus",
         "cell_1": "code", "cell_3": "employee", "cell_4": "amount", "separator": "tab",
         "decimal": "point", "days": "plain", "encoding": "windows"}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def saved(db, company):
    db.rollback()
    db.expire_all()
    return payroll_settings.of_company(db, company.id)


def test_the_file_is_paxml_until_something_is_said(browser):
    assert "<lonart>71000</lonart>" in browser.get(AT).said


def test_what_is_said_is_saved_and_shown(browser, db, company):
    answer = browser.post(AT, TYPED)
    assert answer.status == 303
    details = saved(db, company)
    assert (details.format, details.sign, details.net_code, details.gross_code, details.header) == (
        Format.CSV, Sign.PLUS, "4711", None, False)
    assert details.cells == (Cell.CODE, Cell.EMPLOYEE, Cell.AMOUNT)
    assert "4711 1017 665.87" in browser.get(AT).said


def test_a_file_has_a_column(browser, db, company):
    page = browser.post(AT, TYPED | {"cell_1": "", "cell_3": "", "cell_4": ""})
    assert (page.status, "Välj minst en kolumn." in page.said) == (422, True)
    assert saved(db, company) == Details()


def test_what_is_no_choice_is_refused_in_swedish(browser):
    page = browser.post(AT, TYPED | {"cell_2": "salary", "format": "pdf"})
    assert (page.status, page.said.count("Välj ett av alternativen.")) == (422, 4)


def test_an_employer_is_added_changed_and_removed(browser, db, make, company):
    workshop = make.department(company)
    typed = {"name": "Dotter AB", "organisation_number": "556000-1231"}
    answer = browser.post(f"{EMPLOYERS}ny", typed | {"departments": [str(workshop.id)]})
    assert "Dotter AB 556000-1231 Verkstad" in browser.get(answer.location).said
    [employer] = legal_employers.of_company(db, company.id)
    one = f"{EMPLOYERS}{employer.id}"
    assert "Dotter AB" in browser.get(one).said
    browser.post(one, typed | {"name": "Syster AB"})
    assert "Syster AB 556000-1231 –" in browser.get(EMPLOYERS).said
    answer = browser.post(f"{one}/borttagning")
    assert "Syster AB är borttagen." in browser.get(answer.location).said


def test_a_number_that_is_taken_is_said_beside_its_field(browser):
    typed = {"name": "Dotter AB", "organisation_number": "556000-1231"}
    browser.post(f"{EMPLOYERS}ny", typed)
    page = browser.post(f"{EMPLOYERS}ny", typed)
    assert (page.status, "Det finns redan en arbetsgivare med det numret." in page.said) == (
        422, True)
