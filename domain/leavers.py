"""A traveller leaves the company: everything that should stop, stops in one transaction."""
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain import business_travel, offers, travellers
from domain.access import Actor
from domain.business_travel import Connection
from domain.offers import OfferApplication
from domain.travellers import Traveller


@dataclass(frozen=True)
class Stopping:
    """What stops with a traveller. Tickets that are paid for stay valid, and the history stays for
    the books."""

    connection: Connection | None
    applications: list[OfferApplication]


def stopping(session: Session, traveller: Traveller) -> Stopping:
    return Stopping(
        business_travel.of_traveller(session, traveller),
        [application for application in offers.of_travellers(session, [traveller.id])
         if application.state == offers.State.WAITING])


def leave(session: Session, traveller: Traveller, *, by: Actor, now: datetime) -> None:
    travellers.end(session, traveller, by=by, now=now)
    stops = stopping(session, traveller)
    if stops.connection:
        business_travel.end(session, stops.connection, by=by, now=now)
    for application in stops.applications:
        offers.withdraw(session, application, by=by, now=now)
