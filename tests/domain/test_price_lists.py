from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from domain import audit, price_lists
from domain.audit import AUTHORITY, Act
from domain.errors import Conflict, Invalid, NotFound
from domain.price_lists import Line, PriceList, PriceRow, State
from domain.products import Area, Extent, Product, Trip
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY, ONE_ZONE
from tests.queries import queries

NEW_YEAR = datetime(2026, 12, 31, 23, tzinfo=UTC)

TWO_LISTS = """product;extent;area;price_ore_incl_vat;vat_basis_points;valid_from
single;zones_1;;4200;600;2026-01-01
single;zones_1;;4400;600;2027-01-01
""".splitlines()


def cost(db, product=Product.SINGLE, trip=ONE_ZONE, now=NOON):
    return price_lists.price(db, product, trip, now=now).price_ore


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
        price_lists.publish(db, "Prislista", TWO_LISTS, now=MORNING)
    midnight = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert cost(db, now=midnight - timedelta(seconds=1)) == 4_200
    assert cost(db, now=midnight) == 4_400


def test_one_file_makes_one_list_for_each_date(db, store):
    with store.transaction(db):
        price_lists.publish(db, "Prislista", TWO_LISTS, now=MORNING)
    assert [(each.name, each.valid_from.year) for each in db.scalars(select(PriceList).order_by(
        PriceList.valid_from))] == [("Prislista", 2026), ("Prislista", 2027)]


def test_before_the_first_price_list_nothing_is_sold(db):
    assert price_lists.prices(db, now=NOON) == []
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


def test_nobody_pays_another_price_than_the_one_they_were_shown(db, make):
    make.price_list()
    price_lists.agree(db, Product.SINGLE, ONE_ZONE, 4_200, now=NOON)
    for shown in (4_100, None):
        with pytest.raises(Invalid, match="Biljetten kostar 42\N{NO-BREAK SPACE}kr"):
            price_lists.agree(db, Product.SINGLE, ONE_ZONE, shown, now=NOON)


def add(store, db, *lines, starts_on=date(2027, 1, 1), by=None):
    with store.transaction(db):
        return price_lists.add(db, "Prislista 2027", starts_on, lines, by=by, now=NOON)


SINGLE = Line(product=Product.SINGLE, extent=Extent.ZONES_1, price_ore=4_400, vat_basis_points=600)


def test_a_price_is_in_öre_and_has_the_vat_of_its_own_row(db, make, store):
    make.price_list()
    add(store, db, SINGLE, replace(SINGLE, extent=Extent.BORDER, area=Area.COPENHAGEN,
                                   vat_basis_points=0))
    danish = price_lists.price(db, Product.SINGLE, Trip(Extent.BORDER, area=Area.COPENHAGEN),
                               now=NEW_YEAR)
    assert (danish.vat_basis_points, danish.vat_ore) == (0, 0)
    assert price_lists.price(db, Product.SINGLE, ONE_ZONE, now=NEW_YEAR).vat_ore == 249


def test_a_list_with_a_ticket_twice_is_refused(db, store):
    with pytest.raises(Conflict, match="två gånger"):
        add(store, db, SINGLE, SINGLE)


def test_two_lists_do_not_begin_on_the_same_day(db, store):
    add(store, db, SINGLE)
    with pytest.raises(Conflict, match="redan en prislista från 2027-01-01"):
        add(store, db, SINGLE)


def test_the_versions_follow_each_other(db, make):
    make.price_list()
    make.coming_list()
    assert [(each.state, each.price_list.valid_from, each.last_on)
            for each in price_lists.versions(db, now=NOON)] == [
        (State.COMING, date(2027, 1, 1), None),
        (State.IN_FORCE, date(2026, 1, 1), date(2026, 12, 31))]
    assert [each.state for each in price_lists.versions(db, now=NEW_YEAR)] == [
        State.IN_FORCE, State.PAST]


def test_a_list_is_taken_in_by_somebody_and_the_authority_remembers_it(db, make):
    by = make.actor(make.clerk())
    coming = make.coming_list(by=by)
    assert coming.published_by == "Berit Handläggare"
    [event] = audit.about(db, coming.id, company_id=AUTHORITY)
    assert (event.act, event.by_name, event.details) == (
        Act.PRICE_LIST_PUBLISHED, "Berit Handläggare",
        {"name": "Prislista 2027", "day": "2027-01-01"})


def test_a_list_that_has_not_begun_can_be_withdrawn(db, store, make):
    coming = make.coming_list()
    with store.transaction(db):
        price_lists.withdraw(db, coming, by=NOBODY, now=NEW_YEAR - timedelta(seconds=1))
    assert cost(db, now=NEW_YEAR) == 4_200
    assert db.scalar(select(func.count()).where(PriceRow.price_list_id == coming.id)) == 0
    assert audit.about(db, coming.id, company_id=AUTHORITY)[0].act == Act.PRICE_LIST_WITHDRAWN
    with pytest.raises(NotFound):
        price_lists.find(db, coming.id)


def test_a_list_that_has_begun_is_not_withdrawn(db, store, make):
    coming = make.coming_list()
    with pytest.raises(Conflict, match="har börjat gälla"), store.transaction(db):
        price_lists.withdraw(db, coming, by=NOBODY, now=NEW_YEAR)
    assert cost(db, now=NEW_YEAR) == 4_400


@pytest.mark.parametrize(("starts_on", "said"), [
    (date(2026, 11, 20), "tidigast i morgon"), (date(2026, 1, 1), "tidigast i morgon"),
    (date.min, "tidigast i morgon"), (date.max, "för långt fram"),
    (date(2027, 1, 1), "redan en prislista från den dagen: Prislista 2027")])
def test_a_new_list_begins_on_a_day_of_its_own_to_come(db, make, starts_on, said):
    make.coming_list()
    with pytest.raises(Invalid, match=said) as refusal:
        price_lists.check_start(db, starts_on, "starts_on", now=NOON)
    assert refusal.value.field == "starts_on"
    price_lists.check_start(db, date(2026, 11, 21), "starts_on", now=NOON)


def test_tomorrow_is_that_of_sweden(db):
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # the 21st in Sweden
    with pytest.raises(Invalid, match="tidigast i morgon"):
        price_lists.check_start(db, date(2026, 11, 21), "starts_on", now=late)


def test_the_prices_are_read_once_and_the_list_in_force_is_asked_for_each_time(db, store, make):
    make.price_list()
    price_lists.prices(db, now=NOON)
    with queries(store) as asked:
        for _ in range(3):
            price_lists.price(db, Product.SINGLE, ONE_ZONE, now=NOON)
    assert len([each for each in asked if each.startswith("SELECT")]) == 3


def test_what_another_process_publishes_is_seen_at_once(db, store, make):
    make.price_list()
    assert cost(db, now=NEW_YEAR) == 4_200
    with store.session() as another, store.transaction(another):
        price_lists.add(another, "Prislista 2027", date(2027, 1, 1), [SINGLE], by=None, now=NOON)
    db.rollback()
    assert cost(db, now=NEW_YEAR) == 4_400


def test_what_is_asked_before_a_rollback_is_not_remembered_as_a_list(db, store, make):
    make.price_list()
    with pytest.raises(RuntimeError), store.transaction(db):
        price_lists.add(db, "Ångrad", date(2027, 1, 1), [SINGLE], by=None, now=NOON)
        assert cost(db, now=NEW_YEAR) == 4_400
        raise RuntimeError
    assert cost(db, now=NEW_YEAR) == 4_200
