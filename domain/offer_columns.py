"""How what a staff offer lists is kept in columns. None says nothing of any of it."""
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

from domain.services import Words
from domain.travellers import EmploymentForm


class EmploymentForms(Words):
    cache_ok = True
    kind = EmploymentForm


class Ids(TypeDecorator):
    """Of rows elsewhere, with spaces between."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Iterable[UUID] | None, dialect):
        return None if value is None else " ".join(map(str, value))

    def process_result_value(self, value: str | None, dialect):
        return None if value is None else [UUID(word) for word in value.split()]
