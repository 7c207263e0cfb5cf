"""A price list on its way: uploaded, mended, compared with the one it replaces, and confirmed.

Nothing of it is sold for before a clerk has seen what it changes, and has said that it is meant.
"""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import JSON, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import price_comparison, price_lists, price_rows
from domain.access import Actor
from domain.errors import Conflict, Invalid, NotFound
from domain.price_comparison import Comparison
from domain.price_lists import PriceList
from domain.price_rows import Checked
from domain.rules import rules
from domain.store import Row


class PriceDraft(Row):
    __tablename__ = "price_drafts"

    name: Mapped[str]
    starts_on: Mapped[date]
    file_name: Mapped[str]
    rows: Mapped[list] = mapped_column(JSON)
    """Each has its number in the file, and its cells by `price_rows.COLUMNS` as they stood."""
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[str]


@dataclass(frozen=True)
class Review:
    checked: Checked
    comparison: Comparison

    @property
    def ready(self) -> bool:
        """Whether it may be confirmed."""
        return bool(self.checked.lines) and not self.checked.wrong


def upload(session: Session, name: str, starts_on: date,
           rows: Iterable[tuple[int, Sequence[str]]], *, file_name: str = "", by: Actor,
           now: datetime) -> PriceDraft:
    price_lists.check_start(session, starts_on, "starts_on", now=now)
    draft = PriceDraft(name=name, starts_on=starts_on, file_name=file_name[:100],
                       rows=[[number, list(cells)] for number, cells in rows], uploaded_at=now,
                       uploaded_by=by.name)
    session.add(draft)
    session.flush()
    return draft


def find(session: Session, draft_id: UUID) -> PriceDraft:
    draft = session.get(PriceDraft, draft_id)
    if draft is None:
        raise NotFound("Prislistan väntar inte längre. Den är publicerad eller borttagen.")
    return draft


def waiting(session: Session) -> list[PriceDraft]:
    return list(session.scalars(
        select(PriceDraft).order_by(PriceDraft.uploaded_at.desc(), PriceDraft.id)))


def review(session: Session, draft: PriceDraft) -> Review:
    """Compared with the list that holds on the eve of its first day."""
    checked = price_rows.check(draft.rows)
    replaces = price_lists.latest(session, until=draft.starts_on - timedelta(days=1))
    old = price_lists.of_list(session, replaces) if replaces else {}
    return Review(checked, price_comparison.compare(replaces, old, checked.lines))


def mend(draft: PriceDraft, mended: Mapping[int, Sequence[str]]) -> None:
    """Put other cells in the rows with these numbers. A row that is emptied is left out."""
    draft.rows = [[number, list(mended.get(number, cells))] for number, cells in draft.rows]


def publish(session: Session, draft: PriceDraft, *, seen: str, gone: bool, doubtful: bool,
            by: Actor, now: datetime) -> PriceList:
    """Make it a price list. `seen` is the mark of the comparison that the clerk has looked at;
    `gone` and `doubtful` say that what is in doubt in it is meant."""
    reviewed = review(session, draft)
    comparison = reviewed.comparison
    if not reviewed.ready:
        raise Conflict("Det finns rader att rätta. Rätta dem först.")
    price_lists.check_start(session, draft.starts_on, "starts_on", now=now)
    if comparison.mark != seen:
        raise Invalid("Något har ändrats sedan du granskade prislistan. Granska den igen.")
    if comparison.gone and not gone:
        raise Invalid("Kryssa i att biljetterna inte ska säljas längre, eller lägg till dem i "
                      "filen.", "gone")
    if comparison.doubtful and not doubtful:
        raise Invalid("Kryssa i att de ovanliga ändringarna stämmer, eller rätta dem i filen.",
                      "doubtful")
    made = price_lists.add(session, draft.name, draft.starts_on, reviewed.checked.lines, by=by,
                           now=now)
    session.delete(draft)
    return made


def forget(session: Session, *, now: datetime) -> None:
    """Those that nobody has published."""
    before = now - timedelta(days=rules(session).price_draft_days)
    session.execute(delete(PriceDraft).where(PriceDraft.uploaded_at < before))


def discard(session: Session, draft: PriceDraft) -> None:
    session.delete(draft)
