"""An invoice or credit note, in the shape that each of its forms is written from."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from domain.identity import show_organisation_number
from domain.invoice_contents import Group
from domain.invoices import Invoice
from domain.products import NAMES
from domain.services import SERVICE_NAMES, Service

Gettext = Callable[[str], str]


@dataclass(frozen=True)
class Reader:
    """In whose language it is written."""

    language: str
    gettext: Gettext


SWEDISH = Reader("sv", str)


@dataclass(frozen=True)
class Seller:
    """The authority. Numbers as people write them."""

    name: str
    organisation_number: str
    vat_number: str
    street: str
    postcode: str
    city: str
    phone: str
    email: str
    bankgiro: str = ""
    f_skatt: bool = False
    """Whether it says that it is approved for F-skatt."""
    web: str = ""
    """Where the portal is, without a slash at the end."""


@dataclass(frozen=True)
class Buyer:
    name: str
    organisation_number: str
    """Ten digits."""
    street: str
    postcode: str
    city: str
    email: str
    peppol_id: str
    """Its organisation number where it has told no other."""


@dataclass(frozen=True)
class Row:
    """So many alike. A credit has a quantity and amounts below zero."""

    service: Service
    department: str
    cost_centre: str
    product: str
    product_code: str
    quantity: int
    price_ore: int
    """One's, VAT included."""
    basis_points: int
    gross_ore: int
    vat_ore: int

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore

    @property
    def net_price_ore(self) -> int:
        """One's, without VAT, to the nearest öre."""
        return (2 * self.net_ore + self.quantity) // (2 * self.quantity)


@dataclass(frozen=True)
class Sum:
    basis_points: int
    gross_ore: int
    vat_ore: int

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore


@dataclass(frozen=True)
class InvoiceDocument:
    """Amounts as they are kept: those of a credit note are below zero."""

    seller: Seller
    buyer: Buyer
    number: int
    is_credit: bool
    ocr: str
    issued_on: date
    due_on: date
    period_from: date
    period_to: date
    made_at: datetime
    reference: str
    reason: str
    rows: list[Row]
    earlier: list[tuple[int, date]]
    """The invoices that something is credited of."""
    lines: int
    """How many there are in its specification."""
    where: str
    """Its page in the portal; empty where there is none."""

    @property
    def rates(self) -> list[Sum]:
        """The VAT apart, the lowest rate first."""
        def rate(row: Row) -> int:
            return row.basis_points

        return [total(same, basis_points)
                for basis_points, same in groupby(sorted(self.rows, key=rate), key=rate)]

    @property
    def services(self) -> list[tuple[Service, Sum]]:
        return [(service, total(row for row in self.rows if row.service is service))
                for service in Service if any(row.service is service for row in self.rows)]

    @property
    def sum(self) -> Sum:
        return total(self.rows)


def total(rows: Iterable[Row], basis_points: int = 0) -> Sum:
    rows = list(rows)
    return Sum(basis_points, sum(row.gross_ore for row in rows), sum(row.vat_ore for row in rows))


def of(invoice: Invoice, groups: Iterable[Group], *, seller: Seller, lines: int,
       earlier: list[tuple[int, date]], gettext: Gettext = str) -> InvoiceDocument:
    return InvoiceDocument(
        seller=seller, buyer=_buyer(invoice), number=invoice.number, is_credit=invoice.is_credit,
        ocr=invoice.ocr, issued_on=invoice.issued_on, due_on=invoice.due_on,
        period_from=invoice.period_from, period_to=invoice.period_to, made_at=invoice.made_at,
        reference=invoice.reference_number, reason=invoice.reason, earlier=earlier, lines=lines,
        rows=[_row(group, gettext) for group in groups],
        where=f"{seller.web}/foretag/fakturor/{invoice.id}" if seller.web else "")


def _buyer(invoice: Invoice) -> Buyer:
    return Buyer(invoice.name, invoice.organisation_number, invoice.street, invoice.postcode,
                 invoice.city, invoice.email,
                 invoice.peppol_id or f"0007:{invoice.organisation_number}")


def _row(group: Group, gettext: Gettext) -> Row:
    return Row(group.service, group.department_name, group.cost_centre,
               gettext(NAMES[group.product]), group.product, group.quantity, group.price_ore,
               group.vat_basis_points, group.gross_ore, group.vat_ore)


def service_name(service: Service, gettext: Gettext = str) -> str:
    return gettext(SERVICE_NAMES[service])


def file_name(document: InvoiceDocument, ending: str) -> str:
    kind = "kreditfaktura" if document.is_credit else "faktura"
    return f"{kind}-{document.number}.{ending}"


def digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def shown_number(organisation_number: str) -> str:
    return show_organisation_number(organisation_number)
