"""Each line of an invoice, as a spreadsheet and as CSV. Rows flow through: none are kept."""
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, BinaryIO

from documents import listing
from documents.invoice import InvoiceDocument
from documents.listing import Column, Kind
from domain.products import NAMES, Trip, place
from domain.services import SERVICE_NAMES

Gettext = Callable[[str], str]
Line = Any
"""A row with the columns of `invoice_contents.COLUMNS`."""


def columns(_: Gettext = str) -> list[Column]:
    return [
        Column(_("Tid"), Kind.MOMENT), Column(_("Biljettnummer"), width=14), Column(_("Tjänst")),
        Column(_("Referensnummer"), width=16), Column(_("Kostnadsställe"), width=15),
        Column(_("Avdelning")), Column(_("Resenär"), width=24), Column(_("Biljett")),
        Column(_("Gäller i"), width=24), Column(_("Bärare"), width=10), Column(_("Ändamål")),
        Column(_("Anteckning")), Column(_("Exkl. moms"), Kind.MONEY),
        Column(_("Moms"), Kind.MONEY), Column(_("Momssats %"), Kind.NUMBER),
        Column(_("Inkl. moms"), Kind.MONEY), Column(_("Köpt"), Kind.MOMENT),
    ]


def rows(lines: Iterable[Line], _: Gettext = str) -> Iterator[tuple]:
    """When it was charged or credited comes first, when it was bought last."""
    name, where, service = product_names(_), places(_), cache(lambda each: _(SERVICE_NAMES[each]))
    for each in lines:
        yield (each.counted_at, each.ticket_number, service(each.service), each.reference_number,
               each.cost_centre, each.department_name, each.holder,
               name(each.product, each.price_ore < 0), where(each.extent, each.zones, each.area),
               carrier(each.carrier), each.purpose, each.note, each.price_ore - each.vat_ore,
               each.vat_ore, each.vat_basis_points / 100, each.price_ore, each.sold_at)


def csv(lines: Iterable[Line], gettext: Gettext = str) -> Iterator[bytes]:
    return listing.csv_chunks(columns(gettext), rows(lines, gettext))


def xlsx(document: InvoiceDocument, lines: Iterable[Line], *, into: BinaryIO,
         gettext: Gettext = str) -> None:
    """The lines on one sheet, what they come to on another."""
    listing.xlsx(columns(gettext), rows(lines, gettext), title=gettext("Specifikation"), into=into,
                 also=[(gettext("Summor"), *_sums(document, gettext))])


def _sums(document: InvoiceDocument, _: Gettext) -> tuple[list[Column], list[tuple]]:
    heads = [Column(_("Tjänst")), Column(_("Momssats %"), Kind.NUMBER),
             Column(_("Exkl. moms"), Kind.MONEY), Column(_("Moms"), Kind.MONEY),
             Column(_("Inkl. moms"), Kind.MONEY)]
    of_services = [(_(SERVICE_NAMES[service]), None, each.net_ore, each.vat_ore, each.gross_ore)
                   for service, each in document.services]
    of_rates = [("", each.basis_points / 100, each.net_ore, each.vat_ore, each.gross_ore)
                for each in document.rates]
    whole = document.sum
    return heads, [*of_services, *of_rates,
                   (_("Summa"), None, whole.net_ore, whole.vat_ore, whole.gross_ore)]


def product_names(_: Gettext) -> Callable[..., str]:
    @cache
    def name(product, is_credit: bool) -> str:
        name = _(NAMES[product])
        return _("Kreditering: %(product)s") % {"product": name} if is_credit else name
    return name


def places(_: Gettext) -> Callable[..., str]:
    @cache
    def where(extent, zones: str, area) -> str:
        return place(Trip(extent, tuple(map(int, zones.split())), area), _)
    return where


def carrier(last: str) -> str:
    """As much of the number as may be shown."""
    return f"•• {last}" if last else ""
