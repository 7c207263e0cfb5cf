"""A clerk approves a company's application, or declines it."""
from datetime import datetime

from sqlalchemy.orm import Session

from domain import application_letters as letters
from domain import (
    applications,
    audit,
    companies,
    departments,
    people,
    staff_offers,
    trial_ends,
)
from domain.access import Actor, Role, Scope
from domain.applications import COMPANYS, CompanyApplication, State
from domain.companies import Company
from domain.errors import Conflict


def approve(session: Session, application: CompanyApplication, *, by: Actor,
            now: datetime) -> Company:
    """The company comes to be, with its first department and its first administrator."""
    applications.close(application, State.APPROVED, by=by, now=now)
    if companies.with_number(session, application.organisation_number):
        raise Conflict("Det finns redan ett företag med organisationsnumret.")
    company = _company(session, application, by=by, now=now)
    person = people.meet(
        session, applications.personnummer(session, application), given_name=application.given_name,
        surname=application.surname, email=application.email, language=application.language,
        now=now)
    if not any(post.company_id == company.id for post in person.posts):
        people.appoint(session, person, Role.COMPANY_ADMIN, company_id=company.id, now=now)
    audit.record(session, audit.Act.COMPANY_APPROVED, company.id, company_id=company.id, by=by,
                 now=now, company=company.name)
    applications.record(session, audit.Act.APPLICATION_APPROVED, application, by=by, now=now)
    letters.write(session, application, "application_approved", now=now)
    return company


def _company(session: Session, application: CompanyApplication, *, by: Actor,
             now: datetime) -> Company:
    """The one that the applicant has tried with goes on; else one comes to be."""
    tried = trial_ends.settle(session, application.id)
    company = tried or Company(services=application.services)
    for name in COMPANYS:
        if name != "services":  # they may have been chosen anew since
            setattr(company, name, getattr(application, name))
    company.name, company.approved_at = application.company_name, now
    session.add(company)
    session.flush()
    application.company_id = company.id
    if not departments.of_company(session, within=Scope(company.id)):
        departments.add(session, company.id,
                        departments.Details(departments.FIRST, application.reference_number),
                        by=by, now=now)
    if tried is None:
        staff_offers.first(session, company, now=now)
    return company


def decline(session: Session, application: CompanyApplication, *, reason: str, by: Actor,
            now: datetime) -> None:
    applications.close(application, State.DECLINED, by=by, now=now)
    trial_ends.remove(session, application.id)
    application.reason = reason
    applications.record(session, audit.Act.COMPANY_DECLINED, application, by=by, now=now)
    letters.write(session, application, "application_declined", now=now, reason=reason)
