"""The calendar as Swedes see it: months, midnights and working days."""
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True, order=True)
class Month:
    year: int
    month: int

    @classmethod
    def of(cls, moment: datetime) -> "Month":
        local = moment.astimezone(STOCKHOLM)
        return cls(local.year, local.month)

    @classmethod
    def on(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @property
    def next(self) -> "Month":
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def previous(self) -> "Month":
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return self.next.first_day - timedelta(days=1)

    @property
    def start(self) -> datetime:
        return midnight(self.first_day)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02}"


def today(now: datetime) -> date:
    return now.astimezone(STOCKHOLM).date()


def midnight(day: date) -> datetime:
    """The moment at which the day begins in Sweden."""
    return datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM).astimezone(UTC)


def moment_of(day: date, clock: time) -> datetime:
    """When the clock shows that in Sweden. A day far from all others is as far as moments go."""
    near = min(max(day, date(1900, 1, 1)), date(9000, 1, 1))
    return datetime.combine(near, clock, STOCKHOLM).astimezone(UTC)


def days_later(moment: datetime, days: int) -> datetime:
    """The same time of day so many Swedish days later, also when the clocks change between."""
    return (moment.astimezone(STOCKHOLM) + timedelta(days=days)).astimezone(UTC)


@cache
def _closed() -> holidays.HolidayBase:
    return holidays.Sweden(include_sundays=False, categories=("public", "de_facto"))


def working_days_later(moment: datetime, days: int) -> date:
    """The so-manieth Swedish working day after the moment's; eves on which offices close do not
    count."""
    return working_days_after(today(moment), days)


def working_days_between(first: datetime, last: datetime) -> int:
    """How many Swedish working days the later moment is after the earlier one."""
    begun = today(first) + timedelta(days=1)
    return _closed().get_working_days_count(begun, today(last)) if begun <= today(last) else 0


def working_days_after(day: date, days: int) -> date:
    """The so-manieth Swedish working day after that day; the day itself when none."""
    return _closed().get_nth_working_day(day, days) if days else day
