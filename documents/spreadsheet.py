"""The month's specification as an Excel workbook: typed numbers and dates, never a formula."""
import io
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from documents.specification import Specification, Sum, by_rate, local, total

BRAND = "#00566B"
HAIRLINE = "#D9DDE0"
KRONOR, COUNT, RATE = "#,##0.00", "#,##0", "0.0%"
MOMENT = "yyyy-mm-dd hh:mm"

Gettext = Callable[[str], str]
Cell = str | int | float | datetime


class Column(NamedTuple):
    heading: str
    width: int
    number_format: str = ""


def specification(spec: Specification, gettext: Gettext = str) -> bytes:
    """An .xlsx with every line on one sheet and the sums on the other; amounts in kronor."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        workbook.set_properties({"title": _title(spec, gettext), "author": spec.authority,
                                 "created": local(spec.made_at).replace(tzinfo=None)})
        _lines(workbook, spec, gettext)
        _sums(workbook, spec, gettext)
    return file.getvalue()


def _title(spec: Specification, _: Gettext) -> str:
    return f"{_('Specifikation')} {spec.month_name}"


def _lines(workbook: Workbook, spec: Specification, _: Gettext) -> None:
    columns = [
        Column(_("Köpt"), 17, MOMENT), Column(_("Nummer"), 14), Column(_("Tjänst"), 18),
        Column(_("Referensnummer"), 16), Column(_("Avdelning"), 18), Column(_("Resenär"), 24),
        Column(_("Biljett"), 22), Column(_("Gäller i"), 28), Column(_("Ändamål"), 22),
        Column(_("Exkl. moms"), 12, KRONOR), Column(_("Moms"), 12, KRONOR),
        Column(_("Momssats"), 11, RATE), Column(_("Inkl. moms"), 12, KRONOR),
    ]
    sheet = _Sheet(workbook, _("Specifikation"), columns)
    sheet.titles(
        _title(spec, _), spec.company,
        " ".join([_("Organisationsnummer"), spec.organisation_number]),
        f"{spec.period_start} – {spec.period_end}", f"{spec.authority}, {spec.authority_contact}",
        _("Skapad %(when)s") % {"when": f"{local(spec.made_at):%Y-%m-%d %H:%M}"})
    sheet.headings(columns)
    sheet.stay_at_top(len(spec.lines))
    for line in spec.lines:
        sheet.row(local(line.sold_at).replace(tzinfo=None), line.ticket_number, line.service,
                  line.reference, line.department, line.person, line.product, line.where,
                  line.purpose, line.net_ore / 100, line.vat_ore / 100,
                  line.vat_basis_points / 10_000, line.price_ore / 100)


def _sums(workbook: Workbook, spec: Specification, _: Gettext) -> None:
    amounts = [Column(_("Exkl. moms"), 14, KRONOR), Column(_("Moms"), 14, KRONOR),
               Column(_("Inkl. moms"), 14, KRONOR)]
    columns = [Column(_("Tjänst"), 22), Column(_("Referensnummer"), 20),
               Column(_("Momssats"), 11, RATE), Column(_("Biljetter"), 11, COUNT), *amounts]
    sheet = _Sheet(workbook, _("Summor"), columns)
    sheet.titles(f"{_('Summor')} {spec.month_name}", spec.company)
    sheet.headings(columns)
    for each in spec.sums:
        sheet.row(each.service, each.reference, each.vat_basis_points / 10_000, *_amounts(each))
    sheet.row(_("Summa"), "", "", *_amounts(total(spec.sums)), bold=True)
    sheet.gap()
    sheet.headings([Column(_("Moms per momssats"), 0), Column("", 0), *columns[2:]])
    for each in by_rate(spec.sums):
        sheet.row("", "", each.vat_basis_points / 10_000, *_amounts(each))


def _amounts(each: Sum) -> tuple[int, float, float, float]:
    return each.tickets, each.net_ore / 100, each.vat_ore / 100, each.gross_ore / 100


class _Sheet:
    """A worksheet filled from the top, ready to be printed on a landscape A4."""

    def __init__(self, workbook: Workbook, name: str, columns: list[Column]):
        self.at = 0
        self.sheet: Worksheet = workbook.add_worksheet(name)
        self.width = len(columns)
        self.title = workbook.add_format({"bold": True, "font_size": 16, "font_color": BRAND})
        self.heading: list[Format] = []
        self.plain: list[Format] = []
        self.bold: list[Format] = []
        for place, column in enumerate(columns):
            shape = {"num_format": column.number_format} if column.number_format else {}
            side = {"align": "left" if column.number_format in ("", MOMENT) else "right"}
            self.heading.append(workbook.add_format(
                {"bold": True, "font_color": "#FFFFFF", "bg_color": BRAND} | side))
            self.plain.append(workbook.add_format(
                {"bottom": 1, "bottom_color": HAIRLINE} | side | shape))
            self.bold.append(workbook.add_format({"bold": True, "top": 2} | side | shape))
            self.sheet.set_column(place, place, column.width)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.hide_gridlines(2)
        self.sheet.set_footer("&L&A&R&P / &N")

    def titles(self, first: str, *rest: str) -> None:
        self.sheet.write_string(0, 0, first, self.title)
        for row, text in enumerate(rest, start=1):
            self.sheet.write_string(row, 0, text)
        self.at = len(rest) + 2

    def headings(self, columns: list[Column]) -> None:
        for place, column in enumerate(columns):
            self.sheet.write_string(self.at, place, column.heading, self.heading[place])
        self.at += 1

    def stay_at_top(self, rows: int) -> None:
        """The headings just written stay in sight, on paper too, and filter the rows below."""
        self.sheet.freeze_panes(self.at, 0)
        self.sheet.repeat_rows(self.at - 1)
        self.sheet.autofilter(self.at - 1, 0, self.at - 1 + rows, self.width - 1)

    def row(self, *cells: Cell, bold: bool = False) -> None:
        for place, (cell, form) in enumerate(
                zip(cells, self.bold if bold else self.plain, strict=True)):
            match cell:
                case str():
                    self.sheet.write_string(self.at, place, cell, form)
                case datetime():
                    self.sheet.write_datetime(self.at, place, cell, form)
                case _:
                    self.sheet.write_number(self.at, place, cell, form)
        self.at += 1

    def gap(self) -> None:
        self.at += 1
