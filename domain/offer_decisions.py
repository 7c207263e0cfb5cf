"""Deciding applications for staff offers: granting, refusing, asking back; one, or hundreds in one
act. Nobody decides their own, and above a sum that the employer sets two have to say yes."""
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from domain import audit, offer_grants, offer_letters, offer_plans, offers
from domain.access import Actor
from domain.errors import Conflict, Invalid, NotAllowed
from domain.offer_plans import Case
from domain.offers import OfferApplication, State


def approve(session: Session, application: OfferApplication, *, by: Actor,
            now: datetime) -> bool:
    """The ticket is sent and the deductions are written. False when it was the first yes of two:
    then nothing is sent before somebody else has said the second."""
    [case] = offer_plans.cases(session, OfferApplication.id == application.id, by=by, now=now,
                               hold=True)
    if case.refusal:
        raise case.refusal
    granted = not case.is_first_yes
    _carry_out(session, [case], by=by, now=now)
    return granted


def approve_all(session: Session, chosen: Select[tuple[UUID]], *, also: Collection[UUID],
                mark: str, by: Actor, now: datetime) -> list[Case]:
    """Those of a plan that nothing speaks against, and `also` some of which there are doubts; if
    the plan is what it was when it was shown with `mark`."""
    plan = offer_plans.plan(session, chosen, by=by, now=now, hold=True)
    check_shown(mark, plan.mark)
    cases = plan.taken(also)
    if not cases:
        raise Invalid("Kryssa för minst en ansökan.")
    _carry_out(session, cases, by=by, now=now)
    return cases


def check_shown(mark: str, now_so: str) -> None:
    if mark != now_so:
        raise Invalid("Listan har ändrats sedan du såg vad som händer. Se efter en gång till.")


def _carry_out(session: Session, cases: Sequence[Case], *, by: Actor, now: datetime) -> None:
    first = [case for case in cases if case.is_first_yes]
    offer_grants.grant(session, [case for case in cases if not case.is_first_yes], by=by, now=now)
    for case in first:
        application = case.application
        application.first_yes_by_id, application.first_yes_at = by.person_id, now
        offers.record(session, audit.Act.OFFER_FIRST_YES, application, by=by, now=now)
    if first:
        offer_letters.wants_another_yes(session, [case.application for case in first], by=by,
                                        now=now)


def by_rule(session: Session, application: OfferApplication, *, now: datetime) -> bool:
    """What has just been applied for, or consented to, is granted by itself if the offer says so
    and there is nothing to look at. Otherwise it waits, and the administrators are told."""
    if not application.has_rule or application.state != State.WAITING:
        return False
    session.flush()
    [case] = offer_plans.cases(session, OfferApplication.id == application.id, by=None, now=now,
                               hold=True)
    if case.refusal or case.doubts or case.wants_two:
        offers.tell_arrived(session, application, now=now)
        return False
    offer_grants.grant(session, [case], by=None, now=now)
    return True


def decline(session: Session, application: OfferApplication, *, reason: str, by: Actor,
            now: datetime) -> None:
    decline_all(session, [application], reason=reason, by=by, now=now)


def mark_of(applications: Iterable[OfferApplication]) -> str:
    """The same as long as nobody has touched any of them."""
    said = ";".join(sorted(f"{each.id} {each.version}" for each in applications))
    return sha256(said.encode()).hexdigest()[:32]


def decline_all(session: Session, applications: Sequence[OfferApplication], *, reason: str,
                by: Actor, now: datetime) -> None:
    """For the same reason, all of one company."""
    for application in applications:
        _check_not_own(application, by)
        offers.close(application, State.DECLINED, by=by, now=now)
        application.reason = reason
        offers.record(session, audit.Act.OFFER_DECLINED, application, by=by, now=now)
    offer_letters.declined(session, applications, reason, by=by, now=now)


def ask(session: Session, application: OfferApplication, *, question: str, by: Actor,
        now: datetime) -> None:
    """The application waits for the traveller's answer; an earlier one gives way to it."""
    _check_not_own(application, by)
    if application.state != State.WAITING:
        raise Conflict("Ansökan väntar inte på ditt beslut.")
    application.state, application.question, application.asked_at = State.ASKED, question, now
    application.answer = application.answered_at = None
    application.first_yes_by_id = application.first_yes_at = None
    offers.record(session, audit.Act.OFFER_ASKED, application, by=by, now=now)
    offer_letters.asked(session, application, question, now=now)


def _check_not_own(application: OfferApplication, by: Actor) -> None:
    if application.is_own(by):
        raise NotAllowed("Du kan inte avgöra din egen ansökan. Be en annan administratör.")
