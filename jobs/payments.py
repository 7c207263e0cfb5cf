"""Asking the providers how payments and refunds go, when they have not told, and paying back."""
import logging
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from domain import callbacks, payments, refunds, settlements
from domain.payments import Means, Payment, State
from domain.refunds import Refund
from integrations.errors import OutsideError, Refused
from integrations.nets import Item
from integrations.paying import Heard, Outcome
from integrations.swish import USED
from jobs import Portal

AT_ONCE = 200
NEVER_ASKED, NO_ANSWER = "never_asked", "no_answer"
"""As code of a payment that nobody could pay."""

log = logging.getLogger(__name__)


def settle(portal: Portal) -> None:
    """What is due to be asked about. Safe to run any number of times, and by two at once."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        for due, look in ((payments.due, _look), (refunds.due, _look_at_refund)):
            for each in due(session, now=now, most=AT_ONCE):
                try:
                    look(portal, session, each)
                except OutsideError as error:
                    log.warning("%s: %s", each, error.reason)
                except Exception:  # the others are settled all the same
                    log.exception("%s could not be settled", each)


def _look(portal: Portal, session: Session, payment_id: UUID) -> None:
    now = portal.world.clock.now()
    payment = session.get_one(Payment, payment_id, populate_existing=True)
    never_asked = payment.state == State.BEGUN and not payment.looks
    with portal.store.transaction(session):
        if not payments.take_look(session, payment, now=now):
            return
        if never_asked:
            settlements.end(session, payment_id, State.CANCELLED, NEVER_ASKED, now=now)
            return
    heard = _ask(portal, session, payment)
    with portal.store.transaction(session):
        if heard is None:
            settlements.end(session, payment_id, State.ERROR, NO_ANSWER, now=now)
        else:
            settlements.settle(session, payment_id, heard, now=portal.world.clock.now())


def _ask(portal: Portal, session: Session, payment: Payment) -> Heard | None:
    """None when the provider never had it. What nobody is about to pay, or nobody ought to, is
    cancelled there first: nothing is paid by mistake."""
    state, late = payment.state, payments.is_stale(payment, now=portal.world.clock.now())
    unwanted = state == State.OPEN and (late or not payment.order.awaits_payment)
    provider, provider_id = portal.world.payer(payment.means), payment.provider_id
    if state == State.BEGUN and payment.means == Means.SWISH:
        provider_id = payment.instruction_id
    session.rollback()  # the database is let go of while the other side thinks
    if provider_id is None:
        return None
    if state == State.BEGUN or unwanted:
        with suppress(Refused):  # it is over, or they know nothing of it
            provider.cancel(provider_id)
    try:
        heard = provider.look(provider_id)
    except Refused:
        if state == State.BEGUN:
            return None
        raise
    if late and unwanted and heard.outcome is Outcome.CANCELLED:
        return replace(heard, outcome=Outcome.TIMED_OUT)
    return heard


def _look_at_refund(portal: Portal, session: Session, refund_id: UUID) -> None:
    refund = session.get_one(Refund, refund_id, populate_existing=True)
    with portal.store.transaction(session):
        if not refunds.take_look(session, refund, now=portal.world.clock.now()):
            return
    provider, provider_id = portal.world.payer(refund.payment.means), refund.provider_id
    session.rollback()
    heard = provider.look_refund(provider_id)
    with portal.store.transaction(session):
        refunds.settle(session, refund_id, heard, now=portal.world.clock.now())


def refund(portal: Portal, session: Session, *, refund_id: UUID) -> None:
    """Sent twice it is one refund: it has an id, by which the provider knows."""
    with portal.store.transaction(session):
        refund = refunds.take_up(session, refund_id)
        if refund is None:
            return
        send = {Means.SWISH: _by_swish, Means.CARD: _by_nets}[refund.payment.means]
        give_back = send(portal, session, refund)
    try:
        provider_id = give_back()
    except Refused as refusal:
        with portal.store.transaction(session):
            refunds.refused(session, refund_id, refusal.code, now=portal.world.clock.now())
        raise
    with portal.store.transaction(session):
        refunds.sent(session, refund_id, provider_id, now=portal.world.clock.now())


def _by_swish(portal: Portal, session: Session, refund: Refund):
    key, instruction_id = callbacks.key(session, refund.id), refund.instruction_id
    order = refund.payment.order.number
    said = {"paid": refund.payment.reference, "ore": refund.amount_ore, "reference": order,
            "message": order, "callback_identifier": callbacks.proof(session, refund.id),
            "callback_url": f"{portal.base_url}/betalning/swish/aterbetalning/{key}"}

    def give_back() -> str:
        try:
            return portal.world.swish.refund(instruction_id, **said)
        except Refused as refusal:
            if refusal.code != USED:
                raise
            return instruction_id  # they had it already; only the answer was lost
    return give_back


def _by_nets(portal: Portal, session: Session, refund: Refund):
    key, paid, number = refund.instruction_id, refund.payment.reference, refund.payment.order.number
    items = [Item(f"{number}-{place}", number, part.ore, part.vat_ore, part.vat_basis_points)
             for place, part in enumerate(refunds.parts(session, refund), 1)]
    return lambda: portal.world.nets.refund(key, paid=paid, items=items)
