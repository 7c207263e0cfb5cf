"""Price lists: what each ticket costs from a day on. A list never changes; another follows it."""
import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor
from domain.errors import Conflict, Invalid, NotFound
from domain.money import kr, vat_of
from domain.months import days_later, today
from domain.products import COMPANY_PRODUCTS, Area, Extent, Product, Trip, trips
from domain.store import Row

DAYS_AHEAD = 2 * 365
"""So early a list may be decided."""
KEPT = 20
"""Lists whose prices a process remembers."""


class PriceList(Row):
    __tablename__ = "price_lists"

    name: Mapped[str]
    valid_from: Mapped[date] = mapped_column(unique=True)
    """From Swedish midnight."""
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(default="", server_default="")
    """The name of the clerk; empty when it came from the command line."""

    def has_begun(self, now: datetime) -> bool:
        return self.valid_from <= today(now)


class State(StrEnum):
    COMING = "coming"
    IN_FORCE = "in_force"
    PAST = "past"


@dataclass(frozen=True)
class Version:
    """A list among the others."""

    price_list: PriceList
    state: State
    last_on: date | None
    """The day before the next begins; None where none is decided."""


class PriceRow(Row):
    __tablename__ = "prices"
    __table_args__ = (UniqueConstraint("price_list_id", "product", "extent", "area"),)

    price_list_id: Mapped[UUID] = mapped_column(ForeignKey("price_lists.id"))
    product: Mapped[Product]
    extent: Mapped[Extent]
    area: Mapped[Area | None]
    price_ore: Mapped[int]
    vat_basis_points: Mapped[int]


Ware = tuple[Product, Extent, Area | None]
"""What a price is the price of."""
PLACES = [*((extent, None) for extent in Extent if extent != Extent.BORDER),
          *((Extent.BORDER, area) for area in Area)]
"""The rows of a price list, in the order that they are always shown in."""
WARES: list[Ware] = [(product, *place) for place in PLACES for product in Product
                     if product in COMPANY_PRODUCTS or place[0] != Extent.BORDER]
"""Only adults' tickets are sold across the county's border."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What a ticket costs, in a list or in one that is on its way to be one."""

    product: Product
    extent: Extent
    area: Area | None = None
    price_ore: int
    vat_basis_points: int

    @property
    def ware(self) -> Ware:
        return self.product, self.extent, self.area

    @property
    def vat_ore(self) -> int:
        return vat_of(self.price_ore, self.vat_basis_points)


@dataclass(frozen=True, kw_only=True)
class Price(Line):
    price_list_id: UUID


class PriceChanged(Invalid):
    """It is another than the one that was shown."""

    def __init__(self, price_ore: int):
        super().__init__("Biljetten kostar %(price)s. Fortsätt om det stämmer.", "product",
                         price=kr(price_ore))
        self.price_ore = price_ore


def in_force(session: Session, *, now: datetime) -> PriceList | None:
    """The latest that has begun."""
    return latest(session, until=today(now))


def latest(session: Session, *, until: date) -> PriceList | None:
    """The one that holds on that day, of those that are decided now."""
    return session.scalar(
        select(PriceList).where(PriceList.valid_from <= until)
        .order_by(PriceList.valid_from.desc()).limit(1))


def versions(session: Session, *, now: datetime) -> list[Version]:
    """All of them, the last to begin first."""
    found, last_on, begun = [], None, False
    for each in session.scalars(select(PriceList).order_by(PriceList.valid_from.desc())):
        state = State.PAST if begun else State.IN_FORCE if each.has_begun(now) else State.COMING
        found.append(Version(each, state, last_on))
        begun, last_on = each.has_begun(now), each.valid_from - timedelta(days=1)
    return found


def find(session: Session, price_list_id: UUID) -> PriceList:
    found = session.get(PriceList, price_list_id)
    if found is None:
        raise NotFound("Prislistan finns inte.")
    return found


_kept: dict[UUID, dict[Ware, Price]] = {}


def of_list(session: Session, price_list: PriceList) -> dict[Ware, Price]:
    """Its prices in order. Remembered by its id, which no other list will ever have: so it does
    not matter which process publishes the next."""
    return _of(session, price_list.id)


def _of(session: Session, price_list_id: UUID) -> dict[Ware, Price]:
    if price_list_id not in _kept:
        if len(_kept) >= KEPT:
            _kept.clear()
        rows = session.scalars(select(PriceRow).where(PriceRow.price_list_id == price_list_id))
        found = {each.ware: each for each in map(_price, rows)}
        _kept[price_list_id] = {ware: found[ware] for ware in WARES if ware in found}
    return _kept[price_list_id]


def _price(row: PriceRow) -> Price:
    return Price(product=row.product, extent=row.extent, area=row.area, price_ore=row.price_ore,
                 vat_basis_points=row.vat_basis_points, price_list_id=row.price_list_id)


def prices(session: Session, *, now: datetime) -> list[Price]:
    """Those of the list in force."""
    return list(_in_force(session, now).values())


def price(session: Session, product: Product, valid: Trip, *, now: datetime) -> Price:
    return pricing(session, now=now)(product, valid)


def pricing(session: Session, *, now: datetime) -> Callable[[Product, Trip], Price]:
    """What tells the price of each of many, and asks once which list is in force."""
    sold = _in_force(session, now)

    def told(product: Product, valid: Trip) -> Price:
        found = sold.get((product, valid.extent, valid.area))
        if found is None or valid.key not in trips():
            raise Invalid("Den biljetten säljs inte för det området. Välj en annan biljett.",
                          "product")
        return found
    return told


_LISTS = PriceList.__table__.c
_IN_FORCE = (  # asked before each price, and therefore made once
    select(_LISTS.id).where(_LISTS.valid_from <= bindparam("day"))
    .order_by(_LISTS.valid_from.desc()).limit(1))


def _in_force(session: Session, now: datetime) -> dict[Ware, Price]:
    price_list_id = session.scalar(_IN_FORCE, {"day": today(now)})
    return _of(session, price_list_id) if price_list_id else {}


def agree(session: Session, product: Product, valid: Trip, shown_ore: int | None, *,
          now: datetime) -> None:
    """Nobody pays another price than the one they were shown."""
    check_shown(price(session, product, valid, now=now), shown_ore)


def check_shown(price: Price, shown_ore: int | None) -> None:
    if price.price_ore != shown_ore:
        raise PriceChanged(price.price_ore)


def check_start(session: Session, starts_on: date, field: str, *, now: datetime) -> None:
    """A list begins tomorrow at the earliest: what is in force does not change during a day."""
    if starts_on <= today(now):
        raise Invalid("Prislistan kan börja gälla tidigast i morgon. Välj en kommande dag.", field)
    if starts_on > today(days_later(now, DAYS_AHEAD)):
        raise Invalid("Startdagen är för långt fram. Välj en dag inom två år.", field)
    taken = session.scalar(select(PriceList.name).where(PriceList.valid_from == starts_on))
    if taken is not None:
        raise Invalid("Det finns redan en prislista från den dagen: %(name)s. Återkalla den först, "
                      "eller välj en annan dag.", field, name=taken)


def add(session: Session, name: str, valid_from: date, lines: Iterable[Line], *,
        by: Actor | None, now: datetime) -> PriceList:
    """Raises `Conflict` when there is a list from that day already."""
    lines = list(lines)
    if len({line.ware for line in lines}) < len(lines):
        raise Conflict("Samma biljett står två gånger i prislistan.")
    if session.scalar(select(PriceList.id).where(PriceList.valid_from == valid_from)):
        raise Conflict("Det finns redan en prislista från %(day)s.", day=valid_from.isoformat())
    made = PriceList(name=name, valid_from=valid_from, published_at=now,
                     published_by=by.name if by else "")
    session.add(made)
    session.flush()
    session.execute(insert(PriceRow), [vars(line) | {"price_list_id": made.id} for line in lines])
    _record(session, audit.Act.PRICE_LIST_PUBLISHED, made, by=by, now=now)
    return made


def withdraw(session: Session, price_list: PriceList, *, by: Actor, now: datetime) -> None:
    """Undo the decision on a list that has not begun. What is left of it is in the log."""
    if price_list.has_begun(now):
        raise Conflict("Prislistan har börjat gälla. Ta in en ny i stället.")
    _record(session, audit.Act.PRICE_LIST_WITHDRAWN, price_list, by=by, now=now)
    session.execute(delete(PriceRow).where(PriceRow.price_list_id == price_list.id))
    session.delete(price_list)


def _record(session: Session, act: audit.Act, price_list: PriceList, *, by: Actor | None,
            now: datetime) -> None:
    audit.record(session, act, price_list.id, company_id=None, by=by, now=now,
                 name=price_list.name, day=price_list.valid_from.isoformat())


def read(rows: Iterable[str]) -> dict[date, list[Line]]:
    """CSV with `;` and the columns of `data/prices.csv`: one list for each date in it. Raises
    `ValueError` or `KeyError` when a row cannot be read."""
    lists: dict[date, list[Line]] = {}
    for row in csv.DictReader(rows, delimiter=";"):
        lists.setdefault(date.fromisoformat(row["valid_from"]), []).append(Line(
            product=Product(row["product"]), extent=Extent(row["extent"]),
            area=Area(row["area"]) if row["area"] else None,
            price_ore=int(row["price_ore_incl_vat"]),
            vat_basis_points=int(row["vat_basis_points"])))
    return lists


def publish(session: Session, name: str, rows: Iterable[str], *, now: datetime) -> list[PriceList]:
    """Take in what `read` reads, from the command line."""
    return [add(session, name, starts, lines, by=None, now=now)
            for starts, lines in read(rows).items()]
