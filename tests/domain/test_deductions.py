from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from domain import deductions, payroll_making
from domain.companies import Deduction
from domain.deductions import Kind, SalaryDeduction
from domain.months import Month
from tests.conftest import NOON
from tests.factories import MORNING


@pytest.fixture
def company(make):
    return make.company()


def rows(db, application):
    return deductions.of_applications(db, [application.id]).get(application.id, [])


def test_the_parts_are_equal_and_the_rest_is_on_the_first(db, make, company):
    offer = make.staff_offer(company, share_basis_points=3_333, months=7)
    application = make.granted_offer(make.traveller(company), offer=offer)
    written = rows(db, application)
    amounts = [row.amount_ore for row in written]
    assert [str(Month.on(row.month_on)) for row in written] == [
        "2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05", "2027-06"]
    assert len(set(amounts[1:])) == 1
    assert 0 <= amounts[0] - amounts[1] < 7
    assert sum(amounts) == application.employee_ore
    assert sum(row.employer_ore for row in written) == application.employer_ore


def test_the_first_month_is_that_of_the_ticket_or_of_the_decision(db, make, company):
    late = datetime(2027, 2, 3, tzinfo=UTC)
    application = make.granted_offer(make.traveller(company), starts_on=date(2026, 12, 1), at=late)
    assert rows(db, application)[0].month_on == date(2027, 2, 1)


@pytest.mark.parametrize(("deduction", "given"), [(Deduction.NET, "employer"),
                                                  (Deduction.GROSS, "all")])
def test_what_is_deducted_before_tax_is_a_benefit_too(db, make, company, deduction, given):
    offer = make.staff_offer(company, share_basis_points=2_500, deduction=deduction)
    application = make.granted_offer(make.traveller(company), offer=offer)
    benefit = sum(row.benefit_ore for row in rows(db, application))
    assert benefit == {"employer": application.employer_ore, "all": application.price_ore}[given]


def test_an_employer_who_pays_all_has_rows_for_the_benefit_alone(db, make, company):
    offer = make.staff_offer(company, share_basis_points=10_000, months=3)
    application = make.granted_offer(make.traveller(company), offer=offer)
    assert [row.amount_ore for row in rows(db, application)] == [0, 0, 0]
    assert sum(row.benefit_ore for row in rows(db, application)) == application.price_ore


def test_many_are_written_at_once(db, store, make, company):
    applications = [make.offer_application(make.traveller(company)) for _ in range(3)]
    with store.transaction(db):
        deductions.write_many(db, applications, now=NOON)
    assert [len(rows(db, application)) for application in applications] == [12, 12, 12]


def test_what_the_payroll_has_is_changed_by_nobody(db, store, make, company):
    admin = make.actor(make.admin(company))
    application = make.granted_offer(make.traveller(company, employee_number="17"))
    first, *others = rows(db, application)
    with store.transaction(db):
        payroll_making.make(db, company.id, Month(2026, 12), None,
                            agreed=f"1:{first.amount_ore}", by=admin, now=NOON)
    ours = SalaryDeduction.id == first.id
    for change in (update(SalaryDeduction).where(ours).values(amount_ore=1),
                   update(SalaryDeduction).where(ours).values(export_id=None),
                   delete(SalaryDeduction).where(ours)):
        with pytest.raises(DBAPIError, match="the payroll has it"), db.begin_nested():
            db.execute(change.execution_options(synchronize_session=False))
        db.rollback()
    with store.transaction(db):
        db.execute(delete(SalaryDeduction).where(SalaryDeduction.id == others[0].id))
    assert len(rows(db, application)) == 11


def test_left_tells_what_the_payroll_has_not_had(db, make, company):
    traveller = make.traveller(company)
    application = make.granted_offer(traveller)
    assert deductions.left(db, traveller, Month.of(MORNING)) == [deductions.Left(
        application.id, 12, date(2027, 11, 1), application.price_ore)]


def test_a_correction_may_stand_in_the_month_of_an_instalment(db, store, make, company):
    traveller = make.traveller(company)
    application = make.granted_offer(traveller)
    with store.transaction(db):
        db.add(SalaryDeduction(
            company_id=company.id, traveller_id=traveller.id, application_id=application.id,
            month_on=date(2026, 12, 1), kind=Kind.CORRECTION, amount_ore=-100,
            deduction=Deduction.NET))
    [left] = deductions.left(db, traveller, Month.of(MORNING))
    assert (left.months, left.sum_ore) == (12, application.price_ore - 100)
