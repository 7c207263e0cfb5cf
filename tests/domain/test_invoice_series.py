from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from domain import invoice_series
from domain.invoices import Invoice
from domain.months import Month
from domain.products import Product
from domain.rules import rules
from jobs import reports as jobs
from tests.factories import COUNTY


@pytest.fixture
def take(store):
    def take(many, *, fails=False):
        with store.session() as session, store.transaction(session):
            numbers = invoice_series.take(session, many)
            if fails:
                raise ZeroDivisionError
        return list(numbers)
    return take


def test_numbers_come_one_after_another_from_the_first_of_the_series(db, take):
    first = rules(db).invoice_first_number
    assert [take(2), take(0), take(1)] == [[first, first + 1], [], [first + 2]]


def test_what_is_undone_leaves_no_gap(take):
    with pytest.raises(ZeroDivisionError):
        take(3, fails=True)
    take(1)
    with pytest.raises(ZeroDivisionError):
        take(3, fails=True)
    assert take(1) == [100_002]


def test_many_who_take_at_once_get_each_number_once(take):
    with ThreadPoolExecutor(8) as pool:
        taken = [number for each in pool.map(take, [1, 2, 3] * 8) for number in each]
    assert sorted(taken) == list(range(100_001, 100_001 + 48))


def test_companies_that_are_closed_at_once_leave_no_gap_in_the_series(store, make, portal):
    october = Month(2026, 10)
    companies = [make.company(f"Bolaget {number} AB", approved_at=october.start)
                 for number in range(6)]
    for company in companies:
        for reference in ("1000", "2000"):
            room = make.department(company, f"Rum {reference}", reference)
            make.ticket(make.traveller(department=room), Product.PERIOD_30, COUNTY,
                        at=october.start)
    jobs.make_missing(portal)

    ids = [company.id for company in companies]

    def close(company_id):
        with store.session() as session:
            jobs.close(portal, session, company_id=company_id)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(close, ids))
    with store.session() as session:
        numbers = [(each.company_id, each.number) for each in session.scalars(select(Invoice))]
    assert sorted(number for _, number in numbers) == list(range(100_001, 100_013))
    for company_id in ids:  # each took its two together
        first, second = sorted(number for whose, number in numbers if whose == company_id)
        assert second == first + 1
