from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.parcel_cases import Outcome, ParcelCase, Reason
from domain.parcels import Parcel
from tests.conftest import NOON
from tests.queries import queries

INDEX = "/mina-sidor/leveranser/"
HOME = {"street": "Nygatan 7", "postcode": "56130", "city": "Huskvarna"}


@pytest.fixture
def customer(make):
    return make.customer()


@pytest.fixture(autouse=True)
def at_home(browser, customer):
    browser.log_in_customer(customer)


def kept(db, parcel):
    db.rollback()
    db.expire_all()
    return db.get_one(Parcel, parcel.id)


def test_each_parcel_has_its_course(browser, make, customer):
    make.parcel(customer)
    assert "Postas återstår senast ons 25 nov" in browser.get(INDEX).said
    posted = make.parcel(customer, posted=True)
    said = browser.get(f"{INDEX}{posted.id}").said
    assert "Postat klart fre 20 nov 08:00" in said
    assert "Har det inte kommit tis 1 dec kan du säga till här." in said


def test_nothing_on_its_way_says_so(browser):
    assert "Inget på väg" in browser.get(INDEX).said


def test_the_address_is_changed_until_it_is_packed(browser, db, make, customer):
    parcel = make.parcel(customer)
    page = browser.post(f"{INDEX}{parcel.id}/adress", HOME)
    assert page.location == f"{INDEX}{parcel.id}"
    assert kept(db, parcel).address.lines == ["Kajsa Kund", "Nygatan 7", "561 30 Huskvarna"]
    make.pack(parcel)
    assert browser.get(f"{INDEX}{parcel.id}/adress").status == 409
    assert "Ändra adressen" not in browser.get(f"{INDEX}{parcel.id}").said


def test_a_wrong_postcode_is_told_beside_its_field(browser, db, make, customer):
    parcel = make.parcel(customer)
    page = browser.post(f"{INDEX}{parcel.id}/adress", HOME | {"postcode": "5"})
    assert (page.status, "fem siffror" in page.said) == (422, True)
    assert kept(db, parcel).street == "Storgatan 1"


def test_it_is_not_asked_for_before_six_weekdays_have_gone(browser, make, customer):
    parcel = make.parcel(customer, at=NOON - timedelta(days=8))
    assert "inte kommit efter 6 vardagar?" not in browser.get(f"{INDEX}{parcel.id}").said
    assert browser.get(f"{INDEX}{parcel.id}/fraga").status == 404


def test_it_is_asked_for_when_they_have(browser, db, make, customer):
    parcel = make.parcel(customer, at=NOON - timedelta(days=9))
    assert "inte kommit efter 6 vardagar?" in browser.get(f"{INDEX}{parcel.id}").said
    page = browser.post(f"{INDEX}{parcel.id}/fraga", {"reason": "missing", "words": "Tomt."})
    assert page.location == f"{INDEX}{parcel.id}"
    db.rollback()
    case = db.scalar(select(ParcelCase))
    assert (case.reason, case.words) == (Reason.MISSING, "Tomt.")
    assert "Kundcenter letar" in browser.get(f"{INDEX}{parcel.id}").said
    assert browser.get(f"{INDEX}{parcel.id}/fraga").status == 404


def test_a_damaged_one_is_told_of_at_once(browser, db, make, customer):
    parcel = make.parcel(customer, posted=True)
    assert "Kom kortet skadat?" in browser.get(f"{INDEX}{parcel.id}").said
    assert browser.post(f"{INDEX}{parcel.id}/fraga", {"reason": "missing"}).status == 422
    assert browser.post(f"{INDEX}{parcel.id}/fraga", {"reason": "damaged"}).status == 303


def test_what_has_come_after_all_needs_no_answer(browser, db, make, customer):
    case = make.parcel_case(make.parcel(customer, posted=True))
    browser.post(f"{INDEX}{case.parcel_id}/framme")
    db.rollback()
    db.refresh(case)
    assert case.outcome == Outcome.ARRIVED


@pytest.mark.parametrize("page", ["", "/adress", "/fraga"])
def test_somebody_elses_parcel_is_not_found(browser, make, page):
    assert browser.get(f"{INDEX}{make.parcel(posted=True).id}{page}").status == 404


def test_the_list_asks_as_much_at_three_parcels_as_at_one(browser, make, customer, store):
    make.parcel(customer, posted=True)
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    make.parcel(customer), make.parcel(customer, posted=True)
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_one) == len(at_three)
