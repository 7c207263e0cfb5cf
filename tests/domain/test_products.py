from datetime import UTC, datetime, timedelta

import pytest

from domain import products
from domain.products import Area, Extent, Product, Trip, Zone
from domain.rules import Rules
from tests.conftest import NOON
from tests.factories import COUNTY, ONE_ZONE


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
