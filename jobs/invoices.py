"""The files of an invoice: what is to be sent of it is made once and kept. The rest are drawn when
somebody asks for them."""
import atexit
from uuid import UUID

from sqlalchemy.orm import Session

from documents import invoice_downloads
from documents.typesetting import Typesetter
from domain import invoice_deliveries, invoice_files
from domain.companies import InvoiceChannel
from domain.invoice_files import Kind
from domain.invoices import Invoice
from jobs import Portal

SENT_AS = {InvoiceChannel.PEPPOL: Kind.PEPPOL}
"""The other ways it is a PDF."""

typesetter = Typesetter()
"""Of all the invoices that a worker's process writes, and ended with it."""
atexit.register(typesetter.close)


def write(portal: Portal, session: Session, *, invoice_id: UUID) -> None:
    """Harmless the second time: what is kept stays, and it is sent once."""
    invoice = session.get_one(Invoice, invoice_id)
    channel = invoice_deliveries.channels(session, invoice)[0]
    file(portal, session, invoice, SENT_AS.get(channel, Kind.PDF))
    with portal.store.transaction(session):
        invoice_deliveries.put(session, session.get_one(Invoice, invoice_id),
                               portal.world.clock.now())


def file(portal: Portal, session: Session, invoice: Invoice, kind: Kind) -> bytes:
    """As it was sent, or made and kept now."""
    if kind in invoice_files.kept(session, invoice.id):
        return invoice_files.find(session, invoice, kind)
    content = invoice_downloads.content(session, invoice, kind, seller=portal.seller,
                                        typesetter=typesetter)
    if kind in invoice_files.KEPT:
        with portal.store.transaction(session):
            invoice_files.keep(session, invoice.id, kind, content, now=portal.world.clock.now())
        return invoice_files.find(session, invoice, kind)
    return content
