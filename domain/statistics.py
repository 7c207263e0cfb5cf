"""What has been bought by month, department, service, ticket, person and purpose, kept so that a
page over two years need not count a million purchases. The purchase itself writes nothing here:
soon after, a job counts what has come, and whoever asks meanwhile adds what is not counted yet."""
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Executable,
    ForeignKey,
    Row,
    String,
    and_,
    func,
    literal,
    literal_column,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.many import ASKED_AT_ONCE, chunks
from domain.months import Month
from domain.services import Service
from domain.store import Base
from domain.tickets import Ticket

NOBODY = UUID(int=0)
"""In the place of travellers who are known by name and mobile alone."""
SUMS = ("tickets", "gross_ore", "vat_ore")
AT_ONCE = 5_000


class Counted(Base):
    """Sums of a month, as its specification has them: one that is recalled in the month in which
    it was bought is not there, and what is recalled later is credited in the month of that."""

    __abstract__ = True
    __table_args__ = {"sqlite_with_rowid": False}  # what is asked for together lies together

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), primary_key=True,
                                             sort_order=-4)
    month_on: Mapped[date] = mapped_column(primary_key=True, sort_order=-3)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"), primary_key=True,
                                                sort_order=-2)
    service: Mapped[Service] = mapped_column(primary_key=True, sort_order=-1)
    tickets: Mapped[int] = mapped_column(sort_order=1)
    gross_ore: Mapped[int] = mapped_column(sort_order=1)
    """VAT included."""
    vat_ore: Mapped[int] = mapped_column(sort_order=1)


class Statistic(Counted):
    __tablename__ = "statistics"

    product: Mapped[str] = mapped_column(primary_key=True)
    extent: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    """Empty when it is within the county."""
    vat_basis_points: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class PersonStatistic(Counted):
    __tablename__ = "statistics_of_people"

    traveller_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Or NOBODY."""


class PurposeStatistic(Counted):
    __tablename__ = "statistics_of_purposes"

    purpose: Mapped[str] = mapped_column(primary_key=True)


KINDS: tuple[type[Counted], ...] = (Statistic, PersonStatistic, PurposeStatistic)
T = Ticket.__table__.c
COLUMNS = (T.id, T.company_id, T.trial, T.sold_at, T.recalled_at, T.department_id, T.service,
           type_coerce(T.product, String).label("product"),
           type_coerce(T.extent, String).label("extent"),
           func.coalesce(type_coerce(T.area, String), "").label("area"), T.vat_basis_points,
           func.coalesce(T.traveller_id, literal(NOBODY)).label("traveller_id"), T.purpose,
           T.price_ore, T.vat_ore)
# written out, so that the small indexes of just these are used
NEW_SALE = T.counted == literal_column("0")
NEW_RECALL = and_(T.counted < literal_column("2"), T.recalled_at.is_not(None))
Part = tuple[Row, datetime, int, int]
"""A ticket, the moment whose month it is of, so many tickets more, and the sign of its öre."""


def count(session: Session, *, most: int = AT_ONCE) -> int:
    """Count some of what is not counted yet; says how many there were. What one worker has taken
    another lets be, so that two of them do no harm."""
    sold = _taken(session, NEW_SALE, 1, most)
    recalled = _taken(session, and_(NEW_RECALL, T.counted == 1), 2, most)
    parts = [*((row, row.sold_at, 1, 1) for row in sold),
             *((row, row.recalled_at, -(Month.of(row.recalled_at) == Month.of(row.sold_at)), -1)
               for row in recalled)]
    ours = [part for part in parts if part[0].company_id and not part[0].trial]
    for kind in KINDS:
        _add(session, kind, ours)
    return len(parts)


def _taken(session: Session, which: ColumnElement[bool], counted: int,
           most: int) -> Sequence[Row]:
    connection = session.connection()
    rows = connection.execute(select(*COLUMNS).where(which).limit(most)
                              .with_for_update(skip_locked=True)).all()
    for some in chunks(rows, ASKED_AT_ONCE):
        connection.execute(update(Ticket.__table__).where(T.id.in_([row.id for row in some]))
                           .values(counted=counted))
    return rows


def _add(session: Session, kind: type[Counted], parts: Iterable[Part]) -> None:
    """In one order, so that no two who count wait for each other without end."""
    sums: dict[tuple, list[int]] = defaultdict(lambda: [0, 0, 0])
    keys = [column.name for column in kind.__table__.primary_key]
    for row, at, tickets, sign in parts:
        its = sums[tuple(Month.of(at).first_day if key == "month_on" else getattr(row, key)
                         for key in keys)]
        for place, more in enumerate((tickets, sign * row.price_ore, sign * row.vat_ore)):
            its[place] += more
    if sums:
        connection = session.connection()
        connection.execute(_adding(kind, connection.dialect.name), [
            dict(zip((*keys, *SUMS), (*key, *its), strict=True))
            for key, its in sorted(sums.items())])


@cache
def _adding(kind: type[Counted], database: str) -> Executable:
    """Insert the row, or add to it."""
    dialect, table = postgresql if database == "postgresql" else sqlite, kind.__table__
    row = dialect.insert(table)
    return row.on_conflict_do_update(index_elements=list(table.primary_key), set_={
        each: table.c[each] + row.excluded[each] for each in SUMS})


def change_vat(session: Session, changed: Sequence[tuple[ColumnElement[bool], int]]) -> None:
    """So many öre more of VAT of each of those purchases, and of their credits, where they are
    counted."""
    same = [column for column in COLUMNS if column not in (T.price_ore, T.vat_ore)]
    rows = [row for which, more in changed for row in session.execute(
        select(*same, T.counted, literal(0).label("price_ore"), literal(more).label("vat_ore"))
        .where(which, T.counted > 0))]
    parts = [*((row, row.sold_at, 0, 1) for row in rows),
             *((row, row.recalled_at, 0, -1) for row in rows if row.counted == 2)]
    for kind in KINDS:
        _add(session, kind, parts)
