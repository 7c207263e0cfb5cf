"""The administrator's page of a million purchases in one company: what the server needs for it,
against a bare Flask view that asks the same of the database and writes the same page."""
import random
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID, uuid4

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import (
    bindparam,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from benchmarks import _people
from benchmarks import people as floors
from benchmarks._travel import PRICES
from benchmarks.clock import by_turns
from benchmarks.databases import NOW, portal
from benchmarks.people import ACCEPTED, OPTIONS, ROOMS, TOKEN, WAITING, WHO, Visitor
from benchmarks.table import Row, against
from domain import price_lists
from domain.departments import Department
from domain.money import kr, vat_of
from domain.months import today
from domain.products import NAMES, Extent, Product
from domain.purchase_months import PurchaseMonth, shown
from domain.services import Service
from domain.store import Base, Store
from domain.tickets import Ticket
from domain.travellers import Traveller
from translations import formats

BAR, PAGE, TIMES, AT_ONCE, COPIES = 1.5, 40, 150, 10_000, 40
ADDRESS = "/foretag/tjansteresor/kop"
PURCHASES, TRAVELLERS = 1_000_000, 5_000
SOLD = {Product.SINGLE: (4_200, 70), Product.DAY: (8_400, 25), Product.PERIOD_30: (84_000, 5)}
"""The price of each, and how many of a hundred are such."""
T = Base.metadata.tables["tickets"].c
M = Base.metadata.tables["purchase_months"].c
PURPOSES = ["", "", "Kundbesök", "Utbildning", "Projekt 4711"]


def measure(database: str) -> list[Row]:
    with portal(database) as app:
        made = fill(app.extensions["store"], PURCHASES, TRAVELLERS)
        visitor = Visitor(app, _people.LARGE, ADDRESS)
        few = Visitor(app, _people.SMALL, ADDRESS)
        floor = Floor(app, visitor, made[_people.LARGE])
        # on PostgreSQL the database works outside this process, and is waited for
        clock = process_time if database == "sqlite" else perf_counter
        return [*_costs(visitor, floor, clock), *_questions(few, visitor)]


def _costs(visitor: Visitor, floor: "Floor", clock: Callable[[], float]) -> Iterator[Row]:
    room, place = floor.a_department(), floor.place(PAGE)
    for name, path, bare in (
            ("first page", "", floor.page()),
            ("second page", floor.address(place), floor.page(place=place)),
            ("one department", f"?avdelning={room}", floor.page(room=room))):
        value, least = by_turns(visitor.sees(path), bare, times=TIMES, warm=30, clock=clock)
        yield against(f"purchases: {name} of a million", value, "ms", floor=least, bar=BAR)


def _questions(few: Visitor, many: Visitor) -> Iterator[Row]:
    """Statements a page, at three purchases and at a million."""
    for name, path in (("first page", ""), ("search", "?q=a"), ("by department", "?per=department"),
                       ("those that stand out", "?visa=far")):
        yield against(f"purchases: statements, {name}", many.questions(path), "statements",
                      floor=few.questions(path), bar=1.0)


def fill(store: Store, purchases: int, travellers: int) -> dict[str, UUID]:
    """A company in which so many travellers have bought so much in thirteen months, and one in
    which three have bought one each."""
    made = _people.sized(store, {_people.LARGE: travellers, _people.SMALL: 3})
    with store.session() as session, store.transaction(session):
        [lines] = price_lists.read(PRICES.read_text(encoding="utf-8").splitlines()).values()
        price_list = price_lists.add(session, "Prislista", today(NOW), lines, by=None, now=NOW)
        session.flush()
        _buy(session, made[_people.LARGE], price_list.id, purchases // COPIES)
        _copy(session)
        _buy(session, made[_people.SMALL], price_list.id, 3)
        _count(session)
    if store.engine.dialect.name == "postgresql":  # as it does by itself within a minute
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return made


def _buy(session: Session, company_id: UUID, price_list_id: UUID, number: int) -> None:
    bought = _bought(session, company_id, price_list_id, number)
    while some := list(islice(bought, AT_ONCE)):
        session.connection().execute(insert(Ticket.__table__), some)


def _bought(session: Session, company_id: UUID, price_list_id: UUID,
            number: int) -> Iterator[dict]:
    people = session.execute(
        select(Traveller.id, Traveller.given_name + " " + Traveller.surname, Department.id,
               Department.name, Department.reference_number)
        .join(Department).where(Traveller.company_id == company_id)).all()
    chance, begun = random.Random(4711), shown(NOW)[0].start
    often = [product for product, (_price, share) in SOLD.items() for _ in range(share)]
    for place in range(number):
        at = begun + (NOW - begun) * ((place + 1) / (number + 1))
        who, name, room, room_name, reference = people[place % len(people)]
        product = chance.choice(often)
        price = SOLD[product][0]
        yield {
            "id": uuid4(), "number": f"{place:09}{company_id.hex[:4]}",
            "service": Service.BUSINESS_TRAVEL, "company_id": company_id, "department_id": room,
            "department_name": room_name, "reference_number": reference, "cost_centre": "",
            "note": "", "traveller_id": who, "holder": name, "mobile": "+46701740605",
            "language": "sv", "product": product, "extent": Extent.ZONES_1, "zones": "181",
            "price_ore": price, "vat_ore": vat_of(price, 600), "vat_basis_points": 600,
            "price_list_id": price_list_id, "sold_at": at, "trial": False,
            "purpose": PURPOSES[place % len(PURPOSES)], "activate_by": at + timedelta(days=365),
            "days_used": 0, "version": 1}


def _copy(session: Session, times: int = COPIES) -> None:
    """So many are bought at each moment: the database makes the most of them itself."""
    new = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
    copies = union_all(*(select(literal(f"-{number}").label("end"))
                         for number in range(1, times))).subquery()
    same = [column for column in T if column.key not in ("id", "number")]
    session.execute(insert(Ticket.__table__).from_select(
        ["id", "number", *(column.key for column in same)],
        select(literal_column(new[session.get_bind().dialect.name]), T.number + copies.c.end, *same)
        .select_from(Ticket.__table__.join(copies, true()))))


def _count(session: Session) -> None:
    for month in shown(NOW):
        session.execute(insert(PurchaseMonth.__table__).from_select(
            [column.key for column in M],
            select(T.company_id, literal(month.first_day), T.department_id, func.count(),
                   func.sum(T.price_ore), literal(0), literal(0))
            .where(T.sold_at >= month.start, T.sold_at < month.next.start)
            .group_by(T.company_id, T.department_id)))


OURS = M.company_id == bindparam("company")
MONTHS = (
    select(M.month_on, func.sum(M.bought), func.sum(M.bought_ore), func.sum(M.refunded_ore))
    .where(OURS, M.month_on.between(bindparam("first"), bindparam("last"))).group_by(M.month_on))
NORMS = (
    select(M.department_id, func.sum(M.bought), func.sum(M.bought_ore))
    .where(OURS, M.month_on.between(bindparam("first"), bindparam("last_ended")))
    .group_by(M.department_id))
COUNT = (
    select(func.coalesce(func.sum(M.bought), 0), func.coalesce(func.sum(M.bought_ore), 0))
    .where(OURS, M.month_on == bindparam("last")))
PLACES = {"181": "Zon 181 Jönköping"}
SUMS = "@sums@"


class Floor:
    """The least that answers with the same page: a bare Flask view, statements made beforehand, and
    one template in which all is literal but what the database says."""

    def __init__(self, app: Flask, visitor: Visitor, company_id: UUID):
        self.engine, self.company_id = app.extensions["store"].engine, company_id
        self.app = Flask("floor")
        self.app.config.update(SECRET_KEY=app.config["SECRET_KEY"], SESSION_COOKIE_NAME="portal")
        self.visitor = visitor
        now = today(NOW)
        self.app.jinja_env.filters.update(
            kr=kr, moment=lambda moment: formats.moment(moment, today=now))
        self.app.jinja_env.autoescape = True
        frame = re.sub(r"(<select[^>]* id=\"department\"[^>]*>).*?(</select>)", r"\1@options@\2",
                       visitor.sees("")(), flags=re.DOTALL)
        frame = re.sub(TOKEN, r"\1@token@", frame)
        before, _, rest = frame.partition('<table class="list"')
        before = re.sub(r"<p>[^<]*köp, [^<]*<", f"<p>{SUMS}<", before)
        rows = (Path(__file__).parent / "purchases.html").read_text()
        head = floors.literal(before).replace("@options@", OPTIONS).replace(
            SUMS, "{% endraw %}{{ count }} köp, {{ ore|kr }}.{% raw %}")
        self.template = self.app.jinja_env.from_string(
            head + rows + floors.literal(rest.partition("</table>")[2]))
        months = shown(NOW)
        self.values = {
            "company": company_id, "first": months[0].first_day, "last": months[-1].first_day,
            "last_ended": months[-2].first_day, "most": PAGE + 1, "begun": months[-1].start,
            "end": months[-1].next.start}

    def page(self, *, place: tuple | None = None, room: UUID | None = None) -> Callable[[], str]:
        key = tuple_(T.sold_at, T.id)
        narrowed = [T.department_id == room] if room else []
        rows = (
            select(T.id, T.sold_at, T.holder, T.product, T.zones, T.department_id,
                   T.department_name, T.purpose, T.price_ore, T.recalled_at)
            .where(T.company_id == bindparam("company"), text("service = 'business_travel'"),
                   T.sold_at >= bindparam("begun"), T.sold_at < bindparam("end"), *narrowed,
                   *([key < place] if place else []))
            .order_by(T.sold_at.desc(), T.id.desc()).limit(bindparam("most")))
        count = COUNT.where(M.department_id == room) if room else COUNT

        def show() -> str:
            with self.engine.connect() as connection:
                token = session["_user_id"].encode()
                who = connection.execute(WHO, {"token": sha256(token).digest(), "now": NOW}).one()
                connection.execute(ACCEPTED, {"person": who.id}).all()
                company = {"company": who.company_id}
                rooms = connection.execute(ROOMS, company).all()
                waiting = connection.execute(WAITING, company).scalar_one()
                months = connection.execute(MONTHS, self.values).all()
                norms = {room: 3 * ore // bought for room, bought, ore in connection.execute(
                    NORMS, self.values)}
                found = connection.execute(rows, self.values).all()
                _month, bought, ore, _refunded = months[-1]
                if room:
                    bought, ore = connection.execute(count, self.values).one()
            return self.template.render(
                rows=found[:PAGE], far=norms, rooms=rooms, waiting=waiting, token=generate_csrf(),
                count=bought, ore=ore, names=NAMES, places=PLACES)

        address = f"/{len(self.app.view_functions)}"
        self.app.add_url_rule(address, address, show)
        return self.visitor.asks(self.app, address)

    def place(self, number: int) -> tuple:
        """Of the so-manieth, the newest first."""
        with self.engine.connect() as connection:
            return tuple(connection.execute(
                select(T.sold_at, T.id).where(T.company_id == self.company_id)
                .order_by(T.sold_at.desc(), T.id.desc()).offset(number - 1).limit(1)).one())

    def address(self, place: tuple) -> str:
        """Of the portal's page that begins after that."""
        sold_at, ticket_id = place
        return f"?efter={sold_at.isoformat().replace('+', '%2B')}|{ticket_id}"

    def a_department(self) -> UUID:
        """One that has bought something this month."""
        with self.engine.connect() as connection:
            return connection.scalar(select(M.department_id).where(
                M.company_id == self.company_id, M.month_on == bindparam("last")).limit(1),
                self.values)
