"""Sending an order: once, at the price that was shown, some recipients in each transaction.

Each recipient has a place in the order, and each ticket an id that is made of the order's and its
place: made a second time it would break against the first. So a worker that dies is followed by
another that goes on where the last transaction ended.
"""
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import (
    audit,
    companies,
    messages,
    order_checking,
    order_recipients,
    outbox,
    price_lists,
    ticket_orders,
    trial_limits,
)
from domain.access import Actor
from domain.departments import Department
from domain.errors import Conflict, Invalid
from domain.many import insert_rows
from domain.money import kr
from domain.months import days_later, midnight
from domain.order_recipients import GOES, TO, OrderRecipient
from domain.outbox import Task
from domain.price_lists import Price
from domain.rules import rules
from domain.services import Service
from domain.texts import sv
from domain.ticket_orders import State, TicketOrder, Wish
from domain.tickets import Ticket, new_number

AT_ONCE = 250
"""Tickets in a transaction, roughly."""
COSTS = sv("Biljetten kostar %(price)s. Fortsätt om det stämmer.")
COST = sv("Biljetterna kostar %(price)s. Fortsätt om det stämmer.")
NEW = ("id", "number", "department_id", "department_name", "reference_number", "cost_centre",
       "traveller_id", "holder", "mobile", "card_id", "language")


def is_big(session: Session, order: TicketOrder) -> bool:
    """Too big to be sent while somebody waits for the page."""
    return order.tickets > rules(session).order_sync_max


def price(session: Session, order: TicketOrder, *, now: datetime) -> Price:
    """Of one ticket: that of now until it is sent."""
    return price_lists.price(session, order.product, order.trip, now=now)


def total_ore(session: Session, order: TicketOrder, going: int, *, now: datetime) -> int:
    return price(session, order, now=now).price_ore * going * order.quantity


def send(session: Session, order: TicketOrder, *, agreed_ore: int | None, by: Actor,
         now: datetime) -> bool:
    """What the draft holds, for the sum that was shown. A big one is carried out by a worker, a
    small one here. False when some of the recipients are no longer as they were shown: then they
    are to be seen as they are, and nothing is sent."""
    if not _taken(session, order):
        raise Conflict("Beställningen är redan skickad.")
    if order_checking.recheck(session, order):
        order.state = State.DRAFT
        return False
    _check(session, order, agreed_ore, now=now)
    order.by = ticket_orders.kept(by)
    cost = price(session, order, now=now)
    order.ordered_at, order.price_ore, order.vat_ore = now, cost.price_ore, cost.vat_ore
    order.vat_basis_points, order.price_list_id = cost.vat_basis_points, cost.price_list_id
    order.total = order_recipients.counts(session, order).going
    order.trial = trial_limits.take_tickets(session, order.company_id, order.tickets)
    session.flush()
    if is_big(session, order):
        outbox.put(session, Task.SEND_ORDER, order_id=str(order.id), now=now)
        return True
    while carry_on(session, order.id, now=now):
        pass
    return True


def _taken(session: Session, order: TicketOrder) -> bool:
    """Only one of those who press the button at once gets past this."""
    session.flush()
    moved = session.execute(
        update(TicketOrder).where(TicketOrder.id == order.id, TicketOrder.state == State.DRAFT)
        .values(state=State.SENDING))
    session.refresh(order)
    return bool(moved.rowcount)


def _check(session: Session, order: TicketOrder, agreed_ore: int | None, *, now: datetime) -> None:
    companies.check_buys(companies.find(session, order.company_id), now=now)
    ticket_orders.check(session, _wish(order), now=now)
    counts = order_recipients.counts(session, order)
    if counts.wrong:
        raise Invalid("Det finns mottagare att rätta eller hoppa över.")
    if not counts.going:
        raise Invalid("Det finns ingen mottagare kvar att skicka till.")
    cost = total_ore(session, order, counts.going, now=now)
    if cost != agreed_ore:
        one = counts.going * order.quantity == 1
        raise Invalid(COSTS if one else COST, "product", price=kr(cost))


def _wish(order: TicketOrder) -> Wish:
    return Wish(order.product, order.trip, order.quantity, order.valid_from, order.send_at,
                order.greeting, order.department_id, order.cost_centre, order.note)


def carry_on(session: Session, order_id: UUID, *, now: datetime) -> bool:
    """Make the tickets of the next recipients, and what sends them. Says whether any are left."""
    order = session.get_one(TicketOrder, order_id, with_for_update=True, populate_existing=True)
    if order.state != State.SENDING:
        return False
    most = max(1, AT_ONCE // order.quantity)
    rows = session.scalars(
        select(OrderRecipient).where(TO.order_id == order.id, TO.sent.is_(False), *GOES)
        .order_by(TO.number).limit(most)).all()
    made = list(_made(session, order, rows))
    _insert(session, order, made, now=now)
    _put_messages(session, order, made, now=now)
    _record(session, order, made, now=now)
    session.execute(update(OrderRecipient.__table__)
                    .where(TO.order_id == order.id, TO.number.in_([row.number for row in rows]))
                    .values(sent=True))
    order.done += len(rows)
    if order.done >= order.total or not rows:
        order.state = State.SENT
    session.flush()
    return order.state == State.SENDING


def ticket_id(order: TicketOrder, number: int, copy: int) -> UUID:
    """Of the ticket in that place: sorted by id, an order's tickets are in its order."""
    return UUID(int=(order.id.int >> 40 << 40) | number << 8 | copy)


def _made(session: Session, order: TicketOrder, rows: list[OrderRecipient]) -> Iterator[tuple]:
    """The tickets, as NEW names their columns."""
    payers = {each.id: each for each in session.scalars(select(Department).where(
        Department.id.in_({row.department_id for row in rows})))}
    for row in rows:
        payer = payers[row.department_id]
        centre = payer.cost_centre or "" if order.cost_centre is None else order.cost_centre
        for copy in range(order.quantity):
            yield (ticket_id(order, row.number, copy).hex, new_number(), payer.id.hex, payer.name,
                   payer.reference_number, centre, row.traveller_id and row.traveller_id.hex,
                   row.name, row.mobile, row.card_id and row.card_id.hex, row.language)


def _insert(session: Session, order: TicketOrder, made: list[tuple], *, now: datetime) -> None:
    starts = max(now, midnight(order.valid_from)) if order.valid_from else now
    insert_rows(
        session, Ticket.__table__, NEW, made, service=Service.SEND_TICKET, order_id=order.id,
        company_id=order.company_id, product=order.product, extent=order.extent,
        zones=order.zones, area=order.area, price_ore=order.price_ore, vat_ore=order.vat_ore,
        vat_basis_points=order.vat_basis_points, price_list_id=order.price_list_id, sold_at=now,
        sold_by_id=order.made_by_id, trial=order.trial, valid_from=order.valid_from,
        send_at=order.send_at, note=order.note, days_used=0, version=1,
        activate_by=days_later(starts, rules(session).activate_within_days))


def _put_messages(session: Session, order: TicketOrder, made: list[tuple], *,
                  now: datetime) -> None:
    """A card needs none."""
    greeting = {"greeting": order.greeting} if order.greeting else {}
    letters = [{"to": row[8], "about_id": UUID(row[0]), "language": row[10], "number": row[1],
                "company": order.actor.company_name, "product": order.product} | greeting
               for row in made if row[8]]
    later = order.send_at if order.send_at and order.send_at > now else None
    if letters:
        messages.put_each_sms(session, "ticket", letters, company_id=order.company_id,
                              due_at=later, now=now)


def _record(session: Session, order: TicketOrder, made: list[tuple], *, now: datetime) -> None:
    by = order.actor
    for row in made:
        audit.record(session, audit.Act.TICKET_SENT, UUID(row[0]), company_id=order.company_id,
                     department_id=UUID(row[2]), by=by, now=now, holder=row[7],
                     product=order.product, price_ore=order.price_ore)
