"""A clerk pays back what a private customer has bought, by the means that it was paid with. What is
paid back in whole and has not been used is taken back too."""
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain import parcels, private_sales, purse_loads, refunds, shop_deliveries
from domain.access import Actor
from domain.customers import Customer
from domain.errors import Conflict, Invalid, NotFound
from domain.parcels import Parcel
from domain.payments import Payment
from domain.purse_loads import Ended, PurseLoad
from domain.refunds import Reason
from domain.service_acts import Kind as Act
from domain.service_acts import Why, note
from domain.shop_orders import Kind, ShopOrder, ShopOrderLine, contents
from domain.texts import sv
from domain.tickets import Ticket

BY_CLERK = sv("Betalades tillbaka av kundcenter.")


def left(line: ShopOrderLine) -> int:
    """What of it has not been paid back, in öre."""
    return line.amount_ore - line.refunded_ore


def refund(session: Session, customer: Customer, order: ShopOrder,
           lines: Sequence[ShopOrderLine], amount_ore: int | None, why: Why, *, by: Actor,
           now: datetime) -> int:
    """All that is left of the lines, or so much of the only one; says how much. With a new card
    goes what was to lie on it."""
    payment = _payment(session, order)
    if amount_ore is not None and len(lines) != 1:
        raise Invalid("Välj en rad när bara en del ska betalas tillbaka.", "amount")
    whole = amount_ore is None or amount_ore == left(lines[0])
    asked = _with_contents(session, lines) if whole else list(lines)
    total = sum(left(line) for line in asked) if whole else amount_ore
    if not 0 < total <= sum(left(line) for line in asked):
        raise Invalid("Skriv ett belopp som är kvar att betala tillbaka.", "amount")
    note(session, customer, Act.REFUNDED, why, thing_id=order.id, by=by, now=now,
         amount_ore=total, number=order.number)
    for line in asked if whole else ():  # before the payment is held, as whoever ends a load does
        take_back(session, line, by=by, now=now)
    for line in asked:
        if part := left(line) if whole else total:
            refunds.ask(session, payment, part, reason=Reason.GOODWILL, line_id=line.id, by=by,
                        now=now)
    return total


def end_load(session: Session, customer: Customer, load: PurseLoad, why: Why, *, by: Actor,
             now: datetime) -> int:
    """A load that nobody has used, or can use any longer."""
    line = session.get(ShopOrderLine, load.source_id)
    if line is None or not left(line):
        raise Conflict("Laddningen är redan betalad tillbaka.")
    payment = _payment(session, line.order)
    purse_loads.end(session, load, Ended.REFUNDED, by=by, now=now)
    amount = left(line)
    note(session, customer, Act.LOAD_ENDED, why, thing_id=load.id, by=by, now=now,
         amount_ore=amount)
    refunds.ask(session, payment, amount, reason=Reason.NOT_USED, line_id=line.id, by=by, now=now)
    return amount


def find_load(session: Session, load_id: UUID, *, customer_id: UUID) -> PurseLoad:
    load = purse_loads.find(session, load_id)
    if load.card.customer_id != customer_id:
        raise NotFound("Laddningen finns inte.")
    return load


def take_back(session: Session, line: ShopOrderLine, *, by: Actor, now: datetime) -> bool:
    """What was bought, if nobody has used it and it has not left us; else the customer keeps it.
    Says whether it was."""
    if line.done_at is None:
        line.refused_because = line.refused_because or BY_CLERK
        return True
    try:
        with shop_deliveries.whole(session):
            return _TAKE.get(line.kind, _keep)(session, line, by, now)
    except Conflict:
        return False


def _ticket(session: Session, line: ShopOrderLine, by: Actor, now: datetime) -> bool:
    private_sales.recall(session, session.get_one(Ticket, line.done_id), by=by, now=now)
    return True


def _purse(session: Session, line: ShopOrderLine, by: Actor, now: datetime) -> bool:
    purse_loads.end(session, session.get_one(PurseLoad, line.done_id), Ended.REFUNDED, by=by,
                    now=now)
    return True


def _new_card(session: Session, line: ShopOrderLine, by: Actor, now: datetime) -> bool:
    parcels.cancel(session, session.get_one(Parcel, line.done_id), by=by, now=now)
    return True


def _keep(session: Session, line: ShopOrderLine, by: Actor, now: datetime) -> bool:
    return False


_TAKE = {Kind.TICKET: _ticket, Kind.PERIOD: _ticket, Kind.PURSE: _purse, Kind.NEW_CARD: _new_card}


def _with_contents(session: Session, lines: Sequence[ShopOrderLine]) -> list[ShopOrderLine]:
    """Of a card that is not packed yet, also what waits to be put on it: nobody packs it now."""
    found: dict[UUID, ShopOrderLine] = {}
    for line in lines:
        held = [line, *(contents(line) if _waits(session, line) else [])]
        found |= {each.id: each for each in held if left(each) or each is line}
    return [line for line in found.values() if not line.refused_because]


def _waits(session: Session, line: ShopOrderLine) -> bool:
    card = line if line.kind == Kind.NEW_CARD else session.get(ShopOrderLine, line.within_id) \
        if line.within_id else None
    if card is None or card.done_id is None:
        return False
    parcel = session.get_one(Parcel, card.done_id, with_for_update=True, populate_existing=True)
    for each in line.order.lines:
        session.refresh(each, ["done_at", "done_id", "refused_because", "refunded_ore"])
    return line.kind == Kind.NEW_CARD and parcel.packed_at is None


def _payment(session: Session, order: ShopOrder) -> Payment:
    payment = order.payment_id and session.get(Payment, order.payment_id)
    if payment is None:
        raise Conflict("Ordern är inte betald.")
    return payment
