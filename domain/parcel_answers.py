"""What a clerk answers who asks for a parcel: a new card, the money back, or a word.

The authority bears the risk on the way. So all that lay on the card goes with the new one, also a
purse that would have been too small to post.
"""
from datetime import datetime

from sqlalchemy.orm import Session

from domain import (
    audit,
    card_blocks,
    customers,
    messages,
    parcels,
    private_sales,
    purse_loads,
    purses,
    refunds,
    service_refunds,
    shop_orders,
)
from domain.access import Actor
from domain.audit import Act
from domain.card_blocks import CardBlock, To
from domain.card_numbers import mask_card
from domain.errors import Conflict
from domain.parcel_cases import Outcome, ParcelCase, close
from domain.parcels import Parcel
from domain.payments import Payment
from domain.purse_entries import Kind as Entry
from domain.purse_loads import Ended
from domain.refunds import Reason
from domain.shop_orders import Kind, ShopOrderLine
from domain.tickets import OVER, Ticket
from domain.travel_cards import TravelCard


def possible(case: ParcelCase) -> list[Outcome]:
    """The answers that there are to it. What cannot be done after all is told when it is tried."""
    parcel = case.parcel
    lost = parcel.card is not None and parcel.card.blocked_at is None
    return [Outcome.REPLACED] * lost + [Outcome.ARRIVED] + (
        [Outcome.REFUNDED] * bool(parcel.order_line_id))


def explain(session: Session, case: ParcelCase, words: str, *, by: Actor, now: datetime) -> None:
    """It has come after all, or is on its way."""
    close(session, case, Outcome.ARRIVED, words, by=by, now=now)
    _tell(session, case, now=now)


def replace(session: Session, case: ParcelCase, words: str, *, by: Actor,
            now: datetime) -> Parcel:
    """The card is blocked at once, and a new one is sent to where the customer lives now."""
    close(session, case, Outcome.REPLACED, words, by=by, now=now)
    card, customer = _card(case.parcel), customers.find(session, case.customer_id)
    tickets = card_blocks.preview(session, card, now=now).tickets
    card_blocks.close(session, card, now=now)
    taken = purses.take_all(session, card, kind=Entry.MOVED_OUT, source_id=case.id, now=now)
    _blocked(session, case, To.POST, taken, len(tickets), by=by, now=now)
    made = parcels.put_replacement(session, card, customer, purse_ore=taken, tickets=tickets,
                                   replaces=case.parcel, by=by, now=now)
    _tell(session, case, promised_on=made.promised_on.isoformat(), now=now)
    return made


def refund(session: Session, case: ParcelCase, words: str, *, by: Actor, now: datetime) -> int:
    """What the card and its content cost goes back to whoever paid, in öre; nothing is sent. Not
    when any of it has been used, or more has been put on the card since."""
    close(session, case, Outcome.REFUNDED, words, by=by, now=now)
    parcel = case.parcel
    if parcel.order_line_id is None:
        raise Conflict("Kortet ersatte ett annat och var inte köpt. Skicka ett nytt kort.")
    line = session.get_one(ShopOrderLine, parcel.order_line_id)
    lines = [line, *shop_orders.contents(line)]
    if parcel.packed_at:
        _take_back(session, case, lines, by=by, now=now)
    else:
        parcels.cancel(session, parcel, by=by, now=now)
        for each in lines[1:]:
            service_refunds.take_back(session, each, by=by, now=now)
    amount = _pay_back(session, lines, by=by, now=now)
    _tell(session, case, amount_ore=amount, now=now)
    return amount


def _card(parcel: Parcel) -> TravelCard:
    if parcel.card is None:
        raise Conflict("Försändelsen är inte packad än. Packa den i stället.")
    if parcel.card.customer_id != parcel.customer_id:
        raise Conflict("Kunden har tagit bort kortet från sitt konto.")
    return parcel.card


def _take_back(session: Session, case: ParcelCase, lines: list[ShopOrderLine], *, by: Actor,
               now: datetime) -> None:
    card = _card(case.parcel)
    for line in lines:
        if line.kind == Kind.PURSE and line.done_id:
            purse_loads.end(session, purse_loads.find(session, line.done_id), Ended.REFUNDED,
                            by=by, now=now)
        if line.kind == Kind.PERIOD and line.done_id:
            private_sales.recall(session, session.get_one(Ticket, line.done_id), by=by, now=now)
    left = card_blocks.preview(session, card, now=now)
    if left.purse_ore or any(ticket.state(now) not in OVER for ticket in left.tickets):
        raise Conflict("Det finns annat på kortet än det som beställdes med det. Skicka ett nytt "
                       "kort i stället.")
    card_blocks.close(session, card, now=now)
    _blocked(session, case, To.NOWHERE, 0, 0, by=by, now=now)


def _pay_back(session: Session, lines: list[ShopOrderLine], *, by: Actor, now: datetime) -> int:
    total, order = 0, lines[0].order
    for line in lines:
        left = line.amount_ore - line.refunded_ore
        if left and order.payment_id:
            refunds.ask(session, session.get_one(Payment, order.payment_id), left,
                        reason=Reason.NOT_DELIVERED, line_id=line.id, by=by, now=now)
            total += left
    return total


def _blocked(session: Session, case: ParcelCase, to: To, purse_ore: int, tickets: int, *,
             by: Actor, now: datetime) -> None:
    card = case.parcel.card
    session.add(CardBlock(card_id=card.id, at=now, to=to, purse_ore=purse_ore, left_ore=0,
                          tickets=tickets))
    audit.record(session, Act.ACCOUNT_CARD_BLOCKED, card.id, company_id=case.customer_id, by=by,
                 now=now, card=mask_card(card.number), to=to, amount_ore=purse_ore)


def _tell(session: Session, case: ParcelCase, *, now: datetime, **values: str | int) -> None:
    customer = case.parcel.customer
    if not customer.deleted_at:
        messages.put_email(
            session, "parcel_answer", to=customer.email, language=customer.language,
            about_id=customer.id, now=now, name=customer.given_name, outcome=case.outcome,
            reason=case.reason, words=case.answer, **values)
