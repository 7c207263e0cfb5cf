"""What is written of staff offers when time passes: those who should decide are reminded before the
last day, whoever waits is told when it has passed, and before a ticket ends its traveller is asked
to apply again. Each is written once."""
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, UniqueConstraint, and_, exists, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, contains_eager, joinedload, mapped_column

from domain import administrators, companies, deputies, messages
from domain.access import Scope
from domain.months import days_later, midnight, today
from domain.offer_applications import OPEN, OfferApplication, State
from domain.offer_letters import scope_of
from domain.people import Person
from domain.products import PERIOD_DAYS
from domain.rules import rules
from domain.staff_offers import StaffOffer
from domain.store import Row, insert_missing
from domain.tickets import Ticket
from domain.travellers import Traveller

A = OfferApplication


class Kind(StrEnum):
    SOON = "soon"
    LAST = "last"
    """The last day has come, or passed."""
    WAITS = "waits"
    RENEWAL = "renewal"


LETTERS = {Kind.WAITS: "offer_waits", Kind.RENEWAL: "offer_renewal"}
"""To travellers."""


class OfferReminder(Row):
    __tablename__ = "offer_reminders"
    __table_args__ = (UniqueConstraint("application_id", "kind"),)

    application_id: Mapped[UUID] = mapped_column(ForeignKey("offer_applications.id"))
    kind: Mapped[Kind]
    made_at: Mapped[datetime]


def _untold(kind: Kind) -> ColumnElement[bool]:
    return ~exists().where(OfferReminder.application_id == A.id, OfferReminder.kind == kind)


def _claim(session: Session, found: Iterable[OfferApplication], kind: Kind, *,
           now: datetime) -> list[OfferApplication]:
    """Those that nobody else writes about at the same moment."""
    return [each for each in found
            if insert_missing(session, OfferReminder, id=uuid4(), application_id=each.id,
                              kind=kind, made_at=now)]


# To those who should decide.


def _to_decide(session: Session, *, now: datetime) -> list[ColumnElement[bool]]:
    """What came today is fresh in memory."""
    soon = today(now) + timedelta(days=rules(session).offer_reminder_days)
    return [A.state == State.WAITING, A.applied_at < midnight(today(now)),
            or_(and_(A.decide_by <= soon, A.decide_by > today(now), _untold(Kind.SOON)),
                and_(A.decide_by <= today(now), _untold(Kind.LAST)))]


def companies_due(session: Session, *, now: datetime) -> list[UUID]:
    """Where somebody should be reminded to decide."""
    return list(session.scalars(
        select(A.company_id).distinct().where(*_to_decide(session, now=now))
        .order_by(A.company_id)))


def remind(session: Session, company_id: UUID, *, now: datetime) -> None:
    """One letter to each who may decide, about all that waits and is near its last day. Harmless
    twice, and by two at once."""
    found = session.scalars(
        select(A).join(A.traveller).options(contains_eager(A.traveller))
        .where(A.company_id == company_id, *_to_decide(session, now=now)).order_by(A.id)).all()
    day = today(now)
    claimed = [*_claim(session, [each for each in found if each.decide_by > day], Kind.SOON,
                       now=now),
               *_claim(session, [each for each in found if each.decide_by <= day], Kind.LAST,
                       now=now)]
    for person, scope in _deciders(session, company_id, now=now):
        theirs = [each for each in claimed
                  if scope.covers(company_id, each.traveller.department_id)
                  and each.traveller.personnummer_index != person.personnummer_index]
        if theirs and person.email:
            messages.put_email(
                session, "offers_to_decide", to=person.email, language=person.language,
                company_id=company_id, now=now, name=person.given_name, count=len(theirs),
                late=sum(each.decide_by < day for each in theirs),
                decide_by=min(each.decide_by for each in theirs).isoformat(),
                price_ore=sum(each.price_ore for each in theirs))


def _deciders(session: Session, company_id: UUID, *,
              now: datetime) -> list[tuple[Person, Scope]]:
    """The administrators, and who stands in for them today."""
    posts = administrators.listed(session, company_id)
    scopes = {post.id: scope_of(post) for post in posts}
    instead = [(each.person, scopes[each.post_id])
               for each in deputies.of_company(session, company_id, now=now)
               if each.first_on <= today(now) and each.post_id in scopes]
    return [(post.person, scopes[post.id]) for post in posts] + instead


# To those who wait, and to those whose ticket ends.


def waiting_due(session: Session, *, now: datetime, most: int) -> list[UUID]:
    """The last day has passed, and nobody has decided."""
    return list(session.scalars(
        select(A.id).where(A.state == State.WAITING, A.decide_by < today(now),
                           A.applied_at < midnight(today(now)), _untold(Kind.WAITS))
        .order_by(A.id).limit(most)))


def renewals_due(session: Session, *, now: datetime, most: int) -> list[UUID]:
    """Whose tickets end soon, by when they were activated: it is to the traveller alone that it is
    said. Not those that the offer is closed to, or that have applied already."""
    days, again = rules(session).offer_renewal_days, aliased(A)
    long = [product for product, lasts in PERIOD_DAYS.items() if lasts > 2 * days]
    return list(session.scalars(
        select(A.id).join(A.ticket).join(A.traveller).join(A.offer)
        .where(A.state == State.APPROVED, Ticket.product.in_(long), Ticket.recalled_at.is_(None),
               Ticket.active_until > now, Ticket.active_until <= days_later(now, days),
               Traveller.ended_at.is_(None), Traveller.leaves_on.is_(None),
               StaffOffer.closed_at.is_(None), _untold(Kind.RENEWAL),
               ~exists().where(again.traveller_id == A.traveller_id, again.id != A.id,
                               or_(again.state.in_(OPEN), again.renews_id == A.id)))
        .order_by(A.id).limit(most)))


def tell(session: Session, application_ids: Sequence[UUID], kind: Kind, *, now: datetime) -> None:
    """The travellers of these, each in their own language."""
    found = session.scalars(
        select(A).join(A.traveller).options(contains_eager(A.traveller), joinedload(A.ticket))
        .where(A.id.in_(application_ids)).order_by(A.id)).all()
    for each in _claim(session, found, kind, now=now):
        traveller = each.traveller
        if not traveller.email:
            continue
        ends = {"last_on": today(each.ticket.active_until).isoformat(),
                "application": str(each.id)} if kind == Kind.RENEWAL else {}
        messages.put_email(
            session, LETTERS[kind], to=traveller.email, about_id=traveller.id,
            language=traveller.language, company_id=each.company_id, now=now,
            name=traveller.given_name,
            company=companies.find(session, each.company_id).name, product=each.product, **ends)
