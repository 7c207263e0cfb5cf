"""A private customer leaves: nothing tells any more who it was. What bookkeeping needs is kept for
seven years, without a name."""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from domain import (
    audit,
    card_contents,
    card_trips,
    carts,
    customer_cards,
    customer_letters,
    email_changes,
    messages,
    parcel_cases,
    parcels,
    service_acts,
    shop_orders,
)
from domain.access import Actor
from domain.customer_logins import CustomerLogin
from domain.customer_service import check_open
from domain.customer_terms import CustomerAcceptance
from domain.customers import Child, Customer
from domain.errors import Conflict, Invalid
from domain.parcel_cases import ParcelCase
from domain.parcels import Parcel
from domain.password_resets import PasswordReset
from domain.payments import UNSETTLED, Payment
from domain.refunds import Refund
from domain.refunds import State as RefundState
from domain.service_acts import Why
from domain.shop_orders import ShopOrder
from domain.shop_orders import State as OrderState
from domain.texts import sv
from domain.tickets import OVER, Ticket
from domain.travel_cards import TravelCard

LONG_AGO = date(1900, 1, 1)
"""The day of birth of who is no more."""


@dataclass(frozen=True)
class Left:
    """What is still worth something on the cards, and goes on being there for whoever has them in
    their hand; but nobody can block them and have the content moved any more."""

    purse_ore: int
    tickets: list[Ticket]

    @property
    def any(self) -> bool:
        return bool(self.purse_ore or self.tickets)


def obstacles(session: Session, customer: Customer) -> list[str]:
    """What has to be finished first, in sentences."""
    return [sentence for sentence, asked in _UNFINISHED.items()
            if session.scalar(select(exists().where(*asked(customer))))]


def _of(customer: Customer) -> tuple:
    return ShopOrder.customer_id == customer.id, Payment.order_id == ShopOrder.id


_UNFINISHED: dict[str, Callable[[Customer], tuple]] = {
    sv("Ett köp väntar på att betalas. Betala eller avbryt det först."):
        lambda customer: (ShopOrder.customer_id == customer.id,
                          ShopOrder.state == OrderState.OPEN),
    sv("En betalning är inte klar. Vänta tills den är det."):
        lambda customer: (*_of(customer), Payment.state.in_(UNSETTLED)),
    sv("Pengar är på väg tillbaka. Vänta tills de har kommit fram."):
        lambda customer: (*_of(customer), Refund.payment_id == Payment.id,
                          Refund.state != RefundState.PAID),
    sv("Ett av korten är fryst. Öppna det, eller spärra det om det är borta."):
        lambda customer: (TravelCard.customer_id == customer.id,
                          TravelCard.frozen_at.is_not(None)),
    sv("Ett nytt kort är beställt. Vänta tills det är postat."):
        lambda customer: (Parcel.customer_id == customer.id, Parcel.posted_at.is_(None),
                          Parcel.cancelled_at.is_(None)),
    sv("En fråga om en försändelse väntar på svar. Vänta tills det har kommit."):
        lambda customer: (ParcelCase.customer_id == customer.id,
                          ParcelCase.closed_at.is_(None)),
}


def left(session: Session, customer: Customer, *, now: datetime) -> Left:
    cards = customer_cards.usable(session, customer.id)
    found = card_contents.of_cards(session, cards, now=now)
    return Left(sum(each.purse_ore + each.loads_ore for each in found),
                [ticket for each in found for ticket in each.usable])


def delete_account(session: Session, customer: Customer, *, acknowledged: bool, by: Actor,
                   why: Why | None = None, now: datetime) -> None:
    """`acknowledged`: that what is on the cards stays there, with nobody to ask for it. `why` when
    it is a clerk who does it, at the customer's request."""
    session.get(Customer, customer.id, with_for_update={"key_share": True},
                populate_existing=True)
    _check(session, customer, acknowledged, now)
    if why:
        service_acts.note(session, customer, service_acts.Kind.DELETED, why, by=by, now=now)
    else:
        audit.record(session, audit.Act.CUSTOMER_DELETED, customer.id, company_id=customer.id,
                     by=by, now=now)
    _close_orders(session, customer)
    name, to, language = customer.name, customer.email, customer.language
    blank(session, customer, now=now)
    messages.put_email(session, "customer_deleted", to=to, language=language, name=name,
                       about_id=customer.id, now=now)


def _check(session: Session, customer: Customer, acknowledged: bool, now: datetime) -> None:
    check_open(customer)
    if unfinished := obstacles(session, customer):
        raise Conflict(unfinished[0])
    if left(session, customer, now=now).any and not acknowledged:
        raise Invalid("Det finns pengar eller biljetter på korten. Kryssa i rutan om att de ligger "
                      "kvar där.", "acknowledged")


def _close_orders(session: Session, customer: Customer) -> None:
    """What is paid late, after all, is paid back: nothing can be sent to anybody."""
    session.execute(
        update(ShopOrder).where(ShopOrder.customer_id == customer.id,
                                ShopOrder.state == OrderState.EXPIRED)
        .values(state=OrderState.CANCELLED).execution_options(synchronize_session=False))


def blank(session: Session, customer: Customer, *, now: datetime) -> None:
    """Whatever tells who it was. A ticket that can still be used is forgotten when it cannot."""
    customer_letters.forget_person(session, customer)
    for noun in (service_acts, shop_orders, carts):
        noun.forget_person(session, customer.id)
    for noun in (parcels, parcel_cases):
        noun.forget(session, customer.id)
    _let_cards_go(session, customer)
    email_changes.withdraw(session, customer.id)
    for table in (PasswordReset, CustomerLogin, CustomerAcceptance, Child):
        session.execute(delete(table).where(table.customer_id == customer.id))
    _blank_row(customer, now)
    session.flush()
    forget_holders(session, now=now)


def _let_cards_go(session: Session, customer: Customer) -> None:
    for card in customer_cards.listed(session, customer.id):
        card_trips.forget_card(session, card.id)
    session.execute(
        update(TravelCard).where(TravelCard.customer_id == customer.id)
        .values(customer_id=None, child_id=None, label="", mobile=None, name="", words=""))
    session.expire_all()


def _blank_row(customer: Customer, now: datetime) -> None:
    for name in ("email", "password_hash", "given_name", "surname", "municipality", "street",
                 "postcode", "city", "mobile", "blocked_because"):
        setattr(customer, name, "")
    customer.email_key = f"deleted {customer.id}"
    customer.personnummer_sealed = customer.personnummer_index = None
    customer.bankid_at = customer.blocked_at = customer.confirmed_at = None
    customer.born_on, customer.deleted_at, customer.language = LONG_AGO, now, "sv"


def forget_holders(session: Session, *, now: datetime) -> int:
    """Of the tickets of those who have left, whose they were, once they cannot be used; says of how
    many."""
    gone = select(Customer.id).where(Customer.deleted_at.is_not(None))
    named = list(session.scalars(select(Ticket).where(
        Ticket.customer_id.in_(gone), (Ticket.holder != "") | (Ticket.mobile != ""))))
    over = [ticket for ticket in named if ticket.state(now) in OVER or now >= ticket.useless_at]
    for ticket in over:
        ticket.holder = ticket.mobile = ""
        ticket.bundle = ticket.link_hash = None
    return len(over)
