"""The month's specification as an accessible PDF (PDF/UA-1), set by Typst."""
import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable
from contextlib import nullcontext
from typing import Any, TypeVar

from documents.specification import (
    Line,
    Specification,
    Sum,
    by_rate,
    kronor,
    local,
    per_cent,
    total,
)
from documents.typesetting import Typesetter

# Some 15 pages and 0.3 s of a night when each company has one. The spreadsheet has all of them, and
# so has the specification of each invoice.
MAX_LINES = 500
# What the two fonts can draw, Latin, Greek, Cyrillic, Armenian, Georgian and Arabic: PDF/UA forbids
# a box for a missing sign.
NOT_DRAWN = re.compile(
    "[^\n -~\u00a0-\u024f\u0386\u0388-\u038a\u0391-\u03a1\u03a3-\u03ce\u0400-\u04ff"
    "\u0531-\u0556\u0561-\u0587\u060c\u061b\u061f\u0621-\u063a\u0640-\u0652\u0660-\u0669\u067e"
    "\u0686\u0698\u06a9\u06af\u06be\u06cc\u06f0-\u06f9\u10d0-\u10fc\u1e00-\u1eff"
    "\u200b\u2010-\u203f\u20a0-\u20bf\u2116\u2122\u2190-\u21ff\u2200-\u22ff\N{WHITE SQUARE}]")

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
Gettext = Callable[[str], str]


def specification(spec: Specification, gettext: Gettext = str, *,
                  typesetter: Typesetter | None = None) -> bytes:
    """A PDF of A4 pages: the sums first, then every ticket under its service and reference."""
    with nullcontext(typesetter) if typesetter else Typesetter() as setter:
        return setter.set("specification.typ", drawable(_data(spec, gettext)))


def _data(spec: Specification, _: Gettext) -> dict[str, Any]:
    services = _grouped(spec.sums, lambda each: each.service)
    return {
        "language": spec.language,
        "title": _("Specifikation %(month)s") % {"month": spec.month_name},
        "month": spec.month_name,
        "authority": spec.authority,
        "contact": spec.authority_contact,
        "company": spec.company,
        "organisation_number": spec.organisation_number,
        "period": f"{spec.period_start} – {spec.period_end}",
        "made": _("Skapad %(when)s") % {"when": f"{local(spec.made_at):%Y-%m-%d %H:%M}"},
        "stops": [{"name": service, "amount": _kr(total(sums).gross_ore)}
                  for service, sums in services.items()],
        "sum": _kr(total(spec.sums).gross_ore),
        "sums": [_sum(each) for each in spec.sums],
        "total": _sum(total(spec.sums, service=_("Summa"))) | {"rate": ""},
        "rates": [_sum(each) for each in by_rate(spec.sums)],
        "groups": _groups(spec) if len(spec.lines) <= MAX_LINES else [],
        "note": _note(len(spec.lines), _),
        "words": _words(_),
    }


def _words(_: Gettext) -> dict[str, str]:
    return {
        "sums": _("Summor"), "sum": _("Summa"), "lines": _("Biljetter"),
        "organisation_number": _("Organisationsnummer"), "service": _("Tjänst"),
        "reference": _("Referensnummer"), "tickets": _("Biljetter"), "rate": _("Momssats"),
        "net": _("Exkl. moms"), "vat": _("Moms"), "gross": _("Inkl. moms"),
        "vat_apart": _("Moms per momssats"), "sold": _("Köpt"), "ticket": _("Nummer"),
        "product": _("Biljett"), "person": _("Resenär"), "page": _("Sida {page} av {pages}"),
    }


def _note(lines: int, _: Gettext) -> str:
    if not lines:
        return _("Inga biljetter köptes under månaden.")
    if lines > MAX_LINES:
        return _("Biljetterna är {lines} och står i Excel-filen.").replace("{lines}", f"{lines}")
    return ""


def _groups(spec: Specification) -> list[dict[str, Any]]:
    """The lines of each service and reference, in the order of the sums."""
    everything: list[Sum | Line] = [*spec.sums, *spec.lines]
    lines = _grouped(spec.lines, _place)
    return [{"name": " · ".join(filter(None, place)),
             "amount": _kr(sum(line.price_ore for line in lines[place])),
             "lines": [_line(line) for line in lines[place]]}
            for place in _grouped(everything, _place) if place in lines]


def drawable(value: Any) -> Any:
    """The same with a white square for every sign that no font here has."""
    match value:
        case str():
            return NOT_DRAWN.sub("\N{WHITE SQUARE}", unicodedata.normalize("NFC", value))
        case list():
            return [drawable(each) for each in value]
        case dict():
            return {key: drawable(each) for key, each in value.items()}
    return value


def _place(each: Line | Sum) -> tuple[str, str]:
    return each.service, each.reference


def _grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """Those with the same key together, in the order of the first of each."""
    groups: dict[K, list[T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def _sum(each: Sum) -> dict[str, str]:
    return {"service": each.service, "reference": each.reference,
            "rate": per_cent(each.vat_basis_points), "tickets": f"{each.tickets}",
            "net": kronor(each.net_ore), "vat": kronor(each.vat_ore),
            "gross": kronor(each.gross_ore)}


def _line(line: Line) -> dict[str, str]:
    return {"sold": f"{local(line.sold_at):%Y-%m-%d %H:%M}", "ticket": line.ticket_number,
            "product": breakable(line.product),
            "where": breakable(" · ".join(filter(None, (line.where, line.purpose)))),
            "person": breakable(line.person), "department": breakable(line.department),
            "vat": kronor(line.vat_ore), "gross": kronor(line.price_ore)}


def breakable(text: str) -> str:
    """A word of more than 20 letters may break, so that it never runs into the amounts."""
    return re.sub(r"(\S{20})(?=\S)", "\\1\N{ZERO WIDTH SPACE}", text)


def _kr(ore: int) -> str:
    return f"{kronor(ore)}\N{NO-BREAK SPACE}kr"
