"""The clerks' invoices, of all companies: looked for, and one with what can be done about it."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import Form as Asked
from wtforms import SearchField, SelectField
from wtforms.fields.choices import SelectChoice

from blueprints import events, exports, invoice_stops
from blueprints.fields import ids
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.pages import page_number
from blueprints.seller import seller
from blueprints.web import actor, db, done, now, page, transaction
from blueprints.words import word
from documents import invoice_downloads
from domain import (
    audit,
    invoice_deliveries,
    invoice_files,
    invoice_payments,
    invoice_reminders,
    invoice_searches,
    invoice_standings,
    invoices,
    receivables,
)
from domain.access import Right
from domain.companies import InvoiceChannel
from domain.errors import NotFound
from domain.invoice_searches import Search, Which
from domain.money import kr

bp = Blueprint("invoice_desk", __name__, url_prefix="/intern/fakturor")


class InvoiceSearch(Asked):
    q = SearchField(lazy("Företag, organisationsnummer, fakturanummer eller OCR"))
    which = SelectField(lazy("Vilka"), name="vilka", validate_choice=False, choices=lambda: [
        SelectChoice("", _("Alla")), *(SelectChoice(each, word(each)) for each in Which)])

    @property
    def search(self) -> Search:
        which = self.which.data
        return Search(self.q.data or "", Which(which) if which in set(Which) else None)

    @property
    def kept(self) -> dict[str, str]:
        """What the other addresses of the list carry along."""
        return {field.name: request.args[field.name] for field in self
                if request.args.get(field.name)}


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    search, number = InvoiceSearch(request.args), page_number()
    found = invoice_searches.page(db, search.search, number=number, now=now())
    return page("invoice_desk/index.html", "invoices", search=search, found=found, number=number,
                standing=invoice_searches.standing(db, now=now()),
                standings=invoice_standings.of(db, found.rows, now=now()))


@bp.get("/<uuid:invoice_id>")
@needs(Right.SERVE_CUSTOMERS)
def show(invoice_id: UUID):
    invoice = invoices.at_the_desk(db, invoice_id)
    standing = invoice_standings.of(db, [invoice], now=now())[invoice.id]
    entries = invoice_payments.of_invoice(db, invoice)
    return page("invoice_desk/show.html", invoice=invoice, standing=standing, entries=entries,
                taken_back={each.takes_back_id for each in entries},
                stops=invoice_stops.of(invoice, standing), credits=_credits(invoice, standing),
                deliveries=invoice_deliveries.of_invoice(db, invoice),
                channels=invoice_deliveries.channels(db, invoice),
                reminders=invoice_reminders.of_invoice(db, invoice),
                sums=invoices.sums(db, invoice), kinds=invoice_files.kinds(db, invoice),
                events=events.told(audit.about(db, invoice.id, company_id=invoice.company_id)))


def _credits(invoice: invoices.Invoice, standing: invoice_standings.Standing) -> list:
    """Of the company's credit notes, those that the invoice may be set off against."""
    if invoice.is_credit or standing.left_ore <= 0:
        return []
    return receivables.open_credits(db, invoice.company_id)


@bp.get(f"/<uuid:invoice_id>/faktura.<any({', '.join(invoice_files.Kind)}):kind>")
@needs(Right.SERVE_CUSTOMERS)
def document(invoice_id: UUID, kind: str):
    return exports.download(invoice_downloads.download(
        db, invoices.at_the_desk(db, invoice_id), invoice_files.Kind(kind), seller=seller(),
        reader=exports.reader()))


@bp.post("/<uuid:invoice_id>/leverans")
@needs(Right.SERVE_CUSTOMERS)
def deliver(invoice_id: UUID):
    invoice, way = invoices.at_the_desk(db, invoice_id), request.form.get("channel")
    if way not in set(InvoiceChannel):
        raise NotFound("Det finns inget sådant sätt att skicka en faktura.")
    with transaction():
        invoice_deliveries.again(db, invoice, InvoiceChannel(way), by=actor(), now=now())
    said = _("Fakturan ligger bland utskrifterna.") if way == InvoiceChannel.PAPER else _(
        "Fakturan skickas.")
    return done(url_for(".show", invoice_id=invoice_id), said)


@bp.post("/<uuid:invoice_id>/paminnelse")
@needs(Right.SERVE_CUSTOMERS)
def remind(invoice_id: UUID):
    invoice = invoices.at_the_desk(db, invoice_id)
    with transaction():
        reminder = invoice_reminders.remind(db, invoice, by=actor(), now=now())
    return done(url_for(".show", invoice_id=invoice_id),
                _("Påminnelsen går till %(to)s.", to=reminder.to))


@bp.post("/<uuid:invoice_id>/kvittning")
@needs(Right.SERVE_CUSTOMERS)
def set_off(invoice_id: UUID):
    chosen = next(iter(ids([request.form.get("credit")])), None)
    if chosen is None:
        raise NotFound("Fakturan finns inte.")
    credit = invoices.at_the_desk(db, chosen)
    with transaction():
        ore = invoice_payments.set_off(db, credit, invoices.at_the_desk(db, invoice_id),
                                       by=actor(), now=now())
    return done(url_for(".show", invoice_id=invoice_id),
                _("%(sum)s av kreditfaktura %(number)s är avräknat.", sum=kr(ore),
                  number=credit.number))


@bp.post("/betalningar/<uuid:entry_id>/aterbokning")
@needs(Right.SERVE_CUSTOMERS)
def take_back(entry_id: UUID):
    entry = invoice_payments.find(db, entry_id)
    with transaction():
        invoice_payments.take_back(db, entry, by=actor(), now=now())
    return done(url_for("incoming_payments.show", incoming_id=entry.payment_id),
                _("Betalningen är tillbakatagen. Välj vilken faktura den gäller."))
