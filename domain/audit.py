"""Who did what to which thing, when, and on whose behalf: a log that only grows.

The verb that decides records an event in its transaction. When that commits, the events are
written in order, each with the hash of the one before in the same chain, so that one which is
changed or taken away is missed. A company has a chain of its own; the authority has one.
"""
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    Index,
    Row,
    Select,
    bindparam,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.access import Actor, Scope
from domain.acts import Act
from domain.errors import NotFound
from domain.store import Base, insert_missing

AUTHORITY = UUID(int=0)
"""The chain of what concerns no single company, or is none of its business."""
SEED = bytes(32)
"""What the first event of a chain has for the hash of the one before."""


class Event(Base):
    __tablename__ = "event_log"
    __table_args__ = (Index("ix_event_log_thing", "thing_id", "chain_id", "seq"),)

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The company's id, or AUTHORITY."""
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … without gaps."""
    department_id: Mapped[UUID | None]
    """Whose it was at the time, when it concerns one department."""
    at: Mapped[datetime]
    act: Mapped[Act]
    by_person_id: Mapped[UUID | None]
    by_name: Mapped[str]
    """Kept as it was that day; empty when nobody did it but the clock."""
    for_person_id: Mapped[UUID | None]
    for_name: Mapped[str]
    """On whose behalf a deputy did it; empty when on their own."""
    thing_id: Mapped[UUID | None]
    details: Mapped[dict] = mapped_column(JSON)
    """Words for the sentence that is shown, such as a name. Never a personnummer or a code."""
    hash: Mapped[bytes]
    """Of all of the above and the hash before."""
    named: Mapped[str]
    """The names in it, to be searched."""


class Chain(Base):
    """Where the next event of a chain goes. Whoever writes holds this row until the commit."""

    __tablename__ = "event_chains"

    chain_id: Mapped[UUID] = mapped_column(primary_key=True)
    length: Mapped[int]
    head: Mapped[bytes]


PEOPLE = ("traveller", "holder", "person")
"""Under these words the details name somebody."""


def record(session: Session, act: Act, thing_id: UUID | None, *, company_id: UUID | None,
           department_id: UUID | None = None, by: Actor | None, now: datetime,
           **details: str | int) -> None:
    """The name of a private customer is not kept where nothing can be forgotten."""
    principal = by and by.on_behalf_of
    by_name = by.name if by and not by.customer_id else ""
    names = [by_name, principal and principal.name, *map(details.get, PEOPLE)]
    session.info.setdefault("events", []).append({
        "chain_id": company_id or AUTHORITY, "department_id": department_id, "at": now,
        "act": act, "by_person_id": by and by.person_id,
        "by_name": by_name,
        "for_person_id": principal and principal.person_id,
        "for_name": principal.name if principal else "",
        "thing_id": thing_id, "details": details,
        "named": "\n".join(name for name in names if name).casefold()})


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("events", None)


def write(session: Session) -> None:
    """Put what the transaction has recorded at the ends of its chains. Called just before commit,
    so that nobody waits for a chain longer than that."""
    chains: dict[UUID, list[dict]] = defaultdict(list)
    for values in session.info.pop("events", []):
        chains[values["chain_id"]].append(values)
    for chain_id in sorted(chains):
        _extend(session, chain_id, chains[chain_id])


def _extend(session: Session, chain_id: UUID, events: list[dict]) -> None:
    length, head = _end(session, chain_id)
    for seq, values in enumerate(events, start=length + 1):
        head = values["hash"] = link(head, {"seq": seq, **values})
        values["seq"] = seq
    session.execute(_EVENTS, events)
    session.execute(_LONGER, {"of": chain_id, "length": length + len(events), "head": head})


_EVENTS = insert(Event.__table__)
C = Chain.__table__.c
_LONGER = update(Chain.__table__).where(C.chain_id == bindparam("of"))
_END = select(C.length, C.head).where(C.chain_id == bindparam("chain_id")).with_for_update()


def _end(session: Session, chain_id: UUID) -> tuple[int, bytes]:
    end = session.execute(_END, {"chain_id": chain_id}).one_or_none()
    if end is None:
        insert_missing(session, Chain, chain_id=chain_id, length=0, head=SEED)
        end = session.execute(_END, {"chain_id": chain_id}).one()
    return end.length, end.head


LINKED = ("chain_id", "seq", "department_id", "at", "act", "by_person_id", "by_name",
          "for_person_id", "for_name", "thing_id", "details")


def link(head: bytes, values: dict) -> bytes:
    """The hash of an event that comes after one with the hash `head`."""
    said = json.dumps([values[name] for name in LINKED], sort_keys=True, ensure_ascii=False,
                      default=_plain)
    return hashlib.sha256(head + said.encode()).digest()


def _plain(value: UUID | datetime) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.hex


@dataclass(frozen=True)
class Search:
    """What is asked of the log; what is empty asks nothing."""

    name: str = ""
    """Part of the name of who did it, on whose behalf, or to whom."""
    acts: tuple[Act, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Page:
    rows: list[Event]
    after: int | None
    """Where the older ones begin; None when there are none."""


def latest(session: Session, *, within: Scope, search: Search | None = None,
           after: int | None = None, most: int = 50) -> Page:
    """The company's events, newest first; `after` is the last page's `after`."""
    found = found_by(within, search or Search())
    if after is not None:
        found = found.where(Event.seq < after)
    rows = list(session.scalars(found.limit(most + 1)))
    return Page(rows[:most], rows[most - 1].seq if len(rows) > most else None)


def found_by(within: Scope, search: Search) -> Select[tuple[Event]]:
    wanted: list[ColumnElement[bool]] = [within.holds(Event.chain_id, Event.department_id)]
    wanted += [Event.named.contains(word, autoescape=True)
               for word in search.name.casefold().replace("\0", "").split()]
    if search.acts:
        wanted.append(Event.act.in_(search.acts))
    if search.since:
        wanted.append(Event.at >= search.since)
    if search.until:
        wanted.append(Event.at < search.until)
    return select(Event).where(*wanted).order_by(Event.seq.desc())


def about(session: Session, thing_id: UUID, *, company_id: UUID) -> Sequence[Row]:
    """What has happened to one thing, newest first. Whoever may see the thing may see this."""
    return session.execute(_ABOUT, {"thing": thing_id, "chain": company_id}).all()


E = Event.__table__.c
_ABOUT = (  # asked on page after page, and therefore made once, of the table alone
    select(E.chain_id, E.department_id, E.at, E.act, E.by_person_id,
           E.by_name, E.for_name, E.details)
    .where(E.thing_id == bindparam("thing"), E.chain_id == bindparam("chain"))
    .order_by(E.seq.desc()).limit(50))


def newest(session: Session, chain_id: UUID, *, most: int) -> list[Event]:
    """The end of a chain, the newest first."""
    return list(session.scalars(select(Event).where(Event.chain_id == chain_id)
                                .order_by(Event.seq.desc()).limit(most)))


def seq(mark: str) -> int:
    """A place in the log as an address gives it."""
    if not (mark.isascii() and mark.isdecimal() and len(mark) < 16):
        raise NotFound("Sidan finns inte.")
    return int(mark)
