"""Staff offers: a traveller applies for a ticket, the company decides, the salary pays."""
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from domain import (
    assortment,
    audit,
    companies,
    messages,
    people,
    price_lists,
    staff_offers,
    travel_cards,
    travellers,
)
from domain.access import Actor, Asked, Scope
from domain.card_numbers import mask_card
from domain.errors import Conflict, Invalid, NotFound
from domain.months import today
from domain.offer_applications import Consent, OfferApplication, State
from domain.products import Product, Trip
from domain.sales import Recipient
from domain.services import Service
from domain.staff_offers import StaffOffer
from domain.tickets import Ticket
from domain.travel_cards import TravelCard
from domain.travellers import Traveller


def apply(session: Session, offer: StaffOffer, traveller: Traveller, product: Product,
          valid: Trip, *, starts_on: date, card: TravelCard | None = None,
          consent: Consent | None = Consent.PORTAL, renews: OfferApplication | None = None,
          by: Actor, now: datetime) -> OfferApplication:
    """What the ticket costs, and who pays what of it, is agreed now. With `consent` the traveller
    has said yes to the deduction, and the administrators are told; without, an administrator has
    applied for them, and they are asked."""
    _check(session, offer, traveller, product, valid, starts_on=starts_on, card=card,
           by_employer=consent != Consent.PORTAL, now=now)
    application = OfferApplication(
        company_id=traveller.company_id, traveller=traveller, offer=offer, card=card,
        **_agreed(session, offer, product, valid, now=now), starts_on=starts_on, applied_at=now,
        decide_by=max(starts_on - timedelta(days=1), today(now)), consent=consent,
        state=State.WAITING if consent else State.ASKED,
        applied_by_id=None if consent == Consent.PORTAL else by.person_id,
        renews_id=renews and renews.id)
    session.add(application)
    session.flush()
    record(session, audit.Act.OFFER_APPLIED if consent == Consent.PORTAL
           else audit.Act.OFFER_APPLIED_FOR, application, by=by, now=now)
    if not consent:
        tell_traveller(session, application, "offer_consent", by=by, now=now)
    elif not application.has_rule:
        tell_arrived(session, application, now=now)
    return application


def _agreed(session: Session, offer: StaffOffer, product: Product, valid: Trip, *,
            now: datetime) -> dict[str, Any]:
    """What it is that costs so much, and who pays what of it, and how."""
    price_ore = price_lists.price(session, product, valid, now=now).price_ore
    employer_ore = offer.employer_ore(price_ore)
    return {"product": product, "extent": valid.extent, "zones": " ".join(map(str, valid.zones)),
            "area": valid.area, "price_ore": price_ore, "employer_ore": employer_ore,
            "employee_ore": price_ore - employer_ore, "months": offer.months,
            "deduction": offer.deduction}


def _check(session: Session, offer: StaffOffer, traveller: Traveller, product: Product,
           valid: Trip, *, starts_on: date, card: TravelCard | None, by_employer: bool,
           now: datetime) -> None:
    staff_offers.check(offer, traveller, product, valid, starts_on=starts_on,
                       by_employer=by_employer, now=now)
    companies.check_buys(companies.find(session, traveller.company_id), now=now)
    if card:
        check_card(traveller, card)
    else:
        Recipient.registered(traveller)
    assortment.check(session, Service.STAFF_OFFER, product, department=traveller.department,
                     traveller=traveller)
    session.refresh(traveller, with_for_update={"of": Traveller})  # or two of theirs could pass
    travellers.check_employed(traveller)
    if any(each.is_open for each in of_travellers(session, [traveller.id])):
        raise Conflict("Det finns redan en ansökan som väntar på besked.")


def check_card(traveller: Traveller, card: TravelCard) -> None:
    """One of the employer's that the traveller has, or a private one that is registered."""
    travel_cards.check_for_sending(card, card.number, within=Scope(traveller.company_id))
    if card.company_id and card.traveller_id not in (None, traveller.id):
        raise Invalid("Kortet %(card)s är utlämnat till någon annan.", "card",
                      card=mask_card(card.number))


def of_travellers(session: Session, traveller_ids: list[UUID]) -> list[OfferApplication]:
    """All of theirs, the newest first."""
    return list(session.scalars(
        select(OfferApplication).options(joinedload(OfferApplication.ticket))
        .where(OfferApplication.traveller_id.in_(traveller_ids))
        .order_by(OfferApplication.applied_at.desc())))


def waiting_count(session: Session, *, within: Scope) -> int:
    return session.scalar(*_WAITING.of(within))


def find(session: Session, application_id: UUID, *, within: Scope) -> OfferApplication:
    application = session.get(OfferApplication, application_id)
    if application is None or not within.covers(application.company_id,
                                                application.traveller.department_id):
        raise NotFound("Ansökan finns inte.")
    return application


def giving(session: Session, ticket: Ticket) -> OfferApplication | None:
    """The application that the ticket was granted for."""
    return session.scalar(select(OfferApplication).where(OfferApplication.ticket_id == ticket.id))


def find_own(session: Session, application_id: UUID, *,
             traveller_ids: list[UUID]) -> OfferApplication:
    application = session.get(OfferApplication, application_id)
    if application is None or application.traveller_id not in traveller_ids:
        raise NotFound("Ansökan finns inte.")
    return application


def consent(session: Session, application: OfferApplication, *, by: Actor,
            now: datetime) -> None:
    """The traveller says yes to the deduction that an administrator applied for."""
    if application.state != State.ASKED or application.consent:
        raise Conflict("Ansökan väntar inte på ditt godkännande.")
    application.state, application.consent = State.WAITING, Consent.PORTAL
    application.answered_at = now
    record(session, audit.Act.OFFER_CONSENTED, application, by=by, now=now)
    if not application.has_rule:
        tell_arrived(session, application, now=now)


def answer(session: Session, application: OfferApplication, text: str, *, by: Actor,
           now: datetime) -> None:
    """The traveller answers what an administrator asks, and the application waits again."""
    if application.state != State.ASKED or not application.question:
        raise Conflict("Ansökan väntar inte på svar.")
    application.state, application.answer, application.answered_at = State.WAITING, text, now
    record(session, audit.Act.OFFER_ANSWERED, application, by=by, now=now)
    tell_administrators(session, application, "offer_answered", now=now, answer=text,
                        question=application.question, **words(application))


def withdraw(session: Session, application: OfferApplication, *, by: Actor | None,
             now: datetime) -> None:
    """The traveller changes their mind, or leaves, before anyone has decided."""
    close(application, State.WITHDRAWN, by=by, now=now)
    record(session, audit.Act.OFFER_WITHDRAWN, application, by=by, now=now)


A, T = OfferApplication.__table__.c, Traveller.__table__.c
_WAITING = Asked(lambda within: (
    select(func.count()).select_from(
        OfferApplication.__table__ if within.is_whole else
        OfferApplication.__table__.join(Traveller.__table__, T.id == A.traveller_id))
    .where(within.holds(A.company_id, T.department_id), A.state == State.WAITING)))
"""How many, for every page."""


def close(application: OfferApplication, state: State, *, by: Actor | None,
          now: datetime) -> None:
    if not application.is_open:
        raise Conflict("Ansökan är redan avgjord.")
    application.state, application.decided_at = state, now
    application.decided_by_id = by and by.person_id


def record(session: Session, act: audit.Act, application: OfferApplication, *, by: Actor | None,
           now: datetime) -> None:
    audit.record(session, act, application.traveller_id, company_id=application.company_id,
                 department_id=application.traveller.department_id, by=by, now=now,
                 traveller=application.traveller.name, product=application.product)


def words(application: OfferApplication) -> dict[str, str | int]:
    """What every letter about it tells."""
    return {"product": application.product, "price_ore": application.price_ore}


def tell_traveller(session: Session, application: OfferApplication, template: str, *, by: Actor,
                   now: datetime, **values: str | int) -> None:
    traveller = application.traveller
    if traveller.email:
        messages.put_email(session, template, to=traveller.email, about_id=traveller.id,
                           language=traveller.language,
                           company_id=traveller.company_id, now=now,
                           name=traveller.given_name, company=by.company_name,
                           **words(application) | values)


def tell_arrived(session: Session, application: OfferApplication, *, now: datetime) -> None:
    """There is something to decide."""
    tell_administrators(session, application, "offer_arrived", now=now, **words(application))


def tell_administrators(session: Session, application: OfferApplication, template: str, *,
                        now: datetime, **values: str | int) -> None:
    department_id = application.traveller.department_id
    for admin in people.administrators(session, application.company_id, department_id):
        if admin.email:
            messages.put_email(session, template, to=admin.email, language=admin.language,
                               company_id=application.company_id, now=now, name=admin.given_name,
                               traveller=application.traveller.name, **values)
