"""Invoices on paper, as one file to print."""
from uuid import UUID

from sqlalchemy.orm import Session

from documents import sheets
from domain import invoice_prints
from domain.invoice_files import Kind
from jobs import Portal, invoices


def write(portal: Portal, session: Session, *, print_id: UUID) -> None:
    content, pages = sheets.together(
        invoices.file(portal, session, delivery.invoice, Kind.PDF)
        for delivery in invoice_prints.in_it(session, print_id))
    session.rollback()
    with portal.store.transaction(session):
        invoice_prints.write(session, print_id, content, pages, now=portal.world.clock.now())
