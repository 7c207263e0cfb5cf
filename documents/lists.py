"""The lists that can be had as files, each with its columns, for the web and for the workers."""
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from enum import Enum
from functools import cache

from documents.listing import Column, Kind
from domain.list_files import What
from domain.months import Month
from domain.products import NAMES, Product, Trip, place
from domain.services import SERVICE_NAMES, Service
from domain.statistics import NOBODY
from domain.texts import sv

Gettext = Callable[[str], str]
TITLES = {
    What.PURCHASES: sv("Alla köp"), What.BY_MONTH: sv("Köp per månad"),
    What.BY_DEPARTMENT: sv("Köp per avdelning"), What.BY_PRODUCT: sv("Köp per biljett"),
    What.BY_PERSON: sv("Köp per resenär"), What.BY_PURPOSE: sv("Köp per ändamål"),
    What.BY_SERVICE: sv("Köp per tjänst"), What.RUNNING: sv("Biljetter som pågår"),
    What.UNUSED_LIMITS: sv("Gränser som inte används"),
}
FIRST = {
    What.BY_MONTH: sv("Månad"), What.BY_DEPARTMENT: sv("Avdelning"), What.BY_PRODUCT: sv("Biljett"),
    What.BY_PERSON: sv("Resenär"), What.BY_PURPOSE: sv("Ändamål"), What.BY_SERVICE: sv("Tjänst"),
}
SUMS = ((sv("Biljetter"), Kind.NUMBER), (sv("Inkl. moms"), Kind.MONEY),
        (sv("Varav moms"), Kind.MONEY), (sv("Biljetter året före"), Kind.NUMBER),
        (sv("Inkl. moms året före"), Kind.MONEY))
COLUMNS: dict[What, Sequence[tuple[str, Kind]]] = {
    What.PURCHASES: (
        (sv("Köpt"), Kind.MOMENT), (sv("Biljettnummer"), Kind.TEXT), (sv("Tjänst"), Kind.TEXT),
        (sv("Referensnummer"), Kind.TEXT), (sv("Kostnadsställe"), Kind.TEXT),
        (sv("Avdelning"), Kind.TEXT), (sv("Resenär"), Kind.TEXT), (sv("Biljett"), Kind.TEXT),
        (sv("Giltighet"), Kind.TEXT), (sv("Ändamål"), Kind.TEXT), (sv("Märkning"), Kind.TEXT),
        (sv("Inkl. moms"), Kind.MONEY), (sv("Varav moms"), Kind.MONEY),
        (sv("Återkallad"), Kind.MOMENT)),
    What.RUNNING: (
        (sv("Resenär"), Kind.TEXT), (sv("Avdelning"), Kind.TEXT), (sv("Tjänst"), Kind.TEXT),
        (sv("Biljett"), Kind.TEXT), (sv("Giltighet"), Kind.TEXT), (sv("Första dag"), Kind.DATE),
        (sv("Slutar tidigast"), Kind.DATE), (sv("Inkl. moms"), Kind.MONEY),
        (sv("Biljettnummer"), Kind.TEXT)),
    What.UNUSED_LIMITS: (
        (sv("Resenär"), Kind.TEXT), (sv("Avdelning"), Kind.TEXT),
        (sv("Gräns per månad"), Kind.MONEY), (sv("Ansluten"), Kind.MOMENT),
        (sv("Köpte senast"), Kind.TEXT)),
}


def title(what: What, gettext: Gettext) -> str:
    return gettext(TITLES[what])


def columns(what: What, gettext: Gettext) -> list[Column]:
    named = COLUMNS.get(what) or ((FIRST[what], Kind.TEXT), *SUMS)
    return [Column(gettext(name), kind) for name, kind in named]


def written(what: What, rows: Iterable[tuple], gettext: Gettext,
            month: Callable[[Month], str]) -> Iterator[list[object]]:
    """The domain's rows with words in the place of what they name. `month` writes one."""
    texts = [number for number, column in enumerate(columns(what, gettext))
             if column.kind is Kind.TEXT]

    @cache
    def said(value: object) -> object:
        return _word(what, value, gettext, month)

    for row in rows:
        cells = list(row)
        for number in texts:
            cells[number] = said(cells[number])
        yield cells


def _word(what: What, value: object, gettext: Gettext, month: Callable) -> object:
    if what is What.BY_PRODUCT or isinstance(value, Product):
        return gettext(NAMES[Product(value)])
    if what is What.BY_SERVICE or isinstance(value, Service):
        return gettext(SERVICE_NAMES[Service(value)])
    if what is What.BY_PERSON and value == NOBODY:
        return gettext(sv("Tillfälliga resenärer"))
    if what is What.BY_PURPOSE and not value:
        return gettext(sv("Utan ändamål"))
    if isinstance(value, Trip):
        return place(value, gettext)
    if isinstance(value, date):
        return month(Month.on(value))
    return value.value if isinstance(value, Enum) else value
