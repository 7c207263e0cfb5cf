from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from domain import departments, invoices, reports
from domain.invoices import Invoice, Kind
from domain.months import Month
from domain.outbox import OutboxMessage, Task
from domain.products import Product
from domain.services import Service
from tests.factories import COUNTY, MORNING, NOBODY

OCTOBER = Month(2026, 10)
IN_OCTOBER = datetime(2026, 10, 12, 8, tzinfo=UTC)
PERIOD = 139_000


@pytest.fixture
def company(make):
    return make.company()


def made(db):
    return db.scalars(select(Invoice).order_by(Invoice.number)).all()


def test_there_is_one_invoice_for_each_reference_number(make, db, company):
    other = make.department(company, "Kontor", "2000")
    for department in (make.first_department(company), other, other):
        make.ticket(make.traveller(department=department), Product.PERIOD_30, COUNTY,
                    at=IN_OCTOBER)
    make.closed(company)
    assert [(each.number, each.reference_number, each.gross_ore, each.kind) for each in made(db)
            ] == [(100_001, "1000", PERIOD, Kind.INVOICE), (100_002, "2000", 2 * PERIOD, "invoice")]


def test_an_invoice_is_the_sum_of_its_lines_per_service_product_and_rate(make, db, company):
    traveller = make.traveller(company)
    for product, service in ((Product.PERIOD_30, Service.STAFF_OFFER),
                             (Product.SINGLE, Service.SEND_TICKET),
                             (Product.SINGLE, Service.SEND_TICKET)):
        make.ticket(traveller, product, COUNTY, at=IN_OCTOBER, service=service)
    invoice = make.invoice(traveller)
    lines, sums = invoices.lines(db, invoice), invoices.sums(db, invoice)
    assert len(lines) == 4
    assert (invoice.gross_ore, invoice.vat_ore) == (
        sum(line.price_ore for line in lines), sum(line.vat_ore for line in lines))
    assert [(each.service, each.product, each.count) for each in sums] == [
        ("send_ticket", "single", 2), ("send_ticket", "period_30", 1),
        ("staff_offer", "period_30", 1)]
    assert sum(each.gross_ore for each in sums) == invoice.gross_ore


def test_it_is_issued_the_day_it_is_made_and_due_thirty_days_later(make):
    invoice = make.invoice()
    assert (invoice.month, invoice.period_from, invoice.period_to) == (
        OCTOBER, date(2026, 10, 1), date(2026, 10, 31))
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 11, 20), date(2026, 12, 20))


def test_the_ocr_number_has_its_length_and_a_check_digit():
    assert Invoice(number=100_001).ocr == "10000180"


def test_it_goes_to_the_company_or_to_the_department_with_an_address_of_its_own(make, store, db,
                                                                                 company):
    with store.transaction(db):
        company.peppol_id = "0007:5560000001"
    own = make.department(details=departments.Details(
        "Kontor", "2000", invoice_street="Ågatan 2", invoice_postcode="331 30",
        invoice_city="Värnamo", invoice_email="kontoret@bolaget.example"), company=company)
    for department in (make.first_department(company), own):
        make.ticket(make.traveller(department=department), Product.PERIOD_30, COUNTY,
                    at=IN_OCTOBER)
    make.closed(company)
    first, second = made(db)
    assert (first.name, first.street, first.email, first.peppol_id) == (
        "Bolaget AB", "Storgatan 1", "faktura@bolaget.example", "0007:5560000001")
    assert (second.name, second.street, second.city, second.email) == (
        "Bolaget AB", "Ågatan 2", "Värnamo", "kontoret@bolaget.example")


def test_it_stands_as_it_was_made_when_the_company_moves(make, store, db, company):
    invoice = make.invoice(make.traveller(company))
    with store.transaction(db):
        company.street, company.invoice_email = "Nya vägen 1", "ny@bolaget.example"
    db.refresh(invoice)
    assert (invoice.street, invoice.email) == ("Storgatan 1", "faktura@bolaget.example")


def test_its_files_are_left_to_be_written(make, db):
    invoice = make.invoice()
    [message] = db.scalars(select(OutboxMessage).where(
        OutboxMessage.task == Task.WRITE_INVOICE))
    assert message.args == {"invoice_id": str(invoice.id)}


def test_a_month_that_is_undone_takes_no_number(make, store, db, company):
    make.ticket(make.traveller(company), Product.PERIOD_30, COUNTY, at=IN_OCTOBER)
    with pytest.raises(ZeroDivisionError), store.transaction(db):
        reports.make(db, company.id, OCTOBER, now=MORNING)
        raise ZeroDivisionError
    assert make.invoice(make.traveller(make.company())).number == 100_001


def test_an_archived_departments_address_is_not_used_when_another_has_the_number(make, db, store,
                                                                                  company):
    def room(name, email):
        return make.department(company, details=departments.Details(
            name, "2000", invoice_email=email))
    old = room("Gamla", "gamla@bolaget.example")
    new = room("Nya", "nya@bolaget.example")
    with store.transaction(db):
        departments.archive(db, old, by=NOBODY, now=MORNING)
    make.ticket(make.traveller(department=new), Product.PERIOD_30, COUNTY, at=IN_OCTOBER)
    make.closed(company)
    [invoice] = made(db)
    assert invoice.email == "nya@bolaget.example"
