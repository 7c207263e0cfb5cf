"""Personalerbjudande: the applications by their last day, and the decision of one of them."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms.widgets import TextArea

from blueprints import exports, offer_file
from blueprints.fields import TextField
from blueprints.guard import needs
from blueprints.language import _, lazy, sentence
from blueprints.offer_search import OfferSearch
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from blueprints.words import word
from domain import offer_decisions, offer_plans, offer_queue, offers
from domain.access import Right
from domain.offer_plans import Case
from domain.offers import OfferApplication, State

bp = Blueprint("offers", __name__, url_prefix="/foretag/personalerbjudande")

KINDS = {State.WAITING: "wait", State.ASKED: "info", State.APPROVED: "good",
         State.DECLINED: "bad", State.WITHDRAWN: "off"}
NO, ASK = "avslag", "fraga"
"""Before the names of the two forms, which stand on the same page."""


class DeclineForm(Form):
    reason = TextField(lazy("Skäl till avslaget"), most=500, widget=TextArea(), description=lazy(
        "Resenären läser det i sitt e-brev."))


class AskForm(Form):
    question = TextField(lazy("Fråga"), most=500, widget=TextArea(), description=lazy(
        "Resenären får den i ett e-brev. Ansökan väntar tills svaret har kommit."))


@bp.get("/")
@needs(Right.DECIDE_OFFERS)
def index():
    search = OfferSearch(request.args)
    found = search.page()
    undecided = [each for each in found.rows if each.is_open]
    cases = offer_plans.of_applications(db, undecided, by=actor(), now=now())
    return page("offers/index.html", "applications", search=search, found=found, kinds=KINDS,
                cases={case.application.id: case for case in cases}, now=now(),
                size=offer_queue.ON_A_PAGE)


@bp.get(f"/ansokningar.{exports.KINDS}")
@needs(Right.DECIDE_OFFERS)
def file(kind: str):
    return offer_file.file(kind, OfferSearch(request.args).search, actor().scope)


@bp.get("/<uuid:application_id>")
@needs(Right.DECIDE_OFFERS)
def show(application_id: UUID):
    return _shown(_found(application_id))


@bp.post("/<uuid:application_id>/godkannande")
@needs(Right.DECIDE_OFFERS)
def approve(application_id: UUID):
    application = _found(application_id)
    with transaction():
        granted = offer_decisions.approve(db, application, by=actor(), now=now())
    name = application.traveller.name
    if not granted:
        said = _("Du har sagt ja till %(name)s. Någon annan behöver säga ja också.", name=name)
    elif application.card_id:
        said = _("%(name)s får sin biljett på resekortet.", name=name)
    else:
        said = _("%(name)s får sin biljett i ett sms.", name=name)
    return done(OfferSearch(request.args).back, said)


@bp.post("/<uuid:application_id>/avslag")
@needs(Right.DECIDE_OFFERS)
def decline(application_id: UUID):
    application, form = _found(application_id), DeclineForm(prefix=NO)
    if form.validate_on_submit():
        with transaction(form):
            offer_decisions.decline(db, application, reason=form.reason.value, by=actor(),
                                    now=now())
            form.then(url_for(".index"), _("Ansökan är avslagen, och %(name)s får veta varför.",
                                           name=application.traveller.name))
    return _shown(application, declining=form)


@bp.post("/<uuid:application_id>/fraga")
@needs(Right.DECIDE_OFFERS)
def ask(application_id: UUID):
    application, form = _found(application_id), AskForm(prefix=ASK)
    if form.validate_on_submit():
        with transaction(form):
            offer_decisions.ask(db, application, question=form.question.value, by=actor(),
                                now=now())
            form.then(url_for(".index"), _("Frågan är skickad till %(name)s.",
                                           name=application.traveller.name))
    return _shown(application, asking=form)


def _found(application_id: UUID) -> OfferApplication:
    return offers.find(db, application_id, within=actor().scope)


def _shown(application: OfferApplication, *, declining: DeclineForm | None = None,
           asking: AskForm | None = None):
    """The page of one; a form that was refused stands open in it."""
    form = declining or asking or Form()
    if form.location:
        return answer(form, "offers/show.html")
    [case] = offer_plans.cases(db, OfferApplication.id == application.id, by=actor(), now=now())
    declining = declining or DeclineForm(formdata=None, prefix=NO)
    asking = asking or AskForm(formdata=None, prefix=ASK)
    return page("offers/show.html", status=422 if form.errors else 200, case=case,
                application=application, declining=declining, asking=asking, kinds=KINDS,
                stops=_stops(case), sentence=sentence, own=application.is_own(actor()))


def _stops(case: Case) -> list[tuple]:
    """How far it has come."""
    application = case.application
    stops = [(_("Ansökt"), application.applied_at, "past")]
    if application.asked_at:
        open_ = application.state == State.ASKED
        stops += [(_("Fråga"), application.asked_at, "past"),
                  (_("Svar"), application.answered_at, "now" if open_ else "past")]
    elif application.state == State.ASKED:
        stops.append((_("Godkännande"), None, "now"))
    if application.first_yes_at:
        stops.append((_("Första ja"), application.first_yes_at, "past"))
    if application.state == State.APPROVED:
        return [*stops, (word(application.state), application.decided_at, "past"),
                (_("Biljett"), application.ticket.sold_at, "past")]
    if not application.is_open:
        return [*stops, (word(application.state), application.decided_at, "failed")]
    waits = application.state == State.WAITING
    return [*stops, (_("Beslut"), None, "now" if waits else "coming"),
            (_("Biljett"), None, "coming")]
