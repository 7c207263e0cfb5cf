"""Orders of tickets: the draft with all there is to think of before the one button, the progress,
and how far each ticket has come."""
from uuid import UUID

from flask import Blueprint, flash, url_for
from htmx_flask import make_response, request

from blueprints.fields import MobileField, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.order_mending import mend_form
from blueprints.web import Form, actor, answer, db, done, now, page, transaction, wants_fragment
from domain import (
    identity,
    order_deliveries,
    order_doubts,
    order_recipients,
    order_sending,
    recipient_groups,
    sent_tickets,
    ticket_orders,
    tickets,
)
from domain.access import Right
from domain.errors import NotFound
from domain.order_deliveries import Delivery
from domain.sent_searches import State as Came
from domain.ticket_orders import State, TicketOrder

bp = Blueprint("ticket_orders", __name__, url_prefix="/foretag/skicka-biljett/ordrar")

ROWS = 40
"""On a page."""
KINDS = {Came.PLANNED: "wait", Came.UNDER_WAY: "info", Came.DELIVERED: "good",
         Came.FAILED: "bad", Came.RECALLED: "off", Came.PAST: "off"}


@bp.get("/")
@needs(Right.SEND_TICKETS)
def index():
    orders = ticket_orders.listed(db, by=actor(), after=request.args.get("efter"))
    return page("ticket_orders/index.html", orders=orders)


@bp.get("/<uuid:order_id>")
@needs(Right.SEND_TICKETS)
def show(order_id: UUID):
    order = _found(order_id)
    if wants_fragment() and order.state == State.SENT:
        return make_response("", refresh=True)
    return page("ticket_orders/show.html", "work", form=Form(), **_context(order))


@bp.post("/<uuid:order_id>/sandning")
@needs(Right.SEND_TICKETS)
def send(order_id: UUID):
    order, form = _found(order_id), Form()
    if order.state != State.DRAFT:
        return done(url_for(".show", order_id=order.id), _("Beställningen är redan skickad."))
    if form.validate_on_submit():
        with transaction(form):
            sent = order_sending.send(db, order, by=actor(), now=now(),
                                      agreed_ore=request.form.get("agreed_ore", type=int))
            form.then(url_for(".show", order_id=order.id),
                      _("Beställningen är skickad.") if sent else "")
        if form.location and not sent:
            flash(_("Några uppgifter har ändrats sedan du såg dem. Inget är skickat. Se efter en "
                    "gång till."), "warn")
    return answer(form, "ticket_orders/show.html", block="work", **_context(order))


@bp.post("/<uuid:order_id>/borttagning")
@needs(Right.SEND_TICKETS)
def remove(order_id: UUID):
    order = _found(order_id)
    with transaction():
        order_recipients.remove_draft(db, order)
    return done(url_for("tickets.new"), _("Utkastet är borttaget."))


class GroupForm(Form):
    name = TextField(lazy("Gruppens namn"), most=recipient_groups.LONGEST_NAME)


@bp.post("/<uuid:order_id>/grupp")
@needs(Right.SEND_TICKETS)
def save_group(order_id: UUID):
    """The travellers that it goes to, under a name."""
    order, form = _found(order_id), GroupForm()
    if form.validate_on_submit():
        with transaction(form):
            group = recipient_groups.save(db, form.name.value, by=actor(), now=now(),
                                          chosen=order_recipients.travellers_of(order))
            form.then(url_for(".show", order_id=order.id),
                      _("Gruppen %(name)s är sparad.", name=group.name))
    return answer(form, "ticket_orders/group.html", order=order)


class AgainForm(Form):
    mobile = MobileField(lazy("Mobilnummer"))


@bp.route("/<uuid:order_id>/biljetter/<uuid:ticket_id>", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
def again(order_id: UUID, ticket_id: UUID):
    """One whose message did not come: another number, and once more."""
    order, ticket = _found(order_id), tickets.find(db, ticket_id, within=actor().scope)
    if ticket.order_id != order.id:
        raise NotFound("Biljetten finns inte i beställningen.")
    form = AgainForm(data={"mobile": ticket.mobile and identity.show_mobile(ticket.mobile)})
    if form.validate_on_submit():
        with transaction(form):
            sent_tickets.resend(db, ticket, mobile=form.mobile.value, by=actor(), now=now())
            form.then(url_for(".show", order_id=order.id),
                      _("Sms:et till %(name)s skickas igen.", name=ticket.holder))
    return answer(form, "ticket_orders/again.html", order=order, ticket=ticket)


def _found(order_id: UUID) -> TicketOrder:
    return ticket_orders.find(db, order_id, by=actor())


def _context(order: TicketOrder) -> dict:
    context = {"order": order, "now": now()}
    if order.state == State.DRAFT:
        return context | _draft(order)
    return context | (_deliveries(order) if order.state == State.SENT else {})


def _draft(order: TicketOrder) -> dict:
    counts = order_recipients.counts(db, order)
    price = order_sending.price(db, order, now=now())
    rows = order_recipients.listed(db, order, after=request.args.get("efter", type=int),
                                   most=ROWS + 1)
    return {"counts": counts, "price": price, "number": counts.going * order.quantity,
            "payers": order_recipients.payers(db, order),
            "total_ore": price.price_ore * counts.going * order.quantity,
            "vat_ore": price.vat_ore * counts.going * order.quantity,
            "doubts": order_doubts.of(db, order, now=now()), "mending": mend_form(order),
            "rows": rows[:ROWS], "after": rows[ROWS - 1][0].number if len(rows) > ROWS else None,
            "has_travellers": any(row.traveller_id for row, _payer in rows)}


def _deliveries(order: TicketOrder) -> dict:
    scope, failed = actor().scope, request.args.get("visa") == "fel"
    rows = order_deliveries.listed(db, order, within=scope, only_failed=failed, now=now(),
                                   after=request.args.get("efter", type=UUID), most=ROWS + 1)
    return {"payers": order_deliveries.payers(db, order, within=scope), "only_failed": failed,
            "came": order_deliveries.counts(db, order, within=scope),
            "rows": rows[:ROWS], "after": _last(rows) if len(rows) > ROWS else None,
            "kinds": KINDS}


def _last(rows: list[Delivery]) -> UUID:
    return rows[ROWS - 1].ticket.id
