"""What a traveller is told when their deduction is not as it was agreed any more."""
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from domain import companies, messages
from domain.months import Month
from domain.offers import OfferApplication


def settled(session: Session, application: OfferApplication,
            paid: Sequence[tuple[date, int]], *, now: datetime) -> None:
    """`paid` is what the salaries pay from now on, by month; below zero what they get back."""
    traveller = application.traveller
    if not traveller.email or not application.employee_ore:
        return
    month, first_ore = paid[0] if paid else (application.starts_on, 0)
    messages.put_email(
        session, "deduction_settled", to=traveller.email, about_id=traveller.id,
        language=traveller.language, company_id=application.company_id, now=now,
        name=traveller.given_name,
        company=companies.find(session, application.company_id).name,
        product=application.product, first_month=str(Month.on(month)), part_ore=abs(first_ore),
        back=int(first_ore < 0), months=len(paid))
