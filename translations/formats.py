"""How moments, days and months are written, in Swedish time and in the reader's language."""
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date

from domain.months import STOCKHOLM, Month


def day(value: date | datetime, language: str = "sv", *, today: date | None = None) -> str:
    """tors 20 nov; with the year when it is another than today's."""
    local = value.astimezone(STOCKHOLM).date() if isinstance(value, datetime) else value
    pattern = "EEE d MMM" if today and today.year == local.year else "EEE d MMM y"
    return _written(local, pattern, language)


@lru_cache(maxsize=4_096)
def _written(value: date, pattern: str, language: str) -> str:
    return format_date(value, pattern, locale=language).replace(".", "")


def clock(value: datetime) -> str:
    """07:42"""
    return f"{value.astimezone(STOCKHOLM):%H:%M}"


def moment(value: datetime, language: str = "sv", *, today: date | None = None) -> str:
    """tors 20 nov 07:42"""
    return f"{day(value, language, today=today)} {clock(value)}"


def month(value: Month | date, language: str = "sv") -> str:
    """oktober 2026"""
    first = value.first_day if isinstance(value, Month) else value
    return format_date(first, "MMMM y", locale=language)
