"""What is not to be known of private customers any longer is forgotten, every night: as the terms
promise while somebody has an account, and all but bookkeeping when they have left."""
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, exists, select, update
from sqlalchemy.orm import Session

from domain import (
    card_trips,
    carts,
    customer_letters,
    customer_logins,
    customer_registrations,
    email_changes,
    password_resets,
    purse_loads,
    purses,
    service_documents,
)
from domain.customer_deletion import forget_holders
from domain.customer_merges import belonging
from domain.customers import Customer
from domain.months import midnight, today
from domain.parcel_cases import ParcelCase
from domain.parcels import Parcel
from domain.payments import Payment
from domain.purse_loads import OPEN, Ended, PurseLoad
from domain.refunds import Refund
from domain.rules import rules
from domain.service_acts import ServiceAct
from domain.shop_orders import ShopOrder, ShopOrderLine
from domain.tickets import Ticket

USED_LINKS = timedelta(days=2)
"""So long a link to a new password is kept once it has stopped working."""
GONE = select(Customer.id).where(Customer.deleted_at.is_not(None))


def since(session: Session, name: str, *, now: datetime) -> datetime:
    """So many days ago as the rule says."""
    return now - timedelta(days=getattr(rules(session), name))


def bookkeeping_ends(session: Session, *, now: datetime) -> datetime:
    """What is older has been kept for as many whole calendar years, after its own, as is asked."""
    return midnight(today(now).replace(
        year=today(now).year - rules(session).bookkeeping_years, month=1, day=1))


def _reasons(session: Session, now: datetime) -> int:
    """That an act was done is kept, and why is not."""
    old = ServiceAct.at < since(session, "service_reason_days", now=now)
    return session.execute(
        update(ServiceAct).values(reason="").where(
            old | ServiceAct.customer_id.in_(GONE), ServiceAct.reason != "")
        .execution_options(synchronize_session=False)).rowcount


def _addresses(session: Session, now: datetime) -> int:
    """Where something was posted, long ago."""
    before = since(session, "posted_address_days", now=now)
    nowhere = dict.fromkeys(("name", "street", "postcode", "city"), "")
    posted = (Parcel.ordered_at < before, Parcel.name != "",
              Parcel.posted_at.is_not(None) | Parcel.cancelled_at.is_not(None))
    return session.execute(
        update(ShopOrder).where(ShopOrder.placed_at < before, ShopOrder.name != "")
        .values(nowhere).execution_options(synchronize_session=False)).rowcount + session.execute(
        update(Parcel).where(*posted).values(**nowhere, version=Parcel.version + 1)
        .execution_options(synchronize_session=False)).rowcount


def _loads(session: Session, now: datetime) -> int:
    """Those that nobody has used, and nobody is left to ask about: once no bus can report any more
    that they were."""
    theirs = select(ShopOrderLine.id).join(ShopOrderLine.order).where(
        ShopOrder.customer_id.in_(GONE))
    over = list(session.scalars(select(PurseLoad).where(
        OPEN, PurseLoad.expires_at <= since(session, "card_report_days", now=now),
        PurseLoad.source_id.in_(theirs))))
    for load in over:
        purse_loads.end(session, load, Ended.FORFEITED, by=None, now=now)
    return len(over)


def _orders(session: Session, now: datetime) -> int:
    """Of those who have left, when bookkeeping needs them no longer: with all that hangs on them.
    Tickets stay, as tickets of nobody."""
    old = select(ShopOrder.id).where(ShopOrder.customer_id.in_(GONE), ShopOrder.placed_at
                                     < bookkeeping_ends(session, now=now))
    payments = select(Payment.id).where(Payment.order_id.in_(old))
    _delete(session, Refund, Refund.payment_id.in_(payments))
    _delete(session, Payment, Payment.order_id.in_(old))
    _delete(session, ShopOrderLine, ShopOrderLine.order_id.in_(old))
    return _delete(session, ShopOrder, ShopOrder.id.in_(old))


def _customers(session: Session, now: datetime) -> int:
    """Those who have left, once there is nothing for bookkeeping behind them."""
    over = select(Customer.id).where(
        Customer.deleted_at < bookkeeping_ends(session, now=now),
        ~exists().where(ShopOrder.customer_id == Customer.id))
    _delete(session, ParcelCase, ParcelCase.customer_id.in_(over))
    _delete(session, Parcel, Parcel.customer_id.in_(over))
    _delete(session, ServiceAct, ServiceAct.customer_id.in_(over))
    session.execute(update(Ticket).where(Ticket.customer_id.in_(over), Ticket.holder == "")
                    .values(customer_id=None, version=Ticket.version + 1)
                    .execution_options(synchronize_session=False))
    nothing = [~exists().where(column == Customer.id) for _table, column in belonging()]
    return _delete(session, Customer, and_(Customer.id.in_(over), *nothing))


def _delete(session: Session, table, which) -> int:
    return session.execute(delete(table).where(which)
                           .execution_options(synchronize_session=False)).rowcount


KINDS: dict[str, Callable[[Session, datetime], int]] = {
    "trips": lambda session, now: card_trips.forget(session, now=now),
    "payments_on_board": lambda session, now: purses.forget(session, now=now),
    "letters": lambda session, now: customer_letters.forget(session, now=now),
    "documents": lambda session, now: service_documents.forget(session, now=now),
    "reasons": _reasons,
    "addresses": _addresses,
    "registrations": lambda session, now: customer_registrations.forget_unconfirmed(
        session, before=since(session, "customer_confirm_days", now=now)),
    "logins": lambda session, now: customer_logins.forget(session, now=now),
    "resets": lambda session, now: password_resets.forget(session, before=now - USED_LINKS),
    "email_changes": lambda session, now: email_changes.forget(session, now=now),
    "carts": lambda session, now: carts.forget(
        session, before=since(session, "cart_days", now=now)),
    "holders": lambda session, now: forget_holders(session, now=now),
    "loads": _loads,
    "orders": _orders,
    "customers": _customers,
}
"""What is forgotten each night, in this order, and how; each says of how many."""
