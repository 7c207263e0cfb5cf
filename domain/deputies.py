"""Deputies: whoever holds a post names somebody of the company to stand in for them, from the
first to the last of two Swedish days."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from domain import audit, messages, people
from domain.access import Actor
from domain.companies import Company
from domain.errors import Conflict, Invalid, NotFound
from domain.months import today
from domain.people import Deputyship, Person, Post
from domain.rules import rules
from domain.travellers import Traveller

Holder = aliased(Person)


def _unfinished(day: date) -> Select[tuple[Deputyship]]:
    """Those that run or will, each with its deputy and the holder of the post. Whoever neither
    travels for the company any longer nor administers it stands in for nobody."""
    colleague = aliased(Post)
    administers = exists().where(colleague.person_id == Deputyship.person_id,
                                 colleague.company_id == Post.company_id)
    travels = exists().where(Traveller.company_id == Post.company_id,
                             Traveller.personnummer_index == Person.personnummer_index,
                             Traveller.ended_at.is_(None))
    return (select(Deputyship).join(Deputyship.post).join(Deputyship.person)
            .where(Deputyship.ended_at.is_(None), Deputyship.last_on >= day,
                   or_(administers, travels))
            .order_by(Deputyship.first_on, Deputyship.id))


def _with_people(found: Select[tuple[Deputyship]]) -> Select[tuple[Deputyship]]:
    post = contains_eager(Deputyship.post)
    return (found.join(Holder, Post.person_id == Holder.id)
            .options(post.contains_eager(Post.person.of_type(Holder)),
                     post.joinedload(Post.company), contains_eager(Deputyship.person)))


def covered(person_id: UUID, day: date) -> Select[tuple[UUID]]:
    """The posts that the person stands in for on the day."""
    return (_unfinished(day).with_only_columns(Deputyship.post_id).order_by(None)
            .where(Deputyship.person_id == person_id, Deputyship.first_on <= day))


def of_post(session: Session, post_id: UUID | None, *, now: datetime) -> list[Deputyship]:
    """Who stands in for its holder, now or later."""
    return list(session.scalars(_with_people(_unfinished(today(now)))
                                .where(Deputyship.post_id == post_id)))


def of_company(session: Session, company_id: UUID, *, now: datetime) -> list[Deputyship]:
    return list(session.scalars(_with_people(_unfinished(today(now)))
                                .where(Post.company_id == company_id)))


def given_to(session: Session, person_id: UUID, *, now: datetime) -> list[Deputyship]:
    """Those that the person has been asked to be, now or later."""
    return list(session.scalars(_with_people(_unfinished(today(now)))
                                .where(Deputyship.person_id == person_id)))


def find(session: Session, deputyship_id: UUID, *, by: Actor) -> Deputyship:
    """One that is for the actor to end: of their own post, or of any in a company that they
    administer as a whole."""
    deputyship = session.get(Deputyship, deputyship_id)
    if deputyship is None or not (
            deputyship.post_id == by.post_id
            or (by.scope.is_whole and deputyship.post.company_id == by.company_id)):
        raise NotFound("Ställföreträdaren finns inte.")
    return deputyship


def own(session: Session, deputyship_id: UUID, *, person_id: UUID) -> Deputyship:
    """One that the person has been asked to be."""
    deputyship = session.get(Deputyship, deputyship_id)
    if deputyship is None or deputyship.person_id != person_id:
        raise NotFound("Uppdraget finns inte.")
    return deputyship


def known_as(session: Session, traveller: Traveller, *, now: datetime) -> Person:
    """The traveller as the one who signs in."""
    if traveller.ended_at or traveller.personnummer_sealed is None:
        raise Invalid("%(name)s kan inte logga in, och kan därför inte vara ställföreträdare.",
                      "deputy", name=traveller.name)
    number = session.info["vault"].open(traveller.personnummer_sealed, "personnummer")
    person = people.meet(session, number, given_name=traveller.given_name,
                         surname=traveller.surname, now=now)
    person.email = person.email or traveller.email
    return person


def name(session: Session, person: Person, *, first_on: date, last_on: date, by: Actor,
         now: datetime) -> Deputyship:
    """The person, a colleague of the actor's, stands in for the actor's own post."""
    if person.id == by.person_id:
        raise Invalid("Du kan inte vara din egen ställföreträdare.", "deputy")
    _check_days(session, first_on, last_on, now=now)
    post = session.get(Post, by.post_id, with_for_update={"key_share": True})
    if post is None or by.on_behalf_of:
        raise NotFound("Du har inget uppdrag som administratör.")
    if any(each.first_on <= last_on and first_on <= each.last_on
           for each in of_post(session, post.id, now=now)):
        raise Invalid("Du har redan en ställföreträdare under de dagarna.", "first_on")
    deputyship = Deputyship(post=post, person=person, first_on=first_on, last_on=last_on,
                            named_at=now)
    session.add(deputyship)
    session.flush()
    audit.record(session, audit.Act.DEPUTY_NAMED, person.id, company_id=post.company_id, by=by,
                 now=now, person=person.name, first=first_on.isoformat(), last=last_on.isoformat())
    _tell(session, "deputy_named", deputyship, by=by, now=now)
    return deputyship


def end(session: Session, deputyship: Deputyship, *, by: Actor, now: datetime) -> None:
    """Before its time. Who holds the post and who stood in are told, but for who ended it."""
    if deputyship.ended_at or deputyship.last_on < today(now):
        raise Conflict("Uppdraget har redan tagit slut.")
    deputyship.ended_at = now
    audit.record(session, audit.Act.DEPUTY_ENDED, deputyship.person_id,
                 company_id=deputyship.post.company_id, by=by, now=now,
                 person=deputyship.person.name)
    _tell(session, "deputy_ended", deputyship, by=by, now=now)


def _check_days(session: Session, first_on: date, last_on: date, *, now: datetime) -> None:
    most = rules(session).deputy_days_max
    if first_on < today(now):
        raise Invalid("Välj i dag eller en senare dag.", "first_on")
    if last_on < first_on:
        raise Invalid("Sista dagen kan inte vara före den första.", "last_on")
    if (last_on - first_on).days >= most:
        raise Invalid("Det får vara högst %(most)s dagar.", "last_on", most=most)


def _tell(session: Session, letter: str, deputyship: Deputyship, *, by: Actor,
          now: datetime) -> None:
    holder, deputy = deputyship.post.person, deputyship.person
    company = session.get_one(Company, deputyship.post.company_id)
    told = [deputy] if letter == "deputy_named" else [holder, deputy]
    for person in told:
        if person.email and person.id != by.person_id:
            messages.put_email(
                session, letter, to=person.email, language=person.language,
                company_id=company.id, now=now,
                name=person.given_name, holder=holder.name, deputy=deputy.name,
                company=company.name, by=by.name, first_on=deputyship.first_on.isoformat(),
                last_on=deputyship.last_on.isoformat())
