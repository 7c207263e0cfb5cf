from datetime import UTC, datetime, timedelta

import pytest

from domain import statistics
from domain.products import Product
from domain.services import Service
from tests import files
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import COUNTY
from tests.queries import queries

BASE = "/foretag/rapporter"
INDEX = f"{BASE}/statistik"
EARLIER = datetime(2026, 10, 28, 11, tzinfo=UTC)
LONG_AGO = EARLIER - timedelta(days=100)
PAGES = [INDEX, *(f"{INDEX}?per={per}" for per in (
    "department", "person", "product", "purpose", "service")), f"{BASE}/pagar",
    f"{BASE}/oanvant", f"{BASE}/klimat"]


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture(autouse=True)
def admin(browser, make, company):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def count(store, db):
    def count():
        with store.transaction(db):
            statistics.count(db)
    return count


@pytest.fixture
def alva(make, company):
    return make.traveller(given_name="Alva", surname="Ek",
                          department=make.department(company, "Verkstad"))


def test_what_was_spent_is_told_by_month_service_ticket_and_department(
        browser, make, company, alva, count):
    assert "Inga köp i perioden" in browser.get(INDEX).said
    make.ticket(make.traveller(company), at=EARLIER)
    make.ticket(alva, Product.DAY, at=EARLIER, service=Service.BUSINESS_TRAVEL)
    said = browser.get(INDEX).said
    for told in ("126 kr", "Oktober 2026", "Skicka biljett", "24-timmarsbiljett", "Verkstad"):
        assert told in said
    count()
    assert browser.get(INDEX).said == said


def test_persons_and_purposes_have_pages_and_files_of_their_own(browser, make, alva):
    connection = make.connection(alva, 1_000_000, registered=True)
    make.purchase(connection, at=EARLIER, purpose="Kundbesök")
    assert "Alva Ek" in browser.get(f"{INDEX}?per=person").said
    page = browser.get(f"{INDEX}?per=purpose&avdelning={alva.department_id}")
    assert "Kundbesök" in page.said
    rows = files.table(browser, f"{INDEX}.csv?per=person")
    assert rows[1][:3] == ["Alva Ek", "1", "42,00"]


def test_the_month_that_goes_on_is_a_period_too(browser, make, alva):
    make.ticket(alva, at=NOON)
    assert "Inga köp i perioden" in browser.get(INDEX).said
    assert "42 kr" in browser.get(f"{INDEX}?period=manad").said


def test_a_department_administrator_is_told_of_theirs_alone(browser, make, company, alva):
    make.ticket(alva, Product.PERIOD_30, at=NOON)
    make.ticket(make.traveller(company, "Berit"), Product.PERIOD_30, COUNTY, at=NOON)
    browser.log_in(make.department_admin(make.department(company, "Förrådet")))
    for page in PAGES:
        said = browser.get(page if "?" in page else f"{page}?period=manad").said
        assert "Alva" not in said
        assert "Berit" not in said
    assert "Inga köp i perioden" in browser.get(f"{INDEX}?period=manad").said
    assert files.table(browser, f"{INDEX}.csv?per=person&period=manad")[1:] == []


def test_who_has_what_running_is_told_by_the_purchase(browser, make, alva):
    make.ticket(alva, Product.PERIOD_30, at=EARLIER)
    make.ticket(alva, Product.PERIOD_30, at=LONG_AGO)
    make.ticket(alva, at=NOON)
    page = browser.get(f"{BASE}/pagar")
    assert "1 biljett, 1 resenär" in page.said
    assert "26 nov" in page.said
    [_head, row] = files.table(browser, f"{BASE}/pagar.csv")
    assert (row[0], row[6]) == ("Alva Ek", "2026-11-26")


def test_a_limit_that_nobody_uses_is_told(browser, make, store, db, alva):
    connection = make.connection(alva, 500_00, registered=True)
    assert "Alla gränser används" in browser.get(f"{BASE}/oanvant").said
    with store.transaction(db):
        connection.connected_at = LONG_AGO
    page = browser.get(f"{BASE}/oanvant")
    assert "Alva Ek" in page.said
    assert "Aldrig" in page.said
    make.purchase(connection, at=EARLIER)
    assert "Alla gränser används" in browser.get(f"{BASE}/oanvant").said


def test_the_climate_is_told_of_five_or_more_with_each_factor_and_its_source(
        browser, make, company, count):
    people = [make.traveller(company, f"Rut {number}") for number in range(5)]
    for each in people[:4]:
        make.ticket(each, Product.DAY, at=EARLIER)
    count()
    page = browser.get(f"{BASE}/klimat")
    assert "För få resenärer" in page.said
    assert "Naturvårdsverket" in page.said
    make.ticket(people[4], Product.DAY, at=EARLIER)
    count()
    said = browser.get(f"{BASE}/klimat").said
    assert "Så är summorna räknade" in said
    assert "24-timmarsbiljett, En zon" in said


@pytest.mark.parametrize("address", PAGES)
def test_three_have_as_many_questions_asked_as_one(
        browser, make, company, store, count, address):
    numbers = set()
    for times in (1, 3):
        for number in range(times):
            room = make.department(company, f"Rum {times}{number}")
            each = make.traveller(department=room)
            make.purchase(make.connection(each, 1_000_000, registered=True), Product.PERIOD_30,
                          at=EARLIER, purpose=f"Ärende {times}{number}")
        count()
        browser.get(address)
        with queries(store) as asked:
            browser.get(address)
        numbers.add(len(asked))
    assert len(numbers) == 1


def test_the_filters_answer_with_their_part_alone(browser, make, alva):
    make.ticket(alva, at=EARLIER)
    fragment = browser.client.get(f"{INDEX}?period=2026", headers=FRAGMENT).text
    assert fragment.lstrip().startswith('<section id="statistics">')
