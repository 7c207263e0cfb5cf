"""Granting staff offers, one or hundreds alike: the tickets, what carries them, and what the
salaries pay, in one transaction."""
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from domain import audit, companies, deductions, messages, offer_letters, people, trial_limits
from domain.access import Actor
from domain.companies import Company
from domain.many import no_circles
from domain.months import days_later, midnight
from domain.offer_plans import Case
from domain.offers import OfferApplication, State
from domain.rules import rules
from domain.services import Service
from domain.tickets import Ticket, new_number


def grant(session: Session, cases: Sequence[Case], *, by: Actor | None, now: datetime) -> None:
    """What nobody else decides meanwhile, and nothing refuses, all of one company. `by` is None
    when a rule of the employer's grants."""
    if cases:
        with no_circles():
            _grant(session, cases, by=by, now=now)


def _grant(session: Session, cases: Sequence[Case], *, by: Actor | None, now: datetime) -> None:
    company = companies.find(session, cases[0].application.company_id)
    companies.check_buys(company, now=now)
    languages = people.languages_of(
        session, [case.application.traveller.personnummer_index for case in cases])
    tickets = _tickets(session, company, cases, languages, by=by, now=now)
    session.execute(insert(Ticket.__table__), tickets)
    _put_messages(session, company, tickets, now=now)
    _decide(session, cases, tickets, by=by, now=now)
    deductions.write_many(session, [case.application for case in cases], now=now)
    for case in cases:
        _record(session, case, by=by, now=now)
    offer_letters.granted(session, company, cases, languages, by=by, now=now)


def _tickets(session: Session, company: Company, cases: Sequence[Case],
             languages: dict[bytes | None, str], *, by: Actor | None,
             now: datetime) -> list[dict[str, Any]]:
    within = rules(session).activate_within_days
    trial = company.on_trial and trial_limits.take_tickets(session, company.id, len(cases))
    return [_ticket(case, languages) | {
        "company_id": company.id, "sold_at": now, "sold_by_id": by and by.person_id,
        "trial": trial,
        "activate_by": days_later(max(now, midnight(case.starts_on)), within)} for case in cases]


def _ticket(case: Case, languages: dict[bytes | None, str]) -> dict[str, Any]:
    application, traveller, price = case.application, case.application.traveller, case.price
    department = traveller.department
    return {
        "id": uuid4(), "number": new_number(), "service": Service.STAFF_OFFER, "days_used": 0,
        "version": 1, "department_id": department.id, "department_name": department.name,
        "reference_number": department.reference_number, "traveller_id": traveller.id,
        "holder": traveller.name, "card_id": application.card_id,
        "mobile": "" if application.card_id else traveller.mobile,
        "language": languages.get(traveller.personnummer_index, "sv"),
        "product": application.product, "extent": application.extent, "zones": application.zones,
        "area": application.area, "price_ore": price.price_ore, "vat_ore": price.vat_ore,
        "vat_basis_points": price.vat_basis_points, "price_list_id": price.price_list_id,
        "valid_from": case.starts_on}


def _put_messages(session: Session, company: Company, tickets: list[dict[str, Any]], *,
                  now: datetime) -> None:
    """A card needs none."""
    messages.put_each_sms(session, "ticket", [
        {"to": each["mobile"], "about_id": each["id"], "language": each["language"],
         "number": each["number"], "company": company.name, "product": each["product"]}
        for each in tickets if each["mobile"]], company_id=company.id, now=now)


def _decide(session: Session, cases: Sequence[Case], tickets: list[dict[str, Any]], *,
            by: Actor | None, now: datetime) -> None:
    table, decided_by = OfferApplication.__table__, by and by.person_id
    session.execute(
        update(table).where(table.c.id == bindparam("of"))
        .values(state=State.APPROVED, decided_at=now, decided_by_id=decided_by,
                ticket_id=bindparam("ticket"), version=table.c.version + 1),
        [{"of": case.application.id, "ticket": ticket["id"]}
         for case, ticket in zip(cases, tickets, strict=True)])
    for case, ticket in zip(cases, tickets, strict=True):
        _as_kept(case.application, state=State.APPROVED, decided_at=now, decided_by_id=decided_by,
                 ticket_id=ticket["id"], version=case.application.version + 1)


def _as_kept(application: OfferApplication, **values: Any) -> None:
    """The row says so already."""
    for name, value in values.items():
        set_committed_value(application, name, value)


def _record(session: Session, case: Case, *, by: Actor | None, now: datetime) -> None:
    """A rule is named, and what it says."""
    application, offer = case.application, case.application.offer
    act = audit.Act.OFFER_APPROVED if by else audit.Act.OFFER_GRANTED_BY_RULE
    rule = {} if by else {"offer": offer.name, "below_ore": offer.auto_below_ore}
    audit.record(session, act, application.traveller_id, company_id=application.company_id,
                 department_id=application.traveller.department_id, by=by, now=now,
                 traveller=application.traveller.name, product=application.product,
                 price_ore=application.price_ore, **rule)
