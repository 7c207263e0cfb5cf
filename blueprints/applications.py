"""A company applies for an account and follows its application; a clerk decides."""
import secrets
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import BooleanField
from wtforms.widgets import TextArea

from blueprints.fields import (
    EmailField,
    MobileField,
    OrganisationNumberField,
    ParsedField,
    PersonnummerField,
    PostcodeField,
    TextField,
    ticked,
)
from blueprints.language import _, language, lazy
from blueprints.web import (
    Form,
    actor,
    answer,
    db,
    done,
    needs,
    now,
    page,
    public,
    rules,
    transaction,
)
from domain import applications, limits
from domain.access import Right
from domain.applications import Details
from domain.months import today

bp = Blueprint("applications", __name__)


class PeppolField(ParsedField):
    parse = staticmethod(applications.parse_peppol_id)


class ApplicationForm(Form):
    company_name = TextField(lazy("Företagets namn"))
    organisation_number = OrganisationNumberField(lazy("Organisationsnummer"))
    street = TextField(lazy("Gatuadress eller box"))
    postcode = PostcodeField(lazy("Postnummer"))
    city = TextField(lazy("Ort"), most=60)
    invoice_email = EmailField(lazy("E-post för fakturor"))
    peppol_id = PeppolField(lazy("Peppol-id"), needed=False)
    reference_number = TextField(lazy("Referensnummer"), most=50)
    given_name = TextField(lazy("Förnamn"), most=60)
    surname = TextField(lazy("Efternamn"), most=60)
    personnummer = PersonnummerField(lazy("Personnummer"))
    email = EmailField(lazy("Din e-post"))
    mobile = MobileField(lazy("Mobilnummer"))
    attested = BooleanField(lazy("Jag intygar att jag får ansöka för företaget"), [
        ticked(lazy("Bara den som får ansöka för företaget kan skicka ansökan."))])

    @property
    def details(self) -> Details:
        return Details(**{name: self[name].value for name in Details.__dataclass_fields__})


@bp.route("/ansok", methods=["GET", "POST"])
@public
def new():
    form = ApplicationForm()
    if form.validate_on_submit():
        _count_try()
        secret = secrets.token_urlsafe(32)
        with transaction(form):
            applications.apply(db, form.details, language=language(), secret=secret, now=now())
            form.then(url_for(".status", secret=secret))
    return answer(form, "applications/new.html", days=rules().application_working_days)


@bp.get("/ansok/<secret>")
@public
def status(secret: str):
    return page("applications/status.html", application=applications.with_secret(db, secret))


@bp.get("/intern/ansokningar/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    return page("applications/index.html", undecided=applications.waiting(db),
                decided=applications.decided(db), today=today(now()))


@bp.get("/intern/ansokningar/<uuid:application_id>")
@needs(Right.SERVE_CUSTOMERS)
def show(application_id: UUID):
    return _shown(application_id, DeclineForm())


@bp.post("/intern/ansokningar/<uuid:application_id>/godkannande")
@needs(Right.SERVE_CUSTOMERS)
def approve(application_id: UUID):
    application = applications.find(db, application_id)
    with transaction():
        applications.approve(db, application, by=actor(), now=now())
    return done(url_for(".index"), _("%(company)s är godkänt. %(name)s får svar med e-post.",
                                     company=application.company_name, name=application.given_name))


class DeclineForm(Form):
    reason = TextField(lazy("Skäl till avslaget"), most=500, widget=TextArea())


@bp.route("/intern/ansokningar/<uuid:application_id>/avslag", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def decline(application_id: UUID):
    form = DeclineForm()
    if form.validate_on_submit():
        application = applications.find(db, application_id)
        with transaction(form):
            applications.decline(db, application, reason=form.reason.value, by=actor(), now=now())
            form.then(url_for(".index"), _("Ansökan från %(company)s är avslagen.",
                                           company=application.company_name))
    return _shown(application_id, form)


def _shown(application_id: UUID, form: DeclineForm):
    application = applications.find(db, application_id)
    return answer(form, "applications/show.html", application=application, today=today(now()),
                  personnummer=applications.personnummer(db, application))


def _count_try() -> None:
    with transaction():
        limits.take(db, "application", request.remote_addr or "", now=now(),
                    per_hour=rules().applications_per_hour)
