"""Tjänsteresor: who is connected, how far they have come, and how much they may buy for."""
from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints import exports, traveller_files, unregistered
from blueprints.connection_form import ConnectionForm
from blueprints.connection_search import ConnectionSearch
from blueprints.fields import MobileField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, changed, db, done, now, page, rules, transaction
from domain import (
    business_travel,
    code_sendings,
    pauses,
    policies,
    standings,
    travel_days,
    traveller_changes,
    travellers,
)
from domain import unregistered as waited_for
from domain.access import Right
from domain.business_travel import Connection
from domain.identity import show_mobile
from domain.travellers import Traveller

bp = Blueprint("business_travel", __name__, url_prefix="/foretag/tjansteresor")
bp.add_url_rule("/oregistrerade", "unregistered", unregistered.unregistered)
bp.add_url_rule(f"/oregistrerade.{exports.KINDS}", "unregistered_file", unregistered.file)


@bp.get("/")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def index():
    search, scope = ConnectionSearch(request.args), actor().scope
    found = search.page()
    return page("business_travel/index.html", "travellers", search=search, found=found, now=now(),
                standings=search.standings([row.id for row in found.rows]),
                unregistered=waited_for.number(db, within=scope),
                progress=code_sendings.under_way(db, within=scope, person_id=actor().person_id,
                                                 now=now()))


@bp.get(f"/anslutna.{exports.KINDS}")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def file(kind: str):
    return traveller_files.connected(kind, ConnectionSearch(request.args))


@bp.get("/utskick/<uuid:sending_id>")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def sending(sending_id: UUID):
    found = code_sendings.find(db, sending_id, within=actor().scope,
                               person_id=actor().person_id)
    return page("business_travel/sending.html", "codes", days=rules().code_days,
                progress=code_sendings.progress(db, found))


@bp.route("/ny/<uuid:traveller_id>", methods=["GET", "POST"])
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def new(traveller_id: UUID):
    traveller, form = _traveller(traveller_id), ConnectionForm()
    if form.validate_on_submit():
        with transaction(form):
            connection = business_travel.connect(
                db, traveller, limit_ore=form.limit.value, from_on=form.from_on.data,
                to_on=form.to_on.data, by=actor(), now=now())
            policies.choose(db, connection, form.policy.found(), by=actor(), now=now())
            form.then(_page_of(traveller), _("Koden är på väg till %(mobile)s.",
                                             mobile=show_mobile(traveller.mobile)))
    return answer(form, "business_travel/new.html", traveller=traveller)


@bp.route("/<uuid:connection_id>/grans", methods=["GET", "POST"])
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def edit(connection_id: UUID):
    [standing] = standings.of_connections(db, [_found(connection_id)], now=now())
    form = ConnectionForm.of(standing.connection)
    if form.validate_on_submit():
        with transaction(form):
            _change(standing.connection, form)
            form.then(_page_of(standing.connection.traveller), _("Ändringarna gäller nu."))
    return answer(form, "business_travel/edit.html", standing=standing)


def _change(connection: Connection, form: ConnectionForm) -> None:
    if form.limit.value != connection.limit_ore:
        business_travel.change_limit(db, connection, limit_ore=form.limit.value, by=actor(),
                                     now=now())
    travel_days.change(db, connection, form.from_on.data, form.to_on.data, by=actor(), now=now())
    policies.choose(db, connection, form.policy.found(), by=actor(), now=now())


@bp.post("/<uuid:connection_id>/kod")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def new_code(connection_id: UUID):
    return _act(connection_id, business_travel.send_new_code, _("En ny kod är på väg."))


@bp.post("/<uuid:connection_id>/paus")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def pause(connection_id: UUID):
    return _act(connection_id, pauses.pause, _("Tjänsteresor är pausat."))


@bp.post("/<uuid:connection_id>/paus/avslut")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def resume(connection_id: UUID):
    return _act(connection_id, pauses.resume, _("Tjänsteresor är återupptaget."))


def _act(connection_id: UUID, verb: Callable[..., None], said: str):
    """Done at once, and then the row as it is."""
    connection = _found(connection_id)
    with transaction():
        verb(db, connection, by=actor(), now=now())
    [standing] = standings.of_connections(db, [connection], now=now())
    return changed("business_travel/_row.html", _page_of(connection.traveller), said,
                   standing=standing, now=now())


class NumberForm(Form):
    mobile = MobileField(lazy("Mobilnummer"))


@bp.route("/<uuid:connection_id>/nummer", methods=["GET", "POST"])
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def mend(connection_id: UUID):
    connection = _found(connection_id)
    form = NumberForm(data={"mobile": show_mobile(connection.traveller.mobile or "")})
    if form.validate_on_submit():
        with transaction(form):
            traveller_changes.new_number(db, connection, form.mobile.value, by=actor(), now=now())
            form.then(_page_of(connection.traveller), _("En ny kod är på väg till %(mobile)s.",
                                                        mobile=show_mobile(form.mobile.value)))
    return answer(form, "business_travel/mend.html", connection=connection)


@bp.get("/<uuid:connection_id>/avslut")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def leave(connection_id: UUID):
    return page("business_travel/leave.html", connection=_found(connection_id))


@bp.post("/<uuid:connection_id>/avslut")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def end(connection_id: UUID):
    connection = _found(connection_id)
    with transaction():
        business_travel.end(db, connection, by=actor(), now=now())
    return done(_page_of(connection.traveller), _("Tjänsteresor är avslutat för %(name)s.",
                                                  name=connection.traveller.name))


def _found(connection_id: UUID) -> Connection:
    return business_travel.find(db, connection_id, within=actor().scope)


def _traveller(traveller_id: UUID) -> Traveller:
    return travellers.find(db, traveller_id, within=actor().scope)


def _page_of(traveller: Traveller) -> str:
    return url_for("travellers.show", traveller_id=traveller.id)
