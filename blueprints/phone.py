"""The traveller's phone: my tickets, and me. What is bought and applied for there has modules of
its own."""
from uuid import UUID

from flask import Blueprint, redirect, url_for
from htmx_flask import request

from blueprints import (
    employer_view,
    faces,
    phone_offers,
    phone_purchases,
    phone_raises,
    receipts,
    registrations,
    reissues,
    this_phone,
)
from blueprints.guard import needs
from blueprints.web import actor, db, now, page
from domain import carried, employments, travellers
from domain.access import Right
from domain.holdings import Held
from domain.tickets import OVER, Ticket
from domain.travellers import Traveller

bp = Blueprint("phone", __name__, url_prefix="/resa")
this_phone.init(bp)
FORM = ["GET", "POST"]
bp.add_url_rule("/kop", "buy", phone_purchases.buy, methods=FORM)
bp.add_url_rule("/mina-kop", "purchases", receipts.index)
bp.add_url_rule("/mina-kop/<uuid:purchase_id>", "receipt", receipts.show)
bp.add_url_rule("/mina-kop/<uuid:purchase_id>/kvitto.pdf", "receipt_file", receipts.file)
bp.add_url_rule("/allpay", "allpay", registrations.register, methods=FORM)
bp.add_url_rule("/hojning", "ask", phone_raises.ask, methods=FORM)
bp.add_url_rule("/hojning/<uuid:raise_id>/atertagande", "withdraw_raise", phone_raises.withdraw,
                methods=["POST"])
bp.add_url_rule("/erbjudanden", "offers", phone_offers.index)
bp.add_url_rule("/erbjudanden/ansokan", "apply", phone_offers.apply, methods=FORM)
bp.add_url_rule("/erbjudanden/avdrag", "deduction", phone_offers.deduction)
bp.add_url_rule("/erbjudanden/<uuid:application_id>/atertagande", "withdraw",
                phone_offers.withdraw, methods=["POST"])
bp.add_url_rule("/erbjudanden/<uuid:application_id>/svar", "reply", phone_offers.reply,
                methods=FORM)
bp.add_url_rule("/erbjudanden/<uuid:application_id>/medgivande", "consent", phone_offers.consent,
                methods=FORM)
bp.add_url_rule("/biljetter/<uuid:ticket_id>/borta", "lost", reissues.lost, methods=FORM)


@bp.get("/")
@needs(Right.TRAVEL)
def tickets():
    me = _mine()
    mine = carried.by_travellers(db, [each.id for each in me], now=now())
    used = [ticket for ticket in mine if ticket.state(now()) in OVER]
    usable = [(ticket, faces.face(ticket)) for ticket in mine if ticket not in used]
    return page("phone/tickets.html", usable=usable, used=used,
                to_number=carried.by_number(db, me, now=now()))


@bp.get("/biljetter/<uuid:ticket_id>")
@needs(Right.TRAVEL)
def ticket(ticket_id: UUID):
    found, owned = _find(ticket_id)
    return faces.show("phone/ticket.html", found, free=owned, owned=owned,
                      **_places(ticket_id, owned=owned))


@bp.post("/biljetter/<uuid:ticket_id>/telefon")
@needs(Right.TRAVEL)
def take(ticket_id: UUID):
    found, owned = _find(ticket_id)
    at = url_for(".ticket", ticket_id=ticket_id)
    return this_phone.take_over(found, by=actor(), to=at) if owned else redirect(at, 303)


@bp.get("/biljetter/<uuid:ticket_id>/sparad")
@needs(Right.TRAVEL)
def saved(ticket_id: UUID):
    return faces.saved(_find(ticket_id)[0], at=url_for(".ticket", ticket_id=ticket_id))


@bp.route("/biljetter/<uuid:ticket_id>/aktivering", methods=FORM)
@needs(Right.TRAVEL)
def activate(ticket_id: UUID):
    found, owned = _find(ticket_id)
    places = _places(ticket_id, owned=owned)
    if not owned and this_phone.held(found) != Held.HERE:
        return redirect(places["at"], 303)
    return faces.activate("phone/activate.html", found, **places)


@bp.post("/biljetter/<uuid:ticket_id>/kod")
@needs(Right.TRAVEL)
def order_code(ticket_id: UUID):
    return this_phone.order_code(_find(ticket_id)[0], to=url_for(".move", ticket_id=ticket_id))


@bp.route("/biljetter/<uuid:ticket_id>/flytt", methods=FORM)
@needs(Right.TRAVEL)
def move(ticket_id: UUID):
    here = {"ticket_id": ticket_id}
    return this_phone.move(
        "phone/move.html", _find(ticket_id)[0], at=url_for(".ticket", **here),
        code_at=url_for(".order_code", **here), move_at=url_for(".move", **here))


def _mine() -> list[Traveller]:
    """The person, as each employer knows them."""
    return travellers.of_actor(db, actor())


def _find(ticket_id: UUID) -> tuple[Ticket, bool]:
    """With whether it is the traveller's, and not only sent to their number."""
    mine = _mine()
    found = carried.find(db, ticket_id, mine=mine, now=now())
    return found, carried.is_owned(found, mine)


def _places(ticket_id: UUID, *, owned: bool) -> dict[str, str | None]:
    """BankID tells who it is, not whose number it is: that takes a code."""
    here = {"ticket_id": ticket_id}
    return {"at": url_for(".ticket", **here), "take_at": url_for(".take", **here),
            "activate_at": url_for(".activate", **here), "saved_at": url_for(".saved", **here),
            "code_at": None if owned else url_for(".order_code", **here), "owned_at": None,
            "lost_at": url_for(".lost", **here) if owned else None}


@bp.get("/jag")
@needs(Right.TRAVEL)
def me():
    return page("phone/me.html", employments=employments.of_actor(db, actor()))


@bp.get("/arbetsgivaren")
@needs(Right.TRAVEL)
def employer():
    """What an employer sees of the traveller, the same rows as on the administrator's page: of the
    one that the address names, else the oldest."""
    mine, named = employments.of_actor(db, actor()), request.args.get("hos")
    chosen = next((each for each in mine if str(each.traveller.id) == named), mine[0])
    return page("phone/employer.html", **employer_view.whole(chosen.traveller),
                **_ways(chosen.traveller), employments=mine, company=chosen.company)


@bp.get("/arbetsgivaren/<uuid:traveller_id>/<part>")
@needs(Right.TRAVEL)
def employer_part(traveller_id: UUID, part: str):
    me = travellers.find_own(db, traveller_id, by=actor())
    return page("phone/employer_part.html", **employer_view.one(me, part), **_ways(me))


def _ways(me: Traveller) -> dict:
    """The rows lead nowhere from here, but each list to the whole of it."""
    def all_at(slug: str, **place) -> str:
        return url_for(".employer_part", traveller_id=me.id, part=slug, **place)
    return {"ticket_at": None, "all_at": all_at}
