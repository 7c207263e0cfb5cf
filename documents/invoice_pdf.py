"""An invoice or credit note as an accessible PDF (PDF/UA-1), set by Typst, with its specification.
"""
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from babel.dates import format_date

from documents import specification as month_specification
from documents.invoice import (
    SWEDISH,
    Gettext,
    InvoiceDocument,
    Reader,
    Row,
    service_name,
    shown_number,
)
from documents.invoice_specification import Line, carrier, places, product_names
from documents.pdf import breakable, drawable
from documents.specification import NARROW_NBSP, local, per_cent
from documents.typesetting import Typesetter
from domain.invoice_files import Kind
from domain.money import NBSP

TEMPLATE = "invoice.typ"
MOST_AFTER = 200
"""Lines after an invoice, some six pages: the specification of more is apart, so that a night's
invoices are made in a night."""
MOST_LINES = 2_000
"""Some 60 pages, 250 MB: nobody reads more on paper, and the spreadsheet has them all."""

FEW = 2
"""So many earlier invoices are named with their day too."""

Said = dict[str, str]


def pdf(document: InvoiceDocument, lines: Iterable[Line], *, typesetter: Typesetter,
        reader: Reader = SWEDISH) -> bytes:
    """The lines are left unread where they are too many to stand after the invoice."""
    return _set(document, lines, MOST_AFTER, False, typesetter, reader)


def specification(document: InvoiceDocument, lines: Iterable[Line], *, typesetter: Typesetter,
                  reader: Reader = SWEDISH) -> bytes:
    """Alone."""
    return _set(document, lines, MOST_LINES, True, typesetter, reader)


PARTS = {Kind.PDF: pdf, Kind.SPECIFICATION: specification}


def _set(document: InvoiceDocument, lines: Iterable[Line], most: int, alone: bool,
         typesetter: Typesetter, reader: Reader) -> bytes:
    return typesetter.set(TEMPLATE, drawable(
        _invoice(document, reader) | {"alone": alone}
        | _specification(document, lines, most, reader.gettext)))


def _invoice(document: InvoiceDocument, reader: Reader) -> dict[str, Any]:
    _, language = reader.gettext, reader.language
    buyer, whole = document.buyer, document.sum
    return {
        "language": language,
        "title": title(document, _),
        "seller": {"name": document.seller.name},
        "foot": _foot(document, _),
        "buyer": list(filter(None, [buyer.name, buyer.street, f"{buyer.postcode} {buyer.city}"])),
        "facts": _facts(document, _, language),
        "stops": _stops(document, _, language),
        "pay": _pay(document, _, language),
        "notes": _notes(document, _),
        "services": [{
            "name": service_name(service, _), "sum": _kr(each.gross_ore),
            "rows": [_row(row) for row in document.rows if row.service is service],
        } for service, each in document.services],
        "rates": [[per_cent(each.basis_points), kronor(each.net_ore), kronor(each.vat_ore),
                   kronor(each.gross_ore)] for each in document.rates],
        "total": [_("Summa"), kronor(whole.net_ore), kronor(whole.vat_ore),
                  kronor(whole.gross_ore)],
        "terms": _terms(document, _),
        "words": _words(_),
    }


def title(document: InvoiceDocument, _: Gettext = str) -> str:
    said = _("Kreditfaktura %(number)s") if document.is_credit else _("Faktura %(number)s")
    return said % {"number": document.number}


def _words(_: Gettext) -> Said:
    words = {
        "page": _("Sida {page} av {pages}"), "department": _("Avdelning"),
        "product": _("Biljett"), "quantity": _("Antal"), "price": _("À-pris exkl. moms"),
        "net": _("Exkl. moms"), "rate": _("Momssats"), "vat": _("Moms"), "gross": _("Inkl. moms"),
        "sum": _("Summa"), "specification": _("Specifikation"), "when": _("Tid"),
        "ticket": _("Nummer"), "person": _("Resenär"),
    }
    first, *rest = words["price"].split()
    return words | {"price": f"{first} {NBSP.join(rest)}"}  # on two lines


def _foot(document: InvoiceDocument, _: Gettext) -> list[list[str]]:
    seller = document.seller
    tax = [_("Godkänd för F-skatt")] if seller.f_skatt else []
    return [
        [seller.name, seller.street, f"{seller.postcode} {seller.city}"],
        [seller.phone, seller.email],
        [f"{_('Organisationsnummer')} {seller.organisation_number}",
         f"{_('Momsregistreringsnummer')} {seller.vat_number}", *tax],
    ]


def _facts(document: InvoiceDocument, _: Gettext, language: str) -> list[Said]:
    dated = len(document.earlier) <= FEW
    earlier = ", ".join(f"{number} ({day})" if dated else f"{number}"
                        for number, day in document.earlier)
    facts = [
        (_("Fakturadatum"), day_of(document.issued_on, language)),
        (_("Referensnummer"), document.reference),
        (_("Organisationsnummer"), shown_number(document.buyer.organisation_number)),
        (_("Krediterar faktura") if document.is_credit else _("Kreditering av"), earlier),
    ]
    return [{"word": word, "said": breakable(said)} for word, said in facts if said]


def _stops(document: InvoiceDocument, _: Gettext, language: str) -> list[Said]:
    """From the first purchase to the day of payment."""
    first, last = document.period_from, document.period_to
    period = format_date(last, "MMMM y", language) if (
        first.replace(day=1) == last.replace(day=1)) else "–".join(
            format_date(day, "MMM y", language).replace(".", "") for day in (first, last))
    stops = [(_("Köpt"), period), (_("Fakturerad"), day_of(document.issued_on, language))]
    if document.is_credit:
        stops[-1] = (_("Krediterad"), stops[-1][1])
    else:
        stops.append((_("Betalas senast"), day_of(document.due_on, language)))
    return [{"word": word, "day": day} for word, day in stops]


def _pay(document: InvoiceDocument, _: Gettext, language: str) -> list[Said]:
    if document.is_credit:
        return [{"word": _("Till godo"), "said": _kr(-document.sum.gross_ore)}]
    said = [(_("Att betala"), _kr(document.sum.gross_ore)),
            (_("Senast"), day_of(document.due_on, language)),
            (_("Bankgiro"), document.seller.bankgiro), (_("OCR-nummer"), document.ocr)]
    return [{"word": word, "said": value} for word, value in said if value]


def _notes(document: InvoiceDocument, _: Gettext) -> list[str]:
    return [breakable(document.reason)] if document.reason else []


def _terms(document: InvoiceDocument, _: Gettext) -> str:
    if document.is_credit:
        return _("Beloppet räknas av mot kommande fakturor.")
    return _("Efter förfallodagen tas dröjsmålsränta ut enligt räntelagen.")


def _row(row: Row) -> list[str]:
    place = " · ".join(filter(None, (row.department, row.cost_centre)))
    return [breakable(place), row.product, count(row.quantity),
            kronor(row.net_price_ore), kronor(row.net_ore), per_cent(row.basis_points),
            kronor(row.vat_ore), kronor(row.gross_ore)]


def _specification(document: InvoiceDocument, lines: Iterable[Line], most: int,
                   _: Gettext) -> dict[str, Any]:
    if document.lines > most:
        about = _("Raderna är %(lines)s. De står i specifikationen som Excel- eller CSV-fil.")
        return {"specification": True, "groups": [], "about": about % {"lines": document.lines}}
    return {"specification": document.lines > 0, "groups": list(_groups(lines, _)),
            "about": _("Alla köp och krediteringar på fakturan.")}


def _groups(lines: Iterable[Line], _: Gettext) -> Iterator[dict[str, Any]]:
    """They come in the order of service and department."""
    name, where = product_names(_), places(_)
    for (service, department), same in groupby(
            lines, key=lambda line: (line.service, line.department_name)):
        same = list(same)
        yield {"name": " · ".join(filter(None, (service_name(service, _), department))),
               "sum": _kr(sum(line.price_ore for line in same)),
               "lines": [_line(line, name, where) for line in same]}


def _line(line: Line, name: Callable[..., str], where: Callable[..., str]) -> list[str]:
    said = (where(line.extent, line.zones, line.area), line.purpose, line.note)
    return [local(line.counted_at).isoformat(" ")[:16], line.ticket_number,
            name(line.product, line.price_ore < 0), breakable(" · ".join(filter(None, said))),
            breakable(line.holder), carrier(line.carrier),
            kronor(line.vat_ore), kronor(line.price_ore)]


def day_of(day: date, language: str) -> str:
    return format_date(day, "d MMMM y", language).replace(" ", NBSP)


def count(quantity: int) -> str:
    return f"{quantity:,}".replace(",", NBSP).replace("-", "\N{MINUS SIGN}")


def kronor(ore: int) -> str:
    """With spaces that can be seen between the thousands."""
    return month_specification.kronor(ore).replace(NARROW_NBSP, NBSP)


def _kr(ore: int) -> str:
    return f"{kronor(ore)}{NBSP}kr"
