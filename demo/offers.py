"""What the big company offers its staff, and who waits for an answer today."""
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from demo.companies import Town
from domain import offer_decisions, offers, people, staff_offers
from domain.access import Actor, Role
from domain.companies import Deduction
from domain.months import Month
from domain.offers import Consent
from domain.products import Extent, Product, Trip
from domain.staff_offers import Details
from domain.travellers import EmploymentForm, Traveller

JONKOPING, COUNTY = Trip(Extent.ZONES_1, (181,)), Trip(Extent.COUNTY)
TWO_ZONES = Trip(Extent.ZONES_2, (181, 188))
ASK = "Din anställning är till sista mars. Vill du ha en årsbiljett ändå?"


def define(session: Session, town: Town) -> None:
    """A year's ticket that the employer pays a fifth of, and months for those who stay shorter."""
    now = town.company.approved_at
    staff_offers.change(session, town.offer, Details(
        town.offer.name, share_basis_points=2_000, second_eyes_above_ore=1_200_000,
        employment_forms=(EmploymentForm.PERMANENT, EmploymentForm.FIXED_TERM),
        text="Frågor? Ring Karin på personal, 036-10 00 10."), by=town.admin, now=now)
    staff_offers.add(session, town.company.id, Details(
        "Månadsbiljett", (Product.PERIOD_30,), deduction=Deduction.GROSS, months=1,
        share_ore=20_000, last_apply_day=20), by=town.admin, now=now)


def play(session: Session, town: Town, *, now: datetime) -> None:
    """Four wait, one is asked something, one is asked for consent, and two are decided."""
    starts = Month.of(now).next.first_day
    asking = (each for each in town.travellers[20:] if town.offer.is_for(each))

    def apply(trip: Trip, days: int, who: Traveller | None = None, *, consent=Consent.PORTAL):
        traveller = who or next(asking)
        by = town.admin if consent != Consent.PORTAL else _own(session, traveller, now=now)
        made = offers.apply(session, town.offer, traveller, Product.PERIOD_365, trip, by=by,
                            starts_on=starts, consent=consent, now=now - timedelta(days=days))
        session.flush()
        return made, now - timedelta(days=days, hours=-5)

    for trip, days, who in ((JONKOPING, 1, town.travellers[1]), (JONKOPING, 2, None),
                            (COUNTY, 3, None)):
        apply(trip, days, who)
    apply(TWO_ZONES, 4, consent=Consent.PAPER)
    asked, at = apply(JONKOPING, 5)
    offer_decisions.ask(session, asked, question=ASK, by=town.admin, now=at)
    apply(TWO_ZONES, 1, consent=None)
    granted, at = apply(JONKOPING, 11)
    offer_decisions.approve(session, granted, by=town.admin, now=at)
    declined, at = apply(COUNTY, 12)
    offer_decisions.decline(session, declined, by=town.admin, now=at,
                            reason="Din anställning tar slut innan biljetten gör det.")


def _own(session: Session, traveller: Traveller, *, now: datetime) -> Actor:
    number = session.info["vault"].open(traveller.personnummer_sealed, "personnummer")
    person = people.meet(session, number, given_name=traveller.given_name,
                         surname=traveller.surname, email=traveller.email, now=now)
    return Actor(person_id=person.id, name=person.name, roles=frozenset({Role.TRAVELLER}),
                 personnummer_index=person.personnummer_index)

