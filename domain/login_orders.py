"""A BankID order while it lasts: what must not reach the browser, which has a handle on it."""
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.identity import token_hash
from domain.store import Row

COLLECT_EVERY = timedelta(seconds=2)  # BankID: every two seconds, never more than once a second
RENEWED_FOR = timedelta(minutes=2)
"""So long a QR code that nobody scans is replaced, before the person is told to begin again."""
UNSCANNED = {"outstandingtransaction", "noclient"}


class Door(StrEnum):
    """Where whoever identifies comes in."""

    PERSON = "person"
    CUSTOMER = "customer"
    """To Mina sidor."""
    BINDING = "binding"
    """Nowhere: they are a customer, who makes BankID a second way in."""


class OrderState(StrEnum):
    PENDING = "pending"
    FAILED = "failed"
    IDENTIFIED = "identified"


@dataclass(frozen=True)
class Tokens:
    """What BankID gives when an order begins. Only the first two may be sent to anyone."""

    order_ref: str
    auto_start_token: str
    qr_start_token: str
    qr_start_secret: str


@dataclass(frozen=True)
class Identity:
    """Whom BankID vouches for."""

    personnummer: str
    given_name: str
    surname: str


class LoginOrder(Row):
    """An order at BankID. What must not reach the browser stays here; the browser has a handle."""

    __tablename__ = "login_orders"

    handle_hash: Mapped[bytes] = mapped_column(unique=True)
    order_ref: Mapped[str]
    auto_start_token: Mapped[str]
    qr_start_token: Mapped[str]
    qr_start_secret: Mapped[str]
    next_path: Mapped[str]
    door: Mapped[Door] = mapped_column(default=Door.PERSON, server_default=Door.PERSON)
    ordered_at: Mapped[datetime]
    first_ordered_at: Mapped[datetime]
    """An unscanned QR code is renewed silently for a while from here."""
    collected_at: Mapped[datetime]
    state: Mapped[OrderState] = mapped_column(default=OrderState.PENDING)
    hint: Mapped[str] = mapped_column(default="outstandingTransaction")
    identity_sealed: Mapped[bytes | None]
    nonce_hash: Mapped[bytes | None]
    """Of the secret in the return address of an order on the same device. It goes by BankID and the
    app, never by our page: whoever lured somebody else into identifying does not have it."""
    returned_at: Mapped[datetime | None]

    @property
    def same_device(self) -> bool:
        return self.nonce_hash is not None

    @property
    def failed(self) -> bool:
        return self.state == OrderState.FAILED

    @property
    def unscanned(self) -> bool:
        return self.state == OrderState.PENDING and self.hint.lower() in UNSCANNED

    @property
    def ready(self) -> bool:
        """Somebody has identified and, on the same device, come back to the browser that began."""
        back = self.returned_at is not None or not self.same_device
        return self.state == OrderState.IDENTIFIED and back

    def renewable(self, now: datetime) -> bool:
        """Whether it only ended because nobody scanned its QR code in time."""
        return (self.failed and self.hint.lower() == "startfailed"
                and not self.same_device and now < self.first_ordered_at + RENEWED_FOR)


def of(session: Session, handle: str) -> LoginOrder | None:
    return session.scalar(select(LoginOrder).where(LoginOrder.handle_hash == token_hash(handle)))


def put(session: Session, handle: str, tokens: Tokens, *, nonce: str | None, next_path: str,
        door: Door = Door.PERSON, now: datetime) -> LoginOrder:
    """An order has begun for the browser that has the handle. With a nonce it is for the BankID on
    the same device, and ends with that browser bringing the nonce back."""
    order = LoginOrder(handle_hash=token_hash(handle), **asdict(tokens), next_path=next_path,
                       door=door, nonce_hash=token_hash(nonce) if nonce else None,
                       ordered_at=now, first_ordered_at=now, collected_at=now)
    session.add(order)
    return order


def renew(order: LoginOrder, tokens: Tokens, *, now: datetime) -> None:
    """A new order takes the place of one that nobody scanned; the browser need not know."""
    for name, token in asdict(tokens).items():
        setattr(order, name, token)
    order.state, order.hint = OrderState.PENDING, "outstandingTransaction"
    order.ordered_at = order.collected_at = now


def turn(session: Session, handle: str, *, now: datetime) -> str | None:
    """The reference to ask BankID about, for only one of those who ask within two seconds."""
    return session.scalar(
        update(LoginOrder)
        .where(LoginOrder.handle_hash == token_hash(handle),
               LoginOrder.state == OrderState.PENDING,
               LoginOrder.collected_at <= now - COLLECT_EVERY)
        .values(collected_at=now).returning(LoginOrder.order_ref)
        .execution_options(synchronize_session=False))


def heard(order: LoginOrder, hint: str, *, over: bool) -> None:
    """BankID's word on how the order goes. Once it is over, no later word changes it."""
    if order.state == OrderState.PENDING:
        order.hint = hint
        order.state = OrderState.FAILED if over else OrderState.PENDING


def identified(session: Session, order: LoginOrder, identity: Identity) -> None:
    order.state = OrderState.IDENTIFIED
    order.identity_sealed = session.info["vault"].seal(json.dumps(asdict(identity)), "identity")


def identity(session: Session, order: LoginOrder) -> Identity:
    """Who has identified. Only asked of an order that is ready."""
    return Identity(**json.loads(session.info["vault"].open(order.identity_sealed, "identity")))


def came_back(session: Session, handle: str, nonce: str, *, now: datetime) -> bool:
    """Whether it is the browser that began who brings back what the BankID app was given."""
    return bool(session.execute(
        update(LoginOrder)
        .where(LoginOrder.handle_hash == token_hash(handle),
               LoginOrder.nonce_hash == token_hash(nonce))
        .values(returned_at=now)).rowcount)


def drop(session: Session, handle: str) -> None:
    session.execute(delete(LoginOrder).where(LoginOrder.handle_hash == token_hash(handle)))


def forget(session: Session, *, now: datetime) -> None:
    """They are over in minutes."""
    session.execute(delete(LoginOrder).where(LoginOrder.ordered_at < now - timedelta(hours=1)))
