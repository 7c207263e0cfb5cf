"""A traveller is reminded of a code that soon can no longer be used. The code itself is kept
nowhere, so the message tells when it came, and whom to ask for another."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, contains_eager

from domain import administrators, messages
from domain.access import Role
from domain.business_travel import Connection
from domain.codes import OneTimeCode
from domain.companies import Company
from domain.messages import Sms
from domain.months import days_later, today
from domain.rules import rules
from domain.travellers import Traveller


def due(session: Session, *, now: datetime, most: int) -> list[UUID]:
    """Codes that arrived, as far as is known, and can be used for some days yet."""
    lost = exists().where(Sms.about_id == OneTimeCode.id, Sms.state != messages.State.SENT,
                          Sms.state != messages.State.DELIVERED)
    return list(session.scalars(
        select(OneTimeCode.id).join(Connection, Connection.id == OneTimeCode.connection_id)
        .join(Connection.traveller)
        .where(OneTimeCode.expires_at > now,
               OneTimeCode.expires_at <= days_later(now, rules(session).code_reminder_days),
               OneTimeCode.voided_at.is_(None), OneTimeCode.used_at.is_(None),
               OneTimeCode.reminded_at.is_(None),
               OneTimeCode.wrong_tries < rules(session).code_tries,
               Connection.ended_at.is_(None), Connection.paused_at.is_(None),
               Connection.registered_at.is_(None), Traveller.mobile.is_not(None), ~lost)
        .order_by(OneTimeCode.expires_at, OneTimeCode.id).limit(most)))


def remind(session: Session, code_ids: list[UUID], *, now: datetime) -> None:
    """Harmless twice, and by two at once."""
    for code_id in code_ids:
        taken = session.execute(
            update(OneTimeCode)
            .where(OneTimeCode.id == code_id, OneTimeCode.reminded_at.is_(None))
            .values(reminded_at=now).execution_options(synchronize_session=False))
        if taken.rowcount:
            _write(session, session.get_one(OneTimeCode, code_id), now=now)


def _write(session: Session, code: OneTimeCode, *, now: datetime) -> None:
    connection = session.scalars(
        select(Connection).join(Connection.traveller).options(contains_eager(Connection.traveller))
        .where(Connection.id == code.connection_id)).one()
    traveller = connection.traveller
    company = session.get_one(Company, connection.company_id)
    messages.put_sms(session, "allpay_reminder", to=traveller.mobile or "",
                     about_id=connection.id, company_id=company.id, now=now, company=company.name,
                     came=today(code.issued_at or code.ordered_at).isoformat(),
                     day=today(code.expires_at or now).isoformat(),
                     ask=_whom_to_ask(session, traveller) or company.name)


def _whom_to_ask(session: Session, traveller: Traveller) -> str | None:
    """One of the department's own administrators, or else of the company's."""
    posts = administrators.listed(session, traveller.company_id)
    near = [post for post in posts
            if any(room.department_id == traveller.department_id for room in post.rooms)]
    whole = [post for post in posts if post.role == Role.COMPANY_ADMIN]
    return next((post.person.name for post in [*near, *whole]), None)
