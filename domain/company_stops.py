"""Companies that do not pay: stopped from buying from a day that they are told of, by a clerk, and
resumed by one."""
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import audit, messages, people, receivables
from domain.access import Actor
from domain.companies import Company
from domain.errors import Conflict, Invalid
from domain.months import midnight, today
from domain.receivables import OPEN, Receivable
from domain.rules import rules
from domain.store import Row, partial_index


class CompanyStop(Row):
    __tablename__ = "company_stops"
    __table_args__ = (
        partial_index("uq_company_stops_open", "company_id", where="lifted_at IS NULL",
                      unique=True),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    announced_at: Mapped[datetime]
    stops_at: Mapped[datetime]
    """The midnight from which nothing new is bought."""
    overdue_ore: Mapped[int] = mapped_column(BigInteger)
    """What it should have paid when it was told."""
    reason: Mapped[str]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    by_name: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by_name: Mapped[str] = mapped_column(default="")

    company: Mapped[Company] = relationship()


def earliest(session: Session, *, now: datetime) -> date:
    """The first day that a company which is told now can be stopped from."""
    return today(now) + timedelta(days=rules(session).company_stop_notice_days)


def announce(session: Session, company: Company, stops_on: date, reason: str, *, by: Actor,
             now: datetime) -> CompanyStop:
    """Its administrators are told at once. What is bought and sent already stays as it is."""
    session.refresh(company, with_for_update=True)
    if company.stops_at:
        raise Conflict("Företaget är redan stoppat, eller ska stoppas.")
    if company.on_trial:
        raise Conflict("Företaget provar bara portalen och har inget att betala.")
    if stops_on < earliest(session, now=now):
        raise Invalid("Företaget ska få veta det i tid. Välj tidigast %(day)s.", "stops_on",
                      day=earliest(session, now=now).isoformat())
    if stops_on > today(now) + timedelta(days=365):
        raise Invalid("Välj en dag inom ett år.", "stops_on")
    stop = CompanyStop(company_id=company.id, announced_at=now, stops_at=midnight(stops_on),
                       overdue_ore=receivables.overdue_ore(session, company.id, now=now),
                       reason=reason, by_id=by.person_id, by_name=by.name)
    session.add(stop)
    company.stops_at = stop.stops_at
    session.flush()
    for to, language in _told(session, company):
        messages.put_email(session, "company_stopping", to=to, language=language,
                           about_id=company.id, now=now, company=company.name, reason=reason,
                           stops_on=stops_on.isoformat(), overdue_ore=stop.overdue_ore)
    audit.record(session, audit.Act.COMPANY_STOPPED, company.id, company_id=company.id, by=by,
                 now=now, company=company.name, day=stops_on.isoformat())
    return stop


def lift(session: Session, company: Company, *, by: Actor, now: datetime) -> None:
    """It may buy again, from this moment."""
    session.refresh(company, with_for_update=True)
    stop = of_company(session, company)
    if stop is None:
        raise Conflict("Företaget är inte stoppat.")
    stop.lifted_at, stop.lifted_by_name, company.stops_at = now, by.name, None
    session.flush()
    for to, language in _told(session, company):
        messages.put_email(session, "company_resumed", to=to, language=language,
                           about_id=company.id, now=now, company=company.name)
    audit.record(session, audit.Act.COMPANY_RESUMED, company.id, company_id=company.id, by=by,
                 now=now, company=company.name)


def of_company(session: Session, company: Company) -> CompanyStop | None:
    return session.scalar(select(CompanyStop).where(CompanyStop.company_id == company.id,
                                                    CompanyStop.lifted_at.is_(None)))


def listed(session: Session, *, now: datetime) -> list[tuple[CompanyStop, int]]:
    """Those that are stopped, or will be, with what each should have paid; the first to be stopped
    first."""
    owed = (select(func.coalesce(func.sum(Receivable.left_ore), 0))
            .where(OPEN, Receivable.left_ore > 0, Receivable.company_id == CompanyStop.company_id,
                   Receivable.due_on < today(now))
            .scalar_subquery())
    return [(stop, int(ore)) for stop, ore in session.execute(
        select(CompanyStop, owed).where(CompanyStop.lifted_at.is_(None))
        .options(joinedload(CompanyStop.company)).order_by(CompanyStop.stops_at))]


def _told(session: Session, company: Company) -> Iterator[tuple[str, str]]:
    """Each address once, with its language."""
    known = {company.invoice_email: "sv"} if company.invoice_email else {}
    yield from (known | {admin.email: admin.language
                         for admin in people.administrators(session, company.id)
                         if admin.email}).items()
