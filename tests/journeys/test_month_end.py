"""Midnight at the end of a month: who has used all buys again, and each month has its own."""
import re
from datetime import timedelta

from sqlalchemy import select

from domain import business_travel, ledger, purchases, raises
from domain.authorisations import Authorisation
from domain.business_travel import Connection
from domain.months import Month
from domain.products import Extent, Product, Trip
from domain.travellers import Traveller
from jobs import reports
from sandbox.personas import AMIR, KARIN
from tests.chromium import ALL_JOURNEYS
from tests.factories import NOBODY

pytestmark = ALL_JOURNEYS
SINGLE = 4200
ZONE = Trip(Extent.ZONES_1, (181,))


def leaves(theatre, ore: int) -> Connection:
    """Amir, with so much left of his month."""
    now = theatre.world.clock.now()
    with theatre.store.session() as session, theatre.store.transaction(session):
        index = session.info["vault"].index(AMIR.personal_number)
        amir = session.scalar(select(Traveller).where(Traveller.personnummer_index == index))
        connection = business_travel.of_traveller(session, amir)
        room = raises.rooms(session, [connection.id], now=now)[connection.id]
        business_travel.change_limit(session, connection, limit_ore=room.spent_ore + ore,
                                     by=NOBODY, now=now)
    return connection


def price_shown(amir) -> int:
    """Of what he is offered: that which he bought the last time. In öre."""
    button = amir.opens("/resa/kop").page.get_by_role("button", name=re.compile("^Köp ·"))
    return int(re.sub(r"\D", "", button.inner_text())) * 100


def test_the_limit_starts_over_at_midnight_and_each_month_is_charged_for_its_own(theatre):
    month = Month.of(theatre.world.clock.now())
    midnight = month.next.start
    theatre.world.clock.move_to(midnight - timedelta(minutes=5))
    leaves(theatre, 100_000)
    amir = theatre.on_a_phone().signs_in_as(AMIR)
    price = price_shown(amir)
    connection = leaves(theatre, price + SINGLE)
    amir.opens("/resa/kop").presses("Köp ·").sees("Biljetten är köpt")
    with theatre.store.session() as session, theatre.store.transaction(session):
        straddling = purchases.authorise(
            session, session.get(Connection, connection.id), Product.SINGLE, ZONE, by=NOBODY,
            now=theatre.world.clock.now())
    amir.opens("/resa/kop").sees(re.compile(r"\b0\skr av"))

    theatre.world.clock.move_to(midnight + timedelta(seconds=1))
    amir.opens("/resa/kop").presses("Köp ·").sees("Biljetten är köpt")
    with theatre.store.session() as session, theatre.store.transaction(session):
        purchases.capture(session, session.get(Authorisation, straddling.id), by=NOBODY,
                          now=theatre.world.clock.now())
    told(theatre, connection, month, price)


def told(theatre, connection: Connection, month: Month, price: int) -> None:
    """The limit is of the month when it was authorised, the invoice of the month when the ticket
    came."""
    with theatre.store.session() as session:
        new = raises.rooms(session, [connection.id], now=month.next.start)[connection.id]
        assert new.spent_ore == price
        assert ledger.check(session) == []
        sold = session.scalars(select(ledger.Entry.charge_ore).where(
            ledger.Entry.connection_id == connection.id,
            ledger.Entry.at >= month.next.start, ledger.Entry.charge_ore > 0)).all()
        assert sorted(sold) == sorted([SINGLE, price])
    theatre.world.clock.move_to(month.next.start + timedelta(hours=2))
    reports.make_missing(theatre.portal)
    theatre.work()
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens(f"/foretag/rapporter/{month}")
    karin.sees("Tjänsteresor")
