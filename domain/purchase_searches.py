"""What is asked of the list of what travellers have bought themselves, and what that means in the
database. An employer sees what it pays for, as the specification has it; never a journey."""
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, false, literal_column, or_
from sqlalchemy.orm import Session

from domain import purchase_months, sent_searches
from domain.access import Scope
from domain.months import Month, midnight
from domain.products import Product
from domain.tickets import Ticket

T = Ticket.__table__.c
BOUGHT = T.service == literal_column("'business_travel'")
"""Written out, so that the index of them alone is used."""
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
EQUAL = ("department_id", "product", "traveller_id")


class Which(StrEnum):
    FAR = "far"
    """Those that stand out: see `purchase_months.far`."""
    REFUNDED = "refunded"


@dataclass(frozen=True)
class Search:
    """None, or nothing, asks nothing."""

    words: str = ""
    first: date | None = None
    last: date | None = None
    department_id: UUID | None = None
    product: Product | None = None
    traveller_id: UUID | None = None
    purpose: str = ""
    """A part of it."""
    which: Which | None = None

    @property
    def equal(self) -> dict[str, Any]:
        """The columns that have to be just so."""
        return {name: getattr(self, name) for name in EQUAL if getattr(self, name)}

    @property
    def between(self) -> dict[str, datetime]:
        """From the first moment to before the last."""
        first, last = self.first, self.last
        return {"first_at": midnight(first) if first and first.year > 1 else FIRST,
                "last_at": midnight(last + timedelta(days=1)) if last and last.year < 9_999
                else LAST}

    @property
    def months(self) -> tuple[Month, Month] | None:
        """The first and the last, when whole months are asked for, and of them nothing else than
        perhaps a department."""
        if self.words or self.purpose or self.which or set(self.equal) - {"department_id"}:
            return None
        if not (self.first and self.last) or self.last.year > 9_000:
            return None
        first, last = Month.on(self.first), Month.on(self.last)
        return (first, last) if (first.first_day, last.last_day) == (self.first,
                                                                    self.last) else None


def usual(within: Scope, names: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """What most ask: a period, and some of `EQUAL`, which are given when it is asked."""
    return [within.holds(T.company_id, T.department_id), BOUGHT,
            T.sold_at >= bindparam("first_at"), T.sold_at < bindparam("last_at"),
            *(T[name] == bindparam(name) for name in names)]


def further(session: Session, search: Search, *, within: Scope,
            now: datetime) -> list[ColumnElement[bool]]:
    """What few ask."""
    asked = sent_searches.matching(search.words) if search.words else []
    if purpose := search.purpose.replace("\0", "").strip():
        asked.append(T.purpose.icontains(purpose, autoescape=True))
    if search.which == Which.REFUNDED:
        asked.append(T.recalled_at.is_not(None))
    if search.which == Which.FAR:
        far = purchase_months.far(session, within=within, now=now)
        asked.append(or_(false(), *(and_(T.department_id == department_id, T.price_ore > ore)
                                    for department_id, ore in far.items())))
    return asked
