"""That the benchmarks measure what they say. How fast it is, is for `manage.py bench` to tell."""
import json
import re

import pytest
from sqlalchemy import func, select, update

import benchmarks
from benchmarks import (
    _buyers,
    _months,
    _people,
    _purchase_page,
    _shop_pages,
    _shoppers,
    _travel,
    export,
    month,
    offers,
    purchases,
    shop,
    statistics,
    table,
    tickets,
)
from benchmarks._machinery import serving, working
from benchmarks.databases import NOW, portal
from benchmarks.people import Floor, Visitor
from domain.audit import Event
from domain.authorisations import Authorisation
from domain.deductions import SalaryDeduction
from domain.idempotency import IdempotencyKey
from domain.invoices import Invoice
from domain.ledger import Entry
from domain.submissions import Submission
from domain.tickets import Ticket
from integrations.clock import SystemClock
from jobs import outbox as carrier
from tests.chromium import everything

WITH_PROCESSES = pytest.mark.skipif(not everything(),
                                    reason="with real processes where E2E_REQUIRED=1")
KEYS = ["name", "value", "unit", "floor", "ratio", "bar", "held"]


def test_a_row_tells_its_ratio_and_whether_the_bar_is_held():
    rows = [table.against("a", 3, "ms", floor=2, bar=1.5), table.against("b", 4, "ms", floor=2,
                                                                        bar=1.5),
            table.at_least("c", 5, "rows/s", 6), table.at_most("d", 5, "MB", 6)]
    assert [(row.ratio, row.held) for row in rows] == [
        (1.5, True), (2, False), (None, False), (None, True)]
    assert [list(row) for row in json.loads(table.as_json(rows))] == [KEYS] * 4
    assert table.as_table(rows).splitlines()[0].split() == KEYS


def test_each_benchmark_is_found_by_its_name():
    assert "people" in benchmarks.names()


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(_people, "COMPANIES", 1)
    monkeypatch.setattr(_people, "TRAVELLERS", 100)


def shown(page):
    """The rows, cell by cell, without what only looks."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL)
    return [[" ".join(re.sub(r"<[^>]*>", " ", cell).split())
             for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def test_the_floor_of_the_list_shows_the_same_page_as_the_portal(few):
    with portal("sqlite") as app:
        company_id = _people.fill(app.extensions["store"])
        visitor = Visitor(app, _people.LARGE)
        floor = Floor(app, visitor, company_id)
        room = floor.a_department()
        for path, bare in (("", floor.page()), ("?q=ander", floor.page(words="ander")),
                           (visitor.onward(1), floor.page(place=floor.place(40))),
                           (f"?avdelning={room}", floor.page(room=room))):
            page, least = visitor.sees(path)(), bare()
            assert shown(least) == shown(page) != []
            assert least.count("<option") == page.count("<option")


def test_the_floor_of_the_purchases_shows_the_same_page_as_the_portal():
    with portal("sqlite") as app:
        made = _purchase_page.fill(app.extensions["store"], 4_000, 90)
        visitor = Visitor(app, _people.LARGE, _purchase_page.ADDRESS)
        floor = _purchase_page.Floor(app, visitor, made[_people.LARGE])
        room, place = floor.a_department(), floor.place(40)
        for path, bare in (("", floor.page()), (floor.address(place), floor.page(place=place)),
                           (f"?avdelning={room}", floor.page(room=room))):
            page, least = (html.partition('<table class="list"')[2] for html in (
                visitor.sees(path)(), bare()))
            assert shown(least) == shown(page) != []


def test_the_statistics_are_measured_beside_a_sum_that_they_equal():
    with portal("sqlite") as app:
        store = app.extensions["store"]
        company_id = statistics.fill(store, 2_000, 90)
        assert statistics.count(store, 1_500) > 0
        [row] = statistics.sums(store, company_id)
        assert row.floor > 0


def test_the_floors_of_the_shop_show_the_same_pages_as_the_portal():
    def said(page):
        return re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split()

    with portal("sqlite") as app:
        card_id = _shoppers.fill(app.extensions["store"], 20)
        for floor in (_shop_pages.till(app), _shop_pages.card(app, card_id)):
            assert said(floor.page()()) == said(floor.visitor.sees("")()) != []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_floor_of_the_export_writes_the_same_file_as_the_portal(kind):
    with portal("sqlite") as app:
        store = app.extensions["store"]
        made = _people.sized(store, {_people.LARGE: 1, _people.SMALL: 60})
        export.check(kind, export.taking(app, Visitor(app, _people.SMALL), kind),
                     export.writing(kind, store.engine, made[_people.SMALL]))
        with pytest.raises(RuntimeError, match="different cells"):
            export.check(kind, export.taking(app, Visitor(app, _people.SMALL), kind),
                         export.writing(kind, store.engine, made[_people.LARGE]))


@pytest.fixture
def of_now():
    """What other processes share the database with has the real time."""
    with portal("sqlite", clock=SystemClock()) as app:
        yield app


def hire(app, travellers, *, connected=True):
    return _travel.employer(app.extensions["store"], travellers, connected=connected,
                            now=SystemClock().now())


def test_a_ticket_is_issued_shown_with_its_code_and_read_from_a_picture(of_now):
    employer = hire(of_now, 1)
    shown, *ids = tickets.sold(of_now, employer, 3, now=SystemClock().now())
    tickets.issued(of_now, ids)
    assert "Enkelbiljett" in tickets.page(of_now, employer, shown).decode()
    with of_now.test_request_context(), of_now.extensions["store"].session() as session:
        bundle = session.get_one(Ticket, ids[0]).bundle
        tickets.verifying(of_now, session, tickets.picture(bundle))()
        with pytest.raises(RuntimeError, match="not valid"):
            tickets.verifying(of_now, session, tickets.picture(bundle[:-1] + b"\0"))()


def test_decisions_are_counted_and_the_same_rows_are_written_again():
    with portal("sqlite") as app:
        employer = _travel.employer(app.extensions["store"], 3, connected=False, now=NOW)
        desk = offers.Desk(app, employer)
        assert min(desk.round(employer.travellers)) > 0
        with app.extensions["store"].session() as session:
            assert session.scalar(select(func.count(Ticket.id))) == 3
            assert session.scalar(select(func.count(SalaryDeduction.id))) == 36


@WITH_PROCESSES
def test_visitors_and_codes_are_measured_to_the_last_phone(of_now):
    employer = hire(of_now, 4, connected=False)
    with working(of_now.config["PORTAL"]) as works:
        assert tickets.sent(of_now, employer, works, 30) > 0
        assert works.received() == 30
    of_now.extensions["world"].queue.rung.clear()
    with working(of_now.config["PORTAL"]) as works:
        assert purchases.coded(of_now, employer, works) > 0
        assert {to for to, _ in works.texts()} == {_travel.mobile(place) for place in range(4)}


@WITH_PROCESSES
def test_purchases_are_answered_and_counted_on_the_phone_and_by_the_api(of_now):
    employer = hire(of_now, 3)
    with serving(of_now.config["PORTAL"]) as port:
        phone = purchases.Till(port, purchases.on_phones(of_now, employer, port))
        api = purchases.Till(port, purchases.by_app(of_now, employer))
        for till in (phone, api):
            taken, seconds = till.buy(6, clients=2, a_second=20)
            assert len(taken) == 6
            assert seconds >= 5 / 20
        assert len(phone.buy(4, clients=2)[0]) == 4
    purchases.check(of_now, 16, signed=6)
    with pytest.raises(RuntimeError, match="17 purchases made 16 tickets"):
        purchases.check(of_now, 17, signed=6)
    with pytest.raises(RuntimeError, match="6 tickets are signed, and not 7"):
        purchases.check(of_now, 16, signed=7)


@WITH_PROCESSES
def test_the_floor_of_the_purchases_takes_the_same_requests_and_writes_the_same_rows(of_now):
    employer = hire(of_now, 3)
    with serving(of_now.config["PORTAL"]) as port:
        ways = [purchases.on_phones(of_now, employer, port), purchases.by_app(of_now, employer)]
        by_portal = written(of_now, [purchases.Till(port, make) for make in ways])
    with serving(of_now.config["PORTAL"], purchases.FLOOR) as port:
        assert written(of_now, [purchases.Till(port, make) for make in ways]) == by_portal
    purchases.check(of_now, 24, signed=12)


def written(app, tills):
    """How many rows six purchases at each of the tills add to each table."""
    def there():
        with app.extensions["store"].session() as session:
            return [session.scalar(select(func.count()).select_from(kind)) for kind in (
                Ticket, Authorisation, Entry, Event, Submission, IdempotencyKey)]
    before = there()
    for till in tills:
        till.buy(6, clients=2)
    return [now - then for now, then in zip(there(), before, strict=True)]


@WITH_PROCESSES
def test_orders_are_paid_through_their_callbacks_and_delivered_once(of_now):
    assert shop.paid(of_now, 10, now=SystemClock().now()) > 0
    with pytest.raises(RuntimeError, match="11 orders: 10 are paid"):
        shop.check(of_now, 11)


@WITH_PROCESSES
def test_a_purchase_that_is_refused_stops_the_measuring(of_now):
    employer = hire(of_now, 1)
    with serving(of_now.config["PORTAL"]) as port:
        form = _buyers.form(purchases.cookie(of_now, employer.tokens[0]), port)
        till = purchases.Till(port, lambda _: _buyers.sent_form(form | {"agreed_ore": "1"}))
        with pytest.raises(RuntimeError, match="422"):
            till.buy(1, clients=1)


def test_the_share_of_times_is_what_so_many_are_not_above():
    assert purchases.share([5, 1, 4, 2, 3], 0.5) == 3
    assert purchases.share(list(range(101)), 0.99) == 99


def test_a_month_of_a_county_is_closed_and_what_is_wrong_with_it_is_told(of_now):
    store, job = of_now.extensions["store"], month.job(of_now)
    _months.fill(store, _months.Size(companies=3, travellers=9, lines=30), month.ended())
    assert month.check(of_now) == ["lines and purchases", "a purchase twice"]
    month.reports.make_missing(job)
    for message_id in list(of_now.extensions["world"].queue.rung):
        carrier.deliver(job, message_id)
    assert month.check(of_now) == []
    with store.session() as session, store.transaction(session):
        session.execute(update(Invoice).values(gross_ore=0))
    assert month.check(of_now) == ["invoices and their lines"]


@WITH_PROCESSES
@pytest.mark.parametrize("killed", [False, True])
def test_the_workers_make_the_month_also_when_they_are_killed_half_way(killed):
    size = _months.Size(companies=8, travellers=80, lines=400)
    seconds, peak, made = month.run("sqlite", size, killed=killed)
    assert seconds > 0
    assert peak > 0
    assert (made == 0) == killed
