"""The traveller's phone: my tickets, and me. What is bought and applied for there has modules of
its own."""
from uuid import UUID

from flask import Blueprint, url_for

from blueprints import faces, phone_offers, phone_purchases
from blueprints.phone_offers import my_ids
from blueprints.web import actor, db, needs, now, page
from domain import carried, employments
from domain.access import Right
from domain.tickets import State, Ticket, of_travellers

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
    used = [ticket for ticket in mine if ticket.state(now()) == State.EXPIRED]
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
    """What the employer sees of the traveller is what the traveller sees here."""
    mine = employments.of_actor(db, actor())
    return page("phone/me.html", employments=mine,
                bought=of_travellers(db, [each.traveller.id for each in mine], most=20))
