"""What is written when an application for a staff offer is decided: to who applied, and one letter
to each administrator for the whole act, about those whom they administer."""
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain import administrators, companies, messages, people
from domain.access import Actor, Role, Scope
from domain.companies import Company
from domain.offer_plans import Case, sums
from domain.offers import OfferApplication
from domain.people import Person, Post


def granted(session: Session, company: Company, cases: Sequence[Case],
            languages: dict[bytes | None, str], *, by: Actor | None, now: datetime) -> None:
    """What a rule grants is no news to the administrators: it is in the log."""
    messages.put_each_email(session, "offer_approved", [
        _to(case.application, company, languages) | _paid(case)
        for case in cases if case.application.traveller.email], company_id=company.id, now=now)
    if by is None:
        return
    for person, scope in _told(session, company.id):
        theirs = [case for case in cases if _covers(scope, case.application)]
        if len(theirs) == 1:
            _tell(session, "offer_approved_admin", person, company.id, now=now,
                  decided_by=by.name, traveller=theirs[0].application.traveller.name,
                  **_paid(theirs[0]))
        elif theirs:
            total = sums(theirs)
            _tell(session, "offers_granted_admin", person, company.id, now=now,
                  decided_by=by.name, count=len(theirs), price_ore=total.price_ore,
                  first_ore=total.months[0][1], first_month=str(total.months[0][0]))


def _paid(case: Case) -> dict[str, str | int]:
    application, (month, _first) = case.application, case.parts[0]
    return {"product": application.product, "price_ore": application.price_ore,
            "starts_on": case.starts_on.isoformat(), "part_ore": case.parts[-1][1],
            "months": len(case.parts), "first_month": str(month),
            "on_card": int(application.card_id is not None)}


def declined(session: Session, applications: Sequence[OfferApplication], reason: str, *, by: Actor,
             now: datetime) -> None:
    company = companies.find(session, applications[0].company_id)
    languages = _languages(session, applications)
    messages.put_each_email(session, "offer_declined", [
        _to(each, company, languages) | {"product": each.product, "reason": reason}
        for each in applications if each.traveller.email], company_id=company.id, now=now)
    for person, scope in _told(session, company.id):
        theirs = [each for each in applications if _covers(scope, each)]
        if len(theirs) == 1:
            _tell(session, "offer_declined_admin", person, company.id, now=now,
                  decided_by=by.name, traveller=theirs[0].traveller.name,
                  product=theirs[0].product, reason=reason)
        elif theirs:
            _tell(session, "offers_declined_admin", person, company.id, now=now,
                  decided_by=by.name, count=len(theirs), reason=reason)


def asked(session: Session, application: OfferApplication, question: str, *,
          now: datetime) -> None:
    company = companies.find(session, application.company_id)
    if application.traveller.email:
        languages = _languages(session, [application])
        letter = _to(application, company, languages)
        messages.put_each_email(
            session, "offer_asked", [letter | {"product": application.product,
                                               "question": question}],
            company_id=company.id, now=now)


def wants_another_yes(session: Session, applications: Sequence[OfferApplication], *, by: Actor,
                      now: datetime) -> None:
    """To the others who may say it."""
    principal = by.on_behalf_of
    company_id = applications[0].company_id
    for person, scope in _told(session, company_id):
        theirs = [each for each in applications if _covers(scope, each)
                  and each.traveller.personnummer_index != person.personnummer_index]
        if theirs and person.id not in (by.person_id, principal and principal.person_id):
            _tell(session, "offers_second_yes", person, company_id, now=now, said_by=by.name,
                  count=len(theirs), price_ore=sum(each.price_ore for each in theirs))


def _to(application: OfferApplication, company: Company,
        languages: dict[bytes | None, str]) -> dict:
    traveller = application.traveller
    return {"to": traveller.email, "about_id": traveller.id, "name": traveller.given_name,
            "company": company.name,
            "language": languages.get(traveller.personnummer_index, "sv")}


def _languages(session: Session, applications: Collection[OfferApplication]) -> dict:
    return people.languages_of(session, [each.traveller.personnummer_index
                                         for each in applications])


def _told(session: Session, company_id: UUID) -> list[tuple[Person, Scope]]:
    """Each administrator who can be written to, and those whom they administer."""
    return [(post.person, scope_of(post)) for post in administrators.listed(session, company_id)
            if post.person.email]


def scope_of(post: Post) -> Scope:
    whole = post.role == Role.COMPANY_ADMIN
    return Scope(post.company_id,
                 None if whole else frozenset(room.department_id for room in post.rooms))


def _covers(scope: Scope, application: OfferApplication) -> bool:
    return scope.covers(application.company_id, application.traveller.department_id)


def _tell(session: Session, template: str, person: Person, company_id: UUID, *, now: datetime,
          **words: str | int) -> None:
    messages.put_email(session, template, to=person.email, language=person.language,
                       company_id=company_id, now=now, name=person.given_name, **words)
