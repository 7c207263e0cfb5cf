"""What a clerk does about an invoice in a form: marks it as paid, or credits some of its lines."""
from datetime import date
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import Form as Asked
from wtforms import SearchField
from wtforms.widgets import TextArea

from blueprints.fields import DayField, KronorField, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, now, transaction
from domain import credit_notes, invoice_lines, invoice_payments, invoices
from domain.access import Right, Scope
from domain.invoices import Invoice
from domain.money import kr
from domain.months import today

bp = Blueprint("invoice_settling", __name__, url_prefix="/intern/fakturor")

MOST = 25
"""Lines that one page of a credit note shows."""


class PaidForm(Form):
    amount = KronorField(lazy("Belopp"))
    paid_on = DayField(lazy("Betald"))
    note = TextField(lazy("Hur det betalades"), most=200, description=lazy(
        "Till exempel vilket konto eller vilken verifikation."))


@bp.route("/<uuid:invoice_id>/betalning", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def pay(invoice_id: UUID):
    invoice = invoices.at_the_desk(db, invoice_id)
    left = abs(invoice_payments.left_ore(db, invoice))
    form = PaidForm(amount=f"{left // 100},{left % 100:02}", paid_on=today(now()))
    if form.validate_on_submit():
        with transaction(form):
            invoice_payments.mark(db, invoice, form.amount.value, form.paid_on.data,
                                  form.note.value, by=actor(), now=now())
            form.then(url_for("invoice_desk.show", invoice_id=invoice_id),
                      _("%(sum)s är bokfört som betalt.", sum=kr(form.amount.value)))
    return answer(form, "invoice_settling/pay.html", invoice=invoice, left_ore=left)


def _day(form: PaidForm) -> date:
    return form.paid_on.data


class LineSearch(Asked):
    q = SearchField(lazy("Resenär, biljettnummer, ändamål eller avdelning"))


class CreditForm(Form):
    """How much of each line is credited; a line that is left empty is not."""

    reason = TextField(lazy("Varför"), most=credit_notes.MOST_WORDS, widget=TextArea(),
                       description=lazy("Står på kreditfakturan."))
    lines: dict[int, KronorField]

    @classmethod
    def of(cls, left: dict[int, int]) -> "CreditForm":
        """With a field for each line that has something left."""
        fields = {f"line_{line_id}": KronorField(lazy("Kreditera"), needed=False)
                  for line_id, ore in left.items() if ore > 0}
        form = type("CreditLinesForm", (cls,), fields)()
        form.lines = {int(name.partition("_")[2]): form[name] for name in fields}
        for field in form.lines.values():
            field.flags.optional = False  # that it may be left empty is plain
        return form

    @property
    def chosen(self) -> dict[int, int]:
        return {line_id: field.value for line_id, field in self.lines.items()
                if field.value is not None}


@bp.route("/<uuid:invoice_id>/kreditering", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def credit(invoice_id: UUID):
    invoice, search = invoices.at_the_desk(db, invoice_id), LineSearch(request.args)
    found = _lines(invoice, search.q.data or "")
    left = credit_notes.left(db, [line.id for line in found.rows])
    form = CreditForm.of(left)
    if form.validate_on_submit():
        with transaction(form):
            note = credit_notes.credit(db, invoice, form.chosen, reason=form.reason.value,
                                       by=actor(), now=now())
            form.then(url_for("invoice_desk.show", invoice_id=note.id), _(
                "Kreditfaktura %(number)s på %(sum)s är skapad och skickas.", number=note.number,
                sum=kr(-note.gross_ore)))
    return answer(form, "invoice_settling/credit.html", invoice=invoice, search=search,
                  found=found, left=left)


def _lines(invoice: Invoice, words: str) -> invoice_lines.Page:
    after = request.args.get("efter", "")
    return invoice_lines.page(db, invoice, words=words, most=MOST, within=Scope(invoice.company_id),
                              after=int(after[:15]) if after.isascii() and after.isdecimal()
                              else None)
