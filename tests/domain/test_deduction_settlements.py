from datetime import UTC, date, datetime
from random import Random

import pytest
from sqlalchemy import select

from domain import audit, deduction_settlements, deductions, payroll_making, payroll_rows
from domain.access import Scope
from domain.deduction_settlements import Cause, Happening, How
from domain.deductions import Kind
from domain.errors import Conflict, Invalid
from domain.messages import Email
from domain.months import Month
from domain.payroll_settings import Identity
from tests.conftest import NOON

IN_MAY = datetime(2027, 5, 20, 10, tzinfo=UTC)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def application(make, company):
    """Of 7 990 kr in twelve parts, from January."""
    return make.granted_offer(make.traveller(company, employee_number="17"),
                              starts_on=date(2027, 1, 1))


def export(db, store, company, month, admin):
    waits = payroll_rows.waiting(Scope(company.id), month)
    total = payroll_rows.sums(db, waits, Identity.EMPLOYEE_NUMBER)[None]
    with store.transaction(db):
        return payroll_making.make(db, company.id, month, None, agreed=total.mark, by=admin,
                                   now=NOON)


def settle(db, store, application, happening, admin, *, now=IN_MAY):
    with store.transaction(db):
        return deduction_settlements.settle(db, application, happening, by=admin, now=now)


def rows(db, application):
    db.expire_all()
    return deductions.of_applications(db, [application.id]).get(application.id, [])


def amounts(db, application):
    return [row.amount_ore for row in rows(db, application)]


def exported_until(db, store, company, admin, last):
    for month in range(1, last + 1):
        export(db, store, company, Month(2027, month), admin)


def test_a_leaver_pays_the_rest_of_the_last_salary(db, store, company, admin, application):
    exported_until(db, store, company, admin, 4)
    taken = sum(amounts(db, application)[:4])
    settle(db, store, application, Happening(Cause.LEFT, date(2027, 5, 31)), admin)
    *gone, last = rows(db, application)
    assert len(gone) == 4
    assert all(row.export_id for row in gone)
    assert (last.month_on, last.kind) == (date(2027, 5, 1), Kind.CORRECTION)
    assert last.amount_ore == application.price_ore - taken


def test_where_the_payroll_has_had_the_month_the_rest_comes_in_the_next(db, store, company, admin,
                                                                       application):
    exported_until(db, store, company, admin, 5)
    plan = settle(db, store, application, Happening(Cause.LEFT, date(2027, 5, 31)), admin)
    assert [part.month_on for part in plan.written] == [date(2027, 6, 1)]
    assert sum(amounts(db, application)) == application.price_ore


def test_what_is_shown_is_what_is_done(db, store, company, admin, application):
    happening = Happening(Cause.LEFT, date(2027, 5, 31))
    exported_until(db, store, company, admin, 2)
    shown = deduction_settlements.preview(db, application, happening, now=IN_MAY)
    assert len(amounts(db, application)) == 12
    assert settle(db, store, application, happening, admin).mark == shown.mark


def test_a_recalled_ticket_is_given_back(db, store, company, admin, application):
    exported_until(db, store, company, admin, 1)
    early = datetime(2027, 1, 20, tzinfo=UTC)
    first, *_ = amounts(db, application)
    settle(db, store, application, Happening(Cause.RECALLED, date(2027, 1, 20)), admin, now=early)
    assert amounts(db, application) == [first, -first]


def test_a_returned_ticket_is_shared_as_it_was_paid(db, store, make, company, admin):
    offer = make.staff_offer(company, share_basis_points=2_500)
    application = make.granted_offer(make.traveller(company), offer=offer)
    settle(db, store, application, Happening(
        Cause.RETURNED, date(2027, 5, 20), credited_ore=100_000), admin)
    assert sum(amounts(db, application)) == application.employee_ore - 75_000
    assert sum(row.employer_ore for row in rows(db, application)) == (
        application.employer_ore - 25_000)


def test_more_than_the_price_is_never_credited(db, store, admin, application):
    with pytest.raises(Invalid) as refusal:
        settle(db, store, application, Happening(
            Cause.RETURNED, date(2027, 5, 20), credited_ore=application.price_ore + 1), admin)
    assert refusal.value.field == "credited"


def test_after_a_leave_the_same_parts_go_on(db, store, company, admin, application):
    exported_until(db, store, company, admin, 4)
    before = amounts(db, application)
    settle(db, store, application, Happening(
        Cause.ON_LEAVE, date(2027, 5, 24), How.LATER, back_on=date(2028, 2, 14)), admin)
    assert amounts(db, application) == before
    assert [row.month_on for row in rows(db, application)[4:6]] == [date(2028, 2, 1),
                                                                   date(2028, 3, 1)]


def test_a_leave_ends_after_it_begins(db, store, admin, application):
    for back_on in (None, date(2027, 5, 24)):
        with pytest.raises(Invalid) as refusal:
            settle(db, store, application, Happening(
                Cause.ON_LEAVE, date(2027, 5, 24), How.LATER, back_on=back_on), admin)
        assert refusal.value.field == "back_on"


def test_what_is_paid_elsewhere_is_not_taken_of_the_salary(db, store, company, admin,
                                                           application):
    exported_until(db, store, company, admin, 4)
    plan = settle(db, store, application, Happening(
        Cause.LEFT, date(2027, 5, 31), How.ELSEWHERE), admin)
    assert (len(amounts(db, application)), plan.rest_ore) == (4, 0)


def test_it_is_in_the_log(db, store, company, admin, application):
    settle(db, store, application, Happening(Cause.LEFT, date(2027, 5, 31)), admin)
    acts = [event.act for event in audit.about(db, application.traveller_id,
                                               company_id=company.id)]
    assert audit.Act.DEDUCTION_SETTLED in acts


def test_the_traveller_is_told_what_the_salary_pays(db, store, company, admin, application):
    exported_until(db, store, company, admin, 4)
    taken = sum(amounts(db, application)[:4])
    settle(db, store, application, Happening(Cause.LEFT, date(2027, 5, 31)), admin)
    letter = db.scalars(select(Email).where(Email.template == "deduction_settled")).one()
    assert letter.to == application.traveller.email
    assert (letter.values["first_month"], letter.values["part_ore"], letter.values["months"]) == (
        "2027-05", application.price_ore - taken, 1)


def test_what_is_not_granted_has_nothing_to_settle(db, store, make, company, admin):
    waiting = make.offer_application(make.traveller(company))
    with pytest.raises(Conflict):
        settle(db, store, waiting, Happening(Cause.LEFT, date(2027, 5, 31)), admin)


def test_the_rows_are_what_is_owed_whatever_happens(db, store, make, company, admin):
    """Through forty lives of files, leaves and returns."""
    chance = Random(7)
    for life in range(40):
        offer = make.staff_offer(company, f"Erbjudande {life}", months=chance.randint(1, 12),
                                 share_basis_points=chance.choice([0, 1, 2_500, 3_333, 10_000]))
        application = make.granted_offer(
            make.traveller(company, employee_number=str(life)), offer=offer)
        month = Month(2026, 12)
        locked = {}
        for _ in range(chance.randint(1, 5)):
            chance.choice([_exports, _settles, _settles])(db, store, company, admin, application,
                                                          month, chance)
            found = rows(db, application)
            assert (sum(row.amount_ore for row in found),
                    sum(row.employer_ore for row in found)
                    ) == deduction_settlements.owed(db, application)
            now_locked = {row.id: (row.month_on, row.amount_ore) for row in found
                          if row.export_id}
            assert locked.items() <= now_locked.items()
            locked = now_locked
            month = month.next


def _exports(db, store, company, admin, application, month, chance):
    waits = payroll_rows.waiting(Scope(company.id), month)
    if payroll_rows.sums(db, waits, Identity.EMPLOYEE_NUMBER):
        export(db, store, company, month, admin)


def _settles(db, store, company, admin, application, month, chance):
    cause = chance.choice(list(Cause))
    how = chance.choice(list(How) if cause == Cause.ON_LEAVE else [How.AT_ONCE, How.ELSEWHERE])
    day = date(month.year, month.month, chance.randint(1, 28))
    credited = chance.randint(0, application.price_ore) if cause == Cause.RETURNED else 0
    settle(db, store, application, Happening(
        cause, day, how, credited, back_on=date(day.year + 1, day.month, 1)), admin,
        now=datetime(month.year, month.month, 15, tzinfo=UTC))
