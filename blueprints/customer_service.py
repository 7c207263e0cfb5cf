"""What a clerk does with a customer's account: blocks it, lifts that, corrects what is wrong."""
from uuid import UUID

from flask import Blueprint, Response
from wtforms import BooleanField

from blueprints.customer_fields import MunicipalityField
from blueprints.fields import (
    DayField,
    EmailField,
    MobileField,
    PersonnummerField,
    PostcodeField,
    TextField,
)
from blueprints.guard import needs, takes_files
from blueprints.language import _, lazy
from blueprints.service_forms import ActForm, act, by
from blueprints.web import actor, db, now, transaction
from domain import (
    audit,
    customer_deletion,
    customer_service,
    service_acts,
    service_documents,
)
from domain.access import Right
from domain.customer_service import Details
from domain.identity import show_mobile
from domain.service_documents import Format

bp = Blueprint("customer_service", __name__, url_prefix="/intern/kunder/<uuid:customer_id>")


@bp.route("/avstangning", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def block(customer_id: UUID):
    form = ActForm()
    return act(
        customer_id, form, lambda customer: customer_service.block(db, customer, form.why, **by()),
        _("Kunden är avstängd och har fått ett brev om det."), kind="danger",
        title=_("Stäng av kunden"), label=_("Stäng av"),
        text=_("Kunden loggas ut överallt och kan inte logga in, handla eller skapa ett nytt "
               "konto. Det som finns på korten går att använda. Kunden får läsa skälet i ett "
               "brev."))


@bp.route("/avstangning/slut", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def unblock(customer_id: UUID):
    form = ActForm()
    return act(
        customer_id, form,
        lambda customer: customer_service.unblock(db, customer, form.why, **by()),
        _("Avstängningen är hävd."), title=_("Häv avstängningen"), label=_("Häv avstängningen"),
        text=_("Kunden kan logga in igen och får ett brev om det."))


class CorrectionForm(ActForm):
    given_name = TextField(lazy("Förnamn"), most=60)
    surname = TextField(lazy("Efternamn"), most=60)
    personnummer = PersonnummerField(lazy("Nytt personnummer"), needed=False, description=lazy(
        "Lämna tomt om det som finns stämmer. Med ett nytt måste BankID kopplas på nytt."))
    born_on = DayField(lazy("Född"))
    street = TextField(lazy("Gatuadress"))
    postcode = PostcodeField(lazy("Postnummer"))
    city = TextField(lazy("Ort"), most=60)
    municipality = MunicipalityField()
    mobile = MobileField(lazy("Mobilnummer"))
    email = EmailField(lazy("E-post"), description=lazy(
        "Ändras den får kunden ett brev både till den gamla och till den nya."))

    def details(self) -> Details:
        return Details(
            self.given_name.value, self.surname.value, self.personnummer.value, self.born_on.data,
            self.street.value, self.postcode.value, self.city.value, self.municipality.data,
            self.mobile.value, self.email.value)


@bp.route("/uppgifter", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def correct(customer_id: UUID):
    now_known = customer_service.find(db, customer_id)
    form = CorrectionForm(obj=now_known)
    if not form.is_submitted() and now_known.mobile:
        form.mobile.data = show_mobile(now_known.mobile)
    return act(
        customer_id, form, lambda customer: customer_service.correct(
            db, customer, form.details(), form.why, **by()),
        _("Uppgifterna är rättade. Kunden har fått ett brev om det."),
        title=_("Rätta uppgifter"), label=_("Spara"),
        text=_("Kontrollera vem som ber om det."))


class DeletionForm(ActForm):
    acknowledged = BooleanField(lazy("Kunden förstår att det som finns på korten ligger kvar på "
                                     "dem, och att ingen kan spärra korten eller flytta det"))


@bp.route("/borttagning", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def delete(customer_id: UUID):
    form = DeletionForm()
    return act(
        customer_id, form, lambda customer: customer_deletion.delete_account(
            db, customer, acknowledged=form.acknowledged.data, why=form.why, **by()),
        _("Kontot är borttaget."), kind="danger", title=_("Ta bort kontot"),
        label=_("Ta bort kontot"), warning=_("Det går inte att ångra."),
        text=_("För den som ber om det och inte själv kan logga in. Kontrollera vem det är. "
               "Efteråt berättar ingenting vem det var, och den som är avstängd kan skapa ett "
               "nytt konto."))


@bp.get("/dokument/<uuid:act_id>")
@needs(Right.SERVE_CUSTOMERS)
def document(customer_id: UUID, act_id: UUID):
    """Whoever opens it is in the log."""
    with transaction():
        service_acts.find(db, act_id, customer_id=customer_id)
        opened = service_documents.opened(db, act_id)
        audit.record(db, audit.Act.DOCUMENT_OPENED, act_id, company_id=customer_id, by=actor(),
                     now=now())
    return Response(opened.content, mimetype=MIME[opened.format], headers={
        "Content-Disposition": f"attachment; filename=dokument.{opened.format}",
        "Cache-Control": "no-store"})


MIME = {Format.PDF: "application/pdf", Format.JPEG: "image/jpeg", Format.PNG: "image/png"}
