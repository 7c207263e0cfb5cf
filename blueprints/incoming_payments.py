"""What has been paid: files from the bank, and the payments that a clerk has to look at."""
from io import BytesIO
from uuid import UUID

from flask import Blueprint, current_app, send_file, url_for
from flask_wtf.file import FileField
from wtforms import IntegerField
from wtforms.validators import NumberRange, ValidationError

from blueprints.fields import MISSING, TextField, required
from blueprints.guard import needs, takes_files
from blueprints.language import _, lazy, ngettext, sentence
from blueprints.web import Form, actor, answer, db, now, page, rules, transaction
from documents import bgmax
from domain import (
    bank_files,
    bank_reading,
    incoming_payments,
    invoice_payments,
    invoices,
    payment_hints,
)
from domain.access import Right
from domain.bank_files import BankFile
from domain.errors import Invalid
from domain.money import kr

bp = Blueprint("incoming_payments", __name__, url_prefix="/intern/inbetalningar")


class BankFileForm(Form):
    file = FileField(lazy("Fil från banken"), [required(lazy("Välj en fil."))], description=lazy(
        "Bankgirots fil med inbetalningar (BgMax). Samma fil två gånger gör ingenting."))
    content: bytes
    told: bank_reading.Told

    @property
    def name(self) -> str:
        """That of the file, as far as it can be shown."""
        return "".join(filter(str.isprintable, self.file.data.filename or ""))[:100]

    def validate_file(self, field) -> None:
        self.content = field.data.read(rules().bank_file_bytes_max + 1)
        if len(self.content) > rules().bank_file_bytes_max:
            raise ValidationError(_("Filen är för stor."))
        try:
            self.told = bgmax.read(self.content)
        except Invalid as wrong:
            raise ValidationError(sentence(wrong)) from wrong


@bp.route("/", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def index():
    form = BankFileForm()
    if form.validate_on_submit():
        with transaction(form):
            file = bank_reading.read(db, form.name, form.content, form.told,
                                     bankgiro=_bankgiro(), by=actor(), now=now())
            form.then(url_for(".file", bank_file_id=file.id), _said(file))
    return answer(form, "incoming_payments/index.html", files=bank_files.listed(db),
                  doubtful=incoming_payments.doubtful(db))


def _bankgiro() -> str:
    return current_app.config["PORTAL"].brand.bankgiro.replace("-", "")


def _said(file: BankFile) -> str:
    if file.read_at != now():
        return _("Filen är redan inläst. Inget är ändrat.")
    new = file.payments - file.known
    return ngettext("En inbetalning är inläst.", "%(count)d inbetalningar är inlästa.",
                    new) % {"count": new}


@bp.get("/filer/<uuid:bank_file_id>")
@needs(Right.SERVE_CUSTOMERS)
def file(bank_file_id: UUID):
    found = bank_files.find(db, bank_file_id)
    return page("incoming_payments/file.html", file=found,
                payments=incoming_payments.of_file(db, found))


@bp.get("/filer/<uuid:bank_file_id>/fil.txt")
@needs(Right.SERVE_CUSTOMERS)
def original(bank_file_id: UUID):
    """As it came."""
    found = bank_files.find(db, bank_file_id)
    return send_file(BytesIO(found.content), "text/plain", as_attachment=True,
                     download_name=f"bgmax-{found.read_at:%Y-%m-%d}.txt")


class UseForm(Form):
    number = IntegerField(lazy("Fakturanummer"), [required(MISSING), NumberRange(
        1, invoices.MOST_NUMBER, lazy("Skriv fakturans nummer."))])


class CloseForm(Form):
    note = TextField(lazy("Vad som har hänt med pengarna"), most=200, description=lazy(
        "Till exempel återbetalda till avsändaren, eller inte våra."))


@bp.get("/<uuid:incoming_id>")
@needs(Right.SERVE_CUSTOMERS)
def show(incoming_id: UUID):
    return _shown(incoming_id, UseForm(formdata=None), CloseForm(formdata=None, prefix="close-"))


def _shown(incoming_id: UUID, use: UseForm, closing: CloseForm, form: Form | None = None):
    payment = incoming_payments.find(db, incoming_id)
    return answer(form or use, "incoming_payments/show.html", payment=payment, use=use,
                  closing=closing, entries=invoice_payments.of_payment(db, payment),
                  hints=payment_hints.of(db, payment) if payment.left_ore else [])


@bp.post("/<uuid:incoming_id>/faktura")
@needs(Right.SERVE_CUSTOMERS)
def use(incoming_id: UUID):
    payment, form = incoming_payments.find(db, incoming_id), UseForm()
    if form.validate_on_submit():
        with transaction(form):
            invoice = invoices.with_number(db, form.number.data)
            if invoice is None:
                raise Invalid("Det finns ingen faktura med det numret.", "number")
            ore = invoice_payments.use(db, payment, invoice, by=actor(), now=now())
            back = url_for(".show", incoming_id=incoming_id)
            form.then(back if payment.left_ore else url_for(".index"),
                      _("%(sum)s är bokfört på faktura %(number)s.", sum=kr(ore),
                        number=invoice.number))
    return _shown(incoming_id, form, CloseForm(formdata=None, prefix="close-"), form)


@bp.post("/<uuid:incoming_id>/avslut")
@needs(Right.SERVE_CUSTOMERS)
def close(incoming_id: UUID):
    payment, form = incoming_payments.find(db, incoming_id), CloseForm(prefix="close-")
    if form.validate_on_submit():
        with transaction(form):
            incoming_payments.close(db, payment, form.note.value, by=actor(), now=now())
            form.then(url_for(".index"), _("Inbetalningen är avslutad."))
    return _shown(incoming_id, UseForm(formdata=None), form, form)
