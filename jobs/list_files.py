"""Writing long lists to files, with so much told on the way that whoever waits sees how far it has
come."""
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from documents import listing, lists
from domain import list_contents, list_files
from domain.list_files import NAMING, Format, ListFile
from domain.messages import Email
from domain.rules import rules
from jobs import Portal
from translations import catalogue, formats

TOLD_EACH = 5_000
PIECE = 1_000_000
"""Bytes."""


def write(portal: Portal, session: Session, *, file_id: UUID) -> None:
    """Harmless twice. What it is written from is read by a session of its own, while this one
    tells how far it has come."""
    kept = session.get(ListFile, file_id)
    if kept is None or not kept.busy:
        return
    with portal.store.transaction(session):
        list_files.begin(session, kept, now=portal.world.clock.now())
    with TemporaryFile() as file, portal.store.session() as reading:
        rows = _written(portal, session, reading, kept, file)
        size = file.tell()
        file.seek(0)
        with portal.store.transaction(session):
            _keep(portal, session, kept, file, rows, size)


def _written(portal: Portal, session: Session, reading: Session, kept: ListFile,
             file: BinaryIO) -> int:
    gettext, asked = catalogue(kept.language).gettext, {
        "within": kept.scope, "now": kept.ordered_at}
    total = list_contents.number(reading, kept.what, kept.wish, **asked)
    counted = _Counted(portal, session, kept, total, lists.written(
        kept.what, list_contents.rows(reading, kept.what, kept.wish, **asked), gettext,
        lambda month: formats.month(month, kept.language)))
    columns = lists.columns(kept.what, gettext)
    if kept.format is Format.CSV:
        for chunk in listing.csv_chunks(columns, counted):
            file.write(chunk)
    else:
        listing.xlsx(columns, counted, title=lists.title(kept.what, gettext), into=file)
        file.seek(0, 2)
    return counted.number


class _Counted:
    """Rows that are counted as they go by."""

    def __init__(self, portal: Portal, session: Session, kept: ListFile, total: int,
                 rows: Iterable):
        self.number, self._rows, self._kept = 0, rows, kept
        self._portal, self._session, self._total = portal, session, total

    def __iter__(self) -> Iterator:
        for row in self._rows:
            if self.number % TOLD_EACH == 0:
                self._tell()
            self.number += 1
            yield row

    def _tell(self) -> None:
        with self._portal.store.transaction(self._session):
            list_files.progressed(self._session, self._kept, self.number, self._total,
                                  now=self._portal.world.clock.now())


def _keep(portal: Portal, session: Session, kept: ListFile, file: BinaryIO, rows: int,
          size: int) -> None:
    number = 0
    while content := file.read(PIECE):
        list_files.add_piece(session, kept, number, content)
        number += 1
    list_files.finish(session, kept, rows=rows, size=size, now=portal.world.clock.now())


def values(portal: Portal, session: Session, email: Email) -> dict:
    """The letter brings the list itself along, but for a long one, and one in which people are
    named."""
    kept = session.get(ListFile, email.about_id)
    if kept is None:
        return {"file": None, "content": None, "id": str(email.about_id)}
    brings = kept.what not in NAMING and kept.size <= rules(session).list_mail_bytes_max
    content = b"".join(list_files.pieces(session, kept)) if brings else None
    return {"file": kept.file_name, "content": content, "id": str(kept.id)}


def enclosed(told: dict) -> list[tuple[str, bytes]]:
    return [(told["file"], told["content"])] if told["content"] else []
