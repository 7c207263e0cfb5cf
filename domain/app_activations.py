"""A traveller registers Allpay in the public app, by user name and code, and is known by it from
then on."""
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from domain import business_travel, codes, payment_methods, webhooks
from domain.access import Actor, Role
from domain.api_clients import ApiClient
from domain.business_travel import Connection
from domain.codes import Outcome
from domain.errors import Conflict, NotFound
from domain.identity import token_hash
from domain.months import today
from domain.payment_methods import PaymentMethod
from domain.rules import rules


class Ended(Conflict):
    """The payment method has been good for something, and is no more."""


class State(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    NOT_BEGUN = "notBegun"
    OVER = "over"
    """Its last day has passed."""


@dataclass(frozen=True)
class Payer:
    """What an app shows that it may buy by."""

    client: ApiClient
    method: PaymentMethod
    connection: Connection

    @property
    def actor(self) -> Actor:
        """The traveller, and by which app: it stands so in the log."""
        traveller = self.connection.traveller
        return Actor(person_id=None, name=f"{traveller.name} ({self.client.name})",
                     personnummer_index=traveller.personnummer_index or b"",
                     roles=frozenset({Role.TRAVELLER}))

    def state(self, now: datetime) -> State:
        here, day = self.connection, today(now)
        if here.paused_at:
            return State.PAUSED
        if here.from_on and day < here.from_on:
            return State.NOT_BEGUN
        return State.OVER if here.to_on and here.to_on < day else State.ACTIVE


@dataclass(frozen=True)
class Activation:
    outcome: Outcome
    payer: Payer | None = None
    tries_left: int | None = None
    """After a wrong code. Not told of a user name that nobody has."""


def activate(session: Session, client: ApiClient, user_name: str, digits: str, *, secret: str,
             now: datetime) -> Activation:
    """`secret` is what the app shows from now on. A wrong code is a try, so the caller commits
    whatever the outcome."""
    connection = session.scalar(
        select(Connection).options(joinedload(Connection.traveller))
        .where(Connection.user_name == user_name.strip().upper(), Connection.ended_at.is_(None)))
    if connection is None:
        return Activation(Outcome.WRONG)
    if connection.registered_at:
        return Activation(Outcome.NONE)
    payer = Payer(client, PaymentMethod(), connection)
    outcome = business_travel.register(session, connection, user_name=connection.user_name,
                                       digits=digits, by=payer.actor, now=now)
    if outcome != Outcome.REDEEMED:
        return Activation(outcome, tries_left=_left(session, connection))
    method = payment_methods.make(session, client, connection.id, secret=secret, now=now)
    webhooks.tell(session, webhooks.Kind.REGISTERED, [connection.id], now=now)
    return Activation(outcome, Payer(client, method, connection))


def _left(session: Session, connection: Connection) -> int:
    code = codes.current(session, [connection.id]).get(connection.id)
    return max(0, rules(session).code_tries - code.wrong_tries) if code else 0


def opened(session: Session, client: ApiClient, secret: str) -> Payer:
    """Raises `NotFound` when the token is none of this app's, and `Ended`."""
    found = session.execute(_SHOWN, {"hashed": token_hash(secret), "of": client.id}).one_or_none()
    if found is None:
        raise NotFound("Betalsättet finns inte.")
    method, connection = found
    if connection.ended_at or connection.registered_at != method.registered_at:
        raise Ended("Betalsättet gäller inte längre. Registrera Allpay på nytt.")
    return Payer(client, method, connection)


_SHOWN = (  # asked before each request, and therefore made once
    select(PaymentMethod, Connection)
    .join(Connection, Connection.id == PaymentMethod.connection_id)
    .options(joinedload(Connection.traveller))
    .where(PaymentMethod.token_hash == bindparam("hashed"),
           PaymentMethod.client_id == bindparam("of")))
