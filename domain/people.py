"""The people who sign in, and the posts that they hold: administrators and clerks.

A traveller is known by the company that registered them (`travellers`); the person who signs in
is the same one when the personnummer is.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.access import Role
from domain.errors import Conflict
from domain.identity import Vault
from domain.store import Row


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
    __table_args__ = (UniqueConstraint("person_id", "role"),)  # nobody administers two companies

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    role: Mapped[Role]
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id"), index=True)
    appointed_at: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="posts")


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


def speak(session: Session, person_id: UUID, language: str) -> None:
    """Letters to the person are in this language from now on."""
    session.execute(update(Person).where(Person.id == person_id).values(language=language))


def appoint(session: Session, person: Person, role: Role, *, company_id: UUID | None,
            now: datetime) -> Post:
    if session.scalar(select(Post.id).where(Post.person_id == person.id, Post.role == role)):
        if role == Role.COMPANY_ADMIN:
            raise Conflict("Personen är redan administratör för ett företag.")
        raise Conflict("Personen är redan handläggare.")
    post = Post(person=person, role=role, company_id=company_id, appointed_at=now)
    session.add(post)
    return post


def administrators(session: Session, company_id: UUID) -> list[Person]:
    return _holding(session, Role.COMPANY_ADMIN, company_id)


def clerks(session: Session) -> list[Person]:
    return _holding(session, Role.CLERK, None)


def _holding(session: Session, role: Role, company_id: UUID | None) -> list[Person]:
    return list(session.scalars(
        select(Person).join(Post)
        .where(Post.role == role, Post.company_id == company_id).order_by(Person.surname)
    ))
