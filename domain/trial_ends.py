"""The end of a trial, in the transaction that decides the application: either the company goes on
without what was only tried, or nothing is left of it but its log."""
from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, Table, delete, or_, select, true
from sqlalchemy.orm import Session

from domain import companies, trial_limits
from domain.business_travel import Connection
from domain.companies import Company
from domain.limit_warnings import BudgetWarning
from domain.messages import Sms, State
from domain.offers import OfferApplication
from domain.outbox import OutboxMessage
from domain.purchase_months import PurchaseMonth
from domain.spendings import DepartmentSpending
from domain.store import Base
from domain.tickets import Ticket
from domain.traveller_imports import TravellerImport
from domain.trial_limits import Trial

TRIED = [each.__table__ for each in (
    Ticket, OfferApplication, Connection, DepartmentSpending, PurchaseMonth, BudgetWarning, Sms,
    Trial)]
"""What no company takes with it from its trial, and whatever hangs on that."""
OVER = (State.SENT, State.DELIVERED, State.CANCELLED)


def settle(session: Session, application_id: UUID) -> Company | None:
    """The application is approved. Gives the company to go on with; None when nobody has tried, or
    chose to begin anew."""
    trial = trial_limits.of_application(session, application_id)
    if trial is None:
        return None
    company, keeps = companies.find(session, trial.company_id), trial.keeps
    _erase(session, company.id, TRIED if keeps else [Company.__table__])
    return company if keeps else None


def remove(session: Session, application_id: UUID) -> None:
    """The application came to nothing, and so did the trial: nobody is administrator by it."""
    trial = trial_limits.of_application(session, application_id)
    if trial is not None:
        _erase(session, trial.company_id, [Company.__table__])


def _erase(session: Session, company_id: UUID, roots: Iterable[Table]) -> None:
    """Delete the company's rows in these tables and in every table that refers to them."""
    session.flush()
    going = _going(company_id, roots)
    _unsend(session, company_id, going)
    for table in reversed(Base.metadata.sorted_tables):
        if table in going:
            session.execute(delete(table).where(going[table]))
    session.expire_all()  # it was done behind the session's back


def _going(company_id: UUID, roots: Iterable[Table]) -> dict[Table, ColumnElement[bool]]:
    """Each table that has something to delete, and which of its rows are the company's."""
    theirs, going = {Company.__table__: Company.__table__.c.id == company_id}, set(roots)
    for table in Base.metadata.sorted_tables:  # what is referred to comes before what refers
        above = [key for key in table.foreign_keys
                 if key.column.table in theirs and key.column.table is not table]
        if "company_id" in table.c:
            theirs[table] = table.c.company_id == company_id
        elif above:
            theirs[table] = or_(*(key.parent.in_(select(key.column).where(
                theirs[key.column.table])) for key in above))
        if any(key.column.table in going for key in above):
            going.add(table)
    return {table: theirs[table] for table in going}


def _unsend(session: Session, company_id: UUID, going: Collection[Table]) -> None:
    """No worker is to look for what is gone."""
    for named, kind, waits in (("sms_id", Sms, Sms.state.not_in(OVER)),
                               ("import_id", TravellerImport, true())):
        if kind.__table__ in going:
            ids = session.scalars(select(kind.id).where(kind.company_id == company_id, waits))
            session.execute(delete(OutboxMessage).where(
                OutboxMessage.args[named].as_string().in_([str(each) for each in ids])))
