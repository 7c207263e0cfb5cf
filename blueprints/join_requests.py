"""Somebody of a company that has an account asks to be its administrator, and follows the request;
the company's administrators decide."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms.widgets import TextArea

from blueprints import exports
from blueprints.administrators import PostForm
from blueprints.fields import (
    EmailField,
    MobileField,
    OrganisationNumberField,
    PersonnummerField,
    TextField,
)
from blueprints.guard import needs, public
from blueprints.language import _, language, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, rules, transaction
from blueprints.words import word
from documents.listing import Column, Kind
from domain import companies, identity, join_requests, limits, messages
from domain.access import Right, Role
from domain.errors import Invalid
from domain.join_requests import Details, JoinRequest

bp = Blueprint("join_requests", __name__)


class JoinForm(Form):
    organisation_number = OrganisationNumberField(lazy("Företagets organisationsnummer"))
    given_name = TextField(lazy("Förnamn"), most=60)
    surname = TextField(lazy("Efternamn"), most=60)
    personnummer = PersonnummerField(lazy("Personnummer"))
    email = EmailField(lazy("Din e-post"))
    mobile = MobileField(lazy("Mobilnummer"))
    note = TextField(lazy("Meddelande till administratören"), most=500, needed=False,
                        widget=TextArea())

    @property
    def details(self) -> Details:
        return Details(**{name: self[name].value for name in Details.__dataclass_fields__})


@bp.route("/ansok/kollega", methods=["GET", "POST"])
@public
def new():
    form = JoinForm()
    if form.validate_on_submit():
        count_try()
        with transaction(form):
            asked = join_requests.ask(db, form.details, language=language(), now=now())
            form.then(url_for("join_requests.status", secret=join_requests.secret(db, asked)))
    return answer(form, "join_requests/new.html",
                  known=has_account(form.organisation_number.data))


def has_account(number: str | None) -> bool:
    """Whether the company with the number that was typed has one."""
    try:
        parsed = identity.parse_organisation_number(number or "")
    except Invalid:
        return False
    return companies.with_number(db, parsed) is not None


def count_try() -> None:
    """Of applying, for a company or to one."""
    with transaction():
        limits.take(db, "application", request.remote_addr or "", now=now(),
                    per_hour=rules().applications_per_hour)


@bp.get("/ansok/kollega/<secret>")
@public
def status(secret: str):
    asked = join_requests.with_secret(db, secret)
    return page("join_requests/status.html", asked=asked, secret=secret,
                letter=messages.latest_email(db, asked.id))


@bp.post("/ansok/kollega/<secret>/aterkallelse")
@public
def withdraw(secret: str):
    asked = join_requests.with_secret(db, secret)
    with transaction():
        join_requests.withdraw(db, asked, now=now())
    return done(url_for(".status", secret=secret), _("Din ansökan är återtagen."))


@bp.get("/foretag/ansokningar/")
@needs(Right.MANAGE_ADMINISTRATORS)
def index():
    return page("join_requests/index.html",
                undecided=join_requests.waiting(db, actor().company_id),
                decided=join_requests.decided(db, actor().company_id))


@bp.get(f"/foretag/ansokningar/kollegor.{exports.KINDS}")
@needs(Right.MANAGE_ADMINISTRATORS)
def file(kind: str):
    company_id = actor().company_id
    columns = [Column(_("Sökande"), width=30), Column(_("E-post"), width=30),
               Column(_("Ansökte"), Kind.MOMENT), Column(_("Läge")),
               Column(_("Beslutad"), Kind.MOMENT), Column(_("Av"), width=30),
               Column(_("Skäl till avslaget"), width=50)]
    return exports.file(kind, _("Ansökningar från kollegor"), columns, lambda: [
        (each.applicant, each.email, each.received_at, word(each.state), each.decided_at,
         each.decided_by and each.decided_by.name, each.reason)
        for each in (*join_requests.waiting(db, company_id),
                     *join_requests.decided(db, company_id, most=None))])


@bp.get("/foretag/ansokningar/<uuid:request_id>")
@needs(Right.MANAGE_ADMINISTRATORS)
def show(request_id: UUID):
    return _shown(_found(request_id), PostForm(), DeclineForm())


@bp.post("/foretag/ansokningar/<uuid:request_id>/godkannande")
@needs(Right.MANAGE_ADMINISTRATORS)
def approve(request_id: UUID):
    asked, form = _found(request_id), PostForm()
    if form.validate_on_submit():
        with transaction(form):
            join_requests.approve(db, asked, Role(form.role.data), form.chosen, by=actor(),
                                  now=now())
            form.then(url_for(".index"), _("%(name)s är administratör och får ett e-brev.",
                                           name=asked.applicant))
    return _shown(asked, form, DeclineForm(formdata=None))


class DeclineForm(Form):
    reason = TextField(lazy("Skäl till avslaget"), most=500, widget=TextArea())

    def __init__(self, **kwargs):
        super().__init__(prefix="avslag", **kwargs)


@bp.post("/foretag/ansokningar/<uuid:request_id>/avslag")
@needs(Right.MANAGE_ADMINISTRATORS)
def decline(request_id: UUID):
    asked, form = _found(request_id), DeclineForm()
    if form.validate_on_submit():
        with transaction(form):
            join_requests.decline(db, asked, reason=form.reason.value, by=actor(), now=now())
            form.then(url_for(".index"), _("Ansökan är avslagen, och %(name)s får veta varför.",
                                           name=asked.applicant))
    return _shown(asked, PostForm(formdata=None), form)


def _found(request_id: UUID) -> JoinRequest:
    return join_requests.find(db, request_id, within=actor().scope)


def _shown(asked: JoinRequest, post: PostForm, refusal: DeclineForm):
    form = refusal if refusal.errors or refusal.location else post
    return answer(form, "join_requests/show.html", asked=asked, post=post, refusal=refusal,
                  personnummer=join_requests.masked(db, asked))
