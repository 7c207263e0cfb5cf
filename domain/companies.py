"""The companies that buy travel."""
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.errors import Invalid, NotFound
from domain.services import Service, Services
from domain.store import Row, partial_index


class Deduction(StrEnum):
    GROSS = "gross"
    NET = "net"


class Sector(StrEnum):
    PRIVATE = "private"
    PUBLIC = "public"


class InvoiceChannel(StrEnum):
    PEPPOL = "peppol"
    EMAIL = "email"
    PAPER = "paper"


class Company(Row):
    __tablename__ = "companies"
    __table_args__ = (partial_index("uq_companies_organisation_number", "organisation_number",
                                    where="approved_at IS NOT NULL", unique=True),)

    name: Mapped[str]
    organisation_number: Mapped[str] = mapped_column(index=True)
    sector: Mapped[Sector] = mapped_column(default=Sector.PRIVATE, server_default=Sector.PRIVATE)
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    invoice_street: Mapped[str | None]
    invoice_postcode: Mapped[str | None]
    invoice_city: Mapped[str | None]
    """Where the invoice goes on paper, if not to the company's own address: all three or none."""
    invoice_email: Mapped[str]
    peppol_id: Mapped[str | None]
    """Without one the invoice comes on paper."""
    invoice_channel: Mapped[InvoiceChannel | None]
    """How its invoices are sent; None: by Peppol if it has an id there, else on paper."""
    deduction: Mapped[Deduction] = mapped_column(default=Deduction.NET)
    """How a staff offer is paid by salary."""
    services: Mapped[list[Service]] = mapped_column(
        Services, default=lambda: list(Service), server_default=Services.ALL)
    """Those that the company uses."""
    approved_at: Mapped[datetime | None]
    """None while the applicant only tries the portal."""
    stops_at: Mapped[datetime | None]
    """From when nothing new is bought, for what it owes; None when nothing stops it."""

    @property
    def on_trial(self) -> bool:
        return self.approved_at is None


def check_buys(company: Company, *, now: datetime) -> None:
    """Refuse what is new when the company is stopped for what it owes. Why is the administrators'
    business alone."""
    if company.stops_at and now >= company.stops_at:
        raise Invalid("Företaget kan inte köpa något nytt just nu. Fråga den som administrerar "
                      "resorna hos er.")


def find(session: Session, company_id: UUID) -> Company:
    company = session.get(Company, company_id)
    if company is None:
        raise NotFound("Företaget finns inte.")
    return company


def with_number(session: Session, organisation_number: str) -> Company | None:
    """The company that has an account, not one that is being tried."""
    return session.scalar(
        select(Company).where(Company.organisation_number == organisation_number,
                              Company.approved_at.is_not(None)))
