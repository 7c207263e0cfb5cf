from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import invoices, month_previews, recalls
from domain.access import Scope
from domain.invoices import Invoice
from domain.months import Month
from domain.products import Product
from tests.conftest import NOON
from tests.factories import COUNTY, NOBODY
from tests.queries import queries

NOVEMBER = Month(2026, 11)
SAME = ("reference_number", "kind", "gross_ore", "vat_ore", "period_from", "period_to",
        "issued_on", "due_on")


@pytest.fixture
def company(make):
    return make.company(approved_at=datetime(2026, 9, 1, tzinfo=UTC))


@pytest.fixture
def rooms(make, company):
    return [make.first_department(company), make.department(company, "Kontor", "2000")]


@pytest.fixture
def bought(make, store, db, company, rooms):
    """Of November, with a credit of October's and something rolled on."""
    people = [make.traveller(department=room) for room in rooms]
    late = make.sent_ticket(people[0], Product.PERIOD_30, COUNTY,
                            at=NOVEMBER.start - timedelta(days=3))
    make.ticket(people[1], at=NOVEMBER.start - timedelta(days=3))
    make.closed(company)
    with store.transaction(db):
        recalls.recall(db, late, by=NOBODY, now=NOON)
    for product in (Product.PERIOD_30, Product.SINGLE, Product.SINGLE):
        make.ticket(people[1], product, COUNTY, at=NOON)


def preview(db, company, departments=None, month=NOVEMBER):
    return month_previews.preview(db, Scope(company.id, departments), month, now=NOON)


def test_the_preview_is_the_invoices_that_are_made_when_nothing_more_is_bought(make, db, company,
                                                                               bought):
    planned = preview(db, company)
    told = [[getattr(each, name) for name in SAME] for each in planned]
    lines = {each.reference_number: db.execute(month_previews.listed(
        db, Scope(company.id), NOVEMBER, each.reference_number)).all() for each in planned}
    make.closed(company, NOVEMBER, at=NOVEMBER.next.start)
    made = db.scalars(select(Invoice).where(Invoice.month_on == NOVEMBER.first_day)
                      .order_by(Invoice.number)).all()
    assert [[getattr(each, name) for name in SAME] for each in made] == told
    for invoice, each in zip(made, planned, strict=True):
        assert [(part.service, part.product, part.count, part.credited, part.gross_ore,
                 part.vat_ore) for part in invoices.sums(db, invoice)] == [
            (part.service, part.product, part.count, part.credited, part.gross_ore, part.vat_ore)
            for part in each.sums]
        assert {(line.ticket_number, line.counted_at, line.price_ore, line.holder, line.carrier)
                for line in invoices.lines(db, invoice)} == {
            (line.ticket_number, line.counted_at, line.price_ore, line.holder, line.carrier)
            for line in lines[invoice.reference_number]}
    assert preview(db, company) == []


def test_the_preview_says_what_will_wait_for_a_later_month(make, company, db):
    make.ticket(make.traveller(company), at=NOON)
    [planned] = preview(db, company)
    assert (planned.rolled_on, planned.gross_ore) == (True, 4_200)


def test_whoever_has_a_department_sees_what_it_has_bought(db, company, rooms, bought):
    [planned] = preview(db, company, frozenset({rooms[1].id}))
    assert (planned.reference_number, [part.count for part in planned.sums]) == ("2000", [3, 1])
    [row] = db.execute(month_previews.listed(db, Scope(company.id, frozenset({rooms[0].id})),
                                             NOVEMBER))
    assert (row.price_ore, row.department_name) == (-139_000, "Huvudavdelning")


def test_as_many_questions_are_asked_however_much_is_bought(make, store, db, company,
                                                               rooms):
    def asked():
        with queries(store) as statements:
            preview(db, company)
        return len(statements)
    make.ticket(make.traveller(department=rooms[0]), at=NOON)
    few = asked()
    for room in rooms * 2:
        make.ticket(make.traveller(department=room), Product.PERIOD_30, COUNTY, at=NOON)
    assert asked() == few
