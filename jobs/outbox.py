"""Carrying out what the outbox holds."""
import logging
from uuid import UUID

from sqlalchemy.orm import Session

from domain import outbox
from integrations.errors import OutsideError, Refused
from jobs import (
    Portal,
    invoice_deliveries,
    invoice_prints,
    invoices,
    list_files,
    messages,
    payments,
    reports,
    sms_batches,
    ticket_orders,
    traveller_imports,
    webhooks,
)

log = logging.getLogger(__name__)

TASKS = {
    outbox.Task.SEND_SMS: messages.send_sms,
    outbox.Task.SEND_EMAIL: messages.send_email,
    outbox.Task.WRITE_REPORT: reports.write,
    outbox.Task.CHECK_IMPORT: traveller_imports.check,
    outbox.Task.CARRY_OUT_IMPORT: traveller_imports.carry_out,
    outbox.Task.UNDO_IMPORT: traveller_imports.undo,
    outbox.Task.SEND_ORDER: ticket_orders.send,
    outbox.Task.SEND_WEBHOOK: webhooks.send,
    outbox.Task.SEND_REFUND: payments.refund,
    outbox.Task.WRITE_LIST: list_files.write,
    outbox.Task.DELIVER_INVOICE: invoice_deliveries.send,
    outbox.Task.WRITE_PRINT: invoice_prints.write,
    outbox.Task.CLOSE_MONTHS: reports.close,
    outbox.Task.WRITE_INVOICE: invoices.write,
}
SWEEP_AT_ONCE = 50
SWEEP_MOST = 2_000


def deliver(portal: Portal, message_id: UUID) -> None:
    with portal.store.session() as session:
        with portal.store.transaction(session):
            message = outbox.claim(session, message_id, now=portal.world.clock.now())
        if message is not None:
            _carry_out(portal, session, message)


def deliver_each(portal: Portal, message_ids: list[UUID]) -> None:
    """Text messages that fit together in a batch, the others one by one."""
    with portal.store.session() as session:
        together = sms_batches.fit(session, message_ids) if len(message_ids) > 1 else []
        if len(together) > 1:
            sms_batches.send(portal, session, together)
    for message_id in message_ids:
        if len(together) < 2 or message_id not in together:
            deliver(portal, message_id)


def _carry_out(portal: Portal, session: Session, message: outbox.OutboxMessage) -> None:
    task, args = message.task, message.args
    try:
        TASKS[task](portal, session, **{name: UUID(value) for name, value in args.items()})
    except Refused as refusal:
        log.warning("%s was refused: %s", task, refusal.reason)
        with portal.store.transaction(session):
            outbox.give_up(message, refusal.reason, now=portal.world.clock.now())
    except Exception as error:
        log.warning("%s failed, attempt %s", task, message.attempts, exc_info=error)
        reason = error.reason if isinstance(error, OutsideError) else type(error).__name__
        with portal.store.transaction(session):
            outbox.failed(message, reason, now=portal.world.clock.now())
    else:
        with portal.store.transaction(session):
            outbox.done(message, now=portal.world.clock.now())


def sweep(portal: Portal) -> None:
    """Carry out what is due and nobody has rung for, or whose worker died with it."""
    for _ in range(SWEEP_MOST // SWEEP_AT_ONCE):
        with portal.store.session() as session:
            due = outbox.due(session, now=portal.world.clock.now(), most=SWEEP_AT_ONCE)
        deliver_each(portal, due)
        if len(due) < SWEEP_AT_ONCE:
            return
