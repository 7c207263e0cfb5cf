"""Tjänsteresor: a traveller buys on the company's invoice, by Allpay, up to a monthly limit.

What is left of a limit is the limit less what has been spent in the Swedish month, so no job is
needed to start it over on the 1st.
"""
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Select, and_, or_, select
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from domain import audit, codes, messages, products, spendings, tickets, travellers
from domain.access import Actor, Scope
from domain.codes import OneTimeCode, Outcome
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Sms
from domain.money import kr
from domain.months import days_later
from domain.products import Product, Trip
from domain.rules import rules
from domain.services import Service
from domain.store import Row, partial_index
from domain.tickets import Recipient, Ticket
from domain.travellers import Traveller

LAST_DAYS = 2
"""A code with so few days left is told of."""


class State(StrEnum):
    CODE_WAITING = "code_waiting"
    CODE_SENT = "code_sent"
    CODE_FAILED = "code_failed"
    CODE_EXPIRED = "code_expired"
    CODE_LOCKED = "code_locked"
    REGISTERED = "registered"


class Connection(Row):
    """A traveller's right to buy on the company's invoice."""

    __tablename__ = "business_travel_connections"
    __table_args__ = (partial_index("uq_business_travel_connections_open", "traveller_id",
                                    where="ended_at IS NULL", unique=True),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    traveller_id: Mapped[UUID] = mapped_column(ForeignKey("travellers.id"))
    user_name: Mapped[str] = mapped_column(
        unique=True, default=lambda: f"AP{uuid4().int % 10**8:08}")
    limit_ore: Mapped[int]
    connected_at: Mapped[datetime]
    registered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    traveller: Mapped[Traveller] = relationship()


@dataclass(frozen=True)
class Standing:
    """A connection with what is known of its code and its month."""

    connection: Connection
    code: OneTimeCode | None
    sms: Sms | None
    spent_ore: int
    tries: int

    @property
    def left_ore(self) -> int:
        return max(0, self.connection.limit_ore - self.spent_ore)

    def state(self, now: datetime) -> State:
        if self.connection.registered_at:
            return State.REGISTERED
        if self.sms and self.sms.state == messages.State.FAILED:
            return State.CODE_FAILED
        if self.code is None or self.code.expires_at is None or self._on_its_way:
            return State.CODE_WAITING
        if self.code.wrong_tries >= self.tries:
            return State.CODE_LOCKED
        return State.CODE_EXPIRED if now >= self.code.expires_at else State.CODE_SENT

    @property
    def _on_its_way(self) -> bool:
        return bool(self.sms) and self.sms.state in (messages.State.WAITING, messages.State.SENDING)

    @property
    def ordered_at(self) -> datetime:
        """When the traveller was last sent, or is to be sent, a code."""
        return self.code.ordered_at if self.code else self.connection.connected_at


def standings(session: Session, connections: list[Connection], *, now: datetime) -> list[Standing]:
    ids = [connection.id for connection in connections]
    code_of = codes.current(session, ids)
    sms_of = messages.about(session, [code.id for code in code_of.values()])
    spent = spendings.spent(session, ids, now=now)
    return [Standing(connection, code := code_of.get(connection.id), code and sms_of.get(code.id),
                     spent.get(connection.id, 0), rules(session).code_tries)
            for connection in connections]


def connected(company_id: UUID, *, unregistered: bool = False) -> Select:
    """The ids of the company's connected travellers, for `travellers.listed`; with `unregistered`
    only those who have not registered Allpay yet."""
    ids = select(Connection.traveller_id).where(Connection.company_id == company_id,
                                                Connection.ended_at.is_(None))
    return ids.where(Connection.registered_at.is_(None)) if unregistered else ids


def connections(session: Session, traveller_ids: list[UUID]) -> dict[UUID, Connection]:
    """The open connection of each of them who has one."""
    found = session.scalars(select(Connection).where(
        Connection.traveller_id.in_(traveller_ids), Connection.ended_at.is_(None)))
    return {connection.traveller_id: connection for connection in found}


def of_travellers(session: Session, traveller_ids: list[UUID], *,
                  now: datetime) -> dict[UUID, Standing]:
    """The standing of each of them who is connected."""
    found = list(connections(session, traveller_ids).values())
    return {standing.connection.traveller_id: standing
            for standing in standings(session, found, now=now)}


def of_traveller(session: Session, traveller: Traveller) -> Connection | None:
    return session.scalar(select(Connection).where(Connection.traveller_id == traveller.id,
                                                   Connection.ended_at.is_(None)))


def troubled(session: Session, *, within: Scope, now: datetime,
             most: int = 20) -> list[Standing]:
    """Those whose code did not arrive, or cannot or soon cannot be used, the oldest code first."""
    undelivered = select(Sms.id).where(Sms.about_id == OneTimeCode.id,
                                       Sms.state == messages.State.FAILED).exists()
    found = session.scalars(
        select(Connection).join(Connection.traveller)
        .options(contains_eager(Connection.traveller))
        .join(OneTimeCode, and_(OneTimeCode.connection_id == Connection.id,
                                OneTimeCode.voided_at.is_(None)))
        .where(within.holds(Connection.company_id, Traveller.department_id),
               Connection.ended_at.is_(None), Connection.registered_at.is_(None),
               or_(OneTimeCode.expires_at <= days_later(now, LAST_DAYS), undelivered,
                   OneTimeCode.wrong_tries >= rules(session).code_tries))
        .order_by(OneTimeCode.ordered_at, Connection.id).limit(most))
    return standings(session, list(found), now=now)


def find(session: Session, connection_id: UUID, *, within: Scope) -> Connection:
    connection = session.get(Connection, connection_id)
    if connection is None or connection.ended_at or not within.covers(
            connection.company_id, connection.traveller.department_id):
        raise NotFound("Resenären är inte ansluten till Tjänsteresor.")
    return connection


def connect(session: Session, traveller: Traveller, *, limit_ore: int, by: Actor,
            now: datetime) -> Connection:
    """The traveller gets a text message with steps, user name and a one-time code."""
    travellers.check_employed(traveller)
    check_limit(session, limit_ore)
    if of_traveller(session, traveller):
        raise Conflict("Resenären är redan ansluten till Tjänsteresor.")
    connection = Connection(company_id=traveller.company_id, traveller=traveller,
                            limit_ore=limit_ore, connected_at=now)
    session.add(connection)
    session.flush()
    audit.record(session, audit.Act.TRAVEL_CONNECTED, traveller.id,
                 company_id=traveller.company_id,
                 department_id=traveller.department_id, by=by, now=now, traveller=traveller.name,
                 limit_ore=limit_ore)
    _send_code(session, connection, by=by, now=now)
    return connection


def check_limit(session: Session, limit_ore: int) -> None:
    most = rules(session).credit_limit_max_ore
    if not 0 < limit_ore <= most:
        raise Invalid("Kreditgränsen ska vara mellan 1 kr och %(most)s i månaden.", "limit",
                      most=kr(most))


def send_new_code(session: Session, connection: Connection, *, mobile: str | None = None,
                  by: Actor, now: datetime) -> None:
    """The code before is void. With `mobile` the traveller's number is mended first."""
    if connection.registered_at:
        raise Conflict("Resenären har redan registrerat Allpay.")
    traveller = connection.traveller
    if mobile and mobile != traveller.mobile:
        travellers.change(session, traveller, traveller.department,
                          replace(traveller.details, mobile=mobile), by=by, now=now)
    codes.void(session, connection.id, now=now)
    _send_code(session, connection, by=by, now=now)
    audit.record(session, audit.Act.TRAVEL_CODE_ORDERED, traveller.id,
                 company_id=connection.company_id,
                 department_id=traveller.department_id, by=by, now=now, traveller=traveller.name)


def _send_code(session: Session, connection: Connection, *, by: Actor, now: datetime) -> None:
    mobile = connection.traveller.mobile
    if not mobile:
        raise Invalid("Den som har Tjänsteresor behöver ett mobilnummer.", "mobile")
    code = codes.order(session, connection.id, now=now)
    messages.put_sms(session, "allpay_code", to=mobile, about_id=code.id,
                     company_id=connection.company_id, now=now, company=by.company_name,
                     user_name=connection.user_name, days=rules(session).code_days)


def change_limit(session: Session, connection: Connection, *, limit_ore: int, by: Actor,
                 now: datetime) -> None:
    """Holds at once; one below what is spent already only stops further purchases."""
    check_limit(session, limit_ore)
    connection.limit_ore = limit_ore
    audit.record(session, audit.Act.TRAVEL_LIMIT_CHANGED, connection.traveller_id,
                 company_id=connection.company_id,
                 department_id=connection.traveller.department_id, by=by, now=now,
                 traveller=connection.traveller.name, limit_ore=limit_ore)


def end(session: Session, connection: Connection, *, by: Actor, now: datetime) -> None:
    connection.ended_at = now
    codes.void(session, connection.id, now=now)
    audit.record(session, audit.Act.TRAVEL_ENDED, connection.traveller_id,
                 company_id=connection.company_id,
                 department_id=connection.traveller.department_id, by=by, now=now,
                 traveller=connection.traveller.name)


def register(session: Session, connection: Connection, *, user_name: str, digits: str, by: Actor,
             now: datetime) -> Outcome:
    """The traveller types user name and code. The caller commits whatever the outcome."""
    if connection.registered_at:
        return Outcome.REDEEMED
    if user_name.strip().upper() != connection.user_name:
        return Outcome.WRONG
    outcome = codes.redeem(session, connection.id, digits.strip().replace(" ", ""), now=now)
    if outcome == Outcome.REDEEMED:
        connection.registered_at = now
        audit.record(session, audit.Act.TRAVEL_REGISTERED, connection.traveller_id,
                     company_id=connection.company_id,
                 department_id=connection.traveller.department_id, by=by, now=now,
                     traveller=connection.traveller.name)
    return outcome


def buy(session: Session, connection: Connection, product: Product, valid: Trip, *, by: Actor,
        now: datetime) -> Ticket:
    """A ticket on the company's invoice, within what is left of the month's limit."""
    if connection.ended_at or not connection.registered_at:
        raise Conflict("Allpay är inte registrerat. Registrera det med koden i sms:et.")
    price = products.price(session, product, valid, now=now).price_ore
    _take(session, connection, price, now=now)
    traveller = connection.traveller
    department = session.get_one(Department, traveller.department_id)
    ticket = tickets.sell(session, Service.BUSINESS_TRAVEL, product, valid,
                          to=Recipient(traveller.name, traveller.mobile or "", traveller),
                          department=department, by=by, now=now)
    audit.record(session, audit.Act.TRAVEL_BOUGHT, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, traveller=traveller.name,
                 product=product, price_ore=price)
    return ticket


def _take(session: Session, connection: Connection, price_ore: int, *, now: datetime) -> None:
    limit = select(Connection.limit_ore).where(Connection.id == connection.id).scalar_subquery()
    if not spendings.take(session, connection.id, price_ore, limit=limit, now=now):
        [standing] = standings(session, [connection], now=now)
        raise Invalid("Köpet på %(price)s ryms inte. Du har %(left)s kvar den här månaden.",
                      "product", price=kr(price_ore), left=kr(standing.left_ore))
