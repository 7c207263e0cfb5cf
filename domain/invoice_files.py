"""Files of an invoice. What is sent is made once and kept as it was sent; the others are drawn
whenever they are asked for, from the same lines, which never change."""
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.errors import NotFound
from domain.invoices import Invoice
from domain.store import Base, insert_missing
from domain.texts import sv


class Kind(StrEnum):
    PDF = "pdf"
    PEPPOL = "peppol"
    SPECIFICATION = "specification"
    XLSX = "xlsx"
    CSV = "csv"
    SIE = "sie"


KEPT = (Kind.PDF, Kind.PEPPOL)
"""The one of them that is sent is made when the invoice is; all are kept once they are made."""
KIND_NAMES = {
    Kind.PDF: sv("Faktura som PDF"), Kind.PEPPOL: sv("E-faktura (Peppol)"),
    Kind.SPECIFICATION: sv("Specifikation som PDF"), Kind.XLSX: sv("Specifikation för Excel"),
    Kind.CSV: sv("Specifikation som CSV"), Kind.SIE: sv("Bokföring (SIE)"),
}


class InvoiceFile(Base):
    __tablename__ = "invoice_files"

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(deferred=True)
    written_at: Mapped[datetime]


def kept(session: Session, invoice_id: UUID) -> list[Kind]:
    made = set(session.scalars(
        select(InvoiceFile.kind).where(InvoiceFile.invoice_id == invoice_id)))
    return [kind for kind in KEPT if kind in made]


def kinds(session: Session, invoice: Invoice) -> list[Kind]:
    """All that can be fetched: an e-invoice only where it was one."""
    is_electronic = Kind.PEPPOL in kept(session, invoice.id) or invoice.peppol_id
    return [kind for kind in Kind if kind is not Kind.PEPPOL or is_electronic]


def find(session: Session, invoice: Invoice, kind: Kind) -> bytes:
    """One that is kept."""
    content = session.scalar(select(InvoiceFile.content).where(
        InvoiceFile.invoice_id == invoice.id, InvoiceFile.kind == kind))
    if content is None:
        raise NotFound("Filen är inte färdig än. Försök igen om en stund.")
    return content


def keep(session: Session, invoice_id: UUID, kind: Kind, content: bytes, *,
         now: datetime) -> None:
    """The first one stays, also when two have made it."""
    insert_missing(session, InvoiceFile, invoice_id=invoice_id, kind=kind, content=content,
                   written_at=now)
