"""How a company books our invoices: the accounts, and what its cost centres are in its books."""
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.companies import Company
from domain.errors import Invalid
from domain.services import Service, Services
from domain.store import Base

COST_CENTRE = 1
"""The dimension that SIE keeps for cost centres."""


class BookkeepingSettings(Base):
    """Only of a company that books otherwise than `usual`."""

    __tablename__ = "bookkeeping_settings"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), primary_key=True)
    send_ticket_account: Mapped[int]
    business_travel_account: Mapped[int]
    staff_offer_account: Mapped[int]
    vat_account: Mapped[int]
    payable_account: Mapped[int]
    dimension: Mapped[int]
    series: Mapped[str]
    vat_services: Mapped[list[Service]] = mapped_column(Services)
    """Those whose VAT is deducted; that of the others is a cost."""


@dataclass(frozen=True)
class Books:
    """By the accounts of BAS."""

    send_ticket_account: int = 5810
    business_travel_account: int = 5810
    staff_offer_account: int = 7690
    vat_account: int = 2641
    payable_account: int = 2440
    dimension: int = COST_CENTRE
    series: str = ""
    """Of the vouchers; empty leaves it to the one who reads the file."""
    vat_services: tuple[Service, ...] = tuple(Service)

    def cost_account(self, service: Service) -> int:
        return getattr(self, f"{service}_account")


FIELDS = tuple(Books.__dataclass_fields__)
ACCOUNTS = tuple(field for field in FIELDS if field.endswith("_account"))


def of(session: Session, company_id: UUID) -> Books:
    kept = session.get(BookkeepingSettings, company_id)
    if kept is None:
        return Books()
    values = {field: getattr(kept, field) for field in FIELDS}
    return Books(**values | {"vat_services": tuple(kept.vat_services)})


def save(session: Session, company: Company, books: Books) -> None:
    _check(books)
    kept = session.get(BookkeepingSettings, company.id)
    if kept is None:
        kept = BookkeepingSettings(company_id=company.id)
        session.add(kept)
    for field in FIELDS:
        setattr(kept, field, getattr(books, field))


def _check(books: Books) -> None:
    if not all(1000 <= getattr(books, account) <= 999_999 for account in ACCOUNTS):
        raise Invalid("Ett konto har fyra till sex siffror, till exempel 5810.")
    if not 1 <= books.dimension <= 999:
        raise Invalid("Dimensionen är ett tal från 1 till 999. Kostnadsställe är 1.")
