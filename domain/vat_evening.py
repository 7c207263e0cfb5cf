"""Giving some purchases an öre more or less of VAT, so that an invoice has what it was planned to
have. So it is wherever they are told of: on the ticket, on the line and in the statistics."""
from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import statistics
from domain.invoice_plans import Planned
from domain.many import ASKED_AT_ONCE, chunks
from domain.specification_lines import SALE, SpecificationLine
from domain.tickets import Ticket

Line = SpecificationLine
ROWS_AT_ONCE = 2_000


def even(session: Session, report_id: UUID, planned: Sequence[Planned]) -> None:
    """Of the report's own lines, which are new: those of earlier ones stand as they are."""
    more, less = [], []
    for line_id, ticket_id, ore in _changes(session, report_id, planned):
        (more if ore > 0 else less).append((line_id, ticket_id))
    changed = []
    for pairs, ore in ((more, 1), (less, -1)):
        for some in chunks(pairs, ASKED_AT_ONCE):
            line_ids, ticket_ids = zip(*some, strict=True)
            tickets = Ticket.id.in_(ticket_ids)
            _change(session, Line, Line.id.in_(line_ids), ore)
            _change(session, Ticket, tickets, ore)
            changed.append((tickets, ore))
    statistics.change_vat(session, changed)


def _changes(session: Session, report_id: UUID,
             planned: Sequence[Planned]) -> Iterator[tuple[int, UUID, int]]:
    """Which line, its ticket, and an öre more or less: so many of each sum's lines, evenly, for
    some of them may be recalled, and their VAT is to be right too."""
    parts = {(invoice.id, part.service, part.product, part.vat_basis_points): part
             for invoice in planned for part in invoice.sums if part.evened_ore}
    if not parts:
        return
    places = Counter()
    lines = session.execute(
        select(Line.invoice_id, Line.service, Line.product, Line.vat_basis_points, Line.id,
               Line.ticket_id)
        .where(Line.report_id == report_id, Line.entry == SALE).order_by(Line.id),
        execution_options={"yield_per": ROWS_AT_ONCE})
    for line in lines:
        key = line[:4]
        if part := parts.get(key):
            places[key] += 1
            ore = abs(part.evened_ore)
            if places[key] * ore % part.new < ore:
                yield line.id, line.ticket_id, part.evened_ore // ore


def _change(session: Session, table: type[Line] | type[Ticket], which, more: int) -> None:
    session.execute(update(table).where(which).values(vat_ore=table.vat_ore + more)
                    .execution_options(synchronize_session=False))
