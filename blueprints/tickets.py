"""Sending tickets: the one page. A single recipient is sent to at once when there is nothing to
think of; else the order is shown first."""
from flask import Blueprint, url_for
from htmx_flask import request

from blueprints.guard import needs, takes_files
from blueprints.language import _
from blueprints.recipient_form import CARD
from blueprints.ticket_form import TicketForm
from blueprints.web import actor, answer, db, now, page, rules, transaction
from domain import order_doubts, order_recipients, order_sending, ticket_orders
from domain.access import Right
from domain.ticket_orders import TicketOrder

bp = Blueprint("tickets", __name__, url_prefix="/foretag/skicka-biljett")


@bp.route("/", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
@takes_files
def new():
    form = TicketForm(data={"traveller": request.args.getlist("resenar"), **_to_card()})
    if request.form.get("act") == "row":
        form.add_visitor()
    elif "act" not in request.form and form.validate_on_submit():
        with transaction(form):
            _order(form)
    return answer(form, "tickets/new.html", rules=rules())


def _to_card() -> dict[str, str]:
    """Whoever comes from a travel card sends to that."""
    card = request.args.get("kort")
    return {"to": CARD, "cards": card} if card else {}


def _order(form: TicketForm) -> None:
    """Send it, or keep it to be looked at."""
    order = ticket_orders.draft(db, form.wish(), by=actor(), now=now())
    form.put_recipients(order)
    if form.is_one and _is_clear(order):
        order_sending.send(db, order, agreed_ore=form.agreed_ore, by=actor(), now=now())
        [(recipient, _payer)] = order_recipients.listed(db, order)
        form.then(url_for("sent_tickets.index"),
                  _("Biljetten är skickad till %(name)s.", name=recipient.name)
                  if order.quantity == 1 and not order.send_at else
                  _("Beställningen till %(name)s är gjord.", name=recipient.name))
    else:
        form.then(url_for("ticket_orders.show", order_id=order.id))


def _is_clear(order: TicketOrder) -> bool:
    """Raises Invalid when nothing can be sent to the one recipient."""
    [wrong] = order_recipients.wrong(db, order) or [None]
    if wrong:
        raise wrong.refusal
    return not order_doubts.of(db, order, now=now())


@bp.get("/pris")
@needs(Right.SEND_TICKETS)
def price():
    """What the chosen tickets cost, while the form is being filled in."""
    return page("tickets/new.html", "sum", form=TicketForm(request.args),
                rules=rules())


@bp.get("/priser")
@needs(Right.SEND_TICKETS)
def prices():
    """What every ticket costs in the place that has been chosen."""
    return page("tickets/new.html", "prices", form=TicketForm(request.args),
                rules=rules())


@bp.get("/resenarer")
@needs(Right.SEND_TICKETS)
def found():
    """The travellers that match what is being typed."""
    return page("tickets/new.html", "found", form=TicketForm(request.args),
                rules=rules())
