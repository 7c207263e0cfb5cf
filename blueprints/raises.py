"""Förfrågningar: travellers who ask for a higher limit, and the answers."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms.widgets import TextArea

from blueprints.fields import DayField, KronorField, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, changed, db, now, page, transaction, wants_fragment
from domain import raise_requests, raises
from domain.access import Right
from domain.money import NBSP, kr
from domain.raises import Raise

bp = Blueprint("raises", __name__, url_prefix="/foretag/tjansteresor/forfragningar")


class GrantForm(Form):
    """Another sum or another day than what is asked for."""

    ore = KronorField(lazy("Höj med"))
    until_on = DayField(lazy("Till och med"))

    def __init__(self, asked: Raise, **kwargs):
        super().__init__(prefix=f"grant-{asked.id}", data={
            "ore": kr(asked.asked_ore).removesuffix(f"{NBSP}kr"),
            "until_on": asked.asked_until_on}, **kwargs)


class RefusalForm(Form):
    reason = TextField(lazy("Skäl till avslaget"), most=200, widget=TextArea())

    def __init__(self, asked: Raise, **kwargs):
        super().__init__(prefix=f"refuse-{asked.id}", **kwargs)


@bp.get("/")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def index():
    return _index()


@bp.post("/<uuid:raise_id>/beviljande")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def grant(raise_id: UUID):
    """Just as it is asked for: the one click."""
    asked = _found(raise_id)
    with transaction():
        raise_requests.grant(db, asked, by=actor(), now=now())
    return _decided(asked, _("%(name)s har fått en högre gräns.", name=asked.traveller.name))


@bp.post("/<uuid:raise_id>/annat-besked")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def grant_other(raise_id: UUID):
    asked = _waiting(raise_id)
    form = GrantForm(asked)
    if form.validate_on_submit():
        with transaction(form):
            raise_requests.grant(db, asked, ore=form.ore.value, until_on=form.until_on.data,
                                 by=actor(), now=now())
            form.then(url_for(".index"))
    if not form.location:
        return _refused(asked, {"grant": form})
    return _decided(asked, _("%(name)s har fått en högre gräns.", name=asked.traveller.name))


@bp.post("/<uuid:raise_id>/avslag")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def refuse(raise_id: UUID):
    asked = _waiting(raise_id)
    form = RefusalForm(asked)
    if not form.validate_on_submit():
        return _refused(asked, {"refuse": form})
    with transaction():
        raise_requests.refuse(db, asked, reason=form.reason.value, by=actor(), now=now())
    return _decided(asked, _("Förfrågan är avslagen, och %(name)s får veta varför.",
                             name=asked.traveller.name))


@bp.post("/<uuid:raise_id>/avslut")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def end(raise_id: UUID):
    granted = _found(raise_id)
    with transaction():
        raise_requests.end(db, granted, by=actor(), now=now())
    return _decided(granted, _("Höjningen för %(name)s är avslutad.",
                               name=granted.traveller.name))


def _found(raise_id: UUID) -> Raise:
    return raise_requests.find(db, raise_id, within=actor().scope)


def _waiting(raise_id: UUID) -> Raise:
    return raise_requests.find_waiting(db, raise_id, within=actor().scope, now=now())


def _index(refused: tuple[Raise, dict[str, Form]] | None = None):
    """The whole page; a form that was refused stands open in its row."""
    within = actor().scope
    waiting = raise_requests.waiting(db, within=within, now=now())
    forms = {each.id: _forms(each) for each in waiting}
    if refused:
        forms[refused[0].id] |= refused[1]
    return page("raises/index.html", status=422 if refused else 200, asked=waiting,
                others=raise_requests.others(db, within=within, now=now()), forms=forms,
                **_standing(waiting))


def _forms(asked: Raise) -> dict[str, Form]:
    return {"grant": GrantForm(asked, formdata=None), "refuse": RefusalForm(asked, formdata=None)}


def _refused(asked: Raise, form: dict[str, Form]):
    if not wants_fragment():
        return _index((asked, form))
    return page("raises/_raise.html", status=422, asked=asked,
                forms={asked.id: _forms(asked) | form}, **_standing([asked]))


def _decided(asked: Raise, said: str):
    """Back to the page that the click was made on."""
    at = "today.index" if request.form.get("from") == "today" else ".index"
    return changed("raises/_raise.html", url_for(at), said, asked=asked, forms={},
                   **_standing([]))


def _standing(asked: list[Raise]) -> dict:
    """What a row needs to tell how much has been used."""
    return {"rooms": raises.rooms(db, [each.connection_id for each in asked], now=now()),
            "now": now()}
