"""The travellers that a company has registered. A traveller signs in with BankID, so each has a
personnummer, and is the same person in every company that registered it. One who comes by
synchronisation from the company's own system has none until they sign in the first time."""
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    false,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from domain import audit
from domain.access import Actor, Scope
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import mask_personnummer, parse_mobile, parse_personnummer
from domain.services import Service, Services
from domain.store import Row


@dataclass(frozen=True)
class Details:
    """What is registered of a traveller, each already parsed."""

    given_name: str
    surname: str
    email: str | None
    mobile: str | None
    employee_number: str | None = None
    invoice_mark: str | None = None
    protected: bool = False
    """Their identity is protected: the name is an alias, and nothing else tells who they are."""


class Traveller(Row):
    __tablename__ = "travellers"
    __table_args__ = (
        UniqueConstraint("company_id", "personnummer_index"),
        Index("ix_travellers_list", "company_id", "sort_name", "id"),
        Index("ix_travellers_department_list", "department_id", "sort_name", "id"),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"))
    personnummer_sealed: Mapped[bytes | None]
    personnummer_index: Mapped[bytes | None] = mapped_column(index=True)
    personnummer_masked: Mapped[str]
    """Empty when it is not known."""
    given_name: Mapped[str]
    surname: Mapped[str]
    sort_name: Mapped[str]
    email: Mapped[str | None]
    mobile: Mapped[str | None]
    employee_number: Mapped[str | None]
    invoice_mark: Mapped[str | None]
    protected: Mapped[bool] = mapped_column(default=False, server_default=false())
    services: Mapped[list[Service] | None] = mapped_column(Services)
    """Those that they may use, of the department's; None: all of them."""
    registered_at: Mapped[datetime]
    import_id: Mapped[UUID | None]
    """The import that brought them, whose event is part of their history."""
    leaves_on: Mapped[date | None] = mapped_column(index=True)
    """The last day, when it is known beforehand."""
    leaving_recalls: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether what they have not activated by then is recalled."""
    ended_at: Mapped[datetime | None]

    department: Mapped[Department] = relationship()

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.surname}"

    @property
    def details(self) -> Details:
        return Details(self.given_name, self.surname, self.email, self.mobile,
                       self.employee_number, self.invoice_mark, self.protected)


_in_order = tuple_(Traveller.sort_name, Traveller.id)
"""By which the list is ordered."""


@dataclass(frozen=True)
class Page:
    """`first` is the number of the first row in the whole list, whose length is `total`; `before`
    and `after` lead to the pages beside this one, None where there is none."""

    rows: list[Traveller]
    first: int
    total: int
    before: str | None
    after: str | None

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def find(session: Session, traveller_id: UUID, *, within: Scope) -> Traveller:
    traveller = session.get(Traveller, traveller_id)
    if traveller is None or not within.covers(traveller.company_id, traveller.department_id):
        raise NotFound("Resenären finns inte.")
    return traveller


def of_actor(session: Session, actor: Actor) -> list[Traveller]:
    """The person who is signed in, as each company that employs them knows them."""
    return list(session.scalars(
        select(Traveller).where(Traveller.personnummer_index == actor.personnummer_index,
                                Traveller.ended_at.is_(None))
        .order_by(Traveller.registered_at)
    ))


def listed(session: Session, *, within: Scope, search: str = "",
           department_id: UUID | None = None, among: Select | None = None,
           after: str | None = None, before: str | None = None, most: int = 40) -> Page:
    """One page of the company's travellers in name order; `after` and `before` are what another
    page says of its neighbours. `among` selects the ids of those who count."""
    wanted = [within.holds(Traveller.company_id, Traveller.department_id),
              Traveller.ended_at.is_(None),
              *_matching(session, search)]
    if department_id:
        wanted.append(Traveller.department_id == department_id)
    if among is not None:
        wanted.append(Traveller.id.in_(among))
    found = (select(Traveller).join(Traveller.department).where(*wanted)
             .options(contains_eager(Traveller.department)).limit(most + 1))
    rows = list(session.scalars(_from(found, after, before)))
    more, rows = len(rows) > most, rows[:most][::-1 if before else 1]
    earlier = _in_order < (rows[0].sort_name, rows[0].id) if rows else Traveller.id.is_(None)
    skipped, total = session.execute(
        select(func.count().filter(earlier), func.count()).where(*wanted)).one()
    return Page(rows, skipped + 1, total, before=_mark(rows[0]) if skipped else None,
                after=_mark(rows[-1]) if rows and (more or before) else None)


def _from(found: Select, after: str | None, before: str | None) -> Select:
    if before:
        return (found.where(_in_order < _place(before))
                .order_by(Traveller.sort_name.desc(), Traveller.id.desc()))
    if after:
        found = found.where(_in_order > _place(after))
    return found.order_by(Traveller.sort_name, Traveller.id)


def _mark(traveller: Traveller) -> str:
    return f"{traveller.sort_name}|{traveller.id}"


def _place(mark: str) -> tuple[str, UUID]:
    name, _, last_id = mark.replace("\0", "").rpartition("|")
    try:
        return name, UUID(last_id)
    except ValueError as wrong:
        raise NotFound("Sidan finns inte.") from wrong


def _matching(session: Session, search: str) -> list[ColumnElement[bool]]:
    """By a mobile number, a whole personnummer, or words: names and employee numbers."""
    text = search.replace("\0", "")
    for parse, column, stored in (
            (parse_mobile, Traveller.mobile, str),
            (parse_personnummer, Traveller.personnummer_index, session.info["vault"].index)):
        try:
            return [or_(column == stored(parse(text)), Traveller.employee_number == text)]
        except Invalid:
            continue
    return [or_(Traveller.sort_name.contains(word.casefold(), autoescape=True),
                Traveller.employee_number == word) for word in text.split()]


def numbers(session: Session, *, within: Scope) -> dict[UUID, int]:
    """How many travellers each department has; one without any is not there."""
    return dict(session.execute(
        select(Traveller.department_id, func.count())
        .where(within.holds(Traveller.company_id, Traveller.department_id),
               Traveller.ended_at.is_(None))
        .group_by(Traveller.department_id)).all())


def register(session: Session, department: Department, personnummer: str, details: Details, *,
             by: Actor, now: datetime) -> Traveller:
    """Someone who had left comes back as the same traveller, with their history."""
    index = session.info["vault"].index(personnummer)
    traveller = session.scalar(
        select(Traveller).where(Traveller.company_id == department.company_id,
                                Traveller.personnummer_index == index))
    if traveller is not None and traveller.ended_at is None:
        raise Invalid("Personen är redan registrerad i företaget.", "personnummer")
    if traveller is None:
        traveller = Traveller(
            company_id=department.company_id, personnummer_index=index,
            personnummer_sealed=session.info["vault"].seal(personnummer, "personnummer"),
            personnummer_masked=mask_personnummer(personnummer), registered_at=now)
        session.add(traveller)
    traveller.ended_at = None
    _write(traveller, department, details)
    session.flush()
    _record(session, audit.Act.TRAVELLER_ADDED, traveller, by=by, now=now)
    return traveller


def change(session: Session, traveller: Traveller, department: Department, details: Details, *,
           by: Actor, now: datetime) -> None:
    check_employed(traveller)
    _write(traveller, department, details)
    _record(session, audit.Act.TRAVELLER_CHANGED, traveller, by=by, now=now)


def end(session: Session, traveller: Traveller, *, by: Actor, now: datetime) -> None:
    check_employed(traveller)
    traveller.ended_at = now
    _record(session, audit.Act.TRAVELLER_ENDED, traveller, by=by, now=now)


def _record(session: Session, act: audit.Act, traveller: Traveller, *, by: Actor,
            now: datetime) -> None:
    audit.record(session, act, traveller.id, company_id=traveller.company_id,
                 department_id=traveller.department_id, by=by, now=now, traveller=traveller.name)


def check_employed(traveller: Traveller) -> None:
    if traveller.ended_at:
        raise Conflict("Resenären är avslutad. Lägg till personen igen först.")


def _write(traveller: Traveller, department: Department, details: Details) -> None:
    for field, value in vars(details).items():
        setattr(traveller, field, value)
    traveller.department = department
    traveller.sort_name = f"{details.surname} {details.given_name}".casefold()
