"""The company's invoices and credit notes, as far as whoever looks sees them: a list, and one of
them with its lines. The files are of the whole invoice, and for who has the whole company."""
from uuid import UUID

from flask import Blueprint, abort
from htmx_flask import request
from wtforms import BooleanField, Form, SearchField, SelectField
from wtforms.fields.choices import SelectChoice

from blueprints import events, exports, invoice_stops
from blueprints.formats import place
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.seller import seller
from blueprints.web import actor, db, now, page
from blueprints.words import word
from documents import invoice_downloads
from documents.listing import Column, Kind
from domain import (
    audit,
    invoice_files,
    invoice_lines,
    invoice_lists,
    invoice_questions,
    invoice_standings,
    invoices,
)
from domain.access import Right
from domain.errors import NotFound
from domain.invoice_lists import Search
from domain.invoices import Invoice
from domain.months import Month
from domain.specification_lines import SpecificationLine

bp = Blueprint("invoices", __name__, url_prefix="/foretag/fakturor")

YEARS = 8
"""So far back a year can be chosen: bookkeeping is kept seven."""

MOST_LINE = 10 ** 15


class InvoiceSearch(Form):
    q = SearchField(lazy("Fakturanummer eller referensnummer"))
    year = SelectField(lazy("År"), name="ar", validate_choice=False, choices=lambda: [
        SelectChoice("", _("Alla år")), *(
            SelectChoice(str(each), str(each)) for each in _years())])
    credits = BooleanField(lazy("Bara kreditfakturor"), name="kredit")

    @property
    def search(self) -> Search:
        year = self.year.data or ""
        return Search(self.q.data or "", int(year) if year in map(str, _years()) else None,
                      bool(self.credits.data))

    @property
    def kept(self) -> dict[str, str]:
        """What the other addresses of the list carry along."""
        return {field.name: request.args[field.name] for field in self
                if request.args.get(field.name)}


class LineSearch(Form):
    q = SearchField(lazy("Resenär, biljettnummer, ändamål eller avdelning"))


def _years() -> list[int]:
    this = Month.of(now()).year
    return list(range(this, this - YEARS, -1))


@bp.get("/")
@needs(Right.READ_REPORTS)
def index():
    search = InvoiceSearch(request.args)
    found = invoice_lists.page(db, within=actor().scope, search=search.search,
                               below=_number(request.args.get("efter"), invoices.MOST_NUMBER))
    return page("invoices/index.html", "invoices", search=search, found=found,
                standings=invoice_standings.of(db, [each for each, _part in found.rows],
                                               now=now()),
                whole=actor().scope.is_whole)


@bp.get(f"/fakturor.{exports.KINDS}")
@needs(Right.READ_REPORTS)
def file(kind: str):
    columns = [Column(_("Nummer"), Kind.NUMBER), Column(_("Slag")), Column(_("Datum")),
               Column(_("Förfaller")), Column(_("Referensnummer"), width=16),
               Column(_("Varav moms"), Kind.MONEY), Column(_("Inkl. moms"), Kind.MONEY)]
    found = invoice_lists.page(db, within=actor().scope, most=10_000,
                               search=InvoiceSearch(request.args).search).rows
    return exports.file(kind, _("Fakturor"), columns, lambda: (
        (each.number, word(each.kind), str(each.issued_on),
         "" if each.is_credit else str(each.due_on), each.reference_number,
         part.vat_ore, part.gross_ore) for each, part in found))


@bp.get("/<uuid:invoice_id>")
@needs(Right.READ_REPORTS)
def show(invoice_id: UUID):
    scope = actor().scope
    invoice, part = invoice_lists.find(db, invoice_id, within=scope)
    standing = invoice_standings.of(db, [invoice], now=now())[invoice.id]
    told = events.told(audit.about(db, invoice.id, company_id=scope.company_id))
    return page("invoices/show.html", "lines", invoice=invoice, part=part, whole=scope.is_whole,
                standing=standing, stops=invoice_stops.of(invoice, standing),
                kinds=invoice_files.kinds(db, invoice), events=scope.is_whole and told,
                sums=invoices.sums(db, invoice, within=scope),
                notes=invoice_lists.crediting(db, invoice, within=scope),
                questions=invoice_questions.of_invoice(db, invoice, within=scope),
                **_lines(invoice))


def _lines(invoice: Invoice) -> dict:
    """Those that are asked for, and what has been said of them."""
    search, mark = LineSearch(request.args), request.args.get("efter")
    found = invoice_lines.page(db, invoice, within=actor().scope, words=search.q.data or "",
                               after=_number(mark))
    return {"search": search, "words": search.q.data, "mark": mark, "found": found,
            "credited": invoice_lines.credited(db, found.rows),
            "asked": invoice_questions.asked(db, [line.id for line in found.rows])}


@bp.get(f"/<uuid:invoice_id>/faktura.<any({', '.join(invoice_files.Kind)}):kind>")
@needs(Right.READ_REPORTS)
def document(invoice_id: UUID, kind: str):
    """As it was sent, or drawn from the same lines."""
    if not actor().scope.is_whole:
        abort(404)
    invoice, _part = invoice_lists.find(db, invoice_id, within=actor().scope)
    return exports.download(invoice_downloads.download(
        db, invoice, invoice_files.Kind(kind), seller=seller(),
        reader=exports.reader()))


@bp.get(f"/<uuid:invoice_id>/rader.{exports.KINDS}")
@needs(Right.READ_REPORTS)
def lines(invoice_id: UUID, kind: str):
    """Of the departments that the person has."""
    invoice, _part = invoice_lists.find(db, invoice_id, within=actor().scope)
    columns = [
        Column(_("Köpt"), Kind.MOMENT), Column(_("Biljettnummer"), width=14), Column(_("Tjänst")),
        Column(_("Avdelning")), Column(_("Kostnadsställe"), width=16),
        Column(_("Resenär"), width=30), Column(_("Biljett")), Column(_("Gäller i"), width=30),
        Column(_("Telefon eller kort"), width=18), Column(_("Ändamål"), width=24),
        Column(_("Inkl. moms"), Kind.MONEY), Column(_("Varav moms"), Kind.MONEY)]
    found = invoice_lines.listed(invoice, within=actor().scope).execution_options(
        yield_per=exports.ROWS_AT_ONCE)
    return exports.file(kind, f"{word(invoice.kind)} {invoice.number}", columns,
                        lambda: map(_cells, db.scalars(found)))


def _cells(line: SpecificationLine) -> tuple:
    return (line.sold_at, line.ticket_number, word(line.service), line.department_name,
            line.cost_centre, line.holder, word(line.product), place(line.trip),
            f"…{line.carrier}" if line.carrier else "", line.purpose, line.price_ore,
            line.vat_ore)


def _number(mark: str | None, most: int = MOST_LINE) -> int | None:
    """A place in a list as an address gives it."""
    if mark is None:
        return None
    if not (mark.isascii() and mark.isdecimal() and len(mark) < 16 and int(mark) <= most):
        raise NotFound("Sidan finns inte.")
    return int(mark)
