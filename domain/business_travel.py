"""Tjänsteresor: who of the travellers may buy on the company's invoice, by Allpay, and up to which
monthly limit."""
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import assortment, audit, authorisations, codes, ledger, messages, travellers
from domain.access import Actor, Scope
from domain.authorisations import State
from domain.codes import Outcome
from domain.errors import Conflict, Invalid, NotFound
from domain.money import kr
from domain.rules import rules
from domain.services import Service
from domain.store import Row, partial_index
from domain.travellers import Traveller


def a_user_name() -> str:
    return f"AP{uuid4().int % 10**8:08}"


class Connection(Row):
    """A traveller's right to buy on the company's invoice."""

    __tablename__ = "business_travel_connections"
    __table_args__ = (partial_index("uq_business_travel_connections_open", "traveller_id",
                                    where="ended_at IS NULL", unique=True),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    traveller_id: Mapped[UUID] = mapped_column(ForeignKey("travellers.id"), index=True)
    user_name: Mapped[str] = mapped_column(unique=True, default=a_user_name)
    limit_ore: Mapped[int]
    connected_at: Mapped[datetime]
    registered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    traveller: Mapped[Traveller] = relationship()


def connections(session: Session, traveller_ids: list[UUID]) -> dict[UUID, Connection]:
    """The open connection of each of them who has one."""
    found = session.scalars(
        select(Connection).options(joinedload(Connection.traveller))
        .where(Connection.traveller_id.in_(traveller_ids), Connection.ended_at.is_(None)))
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


def connect(session: Session, traveller: Traveller, *, limit_ore: int, by: Actor,
            now: datetime) -> Connection:
    """The traveller gets a text message with steps, user name and a one-time code."""
    travellers.check_employed(traveller)
    check_limit(session, limit_ore)
    assortment.check(session, Service.BUSINESS_TRAVEL, department=traveller.department,
                     traveller=traveller, field="limit")
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


def new_user_names(session: Session, number: int) -> list[str]:
    """So many that nobody has: among thousands, two alike are likely."""
    names: set[str] = set()
    while len(names) < number:
        drawn = {a_user_name() for _ in range(number - len(names))}
        names |= drawn - set(session.scalars(
            select(Connection.user_name).where(Connection.user_name.in_(drawn))))
    return list(names)


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


def reconnect(session: Session, connection: Connection, *, by: Actor, now: datetime) -> None:
    """The traveller has another number: Allpay has to be registered again, with a code sent
    there."""
    former = codes.current(session, [connection.id])
    messages.cancel_waiting(session, [code.id for code in former.values()])
    codes.void(session, connection.id, now=now)
    connection.registered_at = None
    _release(session, [connection], now=now)
    _send_code(session, connection, by=by, now=now)
    audit.record(session, audit.Act.TRAVEL_RECONNECTED, connection.traveller_id,
                 company_id=connection.company_id,
                 department_id=connection.traveller.department_id, by=by, now=now,
                 traveller=connection.traveller.name)


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


def end(session: Session, *connections: Connection, by: Actor | None, now: datetime) -> None:
    codes.void(session, *(connection.id for connection in connections), now=now)
    for connection in connections:
        connection.ended_at = now
        audit.record(session, audit.Act.TRAVEL_ENDED, connection.traveller_id,
                     company_id=connection.company_id,
                     department_id=connection.traveller.department_id, by=by, now=now,
                     traveller=connection.traveller.name)
    _release(session, connections, now=now)


def hold_open(session: Session, connection: Connection) -> None:
    """Whoever ends it, or changes its limit, waits until whoever buys is done."""
    session.refresh(connection, with_for_update={"read": True, "of": Connection})
    if connection.ended_at:
        raise Conflict("Resenären är inte längre ansluten till Tjänsteresor.")


def _release(session: Session, connections: Sequence[Connection], *, now: datetime) -> None:
    """What is reserved buys nothing any more."""
    session.flush()  # whoever is buying is waited for, and nobody else begins
    reserved = authorisations.open_of(session, [connection.id for connection in connections])
    ledger.release(session, reserved, State.VOIDED, now=now)


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
