"""What the web asks of those who take payments, while somebody waits for the answer: to open one,
to say how it goes, to cancel it. A worker asks too (`jobs.payments`), for whoever does not wait."""
import logging
from contextlib import suppress

from flask import current_app, url_for

from blueprints.language import language
from blueprints.shop_words import title
from blueprints.web import db, now, transaction, world
from domain import callbacks, payments, settlements
from domain.payments import Means, Payment, State
from integrations.errors import OutsideError, Refused, Unknown, Unreachable
from integrations.nets import Item
from integrations.paying import Opened

AWAY = "away"
"""As code: the provider was away, and never had the payment."""

log = logging.getLogger(__name__)


def open_payment(payment: Payment) -> bool:
    """At the provider, once; whether it is open there now because of this."""
    with transaction():
        if not payments.take_opening(db, payment, now=now()):
            return False
    ask = {Means.SWISH: _ask_swish, Means.CARD: _ask_nets}[payment.means](payment)
    db.rollback()  # the database is let go of while the other side thinks
    try:
        opened = ask()
    except Unknown as error:  # nobody has been let in there, and the sweep closes it
        log.warning("a payment was asked for: %s", error.reason)
        return False
    except (Unreachable, Refused) as error:
        _never_opened(payment, error)
        return False
    with transaction():
        payments.opened(db, payment, provider_id=opened.provider_id, entrance=opened.entrance,
                        now=world().clock.now())
    return True


def look(payment: Payment, *, at_once: bool = False) -> None:
    """Ask how it goes, if it is time for it or we are told that something has happened. What nobody
    answers is asked again later."""
    with transaction():
        if not payments.take_look(db, payment, now=now()) and not at_once:
            return
    if payment.provider_id is None:
        return
    with suppress(OutsideError):
        hear(payment)


def hear(payment: Payment) -> None:
    """Raises OutsideError when the provider does not answer."""
    payment_id, means, provider_id = payment.id, payment.means, payment.provider_id
    db.rollback()
    heard = world().payer(means).look(provider_id)
    with transaction():
        settlements.settle(db, payment_id, heard, now=world().clock.now())


def cancel(payment: Payment) -> None:
    """The provider decides whether it was too late."""
    if payment.provider_id is None:
        return
    db.rollback()
    with suppress(OutsideError):
        world().payer(payment.means).cancel(payment.provider_id)
    look(payment, at_once=True)


def _never_opened(payment: Payment, error: OutsideError) -> None:
    log.warning("a payment was not opened: %s", error.reason)
    code = error.code if isinstance(error, Refused) else AWAY
    with transaction():
        settlements.end(db, payment.id, State.ERROR, code, now=world().clock.now())


def _ask_swish(payment: Payment):
    number, proof = payment.order.number, callbacks.proof(db, payment.id)
    callback_url = _callback_url(payment, "swish")

    def ask() -> Opened:
        return world().swish.open(payment.instruction_id, ore=payment.amount_ore, reference=number,
                                  message=number, callback_url=callback_url,
                                  callback_identifier=proof)
    return ask


def _ask_nets(payment: Payment):
    order, proof = payment.order, callbacks.proof(db, payment.id)
    items = [Item(f"{order.number}-{place}", title(line), line.amount_ore, line.vat_ore,
                  line.vat_basis_points)
             for place, line in enumerate(order.lines, 1) if line.amount_ore]
    number, email, callback_url = order.number, order.customer.email, _callback_url(payment, "nets")

    def ask() -> Opened:
        return world().nets.open(
            payment.instruction_id, reference=number, items=items, email=email,
            return_url=_url("payments.come_back", payment), language=language(),
            cancel_url=_url("payments.turn_back", payment), callback_url=callback_url,
            terms_url=_base() + url_for("terms.show", kind="customer"), authorization=proof)
    return ask


def return_url(payment: Payment) -> str:
    """Where the app leads back to."""
    return _url("payments.come_back", payment)


def _callback_url(payment: Payment, provider: str) -> str:
    return _base() + url_for(f"payment_callbacks.{provider}", key=callbacks.key(db, payment.id))


def _url(endpoint: str, payment: Payment) -> str:
    return _base() + url_for(endpoint, payment_id=payment.id)


def _base() -> str:
    return current_app.config["PORTAL"].base_url
