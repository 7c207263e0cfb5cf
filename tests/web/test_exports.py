from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from domain.products import Product
from tests import files
from tests.factories import COUNTY
from tests.queries import queries

OF_ALL = {
    "/foretag/resenarer/": "/foretag/resenarer/resenarer",
    "/foretag/tjansteresor/": "/foretag/tjansteresor/anslutna",
    "/foretag/skicka-biljett/skickade": "/foretag/skicka-biljett/skickade",
    "/foretag/avdelningar/": "/foretag/avdelningar/avdelningar",
    "/foretag/personalerbjudande/": "/foretag/personalerbjudande/ansokningar",
    "/foretag/handelser/": "/foretag/handelser/handelser",
}
"""The page of each list, and the address of its file without the ending."""
LISTS = [*OF_ALL, "/foretag/administratorer/", "/foretag/installningar/villkor"]


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def furnish(make, company):
    """One of everything, of somebody of a department of their own."""
    def furnish(surname):
        department = make.department(company, f"{surname} avdelning")
        traveller = make.traveller(company, "Rut", surname, department=department)
        make.connection(traveller, registered=True)
        make.sent_ticket(traveller, Product.DAY, COUNTY)
        make.offer_application(traveller)
        return department
    return furnish


@pytest.mark.parametrize("page", LISTS)
def test_a_file_asks_as_much_at_four_rows_as_at_one(browser, furnish, store, page):
    furnish("Ek")
    csv = files.addresses(browser, page)["csv"]
    with queries(store) as at_one:
        files.table(browser, csv)
    for surname in ("Al", "Asp", "Lind"):
        furnish(surname)
    with queries(store) as at_four:
        files.table(browser, csv)
    assert len(at_four) == len(at_one)


@pytest.mark.parametrize("page", LISTS)
def test_the_workbook_holds_the_rows_of_the_csv(browser, furnish, page):
    furnish("Ek")
    there = files.addresses(browser, page)
    workbook = browser.get(there["xlsx"]).response.get_data()
    sheet = CalamineWorkbook.from_filelike(BytesIO(workbook)).get_sheet_by_index(0)
    head, *rows = sheet.to_python()
    heads, *written = files.table(browser, there["csv"])
    assert (head, len(rows)) == (heads, len(written))
    assert rows


@pytest.mark.parametrize("page", OF_ALL)
def test_a_department_administrators_file_has_nothing_of_another_department(browser, make, furnish,
                                                                            page):
    furnish("Hemlig")
    browser.log_in(make.department_admin(furnish("Ek")))
    written = str(files.rows(browser, page))
    assert ("Ek" in written, "Hemlig" in written) == (True, False)


@pytest.mark.parametrize("file", OF_ALL.values())
def test_a_file_has_nothing_of_another_company(browser, make, furnish, file):
    furnish("Hemlig")
    browser.log_in(make.admin(make.company()))
    assert "Hemlig" not in str(files.table(browser, f"{file}.csv"))


@pytest.mark.parametrize("file", [
    file for page, file in OF_ALL.items() if page not in ("/foretag/avdelningar/",
                                                          "/foretag/handelser/")])
def test_the_file_of_an_empty_list_is_its_header(browser, file):
    assert len(files.table(browser, f"{file}.csv")) == 1
    assert browser.get(f"{file}.xlsx").status == 200
