"""Tjänsteresor: who is connected, how far they have come, and how much they may buy for."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints import exports, traveller_files
from blueprints.fields import KronorField, MobileField
from blueprints.formats import moment
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.traveller_search import TravellerSearch
from blueprints.web import Form, actor, answer, changed, db, done, now, page, rules, transaction
from domain import business_travel, standings, travellers
from domain.access import Right
from domain.business_travel import Connection
from domain.identity import show_mobile
from domain.money import NBSP, kr
from domain.standings import Standing, State
from domain.travellers import Traveller

bp = Blueprint("business_travel", __name__, url_prefix="/foretag/tjansteresor")


def course(standing: Standing) -> list[tuple]:
    """The code on its way to the traveller, as the stops of a line."""
    code, delivered_at = standing.code, standing.sms and standing.sms.delivered_at
    sent = (_("Skickad"), code and code.issued_at, "past")
    arrived = (_("Levererad"), delivered_at, "past")
    silence = (_("Levererad"), _("inget besked"), "coming")
    match standing.state(now()):
        case State.CODE_WAITING:
            return [(_("Skickas"), None, "now"), (_("Levererad"), None, "coming"),
                    (_("Registrerad"), None, "coming")]
        case State.CODE_FAILED:
            return [sent, (_("Kom inte fram"), None, "failed"), (_("Registrerad"), None, "coming")]
        case State.CODE_LOCKED:
            tries = _("efter %(tries)d fel", tries=standing.tries)
            return [sent, arrived, (_("Låst"), tries, "failed")]
        case State.CODE_EXPIRED:
            return [sent, arrived if delivered_at else silence,
                    (_("Gick ut"), code.expires_at, "failed")]
        case State.REGISTERED:
            return [sent, arrived, (_("Registrerad"), standing.connection.registered_at, "past")]
    latest = _("senast %(when)s", when=moment(code.expires_at))
    return ([sent, arrived, (_("Registreras"), latest, "now")] if delivered_at else
            [sent, (_("Levererad"), None, "now"), (_("Registreras"), latest, "coming")])


@bp.get("/")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def index():
    search = TravellerSearch(request.args)
    found = search.page()
    return page("business_travel/index.html", "travellers", search=search, found=found, now=now(),
                standings=standings.of_travellers(db, [row.id for row in found.rows], now=now()))


@bp.get(f"/anslutna.{exports.KINDS}")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def file(kind: str):
    return traveller_files.connected(kind, TravellerSearch(request.args))


class LimitField(KronorField):
    def __init__(self, label, **kwargs):
        super().__init__(label, description=_(
            "Så mycket får resenären köpa för i månaden, högst %(most)s.",
            most=kr(rules().credit_limit_max_ore)), **kwargs)


class LimitForm(Form):
    limit = LimitField(lazy("Kreditgräns"))


@bp.route("/ny/<uuid:traveller_id>", methods=["GET", "POST"])
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def new(traveller_id: UUID):
    traveller, form = _traveller(traveller_id), LimitForm()
    if form.validate_on_submit():
        with transaction(form):
            business_travel.connect(db, traveller, limit_ore=form.limit.value, by=actor(),
                                    now=now())
            form.then(_page_of(traveller), _("Koden är på väg till %(mobile)s.",
                                             mobile=show_mobile(traveller.mobile)))
    return answer(form, "business_travel/new.html", traveller=traveller)


@bp.route("/<uuid:connection_id>/grans", methods=["GET", "POST"])
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def edit(connection_id: UUID):
    [standing] = standings.of_connections(db, [_found(connection_id)], now=now())
    connection = standing.connection
    form = LimitForm(data={"limit": kr(connection.limit_ore).removesuffix(f"{NBSP}kr")})
    if form.validate_on_submit():
        with transaction(form):
            business_travel.change_limit(db, connection, limit_ore=form.limit.value, by=actor(),
                                         now=now())
            form.then(_page_of(connection.traveller), _("Den nya kreditgränsen gäller nu."))
    return answer(form, "business_travel/edit.html", standing=standing)


@bp.post("/<uuid:connection_id>/kod")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def new_code(connection_id: UUID):
    connection = _found(connection_id)
    with transaction():
        business_travel.send_new_code(db, connection, by=actor(), now=now())
    [standing] = standings.of_connections(db, [connection], now=now())
    return changed("business_travel/_row.html", _page_of(connection.traveller),
                   _("En ny kod är på väg."), standing=standing, now=now())


class NumberForm(Form):
    mobile = MobileField(lazy("Mobilnummer"))


@bp.route("/<uuid:connection_id>/nummer", methods=["GET", "POST"])
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def mend(connection_id: UUID):
    connection = _found(connection_id)
    form = NumberForm(data={"mobile": show_mobile(connection.traveller.mobile or "")})
    if form.validate_on_submit():
        with transaction(form):
            business_travel.send_new_code(db, connection, mobile=form.mobile.value, by=actor(),
                                          now=now())
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
