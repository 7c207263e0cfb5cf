from datetime import UTC, date, datetime

import pytest

from domain import (
    companies,
    deduction_settlements,
    deductions,
    legal_employers,
    payroll_exports,
    payroll_making,
    payroll_rows,
    payroll_settings,
)
from domain.access import Scope
from domain.companies import Deduction
from domain.deduction_settlements import Cause, Happening
from domain.deductions import Mark, SalaryDeduction
from domain.departments import Details as DepartmentDetails
from domain.errors import Conflict, Invalid, NotFound
from domain.months import Month
from domain.payroll_settings import Details, Format, Identity
from tests.conftest import NOON

DECEMBER, JANUARY = Month(2026, 12), Month(2027, 1)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


def sums(db, company, month):
    details = payroll_settings.of_company(db, company.id)
    return payroll_rows.sums(db, payroll_rows.waiting(Scope(company.id), month), details.identity)


def export(db, store, company, month, admin, *, employer=None, agreed=None):
    total = sums(db, company, month).get(employer)
    with store.transaction(db):
        return payroll_making.make(db, company.id, month, employer, by=admin, now=NOON,
                                   agreed=agreed or (total.mark if total else ""))


def granted(make, company, number="17", **more):
    return make.granted_offer(make.traveller(company, employee_number=number), **more)


def rows(db, application):
    db.expire_all()
    return deductions.of_applications(db, [application.id])[application.id]


def test_a_file_takes_the_month_and_locks_it(db, store, make, company, admin):
    application = granted(make, company)
    made = export(db, store, company, DECEMBER, admin)
    assert [row.export_id for row in rows(db, application)] == [made.id] + [None] * 11
    assert (made.rows, made.sum_ore) == (1, rows(db, application)[0].amount_ore)
    assert (made.made_by_id, made.made_at) == (admin.person_id, NOON)


def test_asked_for_twice_it_is_the_same_file(db, store, make, company, admin):
    granted(make, company)
    first = export(db, store, company, DECEMBER, admin, agreed=None)
    again = export(db, store, company, DECEMBER, admin, agreed="1:66600")
    assert again.id == first.id
    assert [each.id for each in payroll_exports.of_company(db, company.id)] == [first.id]


def test_what_comes_after_the_file_goes_with_the_next(db, store, make, company, admin):
    granted(make, company)
    export(db, store, company, DECEMBER, admin)
    late = granted(make, company, "18")
    assert sums(db, company, DECEMBER)[None].rows == 1
    assert sums(db, company, JANUARY)[None].rows == 3
    made = export(db, store, company, JANUARY, admin)
    assert [row.export_id for row in rows(db, late)][:3] == [made.id, made.id, None]


def test_a_month_that_never_had_a_file_is_left_to_who_saw_to_it(db, make, company):
    granted(make, company)
    assert sums(db, company, JANUARY)[None].rows == 1


def test_each_row_says_what_is_new_running_and_ending(db, store, make, company, admin):
    offer = make.staff_offer(company, months=3)
    application = granted(make, company, offer=offer)
    for month in (DECEMBER, JANUARY):
        export(db, store, company, month, admin)
    assert [row.mark for row in rows(db, application)] == [Mark.NEW, Mark.RUNNING, None]
    waits = payroll_rows.waiting(Scope(company.id), Month(2027, 2))
    assert list(payroll_rows.marks(db, waits)) == [Mark.ENDING]


def test_a_corrected_row_is_marked_as_that(db, store, make, company, admin):
    application = granted(make, company)
    export(db, store, company, DECEMBER, admin)
    later = datetime(2027, 1, 10, tzinfo=UTC)
    with store.transaction(db):
        deduction_settlements.settle(db, application, Happening(Cause.LEFT, date(2027, 1, 31)),
                                     by=admin, now=later)
    made = export(db, store, company, JANUARY, admin)
    assert [(row.mark, row.export_id) for row in rows(db, application)][1:] == [
        (Mark.CORRECTED, made.id)]
    assert rows(db, application)[0].mark == Mark.NEW


def test_one_whom_the_payroll_cannot_tell_waits_until_it_can(db, store, make, company, admin):
    unknown = granted(make, company, None)
    granted(make, company, "18")
    total = sums(db, company, DECEMBER)[None]
    assert (total.rows, total.unknown) == (1, 1)
    waits = payroll_rows.waiting(Scope(company.id), DECEMBER)
    assert [name for _, name in payroll_rows.unknown(db, waits, Identity.EMPLOYEE_NUMBER)] == [
        unknown.traveller.name]
    export(db, store, company, DECEMBER, admin)
    with store.transaction(db):
        unknown.traveller.employee_number = "19"
    assert sums(db, company, JANUARY)[None].rows == 3


def test_each_legal_employer_has_its_own_file(db, store, make, company, admin):
    workshop = make.department(company, details=DepartmentDetails("Verkstad", "2000"))
    with store.transaction(db):
        other = legal_employers.add(
            db, company.id, legal_employers.Details("Dotter AB", "5560001234"), [workshop.id],
            by=admin, now=NOON)
    granted(make, company)
    theirs = make.granted_offer(make.traveller(department=workshop, employee_number="5"))
    assert {key: total.rows for key, total in sums(db, company, DECEMBER).items()} == {
        None: 1, other.id: 1}
    made = export(db, store, company, DECEMBER, admin, employer=other.id)
    assert rows(db, theirs)[0].export_id == made.id
    assert sums(db, company, DECEMBER)[None].rows == 1


def test_the_sum_that_was_shown_is_the_sum_that_is_made(db, store, make, company, admin):
    granted(make, company)
    with pytest.raises(Invalid):
        export(db, store, company, DECEMBER, admin, agreed="2:100")
    assert payroll_exports.of_company(db, company.id) == []


def test_a_deduction_without_its_wage_code_is_not_made_a_file_of(db, store, make, company, admin):
    offer = make.staff_offer(company, deduction=Deduction.GROSS)
    granted(make, company, offer=offer)
    with pytest.raises(Conflict):
        export(db, store, company, DECEMBER, admin)
    with store.transaction(db):
        payroll_settings.change(db, company.id, Details(format=Format.XLSX), by=admin, now=NOON)
    assert export(db, store, company, DECEMBER, admin).rows == 1


def test_a_month_without_deductions_has_no_file(db, store, company, admin):
    with pytest.raises(Conflict):
        export(db, store, company, DECEMBER, admin)


def test_a_trial_makes_no_file(db, store, make, company, admin):
    granted(make, company)
    with store.transaction(db):
        companies.find(db, company.id).approved_at = None
    with pytest.raises(Conflict):
        export(db, store, company, DECEMBER, admin)


def test_a_file_of_another_company_is_not_found(db, store, make, company, admin):
    granted(make, company)
    made = export(db, store, company, DECEMBER, admin)
    with pytest.raises(NotFound):
        payroll_exports.find(db, made.id, company_id=make.company("Annat AB").id)


def test_a_department_administrator_sees_their_own(db, make, company):
    workshop = make.department(company)
    granted(make, company)
    make.granted_offer(make.traveller(department=workshop))
    within = Scope(company.id, frozenset({workshop.id}))
    found = payroll_rows.page(db, payroll_rows.of_month(within, DECEMBER))
    assert [row.department for row in found.rows] == [workshop.name]


def test_the_list_goes_on_to_the_next_page(db, make, company):
    for number in range(3):
        granted(make, company, str(number))
    found = payroll_rows.of_month(Scope(company.id), DECEMBER)
    second = payroll_rows.page(db, found, number=2, most=2)
    assert (second.first, second.last, second.total, second.before, second.after) == (
        3, 3, 3, 1, None)
    assert db.query(SalaryDeduction).count() == 36
