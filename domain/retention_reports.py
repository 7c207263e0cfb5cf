"""What each night's clean-up forgot: how many of each kind, and nothing of whom."""
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import JSON, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.errors import NotFound
from domain.store import Row


class RetentionReport(Row):
    __tablename__ = "retention_reports"

    ran_at: Mapped[datetime] = mapped_column(index=True)
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    """By kind; what there was nothing of is not there."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Page:
    rows: list[RetentionReport]
    after: str | None


def write(session: Session, counts: dict[str, int], *, now: datetime) -> RetentionReport:
    report = RetentionReport(ran_at=now, counts={kind: n for kind, n in counts.items() if n})
    session.add(report)
    return report


def listed(session: Session, *, before: datetime | None = None, most: int = 31) -> Page:
    """The newest first."""
    found = select(RetentionReport).order_by(RetentionReport.ran_at.desc()).limit(most + 1)
    if before:
        found = found.where(RetentionReport.ran_at < before)
    rows = list(session.scalars(found))
    return Page(rows[:most], rows[most - 1].ran_at.isoformat() if len(rows) > most else None)


def moment(mark: str) -> datetime:
    """A place in the list as an address gives it."""
    try:
        return datetime.fromisoformat(mark).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise NotFound("Sidan finns inte.") from wrong
