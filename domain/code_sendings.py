"""Many codes that were ordered at once, and how far they have come on their way to the phones."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.access import Scope
from domain.codes import OneTimeCode
from domain.errors import NotFound
from domain.messages import Sms, State
from domain.rules import rules
from domain.store import Row

SHOWN = timedelta(days=1)
"""So long it is told that codes are on their way."""
GOING = (State.WAITING, State.SENDING)


class CodeSending(Row):
    __tablename__ = "code_sendings"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    ordered_at: Mapped[datetime]
    total: Mapped[int]


@dataclass(frozen=True)
class Progress:
    sending: CodeSending
    going: int
    delivered: int
    failed: int

    @property
    def done(self) -> int:
        """Those that have left us, or were not to be sent after all."""
        return self.sending.total - self.going


def begin(session: Session, company_id: UUID, total: int, *, by_id: UUID | None,
          now: datetime) -> CodeSending | None:
    """None when they are so few that nobody need watch them."""
    if total <= rules(session).code_sending_shown:
        return None
    sending = CodeSending(company_id=company_id, by_id=by_id, ordered_at=now, total=total)
    session.add(sending)
    session.flush()
    return sending


def find(session: Session, sending_id: UUID, *, within: Scope,
         person_id: UUID | None) -> CodeSending:
    """Whoever has the whole company sees all of its, others what they have ordered."""
    sending = session.get(CodeSending, sending_id)
    if sending is None or sending.company_id != within.company_id or not (
            within.is_whole or sending.by_id == person_id):
        raise NotFound("Utskicket finns inte.")
    return sending


def progress(session: Session, sending: CodeSending) -> Progress:
    found = dict(session.execute(
        select(Sms.state, func.count()).join(OneTimeCode, OneTimeCode.id == Sms.about_id)
        .where(OneTimeCode.sending_id == sending.id).group_by(Sms.state)).all())
    return Progress(sending, sum(found.get(each, 0) for each in GOING),
                    found.get(State.DELIVERED, 0), found.get(State.FAILED, 0))


def under_way(session: Session, *, within: Scope, person_id: UUID | None,
              now: datetime) -> Progress | None:
    """The newest, while some of its codes have not left."""
    mine = [] if within.is_whole else [CodeSending.by_id == person_id]
    newest = session.scalar(
        select(CodeSending)
        .where(CodeSending.company_id == within.company_id, CodeSending.ordered_at > now - SHOWN,
               *mine)
        .order_by(CodeSending.ordered_at.desc()).limit(1))
    found = newest and progress(session, newest)
    return found if found and found.going else None
