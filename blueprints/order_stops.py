"""How far each line of an order in the shop has come, as the stops of a line."""
from uuid import UUID

from blueprints import card_stops, delivery_stops
from blueprints.card_stops import Stop
from blueprints.formats import day
from blueprints.language import _
from blueprints.web import db, now
from domain import purse_loads, shop_receipts
from domain.purse_loads import PurseLoad, Stage
from domain.shop_orders import ShopOrder, ShopOrderLine, State
from domain.shop_receipts import Results
from domain.tickets import State as TicketState
from domain.tickets import Ticket


def stops(order: ShopOrder) -> dict[UUID, list[Stop]]:
    """By line. None while it is not paid."""
    if order.state != State.PAID:
        return {}
    found = shop_receipts.results(db, order)
    return {line.id: _of(line, order, found) for line in order.lines}


def _of(line: ShopOrderLine, order: ShopOrder, found: Results) -> list[Stop]:
    paid = (_("Betald"), order.paid_at, "past")
    if line.refused_because:
        return [paid, (_("Kunde inte levereras"), None, "failed")]
    if parcel := found.parcels.get(line.id):
        return [paid, *delivery_stops.of(parcel, None)[1:]]
    if load := found.loads.get(line.id):
        return _load(load)
    if ticket := found.tickets.get(line.id):
        return card_stops.of_ticket(ticket) if ticket.card_id else _ticket(ticket)
    if line.done_at:
        return [paid, (_("Klart"), line.done_at, "past")]
    return [paid, (_("På kortet när det packas"), None, "coming")]


def _load(load: PurseLoad) -> list[Stop]:
    stage = purse_loads.stage(db, load, now=now())
    if stage == Stage.ACTIVATED:
        return [(_("Betald"), load.paid_at, "past"), (_("I reskassan"), load.activated_at, "past")]
    return card_stops.of_load(load)


def _ticket(ticket: Ticket) -> list[Stop]:
    """In the phone."""
    if ticket.state(now()) != TicketState.UNACTIVATED:
        return card_stops.of_ticket(ticket)
    first = (_("från %(first)s, ", first=day(ticket.valid_from))
             if not ticket.has_begun(now()) else "")
    return [(_("Köpt"), ticket.sold_at, "past"), (_("Länken skickad som sms"), ticket.sold_at,
                                                  "past"),
            (_("Aktiveras i mobilen"),
             first + _("senast %(day)s", day=day(ticket.activate_by)), "now")]
