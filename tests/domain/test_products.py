from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import products
from domain.errors import Invalid
from domain.products import Area, Extent, PriceList, Product, Trip, Zone
from domain.rules import Rules
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, ONE_ZONE

TWO_LISTS = """product;extent;area;price_ore_incl_vat;vat_basis_points;valid_from
single;zones_1;;4200;600;2026-01-01
single;zones_1;;4400;600;2027-01-01
""".splitlines()


def cost(db, product=Product.SINGLE, trip=ONE_ZONE, now=NOON):
    return products.price(db, product, trip, now=now).price_ore


@pytest.mark.parametrize(("product", "trip", "price_ore"), [
    (Product.SINGLE, ONE_ZONE, 4_200),
    (Product.DAY, Trip(Extent.ZONES_2, (181, 183)), 16_000),
    (Product.PERIOD_30, COUNTY, 139_000),
    (Product.PERIOD_365, Trip(Extent.BORDER, area=Area.COPENHAGEN), 3_290_000),
])
def test_the_price_is_that_of_the_list(db, make, product, trip, price_ore):
    make.price_list()
    assert cost(db, product, trip) == price_ore


def test_a_new_price_list_begins_at_swedish_midnight(db, store):
    with store.transaction(db):
        products.publish(db, "Prislista", TWO_LISTS, now=MORNING)
    midnight = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert cost(db, now=midnight - timedelta(seconds=1)) == 4_200
    assert cost(db, now=midnight) == 4_400


def test_one_file_makes_one_list_for_each_date(db, store):
    with store.transaction(db):
        products.publish(db, "Prislista", TWO_LISTS, now=MORNING)
    assert [(each.name, each.valid_from.year) for each in db.scalars(select(PriceList).order_by(
        PriceList.valid_from))] == [("Prislista", 2026), ("Prislista", 2027)]


def test_before_the_first_price_list_nothing_is_sold(db):
    assert products.prices(db, now=NOON) == []
    with pytest.raises(Invalid, match="säljs inte"):
        cost(db)


@pytest.mark.parametrize(("product", "trip"), [
    (Product.FLEX_10_30, Trip(Extent.BORDER, area=Area.KALMAR)),  # not in the list
    (Product.SINGLE, Trip(Extent.ZONES_1, (999,))),
    (Product.SINGLE, Trip(Extent.ZONES_2, (181, 184))),  # they do not adjoin
    (Product.SINGLE, Trip(Extent.ZONES_2, (181, 181))),
])
def test_what_is_not_sold_has_no_price(db, make, product, trip):
    make.price_list()
    with pytest.raises(Invalid, match="säljs inte"):
        cost(db, product, trip)


def test_two_zones_adjoin_and_each_pair_is_there_once():
    pairs = [trip.zones for trip in products.trips().values() if trip.extent == Extent.ZONES_2]
    assert len(pairs) == len(set(map(frozenset, pairs))) == 13
    assert all(other in products.zones()[one].adjoining for one, other in pairs)


def test_if_one_zone_adjoins_another_the_other_adjoins_it():
    zones = products.zones()
    assert [(one, other) for one in zones for other in zones[one].adjoining
            if one not in zones[other].adjoining] == []
    assert zones[182] == Zone(182, ("Habo", "Mullsjö"), frozenset({181}))


def test_a_trip_is_found_again_by_its_key():
    assert all(trip.key == key for key, trip in products.trips().items())
    assert products.trips()["zones_2 181 183"] == Trip(Extent.ZONES_2, (181, 183))
    assert products.trips()["border kalmar"] == Trip(Extent.BORDER, area=Area.KALMAR)
    assert products.trips()["county"] == COUNTY


@pytest.mark.parametrize(("trip", "words"), [
    (ONE_ZONE, "Zon 181 Jönköping"), (Trip(Extent.ZONES_2, (181, 183)), "Zon 181 + 183"),
    (COUNTY, "Hela länet"), (Trip(Extent.BORDER, area=Area.SKANE), "Länet och Skåne")])
def test_a_place_is_written(trip, words):
    assert products.place(trip) == words


def test_nobody_pays_another_price_than_the_one_they_were_shown(db, make):
    make.price_list()
    products.agree(db, Product.SINGLE, ONE_ZONE, 4_200, now=NOON)
    for shown in (4_100, None):
        with pytest.raises(Invalid, match="Biljetten kostar 42\N{NO-BREAK SPACE}kr"):
            products.agree(db, Product.SINGLE, ONE_ZONE, shown, now=NOON)


@pytest.mark.parametrize(("product", "extent", "hours"), [
    (Product.SINGLE, Extent.ZONES_1, 1), (Product.SINGLE, Extent.ZONES_2, 1.5),
    (Product.SINGLE, Extent.COUNTY, 2.5), (Product.SINGLE, Extent.BORDER, 4),
    (Product.DAY, Extent.COUNTY, 24), (Product.FLEX_10_30, Extent.COUNTY, 24),
    (Product.PERIOD_30, Extent.ZONES_1, 30 * 24)])
def test_a_ticket_is_active_for_so_long(product, extent, hours):
    ends = products.active_until(product, extent, NOON, Rules())
    assert ends - NOON == timedelta(hours=hours)


@pytest.mark.parametrize(("bought", "ends"), [
    (datetime(2026, 10, 1, 6, tzinfo=UTC), datetime(2026, 10, 31, 7, tzinfo=UTC)),
    (datetime(2026, 3, 10, 7, tzinfo=UTC), datetime(2026, 4, 9, 6, tzinfo=UTC))])
def test_a_period_ends_at_the_same_time_of_day_also_when_the_clocks_change(bought, ends):
    assert products.active_until(Product.PERIOD_30, Extent.COUNTY, bought, Rules()) == ends
