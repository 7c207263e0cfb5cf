from datetime import date
from urllib.parse import urlencode

import pytest
from sqlalchemy import event, select

from domain.companies import Deduction
from domain.products import Extent, Product
from domain.staff_offers import StaffOffer
from domain.travellers import EmploymentForm
from tests.browser import FRAGMENT

INDEX = "/foretag/personalerbjudande/erbjudanden/"
NEW = f"{INDEX}nytt"


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def admin(browser, make, company):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def typed(make, company, **changes):
    values = {"name": "Kontoret", "products": ["period_365"],
              "extents": [each.value for each in Extent],
              "departments": [str(make.first_department(company).id)],
              "forms": [each.value for each in EmploymentForm], "share": "", "deduction": "net",
              "months": "12", "last_apply_day": "", "closes_on": "", "text": "",
              "second_eyes": "", "auto": ""} | changes
    return {name: value for name, value in values.items() if value not in (None, [])}


def example(make, company, **changes):
    return f"{INDEX}exempel?{urlencode(typed(make, company, **changes), doseq=True)}"


def saved(db, name="Kontoret"):
    db.rollback()
    return db.scalar(select(StaffOffer).where(StaffOffer.name == name))


def test_an_offer_is_defined_on_one_page(browser, make, admin, company, db):
    answer = browser.post(NEW, typed(
        make, company, extents=["county"], forms=["permanent"], share="12,5 %", deduction="gross",
        months="10", last_apply_day="10", closes_on="2027-06-30", text="Fråga Åsa.",
        second_eyes="10 000", auto="700"))
    offer = saved(db)
    assert answer.location == f"{INDEX}{offer.id}"
    assert (offer.products, offer.extents, offer.department_ids, offer.employment_forms) == (
        [Product.PERIOD_365], [Extent.COUNTY], None, [EmploymentForm.PERMANENT])
    assert (offer.share_basis_points, offer.deduction, offer.months, offer.last_apply_day) == (
        1_250, Deduction.GROSS, 10, 10)
    assert (offer.closes_on, offer.second_eyes_above_ore, offer.auto_below_ore) == (
        date(2027, 6, 30), 1_000_000, 70_000)
    page = browser.get(answer.location).said
    for words in ("Arbetsgivaren betalar 12,5 %, den anställda resten.", "Kan ansöka0 av 0",
                  "Ansökan senast den 10, gäller från den 1 i nästa månad.", "Fråga Åsa."):
        assert words in page


def test_a_sum_instead_of_a_share_and_no_limits_is_for_all(browser, make, admin, company, db):
    browser.post(NEW, typed(make, company, share="500 kr"))
    offer = saved(db)
    assert (offer.share_ore, offer.extents, offer.department_ids, offer.employment_forms) == (
        50_000, None, None, None)


@pytest.mark.parametrize(("changes", "said"), [
    ({"name": ""}, "Fyll i det här."), ({"products": []}, "Välj minst en biljett."),
    ({"share": "101 %"}, "Skriv till exempel 30 % eller 500 kr."),
    ({"share": "halva"}, "Skriv till exempel 30 % eller 500 kr."),
    ({"last_apply_day": "31"}, "en dag från 1 till 28."), ({"months": "13"}, "Välj ett av"),
    ({"forms": []}, "Välj minst en.")])
def test_what_cannot_be_offered_is_said_beside_it_and_kept(browser, make, admin, company, db,
                                                           changes, said):
    page = browser.post(NEW, typed(make, company, text="behålls", **changes))
    assert (page.status, said in page.said, "behålls" in page.response.text) == (422, True, True)
    assert saved(db) is None


def test_the_example_follows_what_is_typed(browser, make, admin, company):
    make.traveller(company)
    assert "Varje månad575 kr" in browser.get(NEW).said
    part = browser.get(example(make, company, share="30 %"), **FRAGMENT)
    for words in ("Kan ansöka1 av 1", "Arbetsgivaren betalar2 070 kr", "Varje månad402,50 kr",
                  "Det som arbetsgivaren betalar skattar du för som förmån."):
        assert words in part.said
    unread = browser.get(example(make, company, share="halva"), **FRAGMENT)
    assert "Fyll i det som saknas" in unread.said


def test_an_offer_is_changed_closed_and_opened_again(browser, make, admin, company, db):
    offer = make.first_offer(company)
    page = f"{INDEX}{offer.id}"
    assert "Årsbiljett" in browser.get(f"{page}/andring").response.text
    browser.post(f"{page}/andring", typed(make, company, name="Årskort", months="6"))
    assert saved(db, "Årskort").months == 6
    assert browser.post(f"{page}/stangning").location == page
    assert "Stängt" in browser.get(INDEX).said
    assert browser.post(f"{page}/stangning").status == 409
    browser.post(f"{page}/oppning")
    assert "Öppnade erbjudandet Årskort igen." in browser.get(page).said


def test_a_department_administrator_reads_what_is_offered_and_changes_nothing(browser, make,
                                                                              company):
    browser.log_in(make.department_admin(make.first_department(company)))
    page = f"{INDEX}{make.first_offer(company).id}"
    assert f"{page}/andring" not in browser.get(page).links()
    assert NEW not in browser.get(INDEX).links()
    assert browser.get(NEW).status == browser.post(f"{page}/stangning").status == 403


def test_a_list_of_three_asks_as_much_as_one_of_one(browser, make, admin, company, store):
    queries = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: queries.append(args[2]))

    def count():
        queries.clear()
        browser.get(INDEX)
        return len(queries)

    make.offer_application(make.traveller(company))
    one = count()
    for name in ("Två", "Tre"):
        make.offer_application(make.traveller(company), offer=make.staff_offer(company, name))
    assert count() == one


def test_the_form_on_paper_is_a_pdf(browser, make, admin, company):
    answer = browser.get(f"{INDEX}{make.first_offer(company).id}/blankett.pdf")
    assert answer.response.mimetype == "application/pdf"
    assert answer.response.data.startswith(b"%PDF")
