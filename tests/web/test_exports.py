"""Every list is a file too: what is on the page, as it is filtered there, but all of it."""
import re
from datetime import timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from domain import messages, offers, travellers
from domain.products import Product
from domain.travellers import Details
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING
from tests.queries import queries

LISTS = {
    "travellers": "/foretag/resenarer/", "business_travel": "/foretag/tjansteresor/",
    "sent_tickets": "/foretag/skicka-biljett/skickade", "departments": "/foretag/avdelningar/",
    "offers": "/foretag/personalerbjudande/", "administrators": "/foretag/administratorer/",
    "accepted": "/foretag/installningar/villkor", "events": "/foretag/handelser/",
}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def file(browser):
    """The rows of the list's file, as the page leads to it: one dict a row."""
    def file(address):
        [csv] = [link for link in browser.get(address).links() if ".csv" in link]
        text = browser.get(csv).response.get_data().decode("utf-8-sig")
        head, *rows = [line.split(";") for line in text.splitlines()]
        return [dict(zip(head, row, strict=True)) for row in rows]
    return file


def furnish(make, company, department, surname):
    """One of everything, of somebody of the department."""
    traveller = make.traveller(company, "Rut", surname, department=department)
    make.connection(traveller, registered=True)
    make.sent_ticket(traveller, Product.DAY, COUNTY)
    make.offer_application(traveller)


@pytest.mark.parametrize("address", LISTS.values(), ids=LISTS)
def test_a_file_asks_as_much_at_many_rows_as_at_one(browser, make, company, file, store, address):
    furnish(make, company, make.department(company), "Ek")
    counts = []
    for more in range(2):
        for number in range(3 * more):
            furnish(make, company, make.department(company, f"Nummer {number}"), "Al")
        rows = len(file(address))
        [csv] = [link for link in browser.get(address).links() if ".csv" in link]
        with queries(store) as asked:
            browser.get(csv).response.get_data()
        counts.append(len(asked))
    assert rows
    assert counts[0] == counts[1]


@pytest.mark.parametrize("address", LISTS.values(), ids=LISTS)
def test_a_workbook_holds_the_rows_of_the_csv(browser, make, company, file, address):
    furnish(make, company, make.department(company), "Ek")
    [xlsx] = [link for link in browser.get(address).links() if ".xlsx" in link]
    book = CalamineWorkbook.from_filelike(BytesIO(browser.get(xlsx).response.get_data()))
    head, *rows = book.get_sheet_by_index(0).to_python()
    written = file(address)
    assert len(rows) == len(written) > 0
    assert head == list(written[0])
