"""What an import keeps of its file and of what it found, sealed, in pieces of a few thousand rows:
a page opens one of them, and the biggest list needs no more memory than a piece."""
import json
import zlib
from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.store import Base

ROWS = 5_000
"""Of the file, in each piece."""
SEAL = "import"


class What(StrEnum):
    CELLS = "cells"
    """As they stood in the file."""
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"
    NOTES = "notes"
    MISSING = "missing"
    UNDO = "undo"
    """What those were who were changed, and what was made for them."""


FOUND = (What.NEW, What.CHANGED, What.UNCHANGED, What.WRONG, What.NOTES, What.MISSING)


class ImportPiece(Base):
    __tablename__ = "import_pieces"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("traveller_imports.id"), primary_key=True)
    what: Mapped[What] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    sealed: Mapped[bytes]
    """It holds personnummer."""


def put(session: Session, import_id: UUID, what: What, number: int, rows: list) -> None:
    if not rows:
        return
    packed = zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 1)
    session.add(ImportPiece(import_id=import_id, what=what, number=number, count=len(rows),
                            sealed=session.info["vault"].seal_bytes(packed, SEAL)))
    session.flush()


def numbers(session: Session, import_id: UUID, what: What) -> list[int]:
    return list(session.scalars(
        select(ImportPiece.number).where(ImportPiece.import_id == import_id,
                                         ImportPiece.what == what)
        .order_by(ImportPiece.number)))


def rows(session: Session, import_id: UUID, what: What, number: int) -> list[list]:
    """Of one piece; nothing when it is not there."""
    sealed = session.scalar(select(ImportPiece.sealed).where(
        ImportPiece.import_id == import_id, ImportPiece.what == what,
        ImportPiece.number == number))
    if sealed is None:
        return []
    return json.loads(zlib.decompress(session.info["vault"].open_bytes(sealed, SEAL)))


def every(session: Session, import_id: UUID, what: What) -> Iterator[list[list]]:
    for number in numbers(session, import_id, what):
        yield rows(session, import_id, what, number)


def some(session: Session, import_id: UUID, what: What, first: int, most: int) -> list[list]:
    """A page of the rows: from number `first`, counted from 0."""
    lengths = session.execute(
        select(ImportPiece.number, ImportPiece.count)
        .where(ImportPiece.import_id == import_id, ImportPiece.what == what)
        .order_by(ImportPiece.number)).all()
    found, begins = [], 0
    for number, length in lengths:
        if begins < first + most and first < begins + length:
            piece = rows(session, import_id, what, number)
            found += piece[max(0, first - begins):first + most - begins]
        begins += length
    return found


def counts(session: Session, import_id: UUID) -> dict[What, int]:
    found = dict(session.execute(
        select(ImportPiece.what, func.sum(ImportPiece.count))
        .where(ImportPiece.import_id == import_id).group_by(ImportPiece.what)).all())
    return {what: int(found.get(what, 0)) for what in What}


def drop(session: Session, import_id: UUID, *what: What) -> None:
    """Those kinds; all when none is named."""
    which = ImportPiece.what.in_(what or tuple(What))
    session.execute(delete(ImportPiece).where(ImportPiece.import_id == import_id, which))
