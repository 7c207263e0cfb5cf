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
    trial_tickets_max: int = 50
    """So many tickets an applicant may send for trial."""
    trial_texts_max: int = 100
    """So many text messages; further ones are not sent."""
    trial_days: int = 90
    """A trial that nobody ends by a decision ends by itself."""
    activate_within_days: int = 365
    recall_days: int = 30
    """So long after it was sent a ticket may be recalled."""
    single_minutes_zones_1: int = 60
    single_minutes_zones_2: int = 90
    single_minutes_county: int = 150
    single_minutes_border: int = 240
    deduction_months: int = 12
    invitation_days: int = 14
    welcome_days: int = 30
    """So long a traveller from the company's own system may answer the first link."""
    deputy_days_max: int = 180
    login_hours: int = 12
    login_tries_per_hour: int = 300
    """BankID orders from one address, which a whole company may share."""
    code_tries_per_hour: int = 20
    """One-time codes typed by one person, right or wrong."""
    applications_per_hour: int = 10
    """Company applications from one address."""
    letters_per_hour: int = 5
    """With the link to one application, asked for by the applicant."""
    scim_requests_per_hour: int = 200_000
    """From a company's own system, with one key: well over 25 each second."""
    lease_seconds: int = 30
    """How long a worker has a message to itself: longer than any one delivery may take."""
    import_rows_max: int = 100_000
    import_sync_rows_max: int = 2_000
    """A longer list is checked and carried out by a worker."""
    import_bytes_max: int = 25_000_000
    import_undo_hours: int = 24


def rules(session: Session) -> Rules:
    return session.info["rules"]
