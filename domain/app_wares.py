"""What a connection to Tjänsteresor may buy at this moment: all that is sold, with its price, and
why some of it is refused."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain import assortment, business_travel, policy_rules, price_lists, raises
from domain.business_travel import Connection
from domain.errors import DomainError, Invalid, NoRoom
from domain.money import kr
from domain.policy_rules import Wish
from domain.price_lists import Price
from domain.products import COMPANY_PRODUCTS, Product, Trip
from domain.services import Service


@dataclass(frozen=True)
class Ware:
    price: Price
    trip: Trip
    refusal: DomainError | None


def of_connection(session: Session, connection: Connection, trips: Iterable[Trip], *,
                  now: datetime) -> list[Ware]:
    """In the order of the places and, in each, of the products."""
    prices = {each.ware: each for each in price_lists.prices(session, now=now)}
    stop, policy = _stop(connection, now), connection.policy
    withheld = _withheld(session, connection)
    left_ore = raises.rooms(session, [connection.id], now=now)[connection.id].left_ore
    wares = []
    for trip in trips:
        for product in COMPANY_PRODUCTS:
            price = prices.get((product, trip.extent, trip.area))
            if price is not None:
                wares.append(Ware(price, trip, stop or withheld.get(product) or policy_rules.judge(
                    policy, Wish.of(price, trip, now)) or _no_room(price, left_ore)))
    return wares


def _stop(connection: Connection, now: datetime) -> DomainError | None:
    """Why nothing at all is sold."""
    try:
        business_travel.check_active(connection, now=now)
    except DomainError as refusal:
        return refusal
    return None


def _withheld(session: Session, connection: Connection) -> dict[Product, DomainError]:
    """What is not in the department's assortment, and why."""
    traveller = connection.traveller
    allowed = assortment.of_traveller(session, traveller)
    served = Service.BUSINESS_TRAVEL in allowed.services
    found: dict[Product, DomainError] = {}
    for product in COMPANY_PRODUCTS:
        if served and product in allowed.products:
            continue
        try:
            assortment.check(session, Service.BUSINESS_TRAVEL, product,
                             department=traveller.department, traveller=traveller)
        except Invalid as refusal:
            found[product] = refusal
    return found


def _no_room(price: Price, left_ore: int) -> NoRoom | None:
    if price.price_ore <= left_ore:
        return None
    return NoRoom("Köpet på %(price)s ryms inte. Du har %(left)s kvar den här månaden.",
                  price=kr(price.price_ore), left=kr(left_ore))
