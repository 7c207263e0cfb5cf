"""The ticket that the link in a text message opens, without an account."""
from flask import Blueprint, url_for

from blueprints import faces, this_phone
from blueprints.guard import public
from blueprints.web import db
from domain import carried
from domain.tickets import Ticket

bp = Blueprint("carried", __name__, url_prefix="/b/<token>")
this_phone.init(bp)


def _places(token: str, ticket: Ticket) -> dict[str, str | None]:
    """Whoever it was sent to as a registered traveller may move it by signing in instead."""
    owned_at = ticket.traveller_id and url_for("phone.ticket", ticket_id=ticket.id)
    return {"at": url_for(".show", token=token), "take_at": url_for(".take", token=token),
            "activate_at": url_for(".activate", token=token),
            "saved_at": url_for(".saved", token=token), "owned_at": owned_at,
            "code_at": url_for(".order_code", token=token)}


@bp.get("")
@public
def show(token: str):
    """Opens nothing by itself: what looks at a link before a person does must not take it."""
    ticket = carried.with_link(db, token)
    return faces.show("carried/show.html", ticket, free=True, owned=False,
                      **_places(token, ticket))


@bp.post("/telefon")
@public
def take(token: str):
    return this_phone.take(carried.with_link(db, token), to=url_for(".show", token=token))


@bp.get("/sparad")
@public
def saved(token: str):
    return faces.saved(carried.with_link(db, token), at=url_for(".show", token=token))


@bp.route("/aktivering", methods=["GET", "POST"])
@public
def activate(token: str):
    ticket = carried.with_link(db, token)
    return faces.activate("carried/activate.html", ticket, **_places(token, ticket))


@bp.post("/kod")
@public
def order_code(token: str):
    return this_phone.order_code(carried.with_link(db, token), to=url_for(".move", token=token))


@bp.route("/flytt", methods=["GET", "POST"])
@public
def move(token: str):
    return this_phone.move(
        "carried/move.html", carried.with_link(db, token), at=url_for(".show", token=token),
        code_at=url_for(".order_code", token=token), move_at=url_for(".move", token=token))
