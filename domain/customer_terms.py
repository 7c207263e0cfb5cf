"""The terms that each customer of Mina sidor accepts, by version."""
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor, Role
from domain.store import Row, insert_missing
from domain.terms import OWED_BY, Edition, Kind, in_force, since


class CustomerAcceptance(Row):
    __tablename__ = "customer_acceptances"
    __table_args__ = (UniqueConstraint("customer_id", "kind", "version"),)

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[Kind]
    version: Mapped[str]
    accepted_at: Mapped[datetime]


_ACCEPTED = (  # asked before every page, and therefore made once
    select(CustomerAcceptance.__table__.c.kind, CustomerAcceptance.__table__.c.version)
    .where(CustomerAcceptance.__table__.c.customer_id == bindparam("customer_id")))


def owed(session: Session, customer_id: UUID, *, now: datetime) -> list[Kind]:
    """What they have not accepted yet in the version in force, in reading order."""
    accepted = {(kind, version) for kind, version in session.execute(
        _ACCEPTED, {"customer_id": customer_id})}
    return [kind for kind in OWED_BY[Role.CUSTOMER]
            if (kind, in_force(kind, now=now).version) not in accepted]


def news(session: Session, customer_id: UUID, *, now: datetime) -> dict[Kind, list[Edition]]:
    """Of each kind that they have accepted some time, the editions that have come since."""
    accepted: dict[Kind, set[str]] = {}
    for each in accepted_by(session, customer_id):
        accepted.setdefault(each.kind, set()).add(each.version)
    return {kind: since(kind, versions, now=now) for kind, versions in accepted.items()}


def accepted_by(session: Session, customer_id: UUID) -> list[CustomerAcceptance]:
    """The newest first."""
    return list(session.scalars(
        select(CustomerAcceptance).where(CustomerAcceptance.customer_id == customer_id)
        .order_by(CustomerAcceptance.accepted_at.desc(), CustomerAcceptance.kind)))


def accept(session: Session, kinds: Iterable[Kind], *, by: Actor, now: datetime) -> None:
    """In the version in force."""
    kinds = list(kinds)
    for kind in kinds:
        insert_missing(session, CustomerAcceptance, customer_id=by.customer_id, kind=kind,
                       version=in_force(kind, now=now).version, accepted_at=now)
    audit.record(session, audit.Act.TERMS_ACCEPTED, by.customer_id, company_id=by.customer_id,
                 by=by, now=now, kinds=", ".join(kinds))
