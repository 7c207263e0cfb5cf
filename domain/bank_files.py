"""Files from the bank with what has been paid. They are kept as they came."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.errors import NotFound
from domain.store import Row


class BankFile(Row):
    __tablename__ = "bank_files"

    name: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of what is in it: the same file is read once."""
    content: Mapped[bytes] = mapped_column(deferred=True)
    written_at: Mapped[datetime]
    """By the bank."""
    read_at: Mapped[datetime] = mapped_column(index=True)
    read_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    read_by_name: Mapped[str]
    payments: Mapped[int]
    known: Mapped[int]
    """Those of them that had been read in another file already."""
    total_ore: Mapped[int] = mapped_column(BigInteger)


def listed(session: Session, *, most: int = 50) -> list[BankFile]:
    """The last read first."""
    return list(session.scalars(select(BankFile).order_by(BankFile.read_at.desc()).limit(most)))


def find(session: Session, bank_file_id: UUID) -> BankFile:
    file = session.get(BankFile, bank_file_id)
    if file is None:
        raise NotFound("Filen finns inte.")
    return file


def with_digest(session: Session, digest: str) -> BankFile | None:
    return session.scalar(select(BankFile).where(BankFile.digest == digest))
