"""Sending text messages and e-mails, each once."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import (
    carried,
    codes,
    customer_registrations,
    email_changes,
    holding_codes,
    messages,
    password_resets,
)
from domain.messages import Email, Sms
from integrations.errors import Refused
from jobs import Portal, letters, list_files, shop_receipts

SECRET = {"allpay_code", "holding_code", "welcome"}
"""Templates whose text the provider must not keep."""
LINKED = {"ticket", "ticket_reissued", "own_ticket", "own_ticket_reissued"}
"""Templates that carry the link to a ticket, and so are told apart by their text."""
TOGETHER = LINKED | {"allpay_code"}
"""Those that come many at once."""
CODES = {"allpay_code": codes.issue, "holding_code": holding_codes.issue}
"""What makes the code in a message at the moment when it is sent."""
SECRETS = {"customer_confirm": customer_registrations.issue,
           "customer_reset": password_resets.issue,
           "customer_email_old": email_changes.issue_to_old,
           "customer_email_new": email_changes.issue_to_new}
"""What makes the secret of the link in a letter at the moment when it is sent."""
TOLD = {"saved_report": list_files.values, "shop_receipt": shop_receipts.values}
"""What reads what a letter says as it is sent."""
ENCLOSED = {"saved_report": list_files.enclosed, "shop_receipt": shop_receipts.files}
"""What makes the files that go with it."""


def send_sms(portal: Portal, session: Session, *, sms_id: UUID) -> None:
    """The provider knows no idempotency key. So the row says that it is being asked before it is;
    a worker that finds such a row asks first whether the message was taken."""
    now = portal.world.clock.now()
    with portal.store.transaction(session):
        sms = messages.locked(session, sms_id)
        if sms.values is None:
            return
        text, asked_at = text_of(portal, session, sms, now=now), sms.sending_at
        if text is None:
            messages.cancel(sms)
            return
        messages.sending(sms, now=now)
    to, secret = sms.to, sms.template in SECRET
    provider_id = (provider_id_if_taken(portal, session, to, text, asked_at)
                   if asked_at else None)
    if provider_id is None:
        provider_id = _hand_over(portal, session, sms_id, to, text, secret=secret)
    with portal.store.transaction(session):
        sms = messages.locked(session, sms_id)
        sms.provider_id = provider_id
        messages.sent(sms, now=portal.world.clock.now())


def text_of(portal: Portal, session: Session, sms: Sms, *, now: datetime) -> str | None:
    """The same each time for the same row; None when its code has been voided, or its ticket
    recalled, meanwhile."""
    if sms.template in TOGETHER:
        return texts_of(portal, session, [sms], now=now).get(sms.id)
    values = dict(sms.values or {})
    if sms.template in CODES:
        values["code"] = CODES[sms.template](session, sms.about_id, now=now)
        if values["code"] is None:
            return None
    return letters.sms(portal, sms.template, sms.language, values)


def texts_of(portal: Portal, session: Session, some: list[Sms], *,
             now: datetime) -> dict[UUID, str]:
    """Of those that come many at once, each about a ticket or a code of its own. One whose code
    has been voided, or its ticket recalled, is not there."""
    linked = {sms.about_id: sms.id for sms in some if sms.template in LINKED}
    tokens = carried.links(session, linked) if linked else {}
    coded = [sms.about_id for sms in some if sms.template not in LINKED]
    secrets = ({about_id: {"link": f"{portal.base_url}/b/{token}"}
                for about_id, token in tokens.items()}
               | {about_id: {"code": code} for about_id, code in (
                   codes.issue_each(session, coded, now=now) if coded else {}).items()})
    return {sms.id: letters.sms(portal, sms.template, sms.language,
                                sms.values | secrets[sms.about_id])
            for sms in some if sms.about_id in secrets}


def provider_id_if_taken(portal: Portal, session: Session, to: str, text: str,
                         since: datetime) -> str | None:
    """The provider's id of the message, if it took it when it was asked before."""
    ids = portal.world.sms.sent_since(to, since, text=text)
    others = set(session.scalars(select(Sms.provider_id).where(Sms.provider_id.in_(ids))))
    session.rollback()  # no connection is held while the outside world takes its time
    return next((provider_id for provider_id in ids if provider_id not in others), None)


def _hand_over(portal: Portal, session: Session, sms_id: UUID, to: str, text: str, *,
               secret: bool) -> str:
    try:
        return portal.world.sms.send(to, text, report_url=report_url(portal, sms_id),
                                     secret=secret)
    except Refused as refusal:
        with portal.store.transaction(session):
            messages.refused(session.get_one(Sms, sms_id), refusal.reason)
        raise


def report_url(portal: Portal, sms_id: UUID) -> str | None:
    """Where the provider tells what became of it."""
    key = portal.sms_report_key
    return f"{portal.base_url}/aterrapport/sms/{sms_id}?key={key}" if key else None


def send_email(portal: Portal, session: Session, *, email_id: UUID) -> None:
    """Sent a second time after a crash it has the same Message-ID, by which mailboxes can tell."""
    email, now = session.get_one(Email, email_id), portal.world.clock.now()
    values = _values(portal, session, email, now=now)
    if values is None:
        return
    letter = letters.email(portal, email.template, email.language, values)
    enclosed = ENCLOSED[email.template](values) if email.template in ENCLOSED else []
    to = email.to
    session.rollback()
    try:
        portal.world.email.send(portal.world.email.compose(
            id=email_id, to=to, now=now, files=enclosed, **vars(letter)))
    except Refused as refusal:
        with portal.store.transaction(session):
            messages.refused(email, refusal.reason)
        raise
    with portal.store.transaction(session):
        messages.sent(email, now=now)


def _values(portal: Portal, session: Session, email: Email, *, now: datetime) -> dict | None:
    """None when it has been sent, or what the link in it was for is over."""
    if email.values is None:
        return None
    if email.template in TOLD:
        return email.values | TOLD[email.template](portal, session, email)
    if email.template not in SECRETS:
        return email.values
    with portal.store.transaction(session):
        secret = SECRETS[email.template](session, email.about_id, now=now)
        if secret is None:
            messages.cancel(email)
            return None
    return email.values | {"secret": secret}
