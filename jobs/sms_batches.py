"""Sending many text messages with few transactions, each message still once.

As for a single one, each row says that the provider is being asked before it is. What a batch has
not begun when a third of its lease is over is let go: so nobody sends what another has by then.
"""
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from domain import messages, outbox
from domain.messages import Sms
from domain.outbox import OutboxMessage, Task
from domain.rules import rules
from integrations.errors import OutsideError, Refused
from jobs import Portal
from jobs.messages import SECRET, TOGETHER, provider_id_if_taken, report_url, texts_of

log = logging.getLogger(__name__)

RECORDED_AT_ONCE = 25
"""So many that the provider has taken may be asked for again after a crash."""


@dataclass(frozen=True)
class Letter:
    message_id: UUID
    sms_id: UUID
    to: str
    text: str
    secret: bool
    was_asked: bool
    """A worker that died may have sent it."""


def fit(session: Session, message_ids: list[UUID]) -> list[UUID]:
    """Those of the messages that can be sent in a batch: each about a ticket or a code of its own,
    and to a mobile of its own where the provider does not know the text."""
    rows = session.execute(select(OutboxMessage.id, OutboxMessage.args)
                           .where(OutboxMessage.id.in_(message_ids),
                                  OutboxMessage.task == Task.SEND_SMS)).all()
    sms_of = {message_id: UUID(args["sms_id"]) for message_id, args in rows}
    found = {sms.id: sms for sms in session.execute(
        select(Sms.id, Sms.about_id, Sms.to, Sms.template).where(
            Sms.id.in_(sms_of.values()), Sms.template.in_(TOGETHER)))}
    times = Counter(each for sms in found.values() for each in (sms.about_id, sms.to))

    def fits(sms: Row) -> bool:
        return times[sms.about_id] == 1 and (sms.template not in SECRET or times[sms.to] == 1)
    return [each for each in message_ids
            if sms_of.get(each) in found and fits(found[sms_of[each]])]


def send(portal: Portal, session: Session, message_ids: list[UUID]) -> None:
    began = portal.world.clock.now()
    with portal.store.transaction(session):
        letters = _begin(portal, session, message_ids)
        patience = timedelta(seconds=rules(session).lease_seconds) / 3
    taken: list[tuple[Letter, str]] = []
    for number, letter in enumerate(letters):
        if portal.world.clock.now() - began > patience:
            _let_go(portal, session, letters[number:])
            break
        provider_id = _hand_over(portal, session, letter)
        if provider_id is not None:
            taken.append((letter, provider_id))
        if len(taken) == RECORDED_AT_ONCE:
            _record(portal, session, taken)
            taken = []
    _record(portal, session, taken)


def _begin(portal: Portal, session: Session, message_ids: list[UUID]) -> list[Letter]:
    """Claim them, and note that the provider is being asked."""
    now = portal.world.clock.now()
    claimed = {UUID(each.args["sms_id"]): each
               for each in outbox.claim_each(session, message_ids, now=now)}
    waiting = messages.locked_each(session, list(claimed))
    texts = texts_of(portal, session, [sms for sms in waiting if sms.values is not None],
                     now=now)
    letters = []
    for sms in waiting:
        text = texts.get(sms.id)
        if text is None:
            if sms.values is not None:
                messages.cancel(sms)
            outbox.done(claimed[sms.id], now=now)
        else:
            letters.append(Letter(claimed[sms.id].id, sms.id, sms.to, text,
                                  sms.template in SECRET, sms.sending_at is not None))
            messages.sending(sms, now=now)
    return letters


def _hand_over(portal: Portal, session: Session, letter: Letter) -> str | None:
    """The provider's id of it; None when it did not take it, which has been noted then."""
    try:
        found = letter.was_asked and _asked_before(portal, session, letter)
        return found or portal.world.sms.send(
            letter.to, letter.text, report_url=report_url(portal, letter.sms_id),
            secret=letter.secret)
    except Refused as refusal:
        log.warning("send_sms was refused: %s", refusal.reason)
        with portal.store.transaction(session):
            messages.refused(messages.locked(session, letter.sms_id), refusal.reason)
            outbox.give_up(session.get_one(OutboxMessage, letter.message_id), refusal.reason,
                           now=portal.world.clock.now())
    except Exception as error:
        log.warning("send_sms failed", exc_info=error)
        reason = error.reason if isinstance(error, OutsideError) else type(error).__name__
        with portal.store.transaction(session):
            outbox.failed(session.get_one(OutboxMessage, letter.message_id), reason,
                          now=portal.world.clock.now())
    return None


def _asked_before(portal: Portal, session: Session, letter: Letter) -> str | None:
    since = session.get_one(Sms, letter.sms_id).sending_at
    session.rollback()
    return provider_id_if_taken(portal, session, letter.to, letter.text, since)


def _record(portal: Portal, session: Session, taken: list[tuple[Letter, str]]) -> None:
    if not taken:
        return
    now = portal.world.clock.now()
    with portal.store.transaction(session):
        messages.sent_each(session, {letter.sms_id: each for letter, each in taken}, now=now)
        outbox.done_each(session, [letter.message_id for letter, _id in taken], now=now)


def _let_go(portal: Portal, session: Session, letters: Iterable[Letter]) -> None:
    """Nobody has asked the provider to take these, unless somebody did before."""
    with portal.store.transaction(session):
        messages.not_sending(session, [each.sms_id for each in letters if not each.was_asked])
        outbox.let_go(session, [each.message_id for each in letters],
                      now=portal.world.clock.now())
