"""Groups of travellers that tickets are sent to again and again. A group is the company's; of it
each administrator finds the travellers that they have."""
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Select, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.access import Actor, Scope
from domain.errors import Invalid, NotFound
from domain.store import Base, Row, insert_missing
from domain.travellers import Traveller

MOST_GROUPS, MOST_MEMBERS = 100, 5_000
LONGEST_NAME = 60


class RecipientGroup(Row):
    __tablename__ = "recipient_groups"
    __table_args__ = (UniqueConstraint("company_id", "name_key"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    name: Mapped[str]
    name_key: Mapped[str]
    """The name as it is compared."""
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]


class GroupMember(Base):
    __tablename__ = "recipient_group_members"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("recipient_groups.id"), primary_key=True)
    traveller_id: Mapped[UUID] = mapped_column(ForeignKey("travellers.id"), primary_key=True,
                                               index=True)


def listed(session: Session, *, by: Actor) -> list[tuple[RecipientGroup, int]]:
    """By name, each with how many of its travellers the one who asks has. Whoever has some of the
    departments finds their own groups."""
    here = (select(func.count()).select_from(GroupMember)
            .join(Traveller, Traveller.id == GroupMember.traveller_id)
            .where(GroupMember.group_id == RecipientGroup.id, *_here(by.scope))
            .scalar_subquery())
    found = (select(RecipientGroup, here).where(RecipientGroup.company_id == by.company_id)
             .order_by(RecipientGroup.name_key))
    if not by.scope.is_whole:
        found = found.where(RecipientGroup.made_by_id == by.person_id)
    return [tuple(row) for row in session.execute(found)]


def _here(within: Scope) -> tuple:
    return within.holds(Traveller.company_id, Traveller.department_id), Traveller.ended_at.is_(None)


def find(session: Session, group_id: UUID, *, by: Actor) -> RecipientGroup:
    group = session.get(RecipientGroup, group_id)
    if group is None or group.company_id != by.company_id or not (
            by.scope.is_whole or group.made_by_id == by.person_id):
        raise NotFound("Gruppen finns inte.")
    return group


def member_ids(group_id: UUID) -> Select[tuple[UUID]]:
    return select(GroupMember.traveller_id).where(GroupMember.group_id == group_id)


def members(session: Session, group: RecipientGroup, *, within: Scope,
            after: tuple[str, UUID] | None = None, most: int = 40) -> list[Traveller]:
    """Some of those that are there, in the order of their names."""
    found = (select(Traveller).where(*_here(within), Traveller.id.in_(member_ids(group.id)))
             .order_by(Traveller.sort_name, Traveller.id).limit(most))
    if after:
        name, traveller_id = after
        found = found.where((Traveller.sort_name > name) | (
            (Traveller.sort_name == name) & (Traveller.id > traveller_id)))
    return list(session.scalars(found))


def save(session: Session, name: str, *, chosen: Select[tuple[UUID]], by: Actor,
         now: datetime) -> RecipientGroup:
    """A new group of those travellers."""
    count = session.scalar(select(func.count()).where(
        RecipientGroup.company_id == by.company_id))
    if count >= MOST_GROUPS:
        raise Invalid("Det finns redan %(most)s grupper. Ta bort någon först.", "name",
                      most=MOST_GROUPS)
    key = _check_name(session, name, by.company_id)
    group = RecipientGroup(company_id=by.company_id, name=" ".join(name.split()), name_key=key,
                           made_by_id=by.person_id, made_at=now)
    session.add(group)
    session.flush()
    add(session, group, list(session.scalars(chosen.distinct().limit(MOST_MEMBERS))))
    return group


def rename(session: Session, group: RecipientGroup, name: str) -> None:
    key = _check_name(session, name, group.company_id, but=group.id)
    group.name, group.name_key = " ".join(name.split()), key


def _check_name(session: Session, name: str, company_id: UUID, *, but: UUID | None = None) -> str:
    key = " ".join(name.split()).casefold()
    if not key:
        raise Invalid("Skriv vad gruppen ska heta.", "name")
    if len(key) > LONGEST_NAME:
        raise Invalid("Namnet får ha högst %(most)s tecken.", "name", most=LONGEST_NAME)
    taken = session.scalar(select(RecipientGroup.id).where(
        RecipientGroup.company_id == company_id, RecipientGroup.name_key == key))
    if taken not in (None, but):
        raise Invalid("Det finns redan en grupp som heter så.", "name")
    return key


def add(session: Session, group: RecipientGroup, traveller_ids: Collection[UUID]) -> None:
    """Who is there already stays."""
    for traveller_id in traveller_ids:
        insert_missing(session, GroupMember, group_id=group.id, traveller_id=traveller_id)


def take_out(session: Session, group: RecipientGroup, traveller: Traveller) -> None:
    session.execute(delete(GroupMember).where(GroupMember.group_id == group.id,
                                              GroupMember.traveller_id == traveller.id))


def remove(session: Session, group: RecipientGroup) -> None:
    """What has been sent to its travellers stays as it is."""
    session.execute(delete(GroupMember).where(GroupMember.group_id == group.id))
    session.delete(group)
