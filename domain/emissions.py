"""What the journeys that were bought may have meant for the climate, beside the same journeys by
car. It is an estimate: what is known is what was bought, never how or when anybody went. Each
factor, its source and each assumption stands in `data/emissions.csv`, and is shown with the sums.
"""
import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.access import Scope
from domain.departments import Department
from domain.products import COMPANY_PRODUCTS, Extent, Product
from domain.small_groups import merged
from domain.statistic_groups import Wish
from domain.statistics import NOBODY, PersonStatistic, Statistic

FILE = Path(__file__).parent.parent / "data" / "emissions.csv"


@dataclass(frozen=True)
class Factor:
    key: str
    value: float
    unit: str
    source: str
    address: str


@dataclass(frozen=True)
class Sum:
    """Of some tickets. Grams of CO2e."""

    tickets: int
    trips: int
    km: float
    ours_g: float
    petrol_g: float
    diesel_g: float

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(*(mine + theirs for mine, theirs in zip(
            vars(self).values(), vars(other).values(), strict=True)))


NOTHING = Sum(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Group:
    """Departments; more than one where they have too few travellers to be told of alone."""

    names: Sequence[str]
    people: int
    sum: Sum


@dataclass(frozen=True)
class Report:
    by_ticket: Mapping[tuple[Product, Extent], Sum]
    groups: Sequence[Group]
    total: Sum


@cache
def factors() -> dict[str, Factor]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["key"]: Factor(row["key"], float(row["value"].replace(",", ".")), row["unit"],
                                   row["source"], row["address"])
                for row in csv.DictReader(file, delimiter=";")}


def of(product: Product, extent: Extent, tickets: int) -> Sum:
    value = {key: factor.value for key, factor in factors().items()}
    trips = tickets * int(value[f"trips_{product}"])
    km = trips * value[f"km_{extent}"]
    by_car = km / value["persons_per_car"]
    return Sum(tickets, trips, km, km * value["bus"], by_car * value["car_petrol"],
               by_car * value["car_diesel"])


def report(session: Session, wish: Wish, *, within: Scope) -> Report | None:
    """Of what is counted in those months. None when so few have bought something that it would be
    told of a person."""
    groups = merged(_people(session, wish, within).items())
    if not groups:
        return None
    by_room, by_ticket = defaultdict(lambda: NOTHING), defaultdict(lambda: NOTHING)
    for room, product, extent, tickets in _tickets(session, wish, within):
        each = of(product, extent, tickets)
        by_room[room] += each
        by_ticket[product, extent] += each
    names = dict(session.execute(select(Department.id, Department.name).where(
        Department.company_id == within.company_id)).all())
    told = [Group(sorted(names[key] for key in each.keys), len(each.people),
                  sum((by_room[key] for key in each.keys), NOTHING)) for each in groups]
    return Report(dict(sorted(by_ticket.items(), key=lambda pair: -pair[1].km)), told,
                  sum((each.sum for each in told), NOTHING))


def _tickets(session: Session, wish: Wish,
             within: Scope) -> list[tuple[UUID, Product, Extent, int]]:
    kept = Statistic
    rows = session.execute(
        select(kept.department_id, kept.product, kept.extent, func.sum(kept.tickets))
        .where(*_asked(kept, wish, within))
        .group_by(kept.department_id, kept.product, kept.extent))
    return [(room, Product(product), Extent(extent), int(tickets))
            for room, product, extent, tickets in rows
            if tickets and product in COMPANY_PRODUCTS]


def _people(session: Session, wish: Wish, within: Scope) -> dict[UUID, frozenset[UUID]]:
    """Who has bought something in each department. Visitors whom nobody has registered are not
    told apart, so they count as nobody."""
    kept, found = PersonStatistic, defaultdict(set)
    for room, traveller_id in session.execute(
            select(kept.department_id, kept.traveller_id).where(*_asked(kept, wish, within))
            .group_by(kept.department_id, kept.traveller_id).having(func.sum(kept.tickets) > 0)):
        found[room] |= {traveller_id} - {NOBODY}
    return {room: frozenset(people) for room, people in found.items()}


def _asked(kept: type[Statistic] | type[PersonStatistic], wish: Wish, within: Scope) -> list:
    return [within.holds(kept.company_id, kept.department_id),
            kept.month_on.between(wish.first.first_day, wish.last.first_day)]
