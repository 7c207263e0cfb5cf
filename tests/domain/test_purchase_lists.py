from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from domain import purchase_lists
from domain.access import Scope
from domain.errors import NotFound
from domain.months import Month
from domain.products import Product
from domain.purchase_lists import Order, Sort, Sum
from domain.purchase_months import FROM_SO_MANY
from domain.purchase_searches import Search, Which
from tests.conftest import NOON
from tests.factories import COUNTY, ONE_ZONE

EARLIER = datetime(2026, 10, 28, 11, tzinfo=UTC)
EVERYTHING = Search()
NOVEMBER = Search(first=date(2026, 11, 1), last=date(2026, 11, 30))
SINGLE, DAY = 4200, 8400


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def connection(make, company):
    return make.connection(make.traveller(company), 1_000_000, registered=True)


@pytest.fixture
def alva(make, company):
    """Who travels for another department."""
    return make.connection(make.traveller(
        given_name="Alva", surname="Ek", department=make.department(company)), 1_000_000,
        registered=True)


@pytest.fixture
def listed(db, company):
    def listed(search=EVERYTHING, order=purchase_lists.NEWEST, within=None, **more):
        db.rollback()
        return purchase_lists.listed(db, search, order, within=within or Scope(company.id),
                                     now=NOON, **more)
    return listed


@pytest.fixture
def found(listed):
    def found(search=EVERYTHING, *rest, **more):
        return [row.id for row in listed(search, *rest, **more).rows]
    return found


def test_only_what_travellers_buy_themselves_is_listed_the_newest_first(make, connection, found):
    make.sent_ticket(connection.traveller)
    older = make.purchase(connection, at=EARLIER)
    newer = make.purchase(connection, at=NOON)
    assert found() == [newer.id, older.id]
    assert found(EVERYTHING, Order(Sort.TIME, falling=False)) == [older.id, newer.id]


def test_a_row_tells_no_more_than_the_specification(make, connection, listed):
    make.purchase(connection, at=NOON, purpose="Kundbesök")
    [row] = listed().rows
    assert set(row._mapping) == {
        "id", "sold_at", "holder", "product", "extent", "zones", "area", "department_id",
        "department_name", "purpose", "price_ore", "recalled_at"}
    assert (row.holder, row.purpose) == ("Rut Resenär", "Kundbesök")


@pytest.mark.parametrize(("search", "wanted"), [
    (NOVEMBER, "day new"), (Search(last=date(2026, 10, 31)), "old"),
    (Search(first=date(2026, 10, 28), last=date(2026, 10, 28)), "old"),
    (Search(words="alva"), "day"), (Search(words="ALVA ek"), "day"), (Search(words="bo"), ""),
    (Search(product=Product.DAY), "day"), (Search(purpose="kund"), "new"),
    (Search(purpose="%"), ""), (Search(which=Which.REFUNDED), "old"), (Search(which=Which.FAR), ""),
    (Search(words="alva", product=Product.SINGLE), ""),
])
def test_purchases_are_found(make, connection, alva, found, search, wanted):
    purchases = {
        "old": make.refunded(make.purchase(connection, at=EARLIER), at=NOON),
        "new": make.purchase(connection, at=NOON, purpose="Kundbesök"),
        "day": make.purchase(alva, Product.DAY, at=NOON + timedelta(minutes=1))}
    assert found(search) == [purchases[name].id for name in wanted.split()]


def test_they_are_found_by_department_traveller_and_ticket_number(make, connection, alva, found):
    make.purchase(connection, at=NOON)
    hers = make.purchase(alva, at=NOON)
    for search in (Search(department_id=alva.traveller.department_id),
                   Search(traveller_id=alva.traveller_id), Search(words=hers.number)):
        assert found(search) == [hers.id]


def test_those_that_stand_out_are_found(make, connection, alva, found):
    for _ in range(FROM_SO_MANY):
        make.purchase(connection, at=EARLIER)
    make.purchase(alva, Product.DAY, COUNTY, at=NOON)  # of a department that has bought nothing
    far = make.purchase(connection, Product.DAY, COUNTY, at=NOON)
    assert found(Search(which=Which.FAR)) == [far.id]


@pytest.mark.parametrize("order", [Order(sort, falling) for sort in Sort for falling in (0, 1)])
def test_pages_follow_on_each_other_also_when_much_is_alike(make, connection, listed, order):
    for at in (NOON, NOON, EARLIER, NOON, EARLIER):
        make.purchase(connection, Product.DAY if at == EARLIER else Product.SINGLE, at=at)
    seen, after = [], None
    while True:
        page = listed(EVERYTHING, order, after=after, most=2)
        seen += [row.id for row in page.rows]
        if (after := page.after) is None:
            break
    assert seen == [row.id for row in listed(EVERYTHING, order).rows]
    assert len(set(seen)) == 5


@pytest.mark.parametrize("mark", ["x", "|", f"2026-11-20T11:00:00+00:00|{UUID(int=1)}|4200",
                                  "0001-01-01T00:00:00+09:00|1"])
def test_an_odd_place_is_no_page(listed, mark):
    with pytest.raises(NotFound):
        listed(after=mark)


def test_it_is_known_what_they_come_to(make, db, company, connection, alva):
    make.refunded(make.purchase(connection, at=EARLIER), at=NOON)
    make.purchase(connection, at=NOON)
    make.purchase(alva, Product.DAY, at=NOON)

    def summed(search):
        return purchase_lists.summed(db, search, within=Scope(company.id), now=NOON)

    assert summed(NOVEMBER) == Sum(2, SINGLE + DAY, SINGLE, DAY)  # the credit is November's
    assert summed(Search(first=date(2026, 10, 1), last=date(2026, 10, 31))) == Sum(
        1, SINGLE, 0, SINGLE)
    assert summed(Search(words="rut")) == Sum(2, 2 * SINGLE, SINGLE)
    assert summed(Search(words="nobody")) == Sum(0, 0, 0)


def test_whole_months_come_to_what_their_purchases_do(make, db, company, connection, alva):
    for at in (EARLIER, NOON, NOON):
        make.purchase(connection, at=at)
    make.purchase(alva, Product.DAY, at=EARLIER)
    for department_id in (None, alva.traveller.department_id):
        for month in (Month(2026, 10), Month(2026, 11)):
            search = Search("", month.first_day, month.last_day, department_id)
            kept, counted = (purchase_lists.summed(db, each, within=Scope(company.id), now=NOON)
                             for each in (search, replace(search, words=" ")))
            assert kept == replace(counted, charged_ore=counted.gross_ore)


def test_whoever_has_a_department_sees_that_alone(make, db, company, connection, alva, found):
    make.purchase(connection, at=NOON)
    hers = make.purchase(alva, at=NOON)
    theirs = Scope(company.id, frozenset({alva.traveller.department_id}))
    assert found(within=theirs) == [hers.id]
    assert found(within=Scope(make.company().id)) == []


def test_one_is_found_by_who_may_see_it_and_a_sent_ticket_is_none(make, db, company, connection):
    ticket, sent = make.purchase(connection, at=NOON), make.sent_ticket(connection.traveller)
    assert purchase_lists.find(db, ticket.id, within=Scope(company.id)) is ticket
    for purchase_id, within in ((sent.id, Scope(company.id)), (ticket.id, Scope(uuid4())),
                                (ticket.id, Scope(company.id, frozenset()))):
        with pytest.raises(NotFound):
            purchase_lists.find(db, purchase_id, within=within)


def test_the_whole_list_has_what_a_file_tells(make, db, company, connection):
    ticket = make.purchase(connection, Product.SINGLE, ONE_ZONE, at=NOON)
    [row] = db.execute(purchase_lists.whole(db, NOVEMBER, within=Scope(company.id), now=NOON))
    assert (row.number, row.reference_number, row.vat_ore) == (ticket.number, "1000", 238)
