"""The travellers that a company has registered. A traveller signs in with BankID, so each has a
personnummer, and is the same person in every company that registered it. One who comes by
synchronisation from the company's own system has none until they sign in the first time."""
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    UniqueConstraint,
    false,
    func,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, foreign, mapped_column, relationship

from domain import audit, departments, people
from domain.access import Actor, Scope
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import mask_personnummer
from domain.people import Person
from domain.services import Service, Services
from domain.store import Row, partial_index
from domain.texts import plain, sv


class EmploymentForm(StrEnum):
    PERMANENT = "permanent"
    FIXED_TERM = "fixed_term"
    HOURLY = "hourly"
    OTHER = "other"


EMPLOYMENT_NAMES = {
    EmploymentForm.PERMANENT: sv("Tillsvidare"), EmploymentForm.FIXED_TERM: sv("Visstid"),
    EmploymentForm.HOURLY: sv("Timanställd"), EmploymentForm.OTHER: sv("Annan"),
}

_CALLED = {
    EmploymentForm.PERMANENT: "permanent tillsvidare tillsvidareanstalld tillsvidareanstallning "
                              "fast fastanstalld tv indefinite",
    EmploymentForm.FIXED_TERM: "fixedterm visstid visstidsanstalld visstidsanstallning vikarie "
                               "vikariat provanstalld provanstallning temporary",
    EmploymentForm.HOURLY: "hourly timanstalld timanstallning timme timavlonad intermittent",
    EmploymentForm.OTHER: "other annan annat ovrig ovrigt",
}
_FORMS = {word: form for form, words in _CALLED.items() for word in words.split()}


def parse_employment(text: str) -> EmploymentForm:
    """As it may be called in a list: tillsvidare, Visstid, timanställd."""
    found = _FORMS.get(plain(text[:100]))
    if found is None:
        raise Invalid("Anställningsformen är tillsvidare, visstid, timanställd eller annan.")
    return found


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
    employment_form: EmploymentForm | None = None


class Traveller(Row):
    __tablename__ = "travellers"
    __table_args__ = (
        UniqueConstraint("personnummer_index", "company_id"),  # also finds them everywhere
        partial_index("ix_travellers_here", "company_id", "sort_name", "id",
                      where="ended_at IS NULL"),
        partial_index("ix_travellers_here_department", "department_id", "sort_name", "id",
                      where="ended_at IS NULL"),
        partial_index("ix_travellers_leaves_on", "leaves_on", where="leaves_on IS NOT NULL"),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"))
    personnummer_sealed: Mapped[bytes | None]
    personnummer_index: Mapped[bytes | None]
    personnummer_masked: Mapped[str]
    """Empty when it is not known, or not for the company's eyes."""
    given_name: Mapped[str]
    surname: Mapped[str]
    sort_name: Mapped[str]
    email: Mapped[str | None]
    mobile: Mapped[str | None]
    employee_number: Mapped[str | None]
    invoice_mark: Mapped[str | None]
    protected: Mapped[bool] = mapped_column(default=False, server_default=false())
    employment_form: Mapped[EmploymentForm | None]
    services: Mapped[list[Service] | None] = mapped_column(Services)
    """Those that they may use, of the department's; None: all of them."""
    registered_at: Mapped[datetime]
    import_id: Mapped[UUID | None]
    """The import that brought them, whose event is part of their history."""
    leaves_on: Mapped[date | None]
    """The last day, when it is known beforehand."""
    leaving_recalls: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether what they have not activated by then is recalled."""
    leaving_takes_rest: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the last salary pays what is left of a staff offer."""
    ended_at: Mapped[datetime | None]

    department: Mapped[Department] = relationship()
    person: Mapped[Person | None] = relationship(viewonly=True, primaryjoin=lambda: (
        foreign(Traveller.personnummer_index) == Person.personnummer_index))
    """None until they sign in the first time."""

    @property
    def language(self) -> str:
        """What letters to them are in; Swedish until they sign in."""
        return self.person.language if self.person else "sv"

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.surname}"

    @property
    def details(self) -> Details:
        return Details(self.given_name, self.surname, self.email, self.mobile,
                       self.employee_number, self.invoice_mark, self.protected,
                       self.employment_form)


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


def numbers(session: Session, *, within: Scope) -> dict[UUID, int]:
    """How many travellers each department has; one without any is not there."""
    return dict(session.execute(
        select(Traveller.department_id, func.count())
        .where(within.holds(Traveller.company_id, Traveller.department_id),
               Traveller.ended_at.is_(None))
        .group_by(Traveller.department_id)).all())


def find_own(session: Session, traveller_id: UUID, *, by: Actor) -> Traveller:
    """As one of the companies knows the person who asks."""
    traveller = next((each for each in of_actor(session, by) if each.id == traveller_id), None)
    if traveller is None:
        raise NotFound("Resenären finns inte.")
    return traveller


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
    return employ(session, traveller, department, details, by=by, now=now)


def register_unknown(session: Session, department: Department, details: Details, *, by: Actor,
                     now: datetime) -> Traveller:
    """Someone whose personnummer is not known until they sign in."""
    traveller = Traveller(company_id=department.company_id, personnummer_masked="",
                          registered_at=now)
    return employ(session, traveller, department, details, by=by, now=now)


def employ(session: Session, traveller: Traveller, department: Department, details: Details, *,
           by: Actor, now: datetime) -> Traveller:
    """One who is new, or had left and comes back."""
    departments.hold_open(session, department)
    session.add(traveller)
    traveller.ended_at = None
    _write(session, traveller, department, details)
    session.flush()
    _record(session, audit.Act.TRAVELLER_ADDED, traveller, by=by, now=now)
    return traveller


def bind(session: Session, traveller: Traveller, person: people.Person, *, by: Actor,
         now: datetime) -> None:
    """It turns out who the traveller is: their personnummer is known from now on."""
    check_employed(traveller)
    if traveller.personnummer_index is not None:
        raise Conflict("Någon har redan bekräftat att det är hen.")
    number = session.info["vault"].open(person.personnummer_sealed, "personnummer")
    traveller.personnummer_sealed = person.personnummer_sealed
    traveller.personnummer_index = person.personnummer_index
    traveller.personnummer_masked = mask_personnummer(number)
    if traveller.protected:
        _shield(session, traveller)
    session.flush()
    _record(session, audit.Act.TRAVELLER_BOUND, traveller, by=by, now=now)


def change(session: Session, traveller: Traveller, department: Department, details: Details, *,
           by: Actor, now: datetime) -> None:
    check_employed(traveller)
    if department.id != traveller.department_id:
        departments.hold_open(session, department)
    _write(session, traveller, department, details)
    _record(session, audit.Act.TRAVELLER_CHANGED, traveller, by=by, now=now)


def end(session: Session, traveller: Traveller, *, by: Actor | None, now: datetime) -> None:
    check_employed(traveller)
    traveller.ended_at = now
    traveller.leaves_on, traveller.leaving_recalls = None, False
    traveller.leaving_takes_rest = True
    _record(session, audit.Act.TRAVELLER_ENDED, traveller, by=by, now=now)


def _record(session: Session, act: audit.Act, traveller: Traveller, *, by: Actor | None,
            now: datetime) -> None:
    audit.record(session, act, traveller.id, company_id=traveller.company_id,
                 department_id=traveller.department_id, by=by, now=now, traveller=traveller.name)


def check_employed(traveller: Traveller) -> None:
    if traveller.ended_at:
        raise Conflict("Resenären är avslutad. Lägg till personen igen först.")


def _write(session: Session, traveller: Traveller, department: Department,
           details: Details) -> None:
    was_protected = bool(traveller.protected)
    for field, value in vars(details).items():
        setattr(traveller, field, value)
    traveller.department = department
    traveller.sort_name = f"{details.surname} {details.given_name}".casefold()
    if details.protected or was_protected:
        _shield(session, traveller)


def _shield(session: Session, traveller: Traveller) -> None:
    """Whoever is protected goes by the alias, also where they sign in, and shows no number."""
    if traveller.personnummer_sealed is None:
        return
    number = session.info["vault"].open(traveller.personnummer_sealed, "personnummer")
    traveller.personnummer_masked = "" if traveller.protected else mask_personnummer(number)
    given_name, surname = (alias(session, traveller.personnummer_index)
                           or (traveller.given_name, traveller.surname))
    people.rename(session, traveller.personnummer_index, given_name=given_name, surname=surname)


def alias(session: Session, personnummer_index: bytes) -> tuple[str, str] | None:
    """The given name and surname by which a person goes whose identity is protected in any company;
    None when it is not."""
    found = session.execute(
        select(Traveller.given_name, Traveller.surname)
        .where(Traveller.personnummer_index == personnummer_index, Traveller.protected)
        .order_by(Traveller.registered_at.desc()).limit(1)).one_or_none()
    return found and (found.given_name, found.surname)


def sharing_mobile(session: Session, mobiles: Collection[str], *,
                   within: Scope) -> dict[str, list[Traveller]]:
    """Who has each of the numbers already; one that nobody has is not there. A family or a crew may
    share a phone, so it is told and not refused."""
    found = session.scalars(
        select(Traveller)
        .where(within.holds(Traveller.company_id, Traveller.department_id),
               Traveller.mobile.in_(mobiles), Traveller.ended_at.is_(None))
        .order_by(Traveller.mobile, Traveller.sort_name, Traveller.id))
    return {mobile: list(sharing) for mobile, sharing in groupby(found, lambda each: each.mobile)}
