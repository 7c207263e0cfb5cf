"""An applicant tries the portal while the application waits: with a company of their own, whose
tickets no inspection accepts and nobody pays (`trial_limits`), until the decision (`trial_ends`).

Only the applicant begins it, signed in with BankID. Nobody becomes administrator of anything
because somebody else has applied in their name.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain import applications, audit, departments, people, staff_offers, trial_ends, trial_limits
from domain.access import Actor, Role
from domain.applications import COMPANYS, CompanyApplication
from domain.companies import Company
from domain.errors import Conflict, NotFound
from domain.months import days_later
from domain.people import Person
from domain.rules import rules
from domain.trial_limits import Trial


def begin(session: Session, *, by: Actor, now: datetime) -> Company:
    """The company that the applicant tries with, its first department, and their post in it."""
    application = _own(session, by)
    if trial_limits.of_application(session, application.id):
        raise Conflict("Ansökan provas redan.")
    company = Company(name=f"{application.company_name} (prov)",
                      **{name: getattr(application, name) for name in COMPANYS})
    session.add(company)
    session.flush()
    session.add(Trial(company_id=company.id, application_id=application.id, begun_at=now,
                      email=application.email, mobile=application.mobile))
    departments.add(session, company.id,
                    departments.Details(departments.FIRST, application.reference_number), by=by,
                    now=now)
    staff_offers.first(session, company, now=now)
    person = session.get_one(Person, by.person_id)
    person.email = person.email or application.email
    people.appoint(session, person, Role.COMPANY_ADMIN, company_id=company.id, now=now)
    audit.record(session, audit.Act.TRIAL_BEGUN, company.id, company_id=company.id, by=by, now=now)
    return company


def _own(session: Session, by: Actor) -> CompanyApplication:
    """Locked: nobody decides it meanwhile."""
    application = applications.open_of(session, by.personnummer_index)
    if application is not None:
        session.refresh(application, with_for_update=True)
    if application is None or not application.is_open:
        raise NotFound("Du har ingen ansökan som väntar, och därför inget att prova.")
    return application


def find(session: Session, company_id: UUID) -> Trial:
    trial = trial_limits.of_company(session, company_id)
    if trial is None:
        raise NotFound("Företaget provar inte portalen längre.")
    return trial


def choose(trial: Trial, *, keeps: bool) -> None:
    """What is to happen to it all when the application is approved."""
    trial.keeps = keeps


def tickets(session: Session, application_ids: list[UUID]) -> dict[UUID, int]:
    """How many each applicant who tries has sent; who does not try is not there."""
    return dict(session.execute(
        select(Trial.application_id, Trial.tickets)
        .where(Trial.application_id.in_(application_ids))).all())


def forget(session: Session, *, now: datetime) -> None:
    """Trials that nobody ended in time by a decision."""
    latest = days_later(now, -rules(session).trial_days)
    for application_id in session.scalars(
            select(Trial.application_id)
            .join(CompanyApplication, CompanyApplication.id == Trial.application_id)
            .where(or_(Trial.begun_at < latest, CompanyApplication.state.in_(applications.CLOSED))
                   )).all():
        trial_ends.remove(session, application_id)
