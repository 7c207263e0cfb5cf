"""How the company wants its invoices, and how it books them."""
import re
from dataclasses import asdict

from flask import Blueprint, url_for
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import (
    CHOOSE,
    EmailField,
    ManyField,
    ParsedField,
    PeppolField,
    PostcodeField,
    TextField,
)
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, now, transaction
from blueprints.words import word
from domain import bookkeeping_settings, companies, invoicing_settings
from domain.access import Right
from domain.bookkeeping_settings import Books
from domain.companies import Company, InvoiceChannel
from domain.errors import Invalid
from domain.invoicing_settings import Invoicing
from domain.services import Service

bp = Blueprint("invoicing", __name__, url_prefix="/foretag/installningar/fakturering")


class AccountField(ParsedField):
    """Of a chart of accounts."""

    @staticmethod
    def parse(text: str) -> int:
        if not re.fullmatch(r"[1-9]\d{3,5}", text, re.ASCII):
            raise Invalid("Ett konto har fyra till sex siffror, till exempel 5810.")
        return int(text)


class DimensionField(ParsedField):
    @staticmethod
    def parse(text: str) -> int:
        if not re.fullmatch(r"[1-9]\d{0,2}", text, re.ASCII):
            raise Invalid("Dimensionen är ett tal från 1 till 999. Kostnadsställe är 1.")
        return int(text)


class InvoicingForm(Form):
    invoice_channel = RadioField(
        lazy("Hur vill ni ha fakturan?"), invalid_choice_message=CHOOSE, choices=lambda: [
            SelectChoice("", _("Som e-faktura om det finns ett Peppol-id, annars på papper")),
            *(SelectChoice(each, word(each)) for each in InvoiceChannel)])
    invoice_email = EmailField(lazy("E-post för fakturor"))
    peppol_id = PeppolField(lazy("Peppol-id"), needed=False)
    invoice_street = TextField(lazy("Gatuadress eller box för fakturor"), needed=False)
    invoice_postcode = PostcodeField(lazy("Postnummer för fakturor"), needed=False)
    invoice_city = TextField(lazy("Ort för fakturor"), most=60, needed=False)
    send_ticket_account = AccountField(lazy("Konto för Skicka biljett"))
    business_travel_account = AccountField(lazy("Konto för Tjänsteresor"))
    staff_offer_account = AccountField(lazy("Konto för Personalerbjudande"))
    vat_account = AccountField(lazy("Konto för ingående moms"))
    payable_account = AccountField(lazy("Konto för leverantörsskulder"))
    dimension = DimensionField(lazy("Dimension för kostnadsställe"))
    series = TextField(lazy("Verifikationsserie"), most=10, needed=False)
    vat_services = ManyField(lazy("Moms dras av för"), choices=lambda: [
        SelectChoice(each, word(each)) for each in Service])

    def __init__(self, company: Company):
        books = bookkeeping_settings.of(db, company.id)
        super().__init__(obj=company, **{name: str(each) if isinstance(each, int) else each
                                         for name, each in asdict(books).items()})
        self.invoice_channel.data = self.invoice_channel.data or ""

    @property
    def invoicing(self) -> Invoicing:
        channel = self.invoice_channel.data
        return Invoicing(InvoiceChannel(channel) if channel else None, **{
            name: self[name].value for name in invoicing_settings.NAMES
            if isinstance(self[name], ParsedField)})

    @property
    def books(self) -> Books:
        parsed = {name: self[name].value for name in bookkeeping_settings.FIELDS
                  if isinstance(self[name], ParsedField)}
        ticked = self.vat_services.data or ()
        return Books(**parsed | {"series": self.series.value or "", "vat_services": tuple(
            each for each in Service if each in ticked)})


@bp.route("/", methods=["GET", "POST"])
@needs(Right.MANAGE_COMPANY)
def edit():
    company = companies.find(db, actor().company_id)
    form = InvoicingForm(company)
    if form.validate_on_submit():
        with transaction(form):
            invoicing_settings.change(db, company, form.invoicing, form.books, by=actor(),
                                      now=now())
            form.then(url_for(".edit"), _("Ändringarna är sparade."))
    return answer(form, "invoicing/edit.html")
