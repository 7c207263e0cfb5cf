"""Text messages and e-mails: their words until they are sent, then only the fact and the delivery.

A message names its template and the values in it; the worker writes the text. What is secret in
it, a code or a link, is made by the worker at the moment of sending and kept nowhere.
"""
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, bindparam, case, func, insert, null, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import outbox, trial_limits
from domain.errors import NotFound
from domain.store import Row
from domain.trial_limits import Trial


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Sms(Row):
    __tablename__ = "sms"

    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id"), index=True)
    to: Mapped[str]
    template: Mapped[str]
    values: Mapped[dict | None] = mapped_column(JSON)
    """None once sent, or cancelled."""
    language: Mapped[str] = mapped_column(default="sv")
    about_id: Mapped[UUID] = mapped_column(index=True)
    """The ticket or the code that it carries."""
    state: Mapped[State] = mapped_column(default=State.WAITING)
    put_at: Mapped[datetime]
    sending_at: Mapped[datetime | None]
    """When the provider was first asked to take it: after a crash the provider is asked whether
    it did since then."""
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    problem: Mapped[str | None]


class Email(Row):
    __tablename__ = "emails"

    to: Mapped[str]
    template: Mapped[str]
    values: Mapped[dict | None] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(default="sv")
    about_id: Mapped[UUID | None] = mapped_column(index=True)
    """The traveller that it is written to by their company, or the application that it is about
    when it goes to the applicant."""
    state: Mapped[State] = mapped_column(default=State.WAITING)
    put_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None]


def put_sms(session: Session, template: str, *, to: str, about_id: UUID, company_id: UUID | None,
            language: str = "sv", due_at: datetime | None = None, now: datetime,
            **values: str | int) -> Sms:
    """`company_id` when it is a company that writes."""
    trial = trial_limits.of_company(session, company_id) if company_id else None
    to, values = _led(trial, "mobile", to, values)
    sms = Sms(to=to, template=template, values=values, about_id=about_id, company_id=company_id,
              language=language, put_at=now)
    session.add(sms)
    session.flush()
    if trial and not trial_limits.take_texts(session, trial, 1):
        cancel(sms)
        return sms
    outbox.put(session, outbox.Task.SEND_SMS, sms_id=str(sms.id), due_at=due_at, now=now)
    return sms


def put_each_sms(session: Session, template: str, letters: list[dict], *, company_id: UUID,
                 due_at: datetime | None = None, now: datetime) -> None:
    """One for each letter, which is as `put_sms` takes it: `to`, `about_id`, perhaps `language`,
    and the values."""
    rows = []
    trial = trial_limits.of_company(session, company_id)
    for letter in letters:
        values = {name: value for name, value in letter.items()
                  if name not in ("to", "about_id", "language")}
        to, values = _led(trial, "mobile", letter["to"], values)
        rows.append({"id": uuid4(), "to": to, "template": template, "values": values,
                     "about_id": letter["about_id"], "company_id": company_id,
                     "language": letter.get("language", "sv"), "put_at": now})
    most = trial_limits.take_texts(session, trial, len(rows)) if trial else len(rows)
    for row in rows[most:]:
        row |= {"state": State.CANCELLED, "values": None}
    for some in (rows[:most], rows[most:]):
        if some:
            session.execute(insert(Sms), some)
    if rows[:most]:
        outbox.put_each(session, outbox.Task.SEND_SMS,
                        [{"sms_id": str(row["id"])} for row in rows[:most]],
                        due_at=due_at, now=now)


def put_email(session: Session, template: str, *, to: str, language: str = "sv",
              about_id: UUID | None = None, company_id: UUID | None = None, now: datetime,
              **values: str | int | list[dict]) -> Email:
    """`company_id` when it is a company that writes."""
    trial = trial_limits.of_company(session, company_id) if company_id else None
    to, values = _led(trial, "email", to, values)
    email = Email(to=to, template=template, values=values, language=language, about_id=about_id,
                  put_at=now)
    session.add(email)
    session.flush()
    outbox.put(session, outbox.Task.SEND_EMAIL, email_id=str(email.id), now=now)
    return email


def put_each_email(session: Session, template: str, letters: list[dict], *, company_id: UUID,
                   now: datetime) -> None:
    """One for each letter, which is as `put_email` takes it: `to`, perhaps `about_id` and
    `language`, and the values."""
    rows = []
    trial = trial_limits.of_company(session, company_id)
    for letter in letters:
        values = {name: value for name, value in letter.items()
                  if name not in ("to", "about_id", "language")}
        to, values = _led(trial, "email", letter["to"], values)
        rows.append({"id": uuid4(), "to": to, "template": template, "values": values,
                     "about_id": letter.get("about_id"), "language": letter.get("language", "sv"),
                     "put_at": now})
    if rows:
        session.execute(insert(Email), rows)
        outbox.put_each(session, outbox.Task.SEND_EMAIL,
                        [{"email_id": str(row["id"])} for row in rows], now=now)


def _led(trial: Trial | None, way: str, to: str, values: dict) -> tuple[str, dict]:
    """Where a message goes and what it says: a company on trial writes to nobody but the one who
    tries, and the message says so, and to whom it would have gone."""
    return (getattr(trial, way), values | {"trial": to}) if trial else (to, values)


def locked(session: Session, sms_id: UUID) -> Sms:
    """The row, for the one who changes it: the worker and a delivery report can meet in it."""
    sms = session.get(Sms, sms_id, with_for_update=True)
    if sms is None:
        raise NotFound("Meddelandet finns inte.")
    return sms


def sending(sms: Sms, *, now: datetime) -> None:
    sms.state, sms.sending_at = State.SENDING, sms.sending_at or now


def cancel(message: Sms | Email) -> None:
    """What it would have said holds no longer, so it is not sent."""
    message.state, message.values = State.CANCELLED, None


def held(session: Session, about_ids: list[UUID], *states: State, free: bool = False) -> list[Sms]:
    """Text messages about these things in these states, and nobody changes them meanwhile. A
    worker holds the message before the ticket that it is about, and so does whoever waits for
    both; who has the ticket already takes only those that are `free`."""
    return list(session.scalars(
        select(Sms).where(Sms.about_id.in_(about_ids), Sms.state.in_(states))
        .order_by(Sms.id).with_for_update(skip_locked=free)
        .execution_options(populate_existing=True)))


def cancel_waiting(session: Session, about_ids: list[UUID]) -> list[UUID]:
    """Text messages about these things that no worker has begun to send; says which were
    cancelled."""
    cancelled = held(session, about_ids, State.WAITING)
    for sms in cancelled:
        cancel(sms)
    return [sms.about_id for sms in cancelled]


def sent(message: Sms | Email, *, now: datetime) -> None:
    """The other side has it. The words are forgotten."""
    if message.sent_at is None:  # a delivery report can be quicker than we are
        message.state, message.sent_at, message.problem = State.SENT, now, None
    message.values = None


def sent_each(session: Session, provider_ids: dict[UUID, str], *, now: datetime) -> None:
    """The same of many text messages, each with the id that the provider knows it by."""
    sms, told = Sms.__table__, Sms.__table__.c.sent_at.is_not(None)
    session.connection().execute(
        update(sms).where(sms.c.id == bindparam("of")).values(
            provider_id=bindparam("known_as"), values=null(),
            state=case((told, sms.c.state), else_=State.SENT),
            problem=case((told, sms.c.problem)), sent_at=func.coalesce(sms.c.sent_at, now)),
        [{"of": sms_id, "known_as": provider_ids[sms_id]} for sms_id in sorted(provider_ids)])


def not_sending(session: Session, sms_ids: Collection[UUID]) -> None:
    """The provider was not asked to take them after all."""
    session.execute(update(Sms).where(Sms.id.in_(sms_ids), Sms.state == State.SENDING)
                    .values(state=State.WAITING, sending_at=None)
                    .execution_options(synchronize_session=False))


def locked_each(session: Session, sms_ids: Collection[UUID]) -> list[Sms]:
    return list(session.scalars(
        select(Sms).where(Sms.id.in_(sms_ids)).order_by(Sms.id).with_for_update()
        .execution_options(populate_existing=True)))


def refused(message: Sms | Email, problem: str) -> None:
    message.state, message.problem = State.FAILED, problem


def delivery_reported(session: Session, sms_id: UUID, *, delivered: bool, now: datetime) -> None:
    """What the provider says became of a message. A late or repeated word changes nothing back.

    It has the message, then, even if the worker that handed it over died and never told.
    """
    sms = locked(session, sms_id)
    if sms.state == State.DELIVERED:
        return
    if sms.sent_at is None:
        sent(sms, now=now)
    if delivered:
        sms.state, sms.delivered_at, sms.problem = State.DELIVERED, now, None
    else:
        refused(sms, "not delivered")


def about(session: Session, about_ids: list[UUID]) -> dict[UUID, Sms]:
    """The latest text message about each of the things."""
    if not about_ids:
        return {}
    found = session.scalars(select(Sms).where(Sms.about_id.in_(about_ids)).order_by(Sms.put_at))
    return {sms.about_id: sms for sms in found}


def latest_email(session: Session, about_id: UUID) -> Email | None:
    return session.scalar(select(Email).where(Email.about_id == about_id)
                          .order_by(Email.put_at.desc()).limit(1))


def undelivered(session: Session, *, company_id: UUID, most: int = 20) -> list[Sms]:
    """The company's text messages that did not arrive, newest first."""
    return list(session.scalars(
        select(Sms).where(Sms.company_id == company_id, Sms.state == State.FAILED)
        .order_by(Sms.put_at.desc()).limit(most)
    ))
