from datetime import UTC, datetime

import pytest

from domain import credit_notes, invoice_contents, invoices, recalls
from domain.access import Scope
from domain.invoices import Invoice
from domain.months import Month
from domain.products import Product
from domain.services import Service
from tests.factories import COUNTY, NOBODY

IN_OCTOBER = datetime(2026, 10, 12, 8, tzinfo=UTC)
NOVEMBER = Month(2026, 11)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def invoice(make, company):
    """Of two departments with the same reference number, and three services."""
    workshop = make.department(company, "Verkstad", "1000")
    for department, product, service in (
            (workshop, Product.PERIOD_30, Service.STAFF_OFFER),
            (workshop, Product.SINGLE, Service.SEND_TICKET),
            (workshop, Product.SINGLE, Service.SEND_TICKET),
            (make.first_department(company), Product.SINGLE, Service.SEND_TICKET)):
        make.ticket(make.traveller(company, department=department), product, COUNTY,
                    at=IN_OCTOBER, service=service)
    return make.invoice(make.traveller(company))


def test_alike_lines_stand_together_and_come_to_the_invoice(db, invoice):
    groups = invoice_contents.groups(db, invoice)

    assert [(each.service, each.department_name, each.product, each.quantity) for each in groups
            ] == [("send_ticket", "Huvudavdelning", "single", 1),
                  ("send_ticket", "Huvudavdelning", "period_30", 1),
                  ("send_ticket", "Verkstad", "single", 2),
                  ("staff_offer", "Verkstad", "period_30", 1)]
    assert all(each.gross_ore == each.quantity * each.price_ore for each in groups)
    assert (sum(each.gross_ore for each in groups), sum(each.vat_ore for each in groups)) == (
        invoice.gross_ore, invoice.vat_ore)


def test_lines_come_by_service_and_department_in_the_order_of_time(db, invoice):
    lines = list(invoice_contents.lines(db, invoice))

    assert [(line.service, line.department_name) for line in lines] == [
        ("send_ticket", "Huvudavdelning")] * 2 + [("send_ticket", "Verkstad")] * 2 + [
        ("staff_offer", "Verkstad")]
    assert lines[0].counted_at < lines[1].counted_at
    assert invoice_contents.count(db, invoice) == 5


def test_only_lines_of_ones_own_departments_are_seen(db, make, invoice, company):
    within = Scope(company.id, departments=frozenset({make.first_department(company).id}))

    assert {line.department_name for line in invoice_contents.lines(db, invoice, within=within)
            } == {"Huvudavdelning"}
    assert invoice_contents.count(db, invoice, within=within) == 2


def test_costs_come_to_the_invoice(db, invoice):
    costs = list(invoice_contents.costs(db, Invoice.id == invoice.id))

    assert sum(each.gross_ore for each in costs) == invoice.gross_ore
    assert sum(each.vat_ore for each in costs) == invoice.vat_ore
    assert len(costs) == 3


def test_a_credit_note_names_its_invoice(db, make, invoice, store):
    line = invoices.lines(db, invoice)[0]
    with store.transaction(db):
        note = credit_notes.credit(db, db.get_one(Invoice, invoice.id), {line.id: 100},
                                   reason="Fel", by=make.actor(make.clerk()), now=IN_OCTOBER)

    assert invoice_contents.earlier(db, note) == [(invoice.number, invoice.issued_on)]
    assert invoice_contents.earlier(db, invoice) == []
    [group] = invoice_contents.groups(db, note)
    assert (group.quantity, group.price_ore, group.gross_ore) == (-1, 100, -100)


def test_an_invoice_names_those_that_its_recalls_are_of(db, make, company, store):
    traveller = make.traveller(company)
    ticket = make.ticket(traveller, Product.PERIOD_30, COUNTY, at=IN_OCTOBER)
    first = make.invoice(traveller)
    with store.transaction(db):
        recalls.recall(db, db.merge(ticket), by=NOBODY, now=datetime(2026, 11, 4, tzinfo=UTC))
    make.ticket(traveller, Product.PERIOD_365, COUNTY, at=datetime(2026, 11, 5, tzinfo=UTC))
    second = make.invoice(traveller, NOVEMBER)

    assert invoice_contents.earlier(db, second) == [(first.number, first.issued_on)]


def test_a_months_invoices_are_found_with_or_without_the_company(db, make, invoice, company):
    other = make.invoice(make.traveller(make.company("Annat AB")))
    october = Month(2026, 10)

    assert invoice_contents.invoices_of(db, october) == [invoice, other]
    assert invoice_contents.invoices_of(db, october, company.id) == [invoice]
    assert invoice_contents.invoices_of(db, NOVEMBER) == []
