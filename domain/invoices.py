"""Invoices and credit notes, as they were made: one for each reference number of a company and
month. Only what becomes of them afterwards is kept elsewhere."""
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from stdnum import luhn

from domain.access import Scope
from domain.companies import Company
from domain.errors import NotFound
from domain.months import Month
from domain.products import Product
from domain.services import Service
from domain.specification_lines import SALE, SpecificationLine
from domain.store import Row

MOST_NUMBER = 2_147_483_647
"""What fits in the column."""


class Kind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class Invoice(Row):
    __tablename__ = "invoices"
    __table_args__ = (Index("ix_invoices_company", "company_id", "issued_on"),
                      Index("ix_invoices_month", "month_on"))

    number: Mapped[int] = mapped_column(unique=True)
    """Of one series for invoices and credit notes, without gaps."""
    kind: Mapped[Kind] = mapped_column(default=Kind.INVOICE)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    reference_number: Mapped[str]
    month_on: Mapped[date]
    """The month that was closed, or in which the credit note was made."""
    period_from: Mapped[date]
    period_to: Mapped[date]
    """The first and the last day of the months that its lines are of."""
    issued_on: Mapped[date]
    due_on: Mapped[date]
    made_at: Mapped[datetime]
    gross_ore: Mapped[int]
    """The sum of its lines, VAT included; below zero on a credit note."""
    vat_ore: Mapped[int]
    credits_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    """The invoice that a credit note is about."""
    reason: Mapped[str] = mapped_column(default="", server_default="")
    """Why something was credited, in a clerk's own words."""
    name: Mapped[str]
    organisation_number: Mapped[str]
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    email: Mapped[str]
    peppol_id: Mapped[str | None]
    """Whose it is and where it goes, as that was when it was made."""

    company: Mapped[Company] = relationship()
    credits: Mapped["Invoice | None"] = relationship(remote_side="Invoice.id")

    @property
    def month(self) -> Month:
        return Month.on(self.month_on)

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore

    @property
    def is_credit(self) -> bool:
        return self.kind == Kind.CREDIT_NOTE

    @property
    def ocr(self) -> str:
        """What a payment names: the number, its length with that of the two last digits, and a
        check digit."""
        counted = f"{self.number}{(len(str(self.number)) + 2) % 10}"
        return counted + luhn.calc_check_digit(counted)


def listed(company_id: UUID) -> Select[tuple[Invoice]]:
    """A company's, the last made first."""
    return (select(Invoice).where(Invoice.company_id == company_id)
            .order_by(Invoice.number.desc()))


def find(session: Session, invoice_id: UUID, *, company_id: UUID) -> Invoice:
    """Whoever has the whole company sees its invoices."""
    invoice = session.get(Invoice, invoice_id)
    if invoice is None or invoice.company_id != company_id:
        raise NotFound("Fakturan finns inte.")
    return invoice


def at_the_desk(session: Session, invoice_id: UUID) -> Invoice:
    """A clerk sees those of all companies."""
    invoice = session.get(Invoice, invoice_id)
    if invoice is None:
        raise NotFound("Fakturan finns inte.")
    return invoice


def with_number(session: Session, number: int) -> Invoice | None:
    if not 0 < number <= MOST_NUMBER:
        return None
    return session.scalar(select(Invoice).where(Invoice.number == number))


def with_ocr(session: Session, ocr: str) -> Invoice | None:
    """As a payment names it: zeros before it do not count."""
    bare = ocr.replace(" ", "").lstrip("0")
    if not (bare.isascii() and bare.isdecimal() and 2 < len(bare) <= 18):
        return None
    invoice = with_number(session, int(bare[:-2]))
    return invoice if invoice and invoice.ocr == bare else None


def of_month(session: Session, company_id: UUID, month: Month) -> list[Invoice]:
    return list(session.scalars(
        select(Invoice).where(Invoice.company_id == company_id,
                              Invoice.month_on == month.first_day).order_by(Invoice.number)))


@dataclass(frozen=True)
class Sum:
    service: Service
    product: Product
    vat_basis_points: int
    count: int
    """Of what was bought."""
    credited: int
    """How many lines take something back."""
    gross_ore: int
    vat_ore: int

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore


def by_place(each: Sum) -> tuple[int, int, int]:
    """The order that sums are shown in."""
    return (_SERVICES[each.service], _PRODUCTS[each.product], each.vat_basis_points)


_SERVICES = {service: place for place, service in enumerate(Service)}
_PRODUCTS = {product: place for place, product in enumerate(Product)}


def listed_lines(invoice: Invoice, *,
                 within: Scope | None = None) -> Select[tuple[SpecificationLine]]:
    """In the order that they were bought, recalled or corrected."""
    found = select(SpecificationLine).where(SpecificationLine.invoice_id == invoice.id)
    if within:
        found = found.where(within.holds(SpecificationLine.company_id,
                                         SpecificationLine.department_id))
    return found.order_by(SpecificationLine.counted_at, SpecificationLine.id)


def lines(session: Session, invoice: Invoice, *, within: Scope | None = None,
          most: int | None = None) -> list[SpecificationLine]:
    return list(session.scalars(listed_lines(invoice, within=within).limit(most)))


def sums(session: Session, invoice: Invoice, *, within: Scope | None = None) -> list[Sum]:
    """Per service, product and VAT rate."""
    line = listed_lines(invoice, within=within).order_by(None).subquery().c
    group = (line.service, line.product, line.vat_basis_points)
    rows = session.execute(
        select(*group, func.count().filter(line.entry == SALE),
               func.count().filter(line.entry != SALE), func.sum(line.price_ore),
               func.sum(line.vat_ore)).group_by(*group))
    return sorted((Sum(*key, count, credited, int(gross), int(vat))
                   for *key, count, credited, gross, vat in rows), key=by_place)
