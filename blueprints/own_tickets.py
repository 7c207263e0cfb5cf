"""A private customer's own tickets: found, opened on this phone, sent again, changed before they
begin, and made anew when the phone is lost."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints import card_stops, faces, reissues, this_phone
from blueprints.guard import needs
from blueprints.language import _, sentence
from blueprints.ticket_change_form import ChangeForm
from blueprints.web import actor, answer, db, done, now, page, transaction
from domain import carts, customers, own_tickets, shop_wares, ticket_changes
from domain.access import Right
from domain.errors import Invalid
from domain.money import kr
from domain.shop_orders import Kind
from domain.tickets import OVER, Ticket

bp = Blueprint("own_tickets", __name__, url_prefix="/mina-sidor/biljetter")
this_phone.init(bp)
FORM = ["GET", "POST"]


@bp.get("/")
@needs(Right.KEEP_ACCOUNT)
def index():
    mine = own_tickets.listed(db, actor().customer_id, now=now())
    used = [each for each in mine if each.ticket.state(now()) in OVER]
    return page("own_tickets/index.html", used=used, usable=[
        (each, faces.face(each.ticket)) for each in mine if each not in used])


@bp.get("/<uuid:own_ticket_id>")
@needs(Right.KEEP_ACCOUNT)
def show(own_ticket_id: UUID):
    """A password tells who it is, not whose phone it is: a ticket that another phone holds comes
    here by a code to its number."""
    ticket = _found(own_ticket_id)
    may_change = ticket_changes.refusal(ticket, now=now()) is None
    if ticket.card_id:
        return page("own_tickets/on_card.html", ticket=ticket, face=faces.face(ticket),
                    card=own_tickets.card_of(db, ticket), stops=card_stops.of_ticket(ticket),
                    may_change=may_change)
    return faces.show("own_tickets/show.html", ticket, free=True, owned=False,
                      may_change=may_change, **_places(own_ticket_id))


@bp.post("/<uuid:own_ticket_id>/telefon")
@needs(Right.KEEP_ACCOUNT)
def take(own_ticket_id: UUID):
    return this_phone.take(_on_phone(own_ticket_id), to=_at(own_ticket_id))


@bp.get("/<uuid:own_ticket_id>/sparad")
@needs(Right.KEEP_ACCOUNT)
def saved(own_ticket_id: UUID):
    return faces.saved(_on_phone(own_ticket_id), at=_at(own_ticket_id))


@bp.route("/<uuid:own_ticket_id>/aktivering", methods=FORM)
@needs(Right.KEEP_ACCOUNT)
def activate(own_ticket_id: UUID):
    return faces.activate("own_tickets/activate.html", _on_phone(own_ticket_id),
                          **_places(own_ticket_id))


@bp.post("/<uuid:own_ticket_id>/kod")
@needs(Right.KEEP_ACCOUNT)
def order_code(own_ticket_id: UUID):
    return this_phone.order_code(_on_phone(own_ticket_id),
                                 to=url_for(".move", own_ticket_id=own_ticket_id))


@bp.route("/<uuid:own_ticket_id>/flytt", methods=FORM)
@needs(Right.KEEP_ACCOUNT)
def move(own_ticket_id: UUID):
    here = {"own_ticket_id": own_ticket_id}
    return this_phone.move(
        "own_tickets/move.html", _on_phone(own_ticket_id), at=_at(own_ticket_id),
        code_at=url_for(".order_code", **here), move_at=url_for(".move", **here))


@bp.post("/<uuid:own_ticket_id>/lank")
@needs(Right.KEEP_ACCOUNT)
def resend(own_ticket_id: UUID):
    ticket = _on_phone(own_ticket_id)
    with transaction():
        own_tickets.resend(db, ticket, by=actor(), now=now())
    return done(_at(own_ticket_id), _("Länken är på väg till %(number)s.",
                                      number=this_phone.number(ticket)))


@bp.route("/<uuid:own_ticket_id>/borta", methods=FORM)
@needs(Right.KEEP_ACCOUNT)
def lost(own_ticket_id: UUID):
    return reissues.again("own_tickets/lost.html", _found(own_ticket_id), at=_at(own_ticket_id))


@bp.route("/<uuid:own_ticket_id>/andra", methods=FORM)
@needs(Right.KEEP_ACCOUNT)
def change(own_ticket_id: UUID):
    ticket = _found(own_ticket_id)
    form = ChangeForm(ticket, request.form or request.args)
    if "act" not in request.form and form.validate_on_submit():
        with transaction(form):
            _change(form, ticket)
    if form.location:
        return answer(form, "own_tickets/change.html")
    refused = ticket_changes.refusal(ticket, now=now())
    return answer(form, "own_tickets/change.html", ticket=ticket, at=_at(own_ticket_id),
                  refused=refused and sentence(refused), first=ticket_changes.earliest(
                      ticket, now=now()), last=ticket_changes.latest(ticket, now=now()))


def _change(form: ChangeForm, ticket: Ticket) -> None:
    """At once where it costs nothing; else it is put in the cart, to be paid."""
    wish = form.wish
    more_ore = ticket_changes.price_of(db, ticket, wish, now=now())
    if more_ore != form.agreed_ore:
        raise Invalid("Ändringen kostar %(price)s. Fortsätt om det stämmer.", "product",
                      price=kr(more_ore))
    if more_ore == 0:
        ticket_changes.carry_out(db, ticket, wish, by=actor(), now=now())
        form.then(_at(ticket.id), _("Biljetten är ändrad."))
        return
    customer = customers.find(db, actor().customer_id)
    cart = carts.opened(db, customer_id=customer.id, now=now())
    carts.put(db, cart, shop_wares.Wish(
        kind=Kind.CHANGE, card=own_tickets.card_of(db, ticket), ticket=ticket,
        product=wish.product, trip=wish.valid, valid_from=wish.valid_from),
        customer=customer, now=now())
    form.then(url_for("cart.show"), _("Ändringen ligger i varukorgen. Den görs när den är "
                                      "betald."))


def _found(ticket_id: UUID) -> Ticket:
    return own_tickets.find(db, ticket_id, customer_id=actor().customer_id)


def _on_phone(ticket_id: UUID) -> Ticket:
    return own_tickets.on_phone(_found(ticket_id))


def _at(ticket_id: UUID) -> str:
    return url_for(".show", own_ticket_id=ticket_id)


def _places(ticket_id: UUID) -> dict[str, str | None]:
    here = {"own_ticket_id": ticket_id}
    return {"at": _at(ticket_id), "take_at": url_for(".take", **here), "owned_at": None,
            "activate_at": url_for(".activate", **here), "saved_at": url_for(".saved", **here),
            "code_at": url_for(".order_code", **here), "lost_at": url_for(".lost", **here)}
