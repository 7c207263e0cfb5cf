"""The travellers that a company's own system keeps in step, as SCIM users: who is linked to
whom."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, ForeignKey, Select, func, not_, select, true
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import identity
from domain.errors import Conflict, Invalid, NotFound
from domain.scim_filters import Attribute, flag, marker, text, uuid
from domain.scim_said import ENTERPRISE, without_names
from domain.store import Base, partial_index
from domain.travellers import Traveller


class Taken(Conflict):
    """Another one has that name, which may be had by one alone."""


@dataclass(frozen=True)
class Who:
    """By what the other side knows a user."""

    user_name: str
    external_id: str | None


class ScimUser(Base):
    __tablename__ = "scim_users"
    __table_args__ = (
        partial_index("uq_scim_users_name", "company_id", "user_name_key", unique=True,
                      where="removed_at IS NULL"),
        partial_index("uq_scim_users_traveller", "traveller_id", unique=True,
                      where="removed_at IS NULL"),
        partial_index("ix_scim_users_listed", "company_id", "created_at", "id",
                      where="removed_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The traveller's, until it turns out that the traveller was there already as another."""
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    traveller_id: Mapped[UUID] = mapped_column(ForeignKey("travellers.id"))
    user_name: Mapped[str]
    user_name_key: Mapped[str]
    """The name as it is compared."""
    external_id: Mapped[str | None] = mapped_column(index=True)
    display_key: Mapped[str | None]
    said: Mapped[dict] = mapped_column(JSON)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    """When the other side took it away. One that comes back is known by its external id."""

    traveller: Mapped[Traveller] = relationship()


def _mobile(value: str) -> str:
    try:
        return identity.parse_mobile(value)
    except Invalid:
        return value


FILTERS: dict[str, Attribute] = {
    "id": uuid(ScimUser.id),
    "externalid": text(ScimUser.external_id),
    "username": text(ScimUser.user_name_key, str.casefold),
    "displayname": text(ScimUser.display_key, str.casefold),
    "active": flag(Traveller.ended_at.is_(None)),
    "emails.value": text(func.lower(Traveller.email), str.lower),
    "emails.type": marker("work"),
    "emails.primary": flag(true()),
    "phonenumbers.value": text(Traveller.mobile, _mobile),
    "phonenumbers.type": marker("mobile"),
    "phonenumbers.primary": flag(true()),
    f"{ENTERPRISE.lower()}:employeenumber": text(Traveller.employee_number),
}
"""What a filter may ask, by names in small letters. The one address and the one number that are
used are a traveller's work e-mail and mobile number."""


def listed(session: Session, company_id: UUID, where: ColumnElement[bool], *, start: int,
           most: int) -> tuple[int, list[ScimUser]]:
    """How many there are, and `most` of them from the place `start`, where the first is 0."""
    chosen = (select(ScimUser).join(ScimUser.traveller)
              .where(ScimUser.company_id == company_id, ScimUser.removed_at.is_(None), where))
    total = session.scalar(chosen.with_only_columns(func.count()))
    rows = session.scalars(
        chosen.options(joinedload(ScimUser.traveller).joinedload(Traveller.department))
        .order_by(ScimUser.created_at, ScimUser.id).offset(start).limit(most)) if most else ()
    return total, list(rows)


def find(session: Session, user_id: UUID, *, company_id: UUID, lock: bool = False) -> ScimUser:
    """With `lock` others who change it wait."""
    wanted = (select(ScimUser)
              .options(joinedload(ScimUser.traveller).joinedload(Traveller.department))
              .where(ScimUser.id == user_id, ScimUser.company_id == company_id,
                     ScimUser.removed_at.is_(None)))
    if lock:
        wanted = wanted.with_for_update(of=ScimUser).execution_options(populate_existing=True)
    user = session.scalar(wanted)
    if user is None:
        raise NotFound("Användaren finns inte.")
    return user


def of_traveller(session: Session, traveller_id: UUID) -> ScimUser | None:
    return session.scalar(select(ScimUser).where(ScimUser.traveller_id == traveller_id,
                                                 ScimUser.removed_at.is_(None)))


def gone(session: Session, company_id: UUID, external_id: str | None) -> ScimUser | None:
    """One that was taken away and comes back."""
    if external_id is None:
        return None
    return session.scalar(
        select(ScimUser).options(joinedload(ScimUser.traveller))
        .where(ScimUser.company_id == company_id, ScimUser.external_id == external_id,
               ScimUser.removed_at.is_not(None),
               not_(ScimUser.traveller_id.in_(_linked(company_id))))
        .order_by(ScimUser.removed_at.desc()).limit(1))


def unlinked(session: Session, company_id: UUID, *, employee_number: str | None,
             email: str | None, mobile: str | None) -> Traveller | None:
    """The employed traveller whom no user is linked to yet, known by the first of these that only
    one has."""
    for column, value in ((Traveller.employee_number, employee_number),
                          (func.lower(Traveller.email), email and email.lower()),
                          (Traveller.mobile, mobile)):
        found = [] if value is None else list(session.scalars(
            select(Traveller)
            .where(Traveller.company_id == company_id, Traveller.ended_at.is_(None),
                   column == value, not_(Traveller.id.in_(_linked(company_id)))).limit(2)))
        if len(found) == 1:
            return found[0]
    return None


def write(session: Session, user: ScimUser, who: Who, said: dict, *, now: datetime) -> None:
    """What the other side says from now on."""
    key = who.user_name.casefold()
    taken = select(ScimUser.id).where(
        ScimUser.company_id == user.company_id, ScimUser.user_name_key == key,
        ScimUser.removed_at.is_(None), ScimUser.id != user.id)
    with session.no_autoflush:
        if session.scalar(taken) is not None:
            raise Taken("Det finns redan en användare med det användarnamnet.")
    user.user_name, user.user_name_key, user.external_id = who.user_name, key, who.external_id
    user.said = without_names(said) if user.traveller.protected else said
    user.display_key = (user.said.get("displayName") or "").casefold() or None
    user.changed_at, user.removed_at = now, None


def remove(user: ScimUser, *, now: datetime) -> None:
    """Only by what it would be known again is kept."""
    user.user_name = user.user_name_key = ""
    user.said, user.display_key, user.removed_at = {}, None, now


def forget_names(session: Session, traveller: Traveller) -> None:
    """The traveller's identity has become protected."""
    user = of_traveller(session, traveller.id)
    if user:
        user.said, user.display_key = without_names(user.said), None


def travellers_of(user_ids: Iterable[UUID], company_id: UUID) -> Select[tuple[UUID]]:
    """The ids of the travellers that the users are."""
    return _linked(company_id).where(ScimUser.id.in_(list(user_ids)))


def _linked(company_id: UUID) -> Select[tuple[UUID]]:
    return select(ScimUser.traveller_id).where(ScimUser.company_id == company_id,
                                               ScimUser.removed_at.is_(None))
