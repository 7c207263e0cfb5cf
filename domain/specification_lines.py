"""Lines of what a company is charged for: each purchase once, and each credit of it once. They
never change but for where they stand: in which month's report, and on which invoice."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from domain.products import Area, Extent, Product, Trip
from domain.services import Service
from domain.store import Base, partial_index

SALE, RECALL, CORRECTION = 0, 1, 2
"""A purchase, its credit when it is recalled, and from the last one on what was corrected after it
had been invoiced, each with the next number."""


class SpecificationLine(Base):
    """As it stood when the month was closed, or the credit note made. Below zero it is a credit."""

    __tablename__ = "specification_lines"
    __table_args__ = (
        UniqueConstraint("ticket_id", "entry"),  # nothing is charged, or credited, twice
        Index("ix_specification_lines_report", "report_id", "counted_at"),
        Index("ix_specification_lines_invoice", "invoice_id", "counted_at"),
        partial_index("ix_specification_lines_rolled_on", "company_id", "reference_number",
                      where="rolled_on"),
        partial_index("ix_specification_lines_open", "company_id", "counted_at",
                      where="report_id IS NULL"),
        partial_index("ix_specification_lines_corrections", "company_id", "counted_at",
                      where="entry > 1"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"),
                                    primary_key=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("monthly_reports.id"))
    """None while the month of a correction goes on."""
    invoice_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("invoices.id", deferrable=True, initially="DEFERRED"))
    """None of what is rolled on, and of months from before this portal made any invoices. The
    lines are written before their invoice, which takes its number last."""
    rolled_on: Mapped[bool] = mapped_column(default=False, server_default=false())
    """While so little is not worth an invoice: it waits for a later month's."""
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    entry: Mapped[int] = mapped_column(default=SALE)
    counted_at: Mapped[datetime]
    """When it was bought, recalled or corrected: the month that it is of."""
    sold_at: Mapped[datetime]
    ticket_number: Mapped[str]
    service: Mapped[Service]
    reference_number: Mapped[str]
    cost_centre: Mapped[str] = mapped_column(default="", server_default="")
    department_id: Mapped[UUID | None]
    department_name: Mapped[str]
    traveller_id: Mapped[UUID | None]
    holder: Mapped[str]
    carrier: Mapped[str] = mapped_column(default="", server_default="")
    """The last digits of the phone or the card that carries it."""
    purpose: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    product: Mapped[Product]
    extent: Mapped[Extent]
    zones: Mapped[str]
    area: Mapped[Area | None]
    price_ore: Mapped[int]
    """VAT included."""
    vat_ore: Mapped[int]
    vat_basis_points: Mapped[int]

    @property
    def is_credit(self) -> bool:
        return self.price_ore < 0

    @property
    def trip(self) -> Trip:
        return Trip(self.extent, tuple(map(int, self.zones.split())), self.area)
