"""Sending invoices, each once, and asking the access point what became of them."""
import logging
from uuid import UUID

from sqlalchemy.orm import Session

from domain import invoice_deliveries
from domain.companies import InvoiceChannel
from domain.invoice_deliveries import InvoiceDelivery, State
from domain.invoice_files import Kind
from domain.invoices import Invoice
from integrations.errors import OutsideError, Refused
from integrations.peppol import Document, Heard, Outcome
from jobs import Portal, invoices, letters

AT_ONCE = 200
STATES = {Outcome.QUEUED: State.SENT, Outcome.DELIVERED: State.DELIVERED,
          Outcome.ACCEPTED: State.ACCEPTED, Outcome.REJECTED: State.REFUSED,
          Outcome.FAILED: State.FAILED}

log = logging.getLogger(__name__)


def send(portal: Portal, session: Session, *, delivery_id: UUID) -> None:
    """Sent twice it is one: it has an id, by which the other side knows. What they refuse for good
    is shown to a clerk with the invoice, not in the queue."""
    delivery = invoice_deliveries.find(session, delivery_id)
    if delivery.state != State.WAITING or delivery.replaced_at:
        return
    hand_over = {InvoiceChannel.PEPPOL: _by_peppol, InvoiceChannel.EMAIL: _by_email}[
        delivery.channel](portal, session, delivery)
    session.rollback()  # the database is let go of while the other side thinks
    try:
        provider_id = hand_over()
    except Refused as refusal:
        log.warning("the invoice of delivery %s was refused: %s", delivery_id, refusal.reason)
        with portal.store.transaction(session):
            invoice_deliveries.failed(session, delivery_id, refusal.reason,
                                      now=portal.world.clock.now())
        return
    with portal.store.transaction(session):
        invoice_deliveries.sent(session, delivery_id, provider_id=provider_id,
                                answers=provider_id is not None, now=portal.world.clock.now())


def _by_peppol(portal: Portal, session: Session, delivery: InvoiceDelivery):
    invoice, key = delivery.invoice, str(delivery.id)
    document = Document("CreditNote" if invoice.is_credit else "Invoice", invoice.number,
                        delivery.to, invoices.file(portal, session, invoice, Kind.PEPPOL))

    def hand_over() -> str | None:
        provider_id = portal.world.peppol.send(key, document)
        return provider_id if portal.world.peppol.answers else None
    return hand_over


def _by_email(portal: Portal, session: Session, delivery: InvoiceDelivery):
    invoice, now = delivery.invoice, portal.world.clock.now()
    letter = letters.email(portal, "invoice", "sv", _values(portal, invoice))
    name = f"{'kreditfaktura' if invoice.is_credit else 'faktura'}-{invoice.number}.pdf"
    files = [(name, invoices.file(portal, session, invoice, Kind.PDF))]
    delivery_id, to = delivery.id, delivery.to

    def hand_over() -> None:
        portal.world.email.send(portal.world.email.compose(
            id=delivery_id, to=to, now=now, files=files, **vars(letter)))
    return hand_over


def _values(portal: Portal, invoice: Invoice) -> dict:
    return {"company": invoice.name, "number": invoice.number, "credit": invoice.is_credit,
            "sum_ore": abs(invoice.gross_ore), "due_on": invoice.due_on.isoformat(),
            "ocr": invoice.ocr, "bankgiro": portal.seller.bankgiro,
            "reference": invoice.reference_number, "invoice_id": str(invoice.id)}


def look(portal: Portal) -> None:
    """At those that somebody may have answered. Safe to run any number of times."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        for delivery_id in invoice_deliveries.due(session, now=now, most=AT_ONCE):
            try:
                _look(portal, session, delivery_id)
            except OutsideError as error:
                log.warning("delivery %s: %s", delivery_id, error.reason)


def _look(portal: Portal, session: Session, delivery_id: UUID) -> None:
    delivery = invoice_deliveries.find(session, delivery_id)
    with portal.store.transaction(session):
        if not invoice_deliveries.take_look(session, delivery, now=portal.world.clock.now()):
            return
    heard = _ask(portal, delivery.provider_id or "")
    with portal.store.transaction(session):
        invoice_deliveries.heard(session, delivery_id, STATES[heard.outcome], heard.reason,
                                 now=portal.world.clock.now())


def _ask(portal: Portal, provider_id: str) -> Heard:
    """One that they know nothing of any more has reached nobody that we know."""
    try:
        return portal.world.peppol.look(provider_id)
    except Refused as refusal:
        return Heard(Outcome.FAILED, refusal.reason)
