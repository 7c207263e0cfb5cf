import pytest

from domain import payroll_files, payroll_making, payroll_rows, payroll_settings
from domain.access import Scope
from domain.companies import Deduction
from domain.departments import Details as DepartmentDetails
from domain.months import Month
from domain.payroll_settings import Cell, Details, Format, Identity, Sign
from tests.conftest import NOON

DECEMBER = Month(2026, 12)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def contents(db, store, company, admin):
    """What the month's file has, with such settings."""
    def of(**settings):
        with store.transaction(db):
            payroll_settings.change(db, company.id, Details(**settings), by=admin, now=NOON)
        waits = payroll_rows.waiting(Scope(company.id), DECEMBER)
        total = payroll_rows.sums(db, waits, Details(**settings).identity).get(None)
        with store.transaction(db):
            made = payroll_making.make(db, company.id, DECEMBER, None, by=admin, now=NOON,
                                       agreed=total.mark if total else "")
        return payroll_files.of(db, made)
    return of


def test_what_is_deducted_has_the_sign_that_the_program_wants(make, company, contents):
    application = make.granted_offer(make.traveller(company, employee_number="17"))
    [minus] = contents().transactions
    [plus] = contents(sign=Sign.PLUS).transactions
    assert (minus.code, minus.employee_number) == ("71000", "17")
    assert (minus.amount_ore, plus.amount_ore) == (
        -application.price_ore // 12, -(-application.price_ore // 12))


def test_the_benefit_is_given_where_it_has_a_code(make, company, contents):
    offer = make.staff_offer(company, share_basis_points=5_000, deduction=Deduction.GROSS,
                             months=1)
    application = make.granted_offer(make.traveller(company, employee_number="17"), offer=offer)
    taken, given = contents(gross_code="71100", benefit_code="7800").transactions
    assert (taken.code, taken.amount_ore) == ("71100", -application.employee_ore)
    assert (given.code, given.amount_ore) == ("7800", application.price_ore)


def test_a_personnummer_is_in_no_file_unless_people_are_known_by_it(db, make, company, contents):
    traveller = make.traveller(company, employee_number="17")
    make.granted_offer(traveller)
    number = db.info["vault"].open(traveller.personnummer_sealed, "personnummer")
    assert contents().transactions[0].personnummer is None
    assert contents(identity=Identity.PERSONNUMMER).transactions[0].personnummer == number


def test_one_who_is_protected_goes_by_the_employee_number(db, store, make, company, contents):
    traveller = make.traveller(company, employee_number="17")
    make.granted_offer(traveller)
    with store.transaction(db):
        traveller.protected = True
    [transaction] = contents(identity=Identity.PERSONNUMMER,
                             cells=(Cell.PERSONNUMMER,), format=Format.CSV).transactions
    assert (transaction.personnummer, transaction.employee_number) == (None, "17")


def test_a_cost_centre_is_told_to_who_wants_it(make, company, contents):
    workshop = make.department(company, details=DepartmentDetails("Verkstad", "2000", "120"))
    make.granted_offer(make.traveller(department=workshop, employee_number="17"))
    assert contents().transactions[0].cost_centre is None
    assert contents(cost_centres=True).transactions[0].cost_centre == "120"
