"""Personalerbjudande: the applications that wait for the administrator, and the decisions."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms.widgets import TextArea

from blueprints import exports, offer_file
from blueprints.fields import TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, changed, db, now, page, rules, transaction, wants_fragment
from domain import deductions, offers
from domain.access import Right
from domain.offers import OfferApplication

bp = Blueprint("offers", __name__, url_prefix="/foretag/personalerbjudande")


class DeclineForm(Form):
    reason = TextField(lazy("Skäl till avslaget"), most=500, widget=TextArea())


@bp.get("/")
@needs(Right.DECIDE_OFFERS)
def index():
    return _index()


@bp.get(f"/ansokningar.{exports.KINDS}")
@needs(Right.DECIDE_OFFERS)
def file(kind: str):
    return offer_file.file(kind, actor().scope)


@bp.post("/<uuid:application_id>/godkannande")
@needs(Right.DECIDE_OFFERS)
def approve(application_id: UUID):
    application = offers.find(db, application_id, within=actor().scope)
    with transaction():
        offers.approve(db, application, by=actor(), now=now())
    return _decided(application, _("%(name)s får sin biljett i ett sms.",
                                   name=application.traveller.name))


@bp.post("/<uuid:application_id>/avslag")
@needs(Right.DECIDE_OFFERS)
def decline(application_id: UUID):
    application = offers.find(db, application_id, within=actor().scope)
    form = DeclineForm(prefix=str(application_id))
    if not form.validate_on_submit():
        return _refused(application, form)
    with transaction():
        offers.decline(db, application, reason=form.reason.value, by=actor(), now=now())
    return _decided(application, _("Ansökan är avslagen, och %(name)s får veta varför.",
                                   name=application.traveller.name))


def _index(refused: dict[UUID, DeclineForm] | None = None):
    """The whole page; a form that was refused stands open in its row."""
    waiting = offers.waiting(db, within=actor().scope)
    decided = offers.decided(db, within=actor().scope)
    forms = {each.id: DeclineForm(formdata=None, prefix=str(each.id)) for each in waiting}
    return page("offers/index.html", status=422 if refused else 200, applications=waiting,
                decided=decided, forms=forms | (refused or {}), **_salary(decided))


def _refused(application: OfferApplication, form: DeclineForm):
    if not wants_fragment():
        return _index({application.id: form})
    return page("offers/_application.html", status=422, application=application,
                forms={application.id: form}, **_salary([]))


def _decided(application: OfferApplication, said: str):
    return changed("offers/_decided.html", url_for(".index"), said, application=application,
                   applications=offers.waiting(db, within=actor().scope), forms={},
                   **_salary([application]))


def _salary(decided: list[OfferApplication]) -> dict:
    """What a row needs to say how the salary pays."""
    return {"months": rules().deduction_months,
            "deducted": deductions.of_applications(db, [each.id for each in decided])}
