"""Statistik: the page over twenty-four months of a million lines in one company, beside the full
sum of them, which it has to equal; and how fast what is bought is counted."""
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from time import perf_counter, process_time
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import case, func, insert, select, text
from sqlalchemy.orm import Session

from benchmarks import _people, _purchase_page
from benchmarks._purchase_page import AT_ONCE, PRICES, PURPOSES
from benchmarks.clock import by_turns
from benchmarks.databases import NOW, portal
from benchmarks.people import Visitor
from benchmarks.table import Row, against, at_least, at_most
from domain import (
    price_lists,
    statistic_checks,
    statistic_groups,
    statistics,
)
from domain.access import Scope
from domain.departments import Department
from domain.money import vat_of
from domain.months import Month, today
from domain.products import Extent, Product
from domain.services import Service
from domain.statistic_groups import Per, Sum, Wish
from domain.store import Store
from domain.tickets import Ticket
from domain.travellers import Traveller

LINES, TRAVELLERS, TAIL, COPIES = 1_000_000, 5_000, 500, 8
"""So many of the lines are not counted yet: more than come in the half minute between."""
BAR, TIMES = 300, 20
COUNTED = 2_000
"""Lines a second."""
ADDRESS = "/foretag/rapporter/statistik"
LAST = Month.of(NOW).previous
WISH = Wish(Month(LAST.year - 1, LAST.month).next, LAST)
SOLD = {Product.SINGLE: (4_200, 60), Product.DAY: (8_400, 20), Product.PERIOD_30: (84_000, 15),
        Product.PERIOD_365: (800_000, 5)}
T = Ticket.__table__.c


def measure(database: str) -> list[Row]:
    with portal(database) as app:
        store = app.extensions["store"]
        company_id = fill(store, LINES, TRAVELLERS)
        rate = count(store, LINES - TAIL)
        _settle(store)
        # on PostgreSQL the database works outside this process, and is waited for
        clock = process_time if database == "sqlite" else perf_counter
        return [*_pages(app, clock), *sums(store, company_id),
                at_least("statistics: lines counted by one worker", rate, "lines/s", COUNTED)]


def _pages(app: Flask, clock: Callable[[], float]) -> Iterator[Row]:
    visitor = Visitor(app, _people.LARGE, ADDRESS)
    few = Visitor(app, _people.SMALL, ADDRESS)
    for name, path in (("overview", ""), ("by person", "?per=person"),
                       ("by purpose", "?per=purpose"), ("by department", "?per=department")):
        [value] = by_turns(visitor.sees(path), times=TIMES, warm=3, clock=clock)
        yield at_most(f"statistics: {name}, 24 months of a million lines", value, "ms", BAR)
        if visitor.questions(path) != few.questions(path):
            raise RuntimeError(f"{path} asks more of a million lines than of three")


def sums(store: Store, company_id: UUID) -> Iterator[Row]:
    """What is kept and what is not counted yet, beside the sum of each ticket: they are equal."""
    with store.session() as session:
        asked = {"within": Scope(company_id)}

        def kept() -> dict:
            return statistic_groups.grouped(session, WISH, Per.MONTH, Per.DEPARTMENT, Per.SERVICE,
                                            Per.PRODUCT, **asked)

        found, whole = kept(), full(session, company_id)
        for per, groups in found.items():
            if {key: each for key, each in groups.items() if each != Sum()} != whole[per]:
                raise RuntimeError(f"by {per} what is kept is not the sum of the lines")
        value, floor = by_turns(kept, lambda: full(session, company_id), times=3, warm=1)
        yield against("statistics: its sums, beside those of each line", value, "ms", floor=floor)
        if wrong := statistic_checks.check(session):
            raise RuntimeError(f"what is kept differs by {wrong[:3]}")


def full(session: Session, company_id: UUID) -> dict[Per, dict]:
    """By the tickets alone, a question for each."""
    month = case(*((T.sold_at >= each.start, each.first_day)
                   for each in reversed((*WISH.before, *WISH.months))))
    now = T.sold_at >= WISH.first.start
    parts = [func.sum(case((which, column), else_=0)) for which, column in (
        (now, 1), (now, T.price_ore), (now, T.vat_ore), (~now, 1), (~now, T.price_ore))]
    keys = {Per.MONTH: month, Per.DEPARTMENT: T.department_id, Per.SERVICE: T.service,
            Per.PRODUCT: T.product}
    return {per: {key: Sum(*map(int, rest)) for key, *rest in session.execute(
        select(key, *parts).where(
            T.company_id == company_id, T.trial.is_(False), T.sold_at >= WISH.before[0].start,
            T.sold_at < WISH.last.next.start).group_by(key))} for per, key in keys.items()}


def fill(store: Store, lines: int, travellers: int) -> UUID:
    """A company in which so many travellers have bought so much in twenty-four months, and one in
    which three have bought one each."""
    made = _people.sized(store, {_people.LARGE: travellers, _people.SMALL: 3})
    with store.session() as session, store.transaction(session):
        [prices] = price_lists.read(PRICES.read_text(encoding="utf-8").splitlines()).values()
        price_list = price_lists.add(session, "Prislista", today(NOW), prices, by=None, now=NOW)
        session.flush()
        for token, number in ((_people.LARGE, lines // COPIES), (_people.SMALL, 3)):
            bought = _bought(session, made[token], price_list.id, number)
            while some := list(islice(bought, AT_ONCE)):
                session.connection().execute(insert(Ticket.__table__), some)
            if token == _people.LARGE:
                _purchase_page._copy(session, COPIES)
    return made[_people.LARGE]


def _bought(session: Session, company_id: UUID, price_list_id: UUID,
            number: int) -> Iterator[dict]:
    people = session.execute(
        select(Traveller.id, Traveller.given_name + " " + Traveller.surname, Department.id,
               Department.name, Department.reference_number)
        .join(Department).where(Traveller.company_id == company_id)).all()
    chance = random.Random(4711)
    often = [product for product, (_price, share) in SOLD.items() for _ in range(share)]
    for place in range(number):
        who, name, room, room_name, reference = chance.choice(people)
        at, product = _moment(place, number), chance.choice(often)
        price = SOLD[product][0]
        yield {
            "id": uuid4(), "number": f"{place:09}{company_id.hex[:4]}",
            "service": chance.choice(list(Service)), "company_id": company_id,
            "department_id": room, "department_name": room_name, "reference_number": reference,
            "cost_centre": "", "note": "", "traveller_id": who, "holder": name,
            "mobile": "+46701740605", "language": "sv", "product": product,
            "extent": chance.choice([Extent.ZONES_1, Extent.ZONES_2, Extent.COUNTY]),
            "zones": "181", "price_ore": price, "vat_ore": vat_of(price, 600),
            "vat_basis_points": 600, "price_list_id": price_list_id, "sold_at": at,
            "trial": False, "purpose": PURPOSES[place % len(PURPOSES)],
            "activate_by": at + timedelta(days=365), "days_used": 0, "version": 1, "counted": 0}


def _moment(place: int, number: int) -> datetime:
    begun, end = WISH.before[0].start, WISH.last.next.start
    return begun + (end - begun) * ((place + 0.5) / number)


def count(store: Store, lines: int) -> float:
    """So many, and says how many a second."""
    begun, left = perf_counter(), lines
    with store.session() as session:
        while left > 0:
            with store.transaction(session):
                left -= statistics.count(session, most=min(left, statistics.AT_ONCE))
    return lines / (perf_counter() - begun)


def _settle(store: Store) -> None:
    if store.engine.dialect.name == "postgresql":  # as it does by itself within a minute
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
