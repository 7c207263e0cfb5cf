"""Reports that an administrator has put together and saved, and which of them are sent each month
when the month before has ended. Each is its owner's, and tells of what they administer then."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, ForeignKey, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import administrators, list_files
from domain.access import Actor, Role, Scope
from domain.errors import Invalid, NotFound
from domain.list_files import Format, ListFile, What
from domain.months import Month
from domain.people import Post
from domain.rules import rules
from domain.services import Service
from domain.statistic_groups import Wish
from domain.store import Row

MOST_NAME = 60
MONTHS = (1, 3, 12)
"""That have ended, the last ones: so many may be asked for."""


class SavedReport(Row):
    __tablename__ = "saved_reports"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    """Whose it is: nobody else sees it."""
    name: Mapped[str]
    what: Mapped[What]
    months: Mapped[int]
    """So many that have ended."""
    asked: Mapped[dict] = mapped_column(JSON)
    """Perhaps `department_id` and `service`."""
    format: Mapped[Format]
    monthly: Mapped[bool] = mapped_column(index=True)
    """Whether it is sent each month."""
    sent_for: Mapped[date | None]
    """The month that it was sent in last."""
    created_at: Mapped[datetime]

    def wish(self, now: datetime) -> Wish:
        last = first = Month.of(now).previous
        for _ in range(self.months - 1):
            first = first.previous
        return Wish.of(self.asked | {"first": str(first), "last": str(last)})


def save(session: Session, name: str, what: What, form: Format, *, months: int,
         department_id: UUID | None, service: Service | None, monthly: bool, by: Actor,
         now: datetime) -> SavedReport:
    name = " ".join(name.split())
    if not 0 < len(name) <= MOST_NAME:
        raise Invalid("Skriv ett namn på högst %(most)s tecken.", "name", most=MOST_NAME)
    if session.scalar(select(func.count()).select_from(SavedReport).where(
            *_theirs(by))) >= rules(session).saved_reports_max:
        raise Invalid("Du har sparat så många rapporter som det går. Ta bort någon först.")
    asked = {"department_id": department_id, "service": service}
    report = SavedReport(
        company_id=by.company_id, person_id=by.person_id, name=name, what=what, format=form,
        months=months, asked={key: str(value) for key, value in asked.items() if value},
        monthly=monthly, sent_for=Month.of(now).first_day, created_at=now)
    session.add(report)
    session.flush()
    return report


def of_person(session: Session, by: Actor) -> list[SavedReport]:
    return list(session.scalars(select(SavedReport).where(*_theirs(by))
                                .order_by(SavedReport.name, SavedReport.id)))


def find(session: Session, saved_report_id: UUID, *, by: Actor) -> SavedReport:
    report = session.get(SavedReport, saved_report_id)
    if report is None or (report.company_id, report.person_id) != (by.company_id, by.person_id):
        raise NotFound("Rapporten finns inte.")
    return report


def _theirs(by: Actor) -> list[ColumnElement[bool]]:
    return [SavedReport.company_id == by.company_id, SavedReport.person_id == by.person_id]


def remove(session: Session, report: SavedReport) -> None:
    session.delete(report)


def send_monthly(report: SavedReport, monthly: bool, *, now: datetime) -> None:
    """From the next month on, or no longer."""
    report.monthly, report.sent_for = monthly, Month.of(now).first_day


def make(session: Session, report: SavedReport, *, within: Scope, by: str, language: str,
         mail_to: str | None = None, now: datetime) -> ListFile:
    """As it is now, by a worker."""
    return list_files.order(session, report.what, report.wish(now), report.format,
                            name=report.name, by=by, within=within, language=language,
                            mail_to=mail_to, now=now)


def due(session: Session, *, now: datetime) -> list[UUID]:
    """Those that have not been sent this month."""
    return list(session.scalars(select(SavedReport.id).where(*_due(now)).order_by(
        SavedReport.company_id, SavedReport.id)))


def _due(now: datetime) -> list[ColumnElement[bool]]:
    return [SavedReport.monthly, or_(SavedReport.sent_for.is_(None),
                                     SavedReport.sent_for < Month.of(now).first_day)]


def send(session: Session, report_id: UUID, *, now: datetime) -> ListFile | None:
    """Harmless twice, and by two at once. None when another has, or its owner administers nothing
    any longer."""
    taken = session.execute(
        update(SavedReport).where(SavedReport.id == report_id, *_due(now))
        .values(sent_for=Month.of(now).first_day).execution_options(synchronize_session=False))
    if not taken.rowcount:
        return None
    report = session.get_one(SavedReport, report_id, populate_existing=True)
    post = next((each for each in administrators.listed(session, report.company_id)
                 if each.person_id == report.person_id), None)
    if post is None or not post.person.email:
        return None
    return make(session, report, within=_scope(post), by=post.person.name,
                language=post.person.language, mail_to=post.person.email, now=now)


def _scope(post: Post) -> Scope:
    whole = post.role == Role.COMPANY_ADMIN
    return Scope(post.company_id, None if whole else frozenset(
        room.department_id for room in post.rooms))


