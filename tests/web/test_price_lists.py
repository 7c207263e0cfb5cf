from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from domain import price_lists
from domain.price_lists import Line, PriceList
from domain.products import Area, Extent, Product
from tests.conftest import NOON
from tests.queries import queries

LISTS = "/intern/prislistor/"


@pytest.fixture
def clerk(browser, make):
    make.price_list()
    return browser.log_in(make.clerk())


def url(price_list):
    return f"{LISTS}{price_list.id}"


def names(db):
    db.rollback()
    return db.scalars(select(PriceList.name).order_by(PriceList.valid_from)).all()


def test_the_clerk_sees_every_version_with_its_dates_and_who_took_it_in(clerk, make):
    make.coming_list(by=make.actor(make.clerk(given_name="Cecilia")))
    page = clerk.get(LISTS)
    assert "Prislista 2027 Kommande fre 1 jan 2027 tills vidare" in page.said
    assert "fre 20 nov 08:00 Cecilia Handläggare" in page.said
    assert "Prislista Gäller tors 1 jan tors 31 dec" in page.said
    assert "Publicerade Prislista 2027, som gäller från fre 1 jan 2027." in page.said


def test_without_any_list_the_page_says_what_to_do(browser, make):
    browser.log_in(make.clerk())
    page = browser.get(LISTS)
    assert "Det finns ingen prislista" in page.said
    assert f"{LISTS}ny" in page.links()
    assert browser.get(f"{LISTS}ny").status == 200


def test_more_versions_and_drafts_take_no_more_questions(clerk, make, store):
    clerk.get(LISTS)
    with queries(store) as few:
        clerk.get(LISTS)
    for year in (2027, 2028):
        make.coming_list(f"Prislista {year}", date(year, 1, 1))
        make.price_draft(starts_on=date(year, 6, 1))
    with queries(store) as many:
        clerk.get(LISTS)
    assert len(many) == len(few)


def test_a_version_shows_every_price_by_place_and_ticket(clerk, make):
    page = clerk.get(url(make.price_list()))
    assert "En zon 42 kr 84 kr 510 kr 960 kr 690 kr 6 900 kr" in page.said
    assert "Länet och Kalmar 136 kr 272 kr – – 1 720 kr" in page.said
    assert "Alla priser är inklusive 6 % moms, och för vuxen om inget annat står." in page.said
    assert "Återkalla" not in page.said


def test_prices_with_different_vat_say_so(clerk, make, store, db):
    line = Line(product=Product.SINGLE, extent=Extent.ZONES_1, price_ore=4_200,
                vat_basis_points=600)
    day = replace(line, product=Product.DAY)
    danish = replace(line, extent=Extent.BORDER, area=Area.COPENHAGEN, vat_basis_points=350)
    with store.transaction(db):
        made = price_lists.add(db, "Prislista", date(2027, 1, 1), [line, day, danish], by=None,
                               now=NOON)
    said = clerk.get(url(made)).said
    assert "inklusive 6 % moms, utom för Länet och Köpenhamn (3,5 %)." in said


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_version_is_taken_home_as_a_file(clerk, make, kind):
    for address in (f"{url(make.price_list())}/prislista.{kind}", f"{LISTS}mall.{kind}"):
        answer = clerk.get(address).response
        assert answer.status_code == 200
        assert f"2026-11-20.{kind}" in answer.headers["Content-Disposition"]
        if kind == "csv":
            assert "Enkelbiljett;En zon;;42,00;6" in answer.data.decode("utf-8-sig")


def test_a_coming_list_is_withdrawn(clerk, make, db):
    coming = make.coming_list()
    assert "Återkalla" in clerk.get(url(coming)).said
    page = clerk.post(f"{url(coming)}/aterkallande")
    assert (page.status, page.location) == (303, LISTS)
    assert names(db) == ["Prislista"]
    after = clerk.get(LISTS).said
    assert "Prislista 2027 är återkallad." in after
    assert "Återkallade Prislista 2027, som skulle gälla från fre 1 jan 2027." in after
    assert clerk.post(f"{url(coming)}/aterkallande").status == 404


def test_a_list_that_has_begun_is_not_withdrawn(clerk, make, db):
    page = clerk.post(f"{url(make.price_list())}/aterkallande")
    assert (page.status, "har börjat gälla" in page.said) == (409, True)
    assert names(db) == ["Prislista"]


def test_a_list_that_is_not_there_is_not_found(clerk, make):
    other = make.price_draft()
    for address in (url(other), f"{url(other)}/prislista.csv",
                    f"{LISTS}utkast/{make.price_list().id}"):
        assert clerk.get(address).status == 404


def test_the_rail_leads_to_the_lists(clerk):
    assert LISTS in clerk.get("/intern/").links()
