"""Giving some purchases an öre more or less of VAT, so that an invoice has what it was planned to
have. So it is wherever they are told of: on the ticket, on the line and in the statistics."""
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Subquery, func, select, update
from sqlalchemy.orm import Session

from domain import statistics
from domain.invoice_plans import Planned, PlannedSum
from domain.specification_lines import SALE, SpecificationLine
from domain.tickets import Ticket

Line = SpecificationLine


def even(session: Session, report_id: UUID, planned: Sequence[Planned]) -> None:
    """Of the report's own lines, which are new: those of earlier ones stand as they are."""
    changed = []
    for invoice in planned:
        for part in invoice.sums:
            if part.evened_ore:
                which = _spread(select(
                    Line.id, Line.ticket_id, func.row_number().over(order_by=Line.id).label("place")
                ).where(Line.invoice_id == invoice.id, Line.report_id == report_id,
                        Line.entry == SALE, Line.service == part.service,
                        Line.product == part.product,
                        Line.vat_basis_points == part.vat_basis_points).subquery(), part)
                more = 1 if part.evened_ore > 0 else -1
                _change(session, Line, Line.id.in_(select(which.c.id)), more)
                tickets = Ticket.id.in_(select(which.c.ticket_id))
                _change(session, Ticket, tickets, more)
                changed.append((tickets, more))
    statistics.change_vat(session, changed)


def _spread(lines: Subquery, part: PlannedSum) -> Subquery:
    """So many of the lines, evenly: some of them may be recalled, and their VAT is to be right
    too."""
    each = lines.c
    return (select(each.id, each.ticket_id)
            .where(each.place * abs(part.evened_ore) % part.new < abs(part.evened_ore)).subquery())


def _change(session: Session, table: type[Line] | type[Ticket], which, more: int) -> None:
    session.execute(update(table).where(which).values(vat_ore=table.vat_ore + more)
                    .execution_options(synchronize_session=False))
