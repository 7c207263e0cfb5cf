"""The people who sign in, and the posts that they hold: administrators, clerks and inspectors. A
deputy holds somebody else's post for a while.

A traveller is known by the company that registered them (`travellers`); the person who signs in
is the same one when the personnummer is.
"""
from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.access import ADMINISTRATORS, AT_THE_AUTHORITY, Role
from domain.companies import Company
from domain.errors import Conflict
from domain.identity import Vault
from domain.store import Base, Row, partial_index


class Person(Row):
    __tablename__ = "people"

    personnummer_sealed: Mapped[bytes]
    personnummer_index: Mapped[bytes] = mapped_column(unique=True)
    given_name: Mapped[str]
    surname: Mapped[str]
    email: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="sv")
    created_at: Mapped[datetime]

    posts: Mapped[list["Post"]] = relationship(back_populates="person")

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.surname}"


class Post(Row):
    """A role that a person holds in a company, or at the authority when there is no company."""

    __tablename__ = "posts"
    __table_args__ = (
        partial_index("uq_posts_company_person", "person_id", where="company_id IS NOT NULL",
                      unique=True),  # nobody administers two companies
        partial_index("uq_posts_authority_person", "person_id", "role", where="company_id IS NULL",
                      unique=True),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[Role]
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id"), index=True)
    appointed_at: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="posts")
    company: Mapped[Company | None] = relationship()
    rooms: Mapped[list["PostDepartment"]] = relationship(cascade="all, delete-orphan")


class PostDepartment(Base):
    """A department that a department administrator has."""

    __tablename__ = "post_departments"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"), primary_key=True,
                                                index=True)


class Deputyship(Row):
    """Somebody stands in for the holder of a post, from the first to the last of two Swedish
    days. It begins and ends by itself: no job is needed."""

    __tablename__ = "deputyships"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    named_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was ended before its time."""

    post: Mapped[Post] = relationship()
    person: Mapped[Person] = relationship()


def _vault(session: Session) -> Vault:
    return session.info["vault"]


def with_personnummer(session: Session, personnummer: str) -> Person | None:
    index = _vault(session).index(personnummer)
    return session.scalar(select(Person).where(Person.personnummer_index == index))


def meet(session: Session, personnummer: str, *, given_name: str, surname: str,
         email: str | None = None, language: str = "sv", now: datetime) -> Person:
    """The person with the number, made now if the portal has not met them."""
    person = with_personnummer(session, personnummer)
    if person is None:
        vault = _vault(session)
        person = Person(personnummer_sealed=vault.seal(personnummer, "personnummer"),
                        personnummer_index=vault.index(personnummer), given_name=given_name,
                        surname=surname, language=language, created_at=now)
        session.add(person)
        session.flush()
    person.email = email or person.email
    return person


def rename(session: Session, personnummer_index: bytes, *, given_name: str, surname: str) -> None:
    """What the person with the number is called from now on, if the portal has met them."""
    session.execute(update(Person).where(Person.personnummer_index == personnummer_index)
                    .values(given_name=given_name, surname=surname))


def languages_of(session: Session, indexes: Collection[bytes | None]) -> dict[bytes | None, str]:
    """What letters to them are in; whoever has never signed in is not there."""
    return dict(session.execute(
        select(Person.personnummer_index, Person.language)
        .where(Person.personnummer_index.in_([each for each in indexes if each]))).all())


def speak(session: Session, person_id: UUID, language: str) -> None:
    """Letters to the person are in this language from now on."""
    session.execute(update(Person).where(Person.id == person_id).values(language=language))


def lock(session: Session, person: Person) -> None:
    """Others who decide about the person's posts wait."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())


def appoint(session: Session, person: Person, role: Role, *, company_id: UUID | None,
            departments: Iterable[UUID] = (), now: datetime) -> Post:
    """`departments` are those that a department administrator has."""
    lock(session, person)  # or two companies could appoint at once
    held = select(Post.role).where(Post.person_id == person.id)
    here = role in AT_THE_AUTHORITY
    if here and session.scalar(held.where(Post.role == role)):
        if role == Role.CLERK:
            raise Conflict("Personen är redan handläggare.")
        raise Conflict("Personen är redan biljettkontrollant.")
    if not here and session.scalar(held.where(Post.company_id.is_not(None))):
        raise Conflict("Personen är redan administratör för ett företag.")
    post = Post(person=person, role=role, company_id=company_id, appointed_at=now,
                rooms=[PostDepartment(department_id=each) for each in departments])
    session.add(post)
    return post


def administrators(session: Session, company_id: UUID,
                   department_id: UUID | None = None) -> list[Person]:
    """Those of the whole company; with a department also the ones who have that."""
    its = Post.rooms.any(PostDepartment.department_id == department_id)
    return _holding(session, Post.company_id == company_id, Post.role.in_(ADMINISTRATORS),
                    or_(Post.role == Role.COMPANY_ADMIN, its))


def nearest_administrators(session: Session, company_id: UUID, department_id: UUID, *,
                           but_for: bytes | None = None) -> list[Person]:
    """Those of the department alone; when there are none, those of the whole company. `but_for`
    whoever asks them, by their index."""
    its = Post.rooms.any(PostDepartment.department_id == department_id)
    others = Person.personnummer_index != but_for
    return (_holding(session, Post.company_id == company_id,
                     Post.role == Role.DEPARTMENT_ADMIN, its, others)
            or _holding(session, Post.company_id == company_id, Post.role == Role.COMPANY_ADMIN,
                        others))


def serves(session: Session, personnummer_index: bytes | None, company_id: UUID, *,
           on: date) -> bool:
    """Whether the person holds a post in the company, or stands in for somebody that day or
    later."""
    covered = select(Deputyship.post_id).join(Deputyship.person).where(
        Person.personnummer_index == personnummer_index, Deputyship.ended_at.is_(None),
        Deputyship.last_on >= on)
    return session.scalar(
        select(Post.id).join(Post.person)
        .where(Post.company_id == company_id,
               or_(Person.personnummer_index == personnummer_index, Post.id.in_(covered)))
        .limit(1)) is not None


def clerks(session: Session) -> list[Person]:
    return _holding(session, Post.role == Role.CLERK)


def _holding(session: Session, *conditions) -> list[Person]:
    return list(session.scalars(
        select(Person).join(Post).where(*conditions).order_by(Person.surname, Person.id)))
