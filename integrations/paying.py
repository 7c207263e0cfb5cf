"""What the providers of payments have in common: how a payment goes, and how a refund does."""
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    OPEN = "open"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    ERROR = "error"
    UNKNOWN = "unknown"
    """They do not know themselves, and will later."""


class RefundOutcome(StrEnum):
    SENT = "sent"
    DEBITED = "debited"
    PAID = "paid"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Opened:
    """A payment that they know of. `entrance` leads whoever has it to where it is paid."""

    provider_id: str
    entrance: str = field(repr=False)


@dataclass(frozen=True)
class Heard:
    """How a payment goes. `ore` is what is paid, or is to be; `reference` is what a refund is taken
    of; `code` is their own word for why it is not paid; `paid_with` a masked card."""

    outcome: Outcome
    ore: int
    currency: str
    to_us: bool = True
    reference: str | None = None
    code: str = ""
    paid_with: str = ""


@dataclass(frozen=True)
class HeardRefund:
    outcome: RefundOutcome
    ore: int
    code: str = ""
