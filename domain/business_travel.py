"""Tjänsteresor: who of the travellers may buy on the company's invoice, by Allpay, and up to which
monthly limit."""
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Uuid, and_, bindparam, inspect, or_, select
from sqlalchemy.orm import (
    Mapped,
    Session,
    contains_eager,
    foreign,
    joinedload,
    mapped_column,
    relationship,
)

from domain import (
    assortment,
    audit,
    authorisations,
    codes,
    ledger,
    limits,
    messages,
    travellers,
    webhooks,
)
from domain.access import Actor, Scope
from domain.authorisations import State
from domain.codes import Outcome
from domain.companies import Company
from domain.errors import Conflict, Invalid, NotFound
from domain.money import kr
from domain.months import today
from domain.people import Person
from domain.policy_groups import PolicyGroup
from domain.rules import rules
from domain.services import Service
from domain.store import Row, partial_index
from domain.travellers import Traveller
from domain.webhooks import Kind


def a_user_name() -> str:
    return f"AP{uuid4().int % 10**8:08}"


class Connection(Row):
    """A traveller's right to buy on the company's invoice."""

    __tablename__ = "business_travel_connections"
    __table_args__ = (partial_index("uq_business_travel_connections_open", "traveller_id",
                                    where="ended_at IS NULL", unique=True),
                      partial_index("ix_business_travel_connections_ending", "to_on",
                                    where="to_on IS NOT NULL AND ended_at IS NULL"))

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    traveller_id: Mapped[UUID] = mapped_column(ForeignKey("travellers.id"), index=True)
    user_name: Mapped[str] = mapped_column(unique=True, default=a_user_name)
    limit_ore: Mapped[int]
    policy_group_id: Mapped[UUID | None] = mapped_column(ForeignKey("policy_groups.id"))
    """What it may buy; None is the company's default."""
    from_on: Mapped[date | None]
    """The first day that one may buy on; None is at once."""
    to_on: Mapped[date | None]
    """The last. It is ended the day after."""
    connected_at: Mapped[datetime]
    registered_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    traveller: Mapped[Traveller] = relationship()
    company: Mapped[Company] = relationship()
    policy: Mapped[PolicyGroup | None] = relationship(viewonly=True, primaryjoin=lambda: or_(
        PolicyGroup.id == foreign(Connection.policy_group_id),
        and_(foreign(Connection.policy_group_id).is_(None), PolicyGroup.is_default,
             PolicyGroup.company_id == foreign(Connection.company_id))))
    """What it may buy: its own group, else the company's default, else all."""


def connections(session: Session, traveller_ids: list[UUID]) -> dict[UUID, Connection]:
    """The open connection of each of them who has one."""
    found = session.scalars(_OPEN, {"traveller_ids": traveller_ids})
    return {connection.traveller_id: connection for connection in found}


_OPEN = (
    select(Connection).options(joinedload(Connection.traveller))
    .where(Connection.traveller_id.in_(bindparam("traveller_ids", type_=Uuid, expanding=True)),
           Connection.ended_at.is_(None)))


def of_person(session: Session, personnummer_index: bytes) -> list[Connection]:
    """The open ones of whoever has the personnummer, with all that decides what they buy: the
    oldest employment first."""
    return list(session.scalars(_OF_PERSON, {"personnummer_index": personnummer_index}))


_OF_PERSON = (  # asked at each purchase, and therefore made once
    select(Connection).join(Connection.traveller)
    .options(contains_eager(Connection.traveller).joinedload(Traveller.department),
             joinedload(Connection.company), joinedload(Connection.policy))
    .where(Traveller.personnummer_index == bindparam("personnummer_index"),
           Traveller.ended_at.is_(None), Connection.ended_at.is_(None))
    .order_by(Traveller.registered_at, Traveller.id))


def latest(session: Session, traveller_ids: list[UUID]) -> dict[UUID, Connection]:
    """The open connection of each of them, or else the one that ended last."""
    found = session.scalars(
        select(Connection).options(joinedload(Connection.traveller))
        .where(Connection.traveller_id.in_(traveller_ids))
        .order_by(Connection.ended_at.is_(None), Connection.ended_at))
    return {connection.traveller_id: connection for connection in found}


def of_traveller(session: Session, traveller: Traveller) -> Connection | None:
    return session.scalar(select(Connection).where(Connection.traveller_id == traveller.id,
                                                   Connection.ended_at.is_(None)))


def find(session: Session, connection_id: UUID, *, within: Scope) -> Connection:
    connection = session.get(Connection, connection_id)
    if connection is None or connection.ended_at or not within.covers(
            connection.company_id, connection.traveller.department_id):
        raise NotFound("Resenären är inte ansluten till Tjänsteresor.")
    return connection


def connect(session: Session, traveller: Traveller, *, limit_ore: int, from_on: date | None = None,
            to_on: date | None = None, by: Actor, now: datetime) -> Connection:
    """The traveller gets a text message with steps, user name and a one-time code: at once, also
    when the first day is a later one, so that they are ready that day."""
    travellers.check_employed(traveller)
    check_limit(session, limit_ore)
    check_days(from_on, to_on, now=now)
    assortment.check(session, Service.BUSINESS_TRAVEL, department=traveller.department,
                     traveller=traveller, field="limit")
    if of_traveller(session, traveller):
        raise Conflict("Resenären är redan ansluten till Tjänsteresor.")
    connection = Connection(company_id=traveller.company_id, traveller=traveller,
                            limit_ore=limit_ore, from_on=from_on, to_on=to_on, connected_at=now)
    session.add(connection)
    session.flush()
    record(session, audit.Act.TRAVEL_CONNECTED, connection, by=by, now=now, limit_ore=limit_ore)
    _send_code(session, connection, by=by, now=now)
    return connection


def check_limit(session: Session, limit_ore: int) -> None:
    most = rules(session).credit_limit_max_ore
    if not 0 < limit_ore <= most:
        raise Invalid("Kreditgränsen ska vara mellan 1 kr och %(most)s i månaden.", "limit",
                      most=kr(most))


def check_days(from_on: date | None, to_on: date | None, *, now: datetime) -> None:
    if to_on and to_on < today(now):
        raise Invalid("Dagen har redan varit. Välj i dag eller senare.", "to_on")
    if from_on and to_on and to_on < from_on:
        raise Invalid("Den sista dagen kan inte vara före den första.", "to_on")


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
    record(session, audit.Act.TRAVEL_CODE_ORDERED, connection, by=by, now=now)


def reconnect(session: Session, connection: Connection, *, by: Actor, now: datetime) -> None:
    """The traveller has another number: Allpay has to be registered again, with a code sent
    there."""
    former = codes.current(session, [connection.id])
    messages.cancel_waiting(session, [code.id for code in former.values()])
    codes.void(session, connection.id, now=now)
    connection.registered_at = None
    release(session, [connection.id], now=now)
    webhooks.tell(session, Kind.ENDED, [connection.id], now=now)
    _send_code(session, connection, by=by, now=now)
    record(session, audit.Act.TRAVEL_RECONNECTED, connection, by=by, now=now)


def _send_code(session: Session, connection: Connection, *, by: Actor, now: datetime) -> None:
    mobile = connection.traveller.mobile
    if not mobile:
        raise Invalid("Den som har Tjänsteresor behöver ett mobilnummer.", "mobile")
    for what, who, most in (
            ("codes to", mobile, rules(session).codes_per_number),
            ("codes from company", str(connection.company_id), rules(session).codes_per_company)):
        limits.take(session, what, who, per_hour=most, now=now)
    code = codes.order(session, connection.id, now=now)
    messages.put_sms(session, "allpay_code", to=mobile, about_id=code.id,
                     company_id=connection.company_id, now=now, company=by.company_name,
                     user_name=connection.user_name, days=rules(session).code_days)


def change_limit(session: Session, connection: Connection, *, limit_ore: int, by: Actor,
                 now: datetime) -> None:
    """Holds at once; one below what is spent already only stops further purchases."""
    check_limit(session, limit_ore)
    connection.limit_ore = limit_ore
    record(session, audit.Act.TRAVEL_LIMIT_CHANGED, connection, by=by, now=now,
           limit_ore=limit_ore)


def end(session: Session, *connections: Connection, by: Actor | None, now: datetime) -> None:
    codes.void(session, *(connection.id for connection in connections), now=now)
    for connection in connections:
        connection.ended_at = now
        record(session, audit.Act.TRAVEL_ENDED, connection, by=by, now=now)
    ids = [connection.id for connection in connections]
    release(session, ids, now=now)
    webhooks.tell(session, Kind.ENDED, ids, now=now)


_HELD = (
    select(Connection).where(Connection.id == bindparam("connection_id"))
    .options(joinedload(Connection.traveller).options(
                 joinedload(Traveller.department),
                 joinedload(Traveller.person).load_only(Person.language)),
             joinedload(Connection.company), joinedload(Connection.policy))
    .with_for_update(read=True, of=Connection).execution_options(populate_existing=True))


def hold_open(session: Session, connection: Connection) -> None:
    """As it stands now, with the traveller, the department, the company and the policy. Whoever
    ends it, or changes its limit, waits until whoever buys is done."""
    [connection_id] = inspect(connection).identity  # it is known also when the row is to be reread
    session.scalars(_HELD, {"connection_id": connection_id}).one()
    if connection.ended_at:
        raise Conflict("Resenären är inte längre ansluten till Tjänsteresor.")


def check_active(connection: Connection, *, now: datetime) -> None:
    """That somebody who is connected and registered may buy at this moment."""
    day = today(now)
    if connection.paused_at:
        raise Conflict("Tjänsteresor är pausat för dig. Prata med din administratör.")
    if connection.from_on and day < connection.from_on:
        raise Conflict("Du kan köpa från och med den %(day)s.", day=connection.from_on.isoformat())
    if connection.to_on and connection.to_on < day:
        raise Conflict("Din sista dag med Tjänsteresor har varit. Prata med din administratör.")


def release(session: Session, connection_ids: list[UUID], *, now: datetime) -> None:
    """What is reserved buys nothing any more."""
    session.flush()  # whoever is buying is waited for, and nobody else begins
    reserved = authorisations.open_of(session, connection_ids)
    ledger.release(session, reserved, State.VOIDED, now=now)


def record(session: Session, act: audit.Act, connection: Connection, *, by: Actor | None,
           now: datetime, **words: str | int) -> None:
    traveller = connection.traveller
    audit.record(session, act, traveller.id, company_id=connection.company_id,
                 department_id=traveller.department_id, by=by, now=now, traveller=traveller.name,
                 **words)


def register(session: Session, connection: Connection, *, user_name: str, digits: str, by: Actor,
             now: datetime) -> Outcome:
    """The traveller types user name and code. A wrong one of either is a try, so the caller commits
    whatever the outcome."""
    if connection.registered_at:
        return Outcome.REDEEMED
    named = user_name.strip().upper() == connection.user_name
    outcome = codes.redeem(session, connection.id, digits.strip().replace(" ", ""), named=named,
                           now=now)
    if outcome == Outcome.REDEEMED:
        connection.registered_at = now
        record(session, audit.Act.TRAVEL_REGISTERED, connection, by=by, now=now)
    return outcome
