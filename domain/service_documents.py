"""Documents that a clerk was shown, such as a medical certificate: sealed as they are kept, and
forgotten when nobody will ask about them any longer."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, undefer

from domain.errors import Invalid, NotFound
from domain.rules import rules
from domain.store import Row


class Format(StrEnum):
    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"


BEGINS = {b"%PDF-": Format.PDF, b"\xff\xd8\xff": Format.JPEG, b"\x89PNG\r\n\x1a\n": Format.PNG}
"""The name of a file says nothing; its first bytes do."""
PURPOSE = "service document"


class ServiceDocument(Row):
    __tablename__ = "service_documents"

    act_id: Mapped[UUID] = mapped_column(ForeignKey("service_acts.id"), unique=True)
    format: Mapped[Format]
    size: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(deferred=True)
    kept_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Given:
    """What was uploaded, checked."""

    content: bytes
    format: Format


def read(session: Session, content: bytes) -> Given:
    most = rules(session).document_bytes_max
    if len(content) > most:
        raise Invalid("Filen är större än %(most)s MB. Skanna den med lägre upplösning.",
                      "document", most=most // 1_000_000)
    for start, kind in BEGINS.items():
        if content.startswith(start):
            return Given(content, kind)
    raise Invalid("Filen ska vara en PDF eller en bild (JPEG eller PNG).", "document")


def keep(session: Session, act_id: UUID, given: Given, *, now: datetime) -> None:
    session.add(ServiceDocument(
        act_id=act_id, format=given.format, size=len(given.content), kept_at=now,
        sealed=session.info["vault"].seal_bytes(given.content, f"{PURPOSE} {act_id}")))


def opened(session: Session, act_id: UUID) -> Given:
    document = session.scalar(select(ServiceDocument).where(ServiceDocument.act_id == act_id)
                              .options(undefer(ServiceDocument.sealed)))
    if document is None:
        raise NotFound("Dokumentet finns inte längre.")
    return Given(session.info["vault"].open_bytes(document.sealed, f"{PURPOSE} {act_id}"),
                 document.format)


def forget(session: Session, *, now: datetime) -> int:
    """Says how many."""
    before = now - timedelta(days=rules(session).document_days)
    return session.execute(
        delete(ServiceDocument).where(ServiceDocument.kept_at < before)).rowcount




