"""The traveller's phone: my tickets, and me. What is bought and applied for there has modules of
its own."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints import employer_view, faces, phone_offers, phone_purchases
from blueprints.guard import needs
from blueprints.phone_offers import my_ids
from blueprints.web import actor, db, now, page
from domain import carried, employments, travellers
from domain.access import Right
from domain.tickets import OVER, Ticket
from domain.travellers import Traveller

bp = Blueprint("phone", __name__, url_prefix="/resa")
FORM = ["GET", "POST"]
bp.add_url_rule("/kop", "buy", phone_purchases.buy, methods=FORM)
bp.add_url_rule("/allpay", "allpay", phone_purchases.register, methods=FORM)
bp.add_url_rule("/erbjudanden", "offers", phone_offers.index)
bp.add_url_rule("/erbjudanden/ansokan", "apply", phone_offers.apply, methods=FORM)
bp.add_url_rule("/erbjudanden/avdrag", "deduction", phone_offers.deduction)
bp.add_url_rule("/erbjudanden/<uuid:application_id>/atertagande", "withdraw",
                phone_offers.withdraw, methods=["POST"])


@bp.get("/")
@needs(Right.TRAVEL)
def tickets():
    mine = carried.by_travellers(db, my_ids(), now=now())
    used = [ticket for ticket in mine if ticket.state(now()) in OVER]
    usable = [(ticket, faces.face(ticket)) for ticket in mine if ticket not in used]
    return page("phone/tickets.html", usable=usable, used=used)


def _my(ticket_id: UUID) -> Ticket:
    return carried.find(db, ticket_id, traveller_ids=my_ids())


def _addresses(ticket_id: UUID) -> dict[str, str]:
    return {"at": url_for(".ticket", ticket_id=ticket_id),
            "activate_at": url_for(".activate", ticket_id=ticket_id)}


@bp.get("/biljetter/<uuid:ticket_id>")
@needs(Right.TRAVEL)
def ticket(ticket_id: UUID):
    return faces.show("phone/ticket.html", _my(ticket_id), **_addresses(ticket_id))


@bp.route("/biljetter/<uuid:ticket_id>/aktivering", methods=FORM)
@needs(Right.TRAVEL)
def activate(ticket_id: UUID):
    return faces.activate("phone/activate.html", _my(ticket_id), **_addresses(ticket_id))


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
