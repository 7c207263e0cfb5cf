"""What is rolled on to a later month, what becomes a credit note, and what the VAT comes to."""
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from domain import invoices, recalls, statistics
from domain.invoices import Invoice, Kind
from domain.money import vat_of
from domain.months import Month
from domain.products import Product
from domain.specification_lines import SpecificationLine
from domain.statistic_checks import check
from domain.tickets import Ticket
from tests.factories import COUNTY, NOBODY, ONE_ZONE

SINGLE, PERIOD = 4_200, 139_000
MONTHS = [Month(2026, 10), Month(2026, 11), Month(2026, 12), Month(2027, 1)]
OCTOBER, NOVEMBER, DECEMBER, JANUARY = MONTHS


@pytest.fixture
def company(make):
    return make.company(approved_at=datetime(2026, 9, 1, tzinfo=UTC))


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture
def buy(make, traveller):
    def buy(month, product=Product.SINGLE, trip=ONE_ZONE, **over):
        return make.ticket(traveller, product, trip, at=month.start + timedelta(days=4), **over)
    return buy


@pytest.fixture
def close(make, company):
    def close(*months):
        for month in months:
            make.closed(company, month, at=month.next.start + timedelta(hours=2))
    return close


def made(db):
    return [(each.month, each.kind, each.gross_ore) for each in db.scalars(
        select(Invoice).order_by(Invoice.number))]


def test_so_little_is_rolled_on_until_it_is_worth_an_invoice(db, buy, close):
    buy(OCTOBER)
    close(OCTOBER)
    assert made(db) == []
    buy(NOVEMBER, Product.PERIOD_30, COUNTY)
    close(NOVEMBER)
    assert made(db) == [(NOVEMBER, Kind.INVOICE, SINGLE + PERIOD)]
    invoice = db.scalars(select(Invoice)).one()
    assert (invoice.period_from, invoice.period_to) == (date(2026, 10, 1), date(2026, 11, 30))
    assert not db.scalar(select(func.count()).where(SpecificationLine.rolled_on))


def test_exactly_enough_is_an_invoice(make, store, db, buy, close):
    buy(OCTOBER)
    buy(NOVEMBER)
    with store.transaction(db):
        for ticket, ore in zip(db.scalars(select(Ticket).order_by(Ticket.sold_at)),
                               (49_999, 1), strict=True):
            ticket.price_ore, ticket.vat_ore = ore, vat_of(ore, 600)
    close(OCTOBER)
    assert made(db) == []
    close(NOVEMBER)
    assert made(db) == [(NOVEMBER, Kind.INVOICE, 50_000)]


def test_each_reference_number_waits_for_itself(make, db, company, buy, close):
    buy(OCTOBER)
    other = make.traveller(department=make.department(company, "Kontor", "2000"))
    make.ticket(other, Product.PERIOD_30, COUNTY, at=OCTOBER.start)
    close(OCTOBER)
    assert [each.reference_number for each in db.scalars(select(Invoice))] == ["2000"]


def test_nothing_is_rolled_on_past_december(db, buy, close):
    buy(OCTOBER)
    close(OCTOBER, NOVEMBER)
    assert made(db) == []
    close(DECEMBER)
    assert made(db) == [(DECEMBER, Kind.INVOICE, SINGLE)]
    buy(JANUARY)
    close(JANUARY)
    assert len(made(db)) == 1


def test_what_is_recalled_later_is_a_credit_note_when_nothing_else_is_bought(make, store, db,
                                                                            traveller, close):
    ticket = make.sent_ticket(traveller, Product.PERIOD_30, COUNTY,
                              at=NOVEMBER.start - timedelta(days=2))
    close(OCTOBER)
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOVEMBER.start + timedelta(days=2))
    close(NOVEMBER)
    assert made(db) == [(OCTOBER, Kind.INVOICE, PERIOD), (NOVEMBER, Kind.CREDIT_NOTE, -PERIOD)]


def test_what_was_rolled_on_and_recalled_costs_nothing_and_is_on_an_invoice_at_last(
        make, store, db, traveller, close):
    ticket = make.sent_ticket(traveller, at=NOVEMBER.start - timedelta(days=2))
    close(OCTOBER)
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOVEMBER.start + timedelta(days=2))
    close(NOVEMBER, DECEMBER)
    assert made(db) == [(DECEMBER, Kind.INVOICE, 0)]
    [invoice] = db.scalars(select(Invoice))
    assert [line.price_ore for line in invoices.lines(db, invoice)] == [SINGLE, -SINGLE]


@pytest.mark.parametrize("counted", [0, 1])
def test_the_vat_of_many_alike_is_that_of_their_sum_on_the_line_the_ticket_and_in_the_statistics(
        db, store, make, buy, close, counted):
    """A single ticket's VAT is rounded up by a quarter of an öre."""
    for _ in range(42):
        buy(OCTOBER)
    buy(OCTOBER, Product.PERIOD_30, COUNTY)
    with store.transaction(db):  # as much as two hundred would be off
        for ticket in db.scalars(select(Ticket).where(Ticket.product == Product.SINGLE)):
            ticket.vat_ore += 1
    if counted:
        with store.transaction(db):
            statistics.count(db)
    close(OCTOBER)
    [invoice] = db.scalars(select(Invoice))
    assert abs(vat_of(invoice.gross_ore, 600) - invoice.vat_ore) <= 20
    db.expire_all()
    lines = {line.ticket_id: line.vat_ore for line in invoices.lines(db, invoice)}
    assert lines == dict(db.execute(select(Ticket.id, Ticket.vat_ore)).all())
    with store.transaction(db):
        statistics.count(db)
    assert check(db) == []


def test_the_ore_are_spread_so_that_the_vat_of_some_of_many_alike_is_right_too(db, store, buy,
                                                                              close):
    """They may be recalled in another month, and are a credit note then."""
    for _ in range(60):
        buy(OCTOBER)
    with store.transaction(db):  # as much as two hundred would be off
        for ticket in db.scalars(select(Ticket)).all()[::2]:
            ticket.vat_ore += 1
    before = dict(db.execute(select(Ticket.id, Ticket.vat_ore)).all())
    close(OCTOBER)
    [invoice] = db.scalars(select(Invoice))
    less = [before[line.ticket_id] - line.vat_ore for line in invoices.lines(db, invoice)]
    assert sum(less) > 40
    assert abs(sum(less[:30]) - sum(less[30:])) <= 1


def test_what_little_the_roundings_come_to_is_left_as_it_was_bought(db, buy, close):
    for _ in range(12):
        buy(OCTOBER)
    close(OCTOBER)
    [invoice] = db.scalars(select(Invoice))
    assert invoice.vat_ore == 12 * 238


def test_what_waits_for_a_later_month_is_found_by_its_index(db, company):
    explain = "EXPLAIN QUERY PLAN"
    if db.get_bind().dialect.name == "postgresql":
        explain = "EXPLAIN"
        db.execute(text("SET LOCAL enable_seqscan = off"))  # of an empty table it is the cheaper
    asked = select(SpecificationLine.id).where(SpecificationLine.company_id == company.id,
                                               SpecificationLine.rolled_on)
    question = asked.compile(db.get_bind(), compile_kwargs={"literal_binds": True})
    plan = db.connection().exec_driver_sql(f"{explain} {question}").all()
    assert "ix_specification_lines_rolled_on" in str(plan)
