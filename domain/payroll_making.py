"""A file to the payroll is made: its rows are locked, and no other file has them."""
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, bindparam, update
from sqlalchemy.orm import Session

from domain import audit, companies, payroll_exports, payroll_rows, payroll_settings
from domain.access import Actor, Scope
from domain.deductions import SalaryDeduction
from domain.departments import Department
from domain.errors import Conflict, Invalid
from domain.months import Month
from domain.payroll_exports import PayrollExport
from domain.payroll_settings import Details, Format

D = SalaryDeduction.__table__.c
_LOCK = (update(SalaryDeduction.__table__).where(D.id == bindparam("row"))
         .values(export_id=bindparam("export"), mark=bindparam("as")))


def make(session: Session, company_id: UUID, month: Month, legal_employer_id: UUID | None, *,
         agreed: str, by: Actor, now: datetime) -> PayrollExport:
    """`agreed` is the mark of the sum that was shown. Asked for again when there is nothing new, it
    is the file that there is already."""
    if companies.find(session, company_id).on_trial:
        raise Conflict("Det går inte att göra lönefiler medan ni provar portalen.")
    details = payroll_settings.of_company(session, company_id)
    rows = _waiting(session, company_id, month, legal_employer_id, details)
    if not rows:
        return _made(session, company_id, month, legal_employer_id)
    sum_ore = sum(row.amount_ore for row in rows)
    if agreed != f"{len(rows)}:{sum_ore}":
        raise Invalid("Avdragen har ändrats sedan du såg summan. Se efter en gång till.")
    if details.format != Format.XLSX:
        details.check_codes({row.deduction for row in rows})
    export = PayrollExport(company_id=company_id, legal_employer_id=legal_employer_id,
                           month_on=month.first_day, rows=len(rows), sum_ore=sum_ore, made_at=now,
                           made_by_id=by.person_id)
    session.add(export)
    session.flush()
    session.connection().execute(_LOCK, [
        {"row": row.id, "export": export.id, "as": row.mark} for row in rows])
    audit.record(session, audit.Act.PAYROLL_EXPORTED, export.id, company_id=company_id, by=by,
                 now=now, month=str(month), rows=len(rows), amount_ore=sum_ore)
    return export


def _waiting(session: Session, company_id: UUID, month: Month, legal_employer_id: UUID | None,
             details: Details) -> Sequence[Row]:
    """Held, so that nobody else takes or changes them; whoever asks meanwhile finds none."""
    waits = payroll_rows.waiting(Scope(company_id), month)
    return session.execute(
        waits.with_only_columns(SalaryDeduction.id, SalaryDeduction.amount_ore,
                                SalaryDeduction.deduction, payroll_rows.mark)
        .where(Department.legal_employer_id.is_not_distinct_from(legal_employer_id),
               payroll_rows.known_by[details.identity])
        .order_by(SalaryDeduction.id).with_for_update(of=SalaryDeduction)).all()


def _made(session: Session, company_id: UUID, month: Month,
          legal_employer_id: UUID | None) -> PayrollExport:
    for export in payroll_exports.of_month(session, company_id, month):
        if export.legal_employer_id == legal_employer_id:
            return export
    raise Conflict("Det finns inga löneavdrag att hämta för månaden.")
