"""A company applies for an account; the clerks have a queue, and decide."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import BooleanField, RadioField, SearchField, SelectField
from wtforms import Form as SearchForm
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextArea

from blueprints import application_events, application_file, exports, join_requests
from blueprints.fields import (
    CHOOSE,
    EmailField,
    ManyField,
    MobileField,
    OrganisationNumberField,
    PeppolField,
    PersonnummerField,
    PostcodeField,
    TextField,
    required,
    ticked,
)
from blueprints.guard import needs, public
from blueprints.language import _, language, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, rules, transaction
from blueprints.words import word
from domain import (
    application_decisions,
    application_letters,
    application_questions,
    application_queue,
    applications,
    audit,
    people,
    trials,
)
from domain.access import Right
from domain.application_queue import Search
from domain.applications import Details, Size, State
from domain.companies import Sector
from domain.months import today
from domain.services import Service

bp = Blueprint("applications", __name__)

CHOSEN = ("sector", "size", "services")


class ApplicationForm(Form):
    company_name = TextField(lazy("Företagets namn"))
    organisation_number = OrganisationNumberField(lazy("Organisationsnummer"))
    sector = RadioField(lazy("Sektor"), default=Sector.PRIVATE, invalid_choice_message=CHOOSE,
                        choices=lambda: [SelectChoice(each, word(each)) for each in Sector])
    street = TextField(lazy("Gatuadress eller box"))
    postcode = PostcodeField(lazy("Postnummer"))
    city = TextField(lazy("Ort"), most=60)
    reference_number = TextField(lazy("Referensnummer"), most=50)
    invoice_email = EmailField(lazy("E-post för fakturor"))
    peppol_id = PeppolField(lazy("Peppol-id"), needed=False)
    invoice_street = TextField(lazy("Gatuadress eller box för fakturor"), needed=False)
    invoice_postcode = PostcodeField(lazy("Postnummer för fakturor"), needed=False)
    invoice_city = TextField(lazy("Ort för fakturor"), most=60, needed=False)
    size = SelectField(lazy("Ungefär hur många ska resa?"), [required(CHOOSE)],
                       invalid_choice_message=CHOOSE, choices=lambda: [
                           SelectChoice("", _("Välj antal")),
                           *(SelectChoice(each, word(each)) for each in Size)])
    services = ManyField(lazy("Tjänster som ni vill använda"), default=list(Service),
                         choices=lambda: [SelectChoice(each, word(each)) for each in Service])
    given_name = TextField(lazy("Förnamn"), most=60)
    surname = TextField(lazy("Efternamn"), most=60)
    personnummer = PersonnummerField(lazy("Personnummer"))
    email = EmailField(lazy("Din e-post"))
    mobile = MobileField(lazy("Mobilnummer"))
    attested = BooleanField(lazy("Jag intygar att jag får ansöka för företaget"), [
        ticked(lazy("Bara den som får ansöka för företaget kan skicka ansökan."))])

    @property
    def details(self) -> Details:
        texts = {name: self[name].value for name in Details.__dataclass_fields__
                 if name not in CHOSEN}
        return Details(**texts, sector=Sector(self.sector.data), size=Size(self.size.data),
                       services=tuple(Service(each) for each in self.services.data))


@bp.route("/ansok", methods=["GET", "POST"])
@public
def new():
    form = ApplicationForm()
    if form.is_submitted() and join_requests.has_account(form.organisation_number.data):
        return join_requests.new()
    if form.validate_on_submit():
        join_requests.count_try()
        with transaction(form):
            made = applications.apply(db, form.details, language=language(), now=now())
            form.then(url_for("application_status.show",
                              secret=application_letters.secret(db, made)))
    return answer(form, "applications/new.html", days=rules().application_working_days)


MINE, FREE = "mina", "lediga"


class QueueSearch(SearchForm):
    q = SearchField(lazy("Sök"), name="sok")
    who = SelectField(lazy("Hos"), name="hos", validate_choice=False, choices=lambda: [
        SelectChoice("", _("Alla")), SelectChoice(MINE, _("Mig")),
        SelectChoice(FREE, _("Ingen"))])

    @property
    def wanted(self) -> Search:
        return Search(" ".join((self.q.data or "").replace("\0", "").split()),
                      actor().person_id if self.who.data == MINE else None,
                      self.who.data == FREE)

    @property
    def kept(self) -> dict[str, str]:
        """What the list's other pages carry along."""
        return {field.name: field.data for field in self if field.data}


@bp.get("/intern/ansokningar/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    search, number = QueueSearch(request.args), _page_number()
    rows = application_queue.undecided(db, search.wanted)
    return page("applications/index.html", "queue", search=search, number=number,
                undecided=[each for each in rows if each.state == State.RECEIVED],
                resting=[each for each in rows if each.state == State.NEEDS_INFORMATION],
                doubled=application_queue.doubled(db, rows), today=today(now()),
                tried=trials.tickets(db, [each.id for each in rows]),
                decided=application_queue.decided(db, search.wanted, page=number))


@bp.get(f"/intern/ansokningar/ansokningar.{exports.KINDS}")
@needs(Right.SERVE_CUSTOMERS)
def file(kind: str):
    return application_file.file(kind, QueueSearch(request.args).wanted)


def _page_number() -> int:
    asked = request.args.get("sida", "")
    return int(asked[:6]) or 1 if asked.isascii() and asked.isdecimal() else 1


@bp.get("/intern/ansokningar/<uuid:application_id>")
@needs(Right.SERVE_CUSTOMERS)
def show(application_id: UUID):
    return _shown(application_id)


@bp.post("/intern/ansokningar/<uuid:application_id>/godkannande")
@needs(Right.SERVE_CUSTOMERS)
def approve(application_id: UUID):
    application = applications.find(db, application_id)
    with transaction():
        application_decisions.approve(db, application, by=actor(), now=now())
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
            application_decisions.decline(db, application, reason=form.reason.value, by=actor(),
                                          now=now())
            form.then(url_for(".index"), _("Ansökan från %(company)s är avslagen.",
                                           company=application.company_name))
    return _shown(application_id, decline=form)


class QuestionForm(Form):
    text = TextField(lazy("Fråga till den sökande"), most=2_000, widget=TextArea())

    def __init__(self, **kwargs):
        super().__init__(prefix="fraga", **kwargs)


@bp.post("/intern/ansokningar/<uuid:application_id>/fraga")
@needs(Right.SERVE_CUSTOMERS)
def ask(application_id: UUID):
    form = QuestionForm()
    if form.validate_on_submit():
        application = applications.find(db, application_id)
        with transaction(form):
            application_questions.ask(db, application, form.text.value, by=actor(), now=now())
            form.then(url_for(".show", application_id=application_id), _(
                "Frågan är skickad. Löftet vilar tills %(name)s svarar.",
                name=application.given_name))
    return _shown(application_id, question=form)


class HandOverForm(Form):
    clerk = SelectField(lazy("Vem har ansökan?"), [required(CHOOSE)],
                        invalid_choice_message=CHOOSE, choices=lambda: [
                            SelectChoice(str(each.id), each.name) for each in people.clerks(db)])

    def __init__(self, **kwargs):
        super().__init__(prefix="till", **kwargs)


@bp.post("/intern/ansokningar/<uuid:application_id>/handlaggare")
@needs(Right.SERVE_CUSTOMERS)
def hand_over(application_id: UUID):
    form = HandOverForm()
    if form.validate_on_submit():
        application = applications.find(db, application_id)
        with transaction(form):
            application_queue.hand_over(db, application, UUID(form.clerk.data), by=actor(),
                                        now=now())
            form.then(url_for(".show", application_id=application_id), _(
                "%(name)s har ansökan.", name=application.clerk.name))
    return _shown(application_id, hand_over=form)


def _shown(application_id: UUID, **refused: Form):
    application = applications.find(db, application_id)
    holder = application.clerk_id or actor().person_id
    forms = {"decline": DeclineForm(formdata=None), "question": QuestionForm(formdata=None),
             "hand_over": HandOverForm(formdata=None, data={"clerk": str(holder)})}
    return answer(next(iter(refused.values()), Form()), "applications/show.html",
                  application=application, today=today(now()), forms=forms | refused,
                  personnummer=applications.personnummer(db, application),
                  duplicates=application_queue.duplicates(db, application),
                  tried=trials.tickets(db, [application.id]),
                  messages=application_questions.about(db, application),
                  history=application_events.told(audit.about(
                      db, application.id, company_id=audit.AUTHORITY)))
