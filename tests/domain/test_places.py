import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import places
from domain.errors import Invalid
from domain.places import Place
from domain.products import Area, Extent, trips, zones


def trip(start, end):
    return places.journey(places.find(start), places.find(end)).trip


@pytest.mark.parametrize(("start", "end", "key"), [
    ("Gränna", "Jönköping", "zones_2 181 183"), ("Jönköping", "Gränna", "zones_2 181 183"),
    ("Huskvarna", "Bankeryd", "zones_1 181"), ("Tranås", "Tranås", "zones_1 184"),
    ("Habo", "Tranås", "county"), ("Vetlanda", "Växjö", "border kronoberg"),
    ("Köpenhamn", "Nässjö", "border kopenhamn"), ("Göteborg", "Mullsjö", "border vastra_gotaland"),
    ("Varberg", "Gislaved", "border halland"), ("Malmö", "Värnamo", "border skane"),
    ("Karlskrona", "Sävsjö", "border blekinge"), ("Vimmerby", "Eksjö", "border kalmar")])
def test_a_journey_takes_a_ticket_that_is_valid_all_the_way(start, end, key):
    assert trip(start, end).key == key


@pytest.mark.parametrize("text", ["Gränna", "granna", " GRÄNNA ", "gra\u0308nna", "zon 183", "183",
                                  "Gränna resecentrum"])
def test_a_place_is_found_however_it_is_written(text):
    assert places.find(text).zone == 183


@pytest.mark.parametrize("name", [
    "Aneby", "Eksjö", "Gislaved", "Gnosjö", "Habo", "Jönköping", "Mullsjö", "Nässjö", "Sävsjö",
    "Tranås", "Vaggeryd", "Vetlanda", "Värnamo"])
def test_each_municipality_of_the_county_is_known(name):
    for text in (name, f"{name} kommun", f"{name}s kommun"):
        assert places.find(text) == Place(name, zone=places.find(name).zone)


@pytest.mark.parametrize("area", Area)
def test_each_area_is_known_by_its_own_name(area):
    assert places.find(area.value.replace("_", " ")).area == area


@pytest.mark.parametrize("text", ["", " ", "Stockholm", "zon", "189", "zon 9", "s", "\0", "²"])
def test_what_is_no_place_of_ours_is_not_found(text):
    assert places.find(text) is None


def test_to_a_county_that_is_not_sold_to_there_is_no_ticket():
    with pytest.raises(Invalid, match="Biljetter till Östergötland säljs inte här"):
        trip("Tranås", "Linköping")


def test_a_journey_that_never_comes_here_has_no_ticket():
    with pytest.raises(Invalid, match="börjar och slutar utanför länet"):
        trip("Lund", "Malmö")


def test_places_that_begin_so_are_near():
    assert [each.name for each in places.near("jön")] == ["Jönköping"]
    assert [each.name for each in places.near("G")][:3] == ["Gränna", "Gislaved", "Gnosjö"]


@pytest.mark.parametrize(("text", "meant"), [
    ("Jönkping", "Jönköping"), ("Gisslaved", "Gislaved"), ("Värnmo", "Värnamo")])
def test_places_that_are_spelt_much_the_same_are_near(text, meant):
    assert places.near(text)[0].name == meant


def test_nothing_is_near_nothing():
    assert places.near(" ") == places.near("qqqq") == []


@given(st.text(max_size=60))
def test_whatever_is_typed_is_a_place_or_is_none(text):
    found = places.find(text)
    assert found is None or found.zone in zones() or found.area or found.county
    assert len(places.near(text)) <= places.NEAR


def test_every_place_of_the_county_leads_to_a_ticket_that_is_sold():
    ours = [each for each in places.known().values() if each.zone]
    assert {each.zone for each in ours} == set(zones())
    assert all(places.journey(one, other).trip.key in trips() for one in ours for other in ours)
    assert places.journey(ours[0], places.find("Skåne")).trip.extent == Extent.BORDER
