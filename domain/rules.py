"""The numbers that an authority may set. The defaults are those of the product's rules."""
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Rules:
    credit_limit_max_ore: int = 1_500_000
    """Highest limit for business travel, per employee and calendar month, VAT included."""
    code_days: int = 7
    code_tries: int = 5
    application_working_days: int = 5
    """A new company is promised an answer within this many Swedish working days."""
    activate_within_days: int = 365
    single_minutes_zones_1: int = 60
    single_minutes_zones_2: int = 90
    single_minutes_county: int = 150
    single_minutes_border: int = 240
    deduction_months: int = 12
    login_hours: int = 12
    login_tries_per_hour: int = 300
    """BankID orders from one address, which a whole company may share."""
    code_tries_per_hour: int = 20
    """One-time codes typed by one person, right or wrong."""
    applications_per_hour: int = 10
    """Company applications from one address."""
    lease_seconds: int = 30
    """How long a worker has a message to itself: longer than any one delivery may take."""
    import_rows_max: int = 2_000
    import_bytes_max: int = 2_000_000


def rules(session: Session) -> Rules:
    return session.info["rules"]
