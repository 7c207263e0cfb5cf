from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from domain import price_drafts, price_lists
from domain.errors import Conflict, Invalid, NotFound
from domain.price_comparison import Doubt
from domain.price_drafts import PriceDraft
from domain.price_lists import PriceList, PriceRow
from domain.products import Product
from tests.conftest import NOON
from tests.factories import COUNTY, NOBODY, ONE_ZONE

AFTER = datetime(2027, 1, 1, 8, tzinfo=UTC)


def rows(db, **changes) -> list[tuple[str, ...]]:
    """Those of the list in force, with other prices for some tickets in one zone; None leaves one
    out."""
    prices = price_lists.prices(db, now=NOON)
    said = {line.product: f"{line.price_ore / 100:.2f}" for line in prices[:6]} | changes
    cells = [(line.product, line.extent, line.area or "",
              said[line.product] if line in prices[:6] else f"{line.price_ore / 100:.2f}", "6")
             for line in prices]
    return [row for row in cells if row[3] is not None]


@pytest.fixture
def in_force(make):
    return make.price_list()


@pytest.fixture
def publish(store, db):
    def publish(draft, *, seen=None, gone=False, doubtful=False, now=NOON):
        seen = seen or price_drafts.review(db, draft).comparison.mark
        with store.transaction(db):
            return price_drafts.publish(db, draft, seen=seen, gone=gone, doubtful=doubtful,
                                        by=NOBODY, now=now)
    return publish


def doubts(db, draft) -> dict[Product, list[Doubt]]:
    changes = price_drafts.review(db, draft).comparison.changes
    return {each.ware[0]: each.doubts for each in changes if each.doubts}


def test_a_draft_is_sold_for_by_nobody(db, make, in_force):
    make.price_draft(*rows(db, single="44"))
    assert price_lists.price(db, Product.SINGLE, ONE_ZONE, now=AFTER).price_ore == 4_200
    assert db.scalar(select(func.count()).select_from(PriceList)) == 1


def test_a_draft_without_doubts_becomes_a_list_that_begins_at_midnight(db, make, in_force, publish):
    draft = make.price_draft(*rows(db, single="44"))
    made = publish(draft)
    assert (made.name, made.valid_from) == ("Prislista 2027", date(2027, 1, 1))
    assert price_lists.price(db, Product.SINGLE, ONE_ZONE, now=NOON).price_ore == 4_200
    assert price_lists.price(db, Product.SINGLE, ONE_ZONE, now=AFTER).price_ore == 4_400
    assert price_lists.price(db, Product.SINGLE, COUNTY, now=AFTER).price_ore == 13_000
    with pytest.raises(NotFound, match="väntar inte längre"):
        price_drafts.find(db, draft.id)


def test_the_new_list_is_compared_with_the_one_in_force(db, make, in_force):
    comparison = price_drafts.review(db, make.price_draft(*rows(db, single="44"))).comparison
    [change] = comparison.changed
    assert (change.old.price_ore, change.new.price_ore, change.difference_ore) == (
        4_200, 4_400, 200)
    assert round(change.percent, 2) == 4.76
    assert comparison.replaces.id == in_force.id
    assert len(comparison.changes) == 55


def test_it_is_compared_with_the_list_that_holds_on_its_eve(db, make, in_force):
    coming = make.coming_list()
    draft = make.price_draft(*rows(db), starts_on=date(2027, 3, 1))
    assert price_drafts.review(db, draft).comparison.replaces.id == coming.id


def test_the_first_list_of_all_is_compared_with_nothing(db, make, publish):
    draft = make.price_draft(("single", "zones_1", "", "42", ""))
    assert price_drafts.review(db, draft).comparison.replaces is None
    assert publish(draft).name == "Prislista 2027"


@pytest.mark.parametrize(("price", "doubt"), [
    ("52.50", []), ("52.51", [Doubt.MUCH_HIGHER]), ("41.99", [Doubt.LOWER]), ("42", [])])
def test_much_dearer_and_cheaper_at_all_is_in_doubt(db, make, in_force, price, doubt):
    assert doubts(db, make.price_draft(*rows(db, single=price))).get(Product.SINGLE, []) == doubt


def test_another_vat_is_in_doubt(db, make, in_force):
    changed = [(*row[:4], "0") if row[:2] == ("single", "zones_1") else row for row in rows(db)]
    assert doubts(db, make.price_draft(*changed)) == {Product.SINGLE: [Doubt.OTHER_VAT]}


def test_a_new_ticket_is_not_in_doubt(db, make, in_force):
    draft = make.price_draft(*rows(db), ("flex_10_30", "border", "kalmar", "1500", "6"))
    assert doubts(db, draft) == {}


def test_what_is_not_sold_any_longer_has_to_be_said(db, make, in_force, publish):
    draft = make.price_draft(*rows(db, flex_20_60=None))
    [gone] = price_drafts.review(db, draft).comparison.gone
    assert gone.ware[0] == Product.FLEX_20_60
    with pytest.raises(Invalid, match="inte ska säljas längre") as refusal:
        publish(draft, doubtful=True)
    assert refusal.value.field == "gone"
    publish(draft, gone=True)
    with pytest.raises(Invalid, match="säljs inte"):
        price_lists.price(db, Product.FLEX_20_60, ONE_ZONE, now=AFTER)


def test_what_is_unusual_has_to_be_said_to_be_right(db, make, in_force, publish):
    draft = make.price_draft(*rows(db, single="4200"))
    with pytest.raises(Invalid, match="ovanliga ändringarna") as refusal:
        publish(draft, gone=True)
    assert refusal.value.field == "doubtful"
    assert publish(draft, doubtful=True).valid_from == date(2027, 1, 1)


def test_a_list_with_a_bad_row_waits_until_it_is_mended(db, store, make, in_force, publish):
    draft = make.price_draft(*rows(db, single="fyrtiofyra"))
    [bad] = price_drafts.review(db, draft).checked.wrong
    assert (bad.number, set(bad.problems)) == (2, {"price"})
    with pytest.raises(Conflict, match="rader att rätta"):
        publish(draft, gone=True)
    with store.transaction(db):
        price_drafts.mend(draft, {bad.number: (*bad.cells[:3], "44", "6")})
    assert publish(draft).valid_from == date(2027, 1, 1)


def test_a_bad_row_that_is_emptied_is_left_out(db, store, make, in_force, publish):
    draft = make.price_draft(*rows(db), ("Summa", "", "", "1", ""))
    with store.transaction(db):
        price_drafts.mend(draft, {57: [""] * 5})
    assert price_drafts.review(db, draft).ready
    publish(draft)


def test_an_empty_list_is_not_published(db, make, in_force, publish):
    with pytest.raises(Conflict):
        publish(make.price_draft(), gone=True)


def test_what_was_not_seen_is_not_confirmed(db, make, in_force, publish):
    draft = make.price_draft(*rows(db, single="44"), starts_on=date(2027, 3, 1))
    seen = price_drafts.review(db, draft).comparison.mark
    make.coming_list()  # meanwhile, and begins before it
    with pytest.raises(Invalid, match="ändrats sedan du granskade"):
        publish(draft, seen=seen)


def test_a_draft_that_has_waited_until_its_day_is_too_late(db, make, in_force, publish):
    with pytest.raises(Invalid, match="tidigast i morgon"):
        publish(make.price_draft(*rows(db)), now=AFTER)
    assert db.scalar(select(func.count()).select_from(PriceRow)) == 55


def test_of_two_drafts_for_one_day_only_one_is_published(db, make, in_force, publish):
    one, other = make.price_draft(*rows(db)), make.price_draft(*rows(db))
    publish(one)
    with pytest.raises(Invalid, match="redan en prislista från den dagen"):
        publish(other)


def test_a_draft_can_be_thrown_away(db, store, make, in_force):
    draft = make.price_draft(*rows(db))
    assert price_drafts.waiting(db) == [draft]
    with store.transaction(db):
        price_drafts.discard(db, draft)
    assert db.scalars(select(PriceDraft)).all() == []
