"""How what a policy lists is kept in columns. None says nothing of any of it."""
from collections.abc import Iterable

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

from domain.policy_rules import Weekday
from domain.products import Area, Extent
from domain.services import Words


class Extents(Words):
    cache_ok = True
    kind = Extent


class Areas(Words):
    cache_ok = True
    kind = Area


class Weekdays(Words):
    cache_ok = True
    kind = Weekday


class Zones(TypeDecorator):
    """Numbers of zones, in their order."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Iterable[int] | None, dialect):
        return None if value is None else " ".join(map(str, sorted(value)))

    def process_result_value(self, value: str | None, dialect):
        return None if value is None else [int(number) for number in value.split()]


class Lines(TypeDecorator):
    """Texts of one line each."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect):
        return None if value is None else "\n".join(value)

    def process_result_value(self, value: str | None, dialect):
        return None if value is None else value.split("\n") if value else []
