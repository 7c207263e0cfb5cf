"""The services that a company may use, and lists of them in a column."""
from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

from domain.texts import sv


class Service(StrEnum):
    SEND_TICKET = "send_ticket"
    BUSINESS_TRAVEL = "business_travel"
    STAFF_OFFER = "staff_offer"


SERVICE_NAMES = {
    Service.SEND_TICKET: sv("Skicka biljett"), Service.BUSINESS_TRAVEL: sv("Tjänsteresor"),
    Service.STAFF_OFFER: sv("Personalerbjudande"),
}


class Words(TypeDecorator):
    """A list of the members of an enumeration, kept as their values with spaces between, in the
    enumeration's order. None stays None: it says nothing of any of them."""

    impl = String
    cache_ok = True
    kind: type[StrEnum]

    def process_bind_param(self, value: Iterable[StrEnum] | None, dialect):
        if value is None:
            return None
        chosen = set(value)
        return " ".join(member for member in self.kind if member in chosen)

    def process_result_value(self, value: str | None, dialect):
        return None if value is None else [self.kind(word) for word in value.split()]


class Services(Words):
    cache_ok = True
    kind = Service
    ALL = " ".join(Service)
