"""What is stuck on its way out, as a clerk needs to see it, and sending it again."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from domain import audit, outbox
from domain.access import Actor
from domain.identity import show_mobile
from domain.messages import Email, Sms
from domain.outbox import OutboxMessage
from domain.payments import Payment
from domain.refunds import Refund


@dataclass(frozen=True)
class Stuck:
    message: OutboxMessage
    template: str | None
    """Which text message or e-mail it carries, if it is one."""
    to: str | None
    """To whom, with only so much shown that the clerk can recognise it."""
    refund: Refund | None
    """Which money goes back, if it is that."""


def stuck(session: Session) -> list[Stuck]:
    """What was given up or has failed more than once, newest first."""
    return _described(session, outbox.troubled(session))


def describe(session: Session, message: OutboxMessage) -> Stuck:
    return _described(session, [message])[0]


def try_again(session: Session, message: OutboxMessage, *, by: Actor, now: datetime) -> None:
    outbox.try_again(session, message, now=now)
    audit.record(session, audit.Act.MESSAGE_RETRIED, message.id, company_id=None, by=by, now=now,
                 task=message.task)


def _described(session: Session, found: list[OutboxMessage]) -> list[Stuck]:
    letters: dict[str, Sms | Email] = {}
    for table, name in ((Sms, "sms_id"), (Email, "email_id")):
        ids = [UUID(message.args[name]) for message in found if name in message.args]
        letters |= {str(each.id): each for each in session.scalars(
            select(table).where(table.id.in_(ids)))}
    carried = [letters.get(message.args.get("sms_id") or message.args.get("email_id"))
               for message in found]
    refunds = _refunds(session, found)
    return [Stuck(message, letter and letter.template, letter and _masked(letter.to),
                  refunds.get(message.args.get("refund_id")))
            for message, letter in zip(found, carried, strict=True)]


def _refunds(session: Session, found: list[OutboxMessage]) -> dict[str, Refund]:
    ids = [UUID(message.args["refund_id"]) for message in found if "refund_id" in message.args]
    return {str(each.id): each for each in session.scalars(
        select(Refund).where(Refund.id.in_(ids))
        .options(joinedload(Refund.payment).joinedload(Payment.order)))}


def _masked(to: str) -> str:
    name, at, host = to.partition("@")
    return f"{name[0]}•••@{host}" if at else f"{show_mobile(to)[:3]} ••• •• {to[-2:]}"
