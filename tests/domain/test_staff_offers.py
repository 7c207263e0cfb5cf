from datetime import date, datetime

import pytest

from domain import audit, staff_offers
from domain.access import Scope
from domain.companies import Deduction
from domain.errors import Conflict, Invalid, NotFound
from domain.offer_applications import Consent
from domain.products import Product
from domain.staff_offers import Details
from domain.travellers import EmploymentForm, parse_employment
from tests.conftest import NOON
from tests.factories import NOBODY


@pytest.fixture
def company(make):
    return make.company()


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00+01:00")


def test_a_company_comes_with_an_offer_of_a_year_to_all(make, db, company):
    [first] = staff_offers.of_company(db, company.id)
    assert (first.is_default, first.products, first.months) == (True, [Product.PERIOD_365], 12)
    assert (first.deduction, first.employer_ore(690_000)) == (Deduction.NET, 0)
    assert staff_offers.open_to(db, make.traveller(company), now=NOON) == [first]


def test_an_approved_applicant_has_one_offer_whether_they_tried_or_not(make, db, store):
    from domain import application_decisions

    tried = make.company_application()
    make.trial(tried)
    for application in (tried, make.company_application("Andra AB")):
        with store.transaction(db):
            company = application_decisions.approve(db, application, by=NOBODY, now=NOON)
        assert len(staff_offers.of_company(db, company.id)) == 1


def test_an_offer_is_for_some_departments_and_some_forms_of_employment(make, store, db, company):
    room = make.department(company)
    offer = make.staff_offer(company, department_ids=(room.id,),
                             employment_forms=(EmploymentForm.PERMANENT,))
    here, there = make.traveller(department=room), make.traveller(company)
    assert not offer.is_for(here)
    assert staff_offers.reach(db, offer, within=Scope(company.id)) == staff_offers.Reach(0, 2, 1)
    with store.transaction(db):
        here.employment_form = there.employment_form = EmploymentForm.PERMANENT
    assert (offer.is_for(here), offer.is_for(there)) == (True, False)
    assert staff_offers.reach(db, offer, within=Scope(company.id)) == staff_offers.Reach(1, 2, 0)
    assert offer in staff_offers.open_to(db, here, now=NOON)
    assert offer not in staff_offers.open_to(db, there, now=NOON)


@pytest.mark.parametrize(("today", "first"), [
    ("2026-11-10", date(2026, 12, 1)), ("2026-11-11", date(2027, 1, 1)),
    ("2026-12-28", date(2027, 2, 1))])
def test_who_applies_by_the_last_day_travels_from_the_first_of_the_next_month(make, company, today,
                                                                              first):
    offer = make.staff_offer(company, last_apply_day=10)
    assert offer.first_day(at(today)) == first
    assert offer.apply_by(first).day == 10
    assert make.first_offer(company).first_day(at(today)) is None


@pytest.mark.parametrize(("starts_on", "allowed"), [
    (date(2026, 12, 1), False), (date(2027, 1, 1), True), (date(2027, 1, 2), False),
    (date(2027, 3, 1), True)])
def test_a_ticket_begins_with_a_month_when_there_is_a_last_day(make, company, starts_on, allowed):
    offer, traveller = make.staff_offer(company, last_apply_day=10), make.traveller(company)
    if allowed:
        assert make.offer_application(traveller, offer=offer, starts_on=starts_on)
    else:
        with pytest.raises(Invalid):
            make.offer_application(traveller, offer=offer, starts_on=starts_on)


def test_a_form_that_was_handed_in_by_the_last_day_may_be_registered_after_it(make, company):
    offer = make.staff_offer(company, last_apply_day=10)
    assert make.offer_application(make.traveller(company), offer=offer, consent=Consent.PAPER,
                                  starts_on=date(2026, 12, 1))


def test_what_is_closed_or_has_run_out_cannot_be_applied_for(make, store, db, company):
    traveller, offer = make.traveller(company), make.staff_offer(
        company, closes_on=date(2026, 11, 20))
    assert (offer.is_open(NOON), offer.is_open(at("2026-11-21"))) == (True, False)
    with store.transaction(db):
        staff_offers.close(db, offer, by=NOBODY, now=NOON)
    with pytest.raises(Conflict):
        make.offer_application(traveller, offer=offer)
    with store.transaction(db):
        staff_offers.reopen(db, offer, by=NOBODY, now=NOON)
    assert make.offer_application(traveller, offer=offer)
    assert [event.act for event in audit.about(db, offer.id, company_id=company.id)] == [
        "staff_offer_reopened", "staff_offer_closed", "staff_offer_added"]


@pytest.mark.parametrize(("wrong", "field"), [
    ({"products": ()}, "products"), ({"products": (Product.PERIOD_30_YOUTH,)}, "products"),
    ({"months": 13}, "months"), ({"last_apply_day": 31}, "last_apply_day"),
    ({"share_basis_points": 10_001}, "share")])
def test_what_cannot_be_offered_is_refused_beside_its_field(make, store, db, company, wrong,
                                                           field):
    with pytest.raises(Invalid) as refused, store.transaction(db):
        staff_offers.add(db, company.id, Details("Kontoret", **wrong), by=NOBODY, now=NOON)
    assert refused.value.field == field


def test_another_companys_offer_is_not_found(make, db, company):
    with pytest.raises(NotFound):
        staff_offers.find(db, make.first_offer(company).id, company_id=make.company("B").id)


@pytest.mark.parametrize(("text", "form"), [
    ("Tillsvidareanställd", EmploymentForm.PERMANENT), ("Visstid", EmploymentForm.FIXED_TERM),
    ("tim-anställd", EmploymentForm.HOURLY), ("Övrigt", EmploymentForm.OTHER)])
def test_a_form_of_employment_is_read_as_it_may_be_called(text, form):
    assert parse_employment(text) == form
