"""The companies that buy travel."""
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.errors import NotFound
from domain.store import Row


class Deduction(StrEnum):
    GROSS = "gross"
    NET = "net"


class Company(Row):
    __tablename__ = "companies"

    name: Mapped[str]
    organisation_number: Mapped[str] = mapped_column(unique=True)
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    invoice_email: Mapped[str]
    peppol_id: Mapped[str | None]
    """Without one the invoice comes on paper."""
    deduction: Mapped[Deduction] = mapped_column(default=Deduction.NET)
    """How a staff offer is paid by salary."""
    approved_at: Mapped[datetime]


def find(session: Session, company_id: UUID) -> Company:
    company = session.get(Company, company_id)
    if company is None:
        raise NotFound("Företaget finns inte.")
    return company


def with_number(session: Session, organisation_number: str) -> Company | None:
    return session.scalar(
        select(Company).where(Company.organisation_number == organisation_number))
