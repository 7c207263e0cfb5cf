"""What clerks do for private customers: each act with its reason, and perhaps a document.

That it was done stands in the customer's log for ever. The reason is about a person and is not: it
is forgotten with the account.
"""
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import audit
from domain.access import Actor
from domain.customers import Customer
from domain.errors import Invalid, NotFound
from domain.people import Person
from domain.service_documents import Given, ServiceDocument, keep
from domain.store import Row

MOST = 2_000
"""Characters of a reason."""


class Kind(StrEnum):
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    CORRECTED = "corrected"
    ADJUSTED = "adjusted"
    RECHARGED = "recharged"
    REFUNDED = "refunded"
    LOAD_ENDED = "load_ended"
    CARD_REPLACED = "card_replaced"
    MERGED = "merged"
    DELETED = "deleted"


ACTS = {
    Kind.BLOCKED: audit.Act.CUSTOMER_BLOCKED, Kind.UNBLOCKED: audit.Act.CUSTOMER_UNBLOCKED,
    Kind.CORRECTED: audit.Act.CUSTOMER_CORRECTED, Kind.ADJUSTED: audit.Act.PERIOD_ADJUSTED,
    Kind.RECHARGED: audit.Act.CARD_RECHARGED, Kind.REFUNDED: audit.Act.CUSTOMER_REFUNDED,
    Kind.LOAD_ENDED: audit.Act.LOAD_REFUNDED, Kind.CARD_REPLACED: audit.Act.CARD_REPLACED,
    Kind.MERGED: audit.Act.CUSTOMERS_MERGED, Kind.DELETED: audit.Act.CUSTOMER_DELETED,
}


class ServiceAct(Row):
    __tablename__ = "service_acts"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[Kind]
    reason: Mapped[str]
    """In the clerk's words; empty once it is forgotten."""
    thing_id: Mapped[UUID | None]
    """The card, the ticket, the payment that it was about."""
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]

    by: Mapped[Person | None] = relationship()
    document: Mapped[ServiceDocument | None] = relationship(uselist=False)


@dataclass(frozen=True)
class Why:
    """What a clerk gives with every act."""

    reason: str
    document: Given | None = None


def note(session: Session, customer: Customer, kind: Kind, why: Why, *,
         thing_id: UUID | None = None, by: Actor, now: datetime,
         **details: str | int) -> ServiceAct:
    """Goes with the verb that does it, in the same transaction. `details` go to the log, which
    never forgets: no names, no addresses."""
    act = ServiceAct(customer_id=customer.id, kind=kind, reason=_checked(why.reason),
                     thing_id=thing_id, by_id=by.person_id, at=now)
    session.add(act)
    session.flush()
    if why.document:
        keep(session, act.id, why.document, now=now)
    audit.record(session, ACTS[kind], thing_id or customer.id, company_id=customer.id, by=by,
                 now=now, **details)
    return act


def _checked(reason: str) -> str:
    if not reason.strip():
        raise Invalid("Skriv varför, så att det går att förstå efteråt.", "reason")
    if len(reason) > MOST:
        raise Invalid("Det är för långt.", "reason")
    return reason.strip()


def of_customer(session: Session, customer_id: UUID) -> list[ServiceAct]:
    """The newest first."""
    return list(session.scalars(
        select(ServiceAct).where(ServiceAct.customer_id == customer_id)
        .order_by(ServiceAct.at.desc(), ServiceAct.id).limit(100)))


def find(session: Session, act_id: UUID, *, customer_id: UUID) -> ServiceAct:
    act = session.get(ServiceAct, act_id)
    if act is None or act.customer_id != customer_id:
        raise NotFound("Åtgärden finns inte.")
    return act


def forget_person(session: Session, customer_id: UUID) -> None:
    """What was said of them; that it was done is kept."""
    acts = select(ServiceAct.id).where(ServiceAct.customer_id == customer_id)
    session.execute(delete(ServiceDocument).where(ServiceDocument.act_id.in_(acts)))
    session.execute(update(ServiceAct).where(ServiceAct.customer_id == customer_id)
                    .values(reason=""))
