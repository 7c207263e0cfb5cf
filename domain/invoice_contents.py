"""What stands on an invoice, read from its lines: put together by the database, since there may be
a million of them."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import Session, aliased

from domain.access import Scope
from domain.invoices import Invoice
from domain.months import Month
from domain.products import Product
from domain.services import Service
from domain.specification_lines import SALE, SpecificationLine

ROWS_AT_ONCE = 2_000
MOST_EARLIER = 50

COLUMNS = ("counted_at", "sold_at", "ticket_number", "service", "reference_number", "cost_centre",
           "department_name", "holder", "carrier", "purpose", "note", "product", "extent", "zones",
           "area", "price_ore", "vat_ore", "vat_basis_points")
"""Those of a line that its specification shows."""


@dataclass(frozen=True)
class Group:
    """Alike lines: so many of the same product at the same price. `price_ore` is one's, VAT
    included, and never below zero; a group of credits has a `quantity` below zero."""

    service: Service
    department_name: str
    cost_centre: str
    product: Product
    price_ore: int
    vat_basis_points: int
    quantity: int
    gross_ore: int
    vat_ore: int

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore


@dataclass(frozen=True)
class Cost:
    """What is booked in one place."""

    invoice_id: UUID
    service: Service
    cost_centre: str
    department_name: str
    vat_basis_points: int
    gross_ore: int
    vat_ore: int

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore


def _seen(invoice_id: UUID, within: Scope | None) -> ColumnElement[bool]:
    ours = SpecificationLine.invoice_id == invoice_id
    return ours if within is None else ours & within.holds(
        SpecificationLine.company_id, SpecificationLine.department_id)


def groups(session: Session, invoice: Invoice) -> list[Group]:
    """By service and department, in the order of the services."""
    line = SpecificationLine
    alike = (line.service, line.department_name, line.cost_centre, line.product,
             line.vat_basis_points, line.price_ore)
    rows = session.execute(
        select(*alike, func.count(), func.sum(line.vat_ore))
        .where(line.invoice_id == invoice.id).group_by(*alike)).all()
    found = [Group(service, department, centre, product, abs(price), rate,
                   count if price >= 0 else -count, price * count, int(vat))
             for service, department, centre, product, rate, price, count, vat in rows]
    services, products = list(Service), list(Product)
    return sorted(found, key=lambda each: (
        services.index(each.service), each.department_name, each.cost_centre,
        each.quantity < 0, products.index(each.product), each.price_ore, each.vat_basis_points))


def listed(invoice: Invoice, *, within: Scope | None = None) -> Select:
    """The specification: by service and department, and in the order of time."""
    line = SpecificationLine
    return (select(*(getattr(line, column) for column in COLUMNS))
            .where(_seen(invoice.id, within))
            .order_by(_SERVICES, line.department_name, line.counted_at, line.id))


_SERVICES = case({service: place for place, service in enumerate(Service)},
                 value=SpecificationLine.service)


def lines(session: Session, invoice: Invoice, *, within: Scope | None = None) -> Iterator[Row]:
    """A few at a time."""
    yield from session.execute(
        listed(invoice, within=within), execution_options={"yield_per": ROWS_AT_ONCE})


def count(session: Session, invoice: Invoice, *, within: Scope | None = None) -> int:
    return session.scalar(select(func.count()).select_from(SpecificationLine)
                          .where(_seen(invoice.id, within))) or 0


def earlier(session: Session, invoice: Invoice) -> list[tuple[int, date]]:
    """The number and day of each invoice that something is credited of."""
    if invoice.credits is not None:
        return [(invoice.credits.number, invoice.credits.issued_on)]
    credit, sale = SpecificationLine, aliased(SpecificationLine)
    return [(number, issued) for number, issued in session.execute(
        select(Invoice.number, Invoice.issued_on).distinct()
        .join(sale, sale.invoice_id == Invoice.id)
        .join(credit, credit.ticket_id == sale.ticket_id)
        .where(credit.invoice_id == invoice.id, credit.price_ore < 0, sale.entry == SALE,
               Invoice.id != invoice.id)
        .order_by(Invoice.number).limit(MOST_EARLIER)).all()]


def costs(session: Session, *which: ColumnElement[bool]) -> Iterator[Cost]:
    """For the books, by the number of the invoice."""
    line = SpecificationLine
    place = (line.invoice_id, line.service, line.cost_centre, line.department_name,
             line.vat_basis_points)
    for *where, gross, vat in session.execute(
            select(*place, func.sum(line.price_ore), func.sum(line.vat_ore))
            .join(Invoice, Invoice.id == line.invoice_id).where(*which)
            .group_by(Invoice.number, *place)
            .order_by(Invoice.number, line.service, line.cost_centre, line.department_name,
                      line.vat_basis_points),
            execution_options={"yield_per": ROWS_AT_ONCE}):
        yield Cost(*where, int(gross), int(vat))


def invoices_of(session: Session, month: Month, company_id: UUID | None = None) -> list[Invoice]:
    """All that were made of the month, or a company's."""
    whose = () if company_id is None else (Invoice.company_id == company_id,)
    return list(session.scalars(
        select(Invoice).where(Invoice.month_on == month.first_day, *whose)
        .order_by(Invoice.number)))
