import gzip

import pytest

from domain import departments, travellers
from domain.access import Scope
from domain.departments import Details
from domain.products import COMPANY_PRODUCTS, Product
from domain.services import Service
from tests import files
from tests.queries import queries

INDEX = "/foretag/avdelningar/"
ALL = [each.value for each in COMPANY_PRODUCTS]
TYPED = {"name": "Verkstad", "reference_number": "2000", "cost_centre": "",
         "services": [each.value for each in Service], "products": ALL}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def known(db, company):
    db.rollback()
    db.expire_all()
    return [(each.name, each.reference_number, each.cost_centre)
            for each in departments.of_company(db, within=Scope(company.id))]


def test_the_list_tells_reference_and_number_of_travellers(browser, make, company):
    verkstad = make.department(company)
    make.traveller(department=verkstad)
    page = browser.get(INDEX)
    assert "Huvudavdelning 1000 – 0" in page.said
    assert "Verkstad 2000 – 1" in page.said
    assert f"/foretag/avdelningar/{verkstad.id}/import" in page.links()


def test_the_list_asks_as_much_at_sixty_departments_as_at_one(browser, make, company, store):
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    for number in range(2):
        make.traveller(department=make.department(company, f"Avdelning {number}"))
    with queries(store) as at_three:
        browser.get(INDEX)
    for number in range(2, 59):
        make.department(company, f"Avdelning {number}")
    with queries(store) as at_sixty:
        page = browser.get(INDEX)
    assert len(at_one) == len(at_three) == len(at_sixty)
    assert len(gzip.compress(page.text.encode())) < 14_000


def page_of(department):
    return f"{INDEX}{department.id}"


def test_a_department_is_added_and_may_use_all(browser, db, company):
    answer = browser.post(f"{INDEX}ny", TYPED)
    assert answer.status == 303
    assert "Avdelningen Verkstad är tillagd." in browser.get(answer.location).said
    assert known(db, company) == [("Huvudavdelning", "1000", None), ("Verkstad", "2000", None)]
    verkstad = departments.of_company(db, within=Scope(company.id))[1]
    assert (verkstad.services, verkstad.products, verkstad.monthly_budget_ore) == (None, None, None)


def test_a_department_is_changed(browser, db, make, company):
    department = make.first_department(company)
    answer = browser.post(f"{page_of(department)}/andra", TYPED | {
        "cost_centre": "77", "services": ["business_travel"], "products": ["day", "single"],
        "monthly_budget": "5 000", "invoice_street": "Ågatan 2", "invoice_postcode": "55320",
        "invoice_city": "Jönköping", "invoice_email": "verkstad@bolaget.example"})
    assert (answer.status, answer.location) == (303, page_of(department))
    assert known(db, company) == [("Verkstad", "2000", "77")]
    db.refresh(department)
    assert (department.services, department.products) == (
        [Service.BUSINESS_TRAVEL], [Product.SINGLE, Product.DAY])
    assert department.monthly_budget_ore == 500_000
    assert department.invoice_street == "Ågatan 2"
    said = browser.get(answer.location).said
    for words in ("Tjänsteresor: 5 000 kr kvar av månadens budget på 5 000 kr",
                  "Enkelbiljett, 24-timmarsbiljett", "Ågatan 2", "verkstad@bolaget.example",
                  "Ändrade avdelningen Verkstad."):
        assert words in said.replace("\N{NO-BREAK SPACE}", " ")


def test_the_form_of_a_department_shows_what_it_has(browser, make, company):
    small = make.department(company, details=Details(
        "Liten", "3000", services=(Service.SEND_TICKET,), monthly_budget_ore=150_000))
    page = browser.get(f"{page_of(small)}/andra")
    inputs = page.all("input")
    values = {attrs.get("name"): attrs.get("value") for attrs in inputs}
    assert (values["name"], values["reference_number"]) == ("Liten", "3000")
    assert values["monthly_budget"] == "1\N{NO-BREAK SPACE}500"
    ticked = [attrs["value"] for attrs in inputs if "checked" in attrs]
    assert ticked == ["send_ticket", *ALL]
    assert not [attrs for attrs in page.all("details") if "open" in attrs]


def test_the_form_offers_only_what_the_company_uses(browser, store, db, company):
    with store.transaction(db):
        company.services = [Service.SEND_TICKET]
    boxes = [attrs["value"] for attrs in browser.get(f"{INDEX}ny").all("input")
             if attrs.get("name") == "services"]
    assert boxes == ["send_ticket"]


@pytest.mark.parametrize(("typed", "said"), [
    ({"services": []}, "Välj minst en tjänst."), ({"products": []}, "Välj minst en biljett."),
    ({"services": ["helicopter"]}, "Välj"), ({"monthly_budget": "mycket"}, "Skriv beloppet"),
    ({"monthly_budget": "999999999"}, "Budgeten kan vara högst"),
    ({"invoice_street": "Ågatan 2"}, "Fyll i det här."),
    ({"invoice_email": "nej"}, "E-postadressen"),
])
def test_what_it_may_use_and_is_invoiced_by_has_to_be_whole(browser, db, company, typed, said):
    page = browser.post(f"{INDEX}ny", TYPED | typed)
    assert page.status == 422
    assert said in page.said
    assert len(known(db, company)) == 1


def test_the_page_of_a_department_tells_who_runs_it_and_what_it_has_bought(browser, make,
                                                                           company):
    verkstad = make.department(company)
    make.department_admin(verkstad)
    make.ticket(make.traveller(department=verkstad))
    make.ticket(make.traveller(company))
    page = browser.get(page_of(verkstad))
    for words in ("Dan Lund", "En resenär", "1 biljett", "Referensnummer 2000"):
        assert words in page.said
    assert f"/foretag/resenarer/?avdelning={verkstad.id}" in page.links()


def test_a_budget_that_is_used_up_is_told(browser, make, company):
    none = make.department(company, details=Details("Snål", "3000", monthly_budget_ore=0))
    assert "Månadens budget för Tjänsteresor är förbrukad" in browser.get(page_of(none)).said


def test_an_empty_department_is_archived_and_opened_again(browser, make, company):
    verkstad = make.department(company)
    assert browser.post(f"{page_of(verkstad)}/arkivering").location == INDEX
    page = browser.get(INDEX)
    assert "Avdelningen Verkstad är arkiverad." in page.said
    assert "En arkiverad avdelning" in page.said
    assert "Arkiverad" in browser.get(page_of(verkstad)).said
    assert "Verkstad" not in browser.get("/foretag/resenarer/ny").said
    assert browser.post(f"{page_of(verkstad)}/oppnande").location == page_of(verkstad)
    assert "arkiverad" not in browser.get(INDEX).said


def test_a_department_that_travels_or_is_the_only_one_is_not_archived(browser, make, company):
    first = make.first_department(company)
    assert browser.post(f"{page_of(first)}/arkivering").status == 409
    make.traveller(department=make.department(company))
    verkstad = departments.of_company(make.session, within=Scope(company.id))[1]
    answer = browser.post(f"{page_of(verkstad)}/arkivering")
    assert (answer.status, "Avdelningen har resenärer." in answer.said) == (409, True)


def test_the_travellers_are_moved_after_a_preview(browser, make, company, db):
    first = make.first_department(company)
    small = make.department(company, details=Details("Liten", "3000",
                                                     services=(Service.SEND_TICKET,)))
    for name in ("Rut", "Bo"):
        make.traveller(department=first, given_name=name)
    at = f"{page_of(first)}/flytt"
    assert at in browser.get(page_of(first)).links()
    assert "Det här händer" not in browser.get(at).said
    page = browser.get(f"{at}?department={small.id}")
    for words in ("2 resenärer kan inte längre använda Tjänsteresor.",
                  "går på referensnummer 3000", "Flytta alla 2 resenärer till Liten"):
        assert words in page.said
    answer = browser.post(at, {"department": str(small.id), "agreed": str(small.id)})
    assert (answer.status, answer.location) == (303, page_of(small))
    assert "2 resenärer är flyttade hit." in browser.get(answer.location).said
    assert travellers.numbers(db, within=Scope(company.id)) == {small.id: 2}


def test_nobody_is_moved_by_a_button_that_named_another_department(browser, make, company, db):
    first, verkstad = make.first_department(company), make.department(company)
    make.traveller(department=first)
    for agreed in ({}, {"agreed": str(first.id)}):
        page = browser.post(f"{page_of(first)}/flytt", {"department": str(verkstad.id)} | agreed)
        assert "Flytta resenären till Verkstad" in page.said
    assert travellers.numbers(db, within=Scope(company.id)) == {first.id: 1}


def test_nobody_is_moved_to_another_company(browser, make, company, db):
    first, theirs = make.first_department(company), make.first_department(make.company())
    make.department(company)
    make.traveller(department=first)
    browser.post(f"{page_of(first)}/flytt",
                 {"department": str(theirs.id), "agreed": str(theirs.id)})
    assert travellers.numbers(db, within=Scope(company.id)) == {first.id: 1}


def test_a_department_administrator_reads_the_own_department_and_changes_nothing(browser, make,
                                                                                 company):
    verkstad, lager = make.department(company), make.department(company, "Lager")
    browser.log_in(make.department_admin(verkstad))
    page = browser.get(page_of(verkstad))
    assert (page.status, "Lager" in page.said) == (200, False)
    assert f"{page_of(verkstad)}/andra" not in page.links()
    assert browser.get(page_of(lager)).status == 404
    assert browser.get(f"{page_of(verkstad)}/andra").status == 403
    assert browser.post(f"{page_of(verkstad)}/arkivering").status == 403


@pytest.mark.parametrize(("service", "at"), [
    (Service.SEND_TICKET, "/foretag/skicka-biljett/"),
    (Service.BUSINESS_TRAVEL, "/foretag/tjansteresor/"),
    (Service.STAFF_OFFER, "/foretag/personalerbjudande/"),
])
def test_a_service_that_the_company_does_not_use_is_not_on_the_way(browser, db, store, company,
                                                                   service, at):
    assert at in browser.get("/foretag/").links()
    with store.transaction(db):
        company.services = [each for each in Service if each != service]
    assert at not in browser.get("/foretag/").links()
    page = browser.get(at)
    assert (page.status, "Företaget använder inte tjänsten" in page.said) == (403, True)


def test_only_products_that_may_be_used_are_offered_to_send(browser, make, company, db, store):
    make.price_list()
    first = make.first_department(company)
    verkstad = make.department(company, details=Details("Liten", "3000",
                                                        products=(Product.DAY,)))
    with store.transaction(db):
        first.products = [Product.DAY, Product.SINGLE]
    bo = make.traveller(department=verkstad)

    def offered(at):
        return [attrs["value"] for attrs in browser.get(at).all("input")
                if attrs.get("name") == "product"]

    assert offered("/foretag/skicka-biljett/") == ["single", "day"]
    assert offered(f"/foretag/skicka-biljett/?resenar={bo.id}") == ["day"]


def test_the_phone_offers_what_the_department_allows(browser, make, company, db, store):
    make.price_list()
    first = make.first_department(company)
    traveller = make.traveller(department=first)
    make.connection(traveller, registered=True)
    browser.log_in(make.as_person(traveller))

    def allow(**what):
        with store.transaction(db):
            for name, value in what.items():
                setattr(first, name, value)

    allow(products=[Product.DAY])
    page = browser.get("/resa/kop")
    assert [attrs["value"] for attrs in page.all("input")
            if attrs.get("name") == "product"] == ["day"]
    assert "Din avdelning låter dig inte köpa enkelbiljett" in page.said
    assert not offered(browser)
    allow(products=None, services=[Service.STAFF_OFFER])
    assert "Du får inte använda Tjänsteresor just nu" in browser.get("/resa/kop").said
    assert offered(browser)


def offered(browser) -> bool:
    """Whether the traveller may apply for a staff offer."""
    return any(link.startswith("/resa/erbjudanden/ansokan")
               for link in browser.get("/resa/erbjudanden").links())


@pytest.mark.parametrize(("typed", "said"), [
    ({"name": "huvudavdelning"}, "Det finns redan en avdelning som heter så."),
    ({"name": " "}, "Fyll i det här."), ({"reference_number": "x" * 51}, "Det är för långt."),
])
def test_what_will_not_do_is_told_beside_its_field_and_the_rest_is_kept(browser, db, company, typed,
                                                                        said):
    page = browser.post(f"{INDEX}ny", TYPED | {"cost_centre": "kept"} | typed)
    assert page.status == 422
    [wrong] = [attrs for attrs in page.all("input") if attrs.get("aria-invalid")]
    assert wrong["name"] in typed
    assert said in page.said
    assert "kept" in [attrs.get("value") for attrs in page.all("input")]
    assert len(known(db, company)) == 1


def test_the_same_form_twice_is_one_department(browser, db, company):
    key = {"form_key": "00000000-0000-4000-8000-000000000001"}
    answers = [browser.post(f"{INDEX}ny", TYPED | key) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert len(known(db, company)) == 2


def test_another_companys_department_is_not_found(browser, make):
    theirs = make.first_department(make.company())
    assert browser.get(page_of(theirs)).status == 404
    assert browser.get(f"{page_of(theirs)}/flytt").status == 404
    for what, typed in (("andra", TYPED), ("arkivering", {}), ("oppnande", {}), ("flytt", {})):
        assert browser.post(f"{page_of(theirs)}/{what}", typed).status == 404


def test_the_preview_follows_the_choice_without_a_new_page(browser, make, company):
    first, verkstad = make.first_department(company), make.department(company)
    make.traveller(department=first)
    answer = browser.client.get(f"{page_of(first)}/flytt?department={verkstad.id}",
                                headers={"HX-Request": "true"})
    assert "Det här händer" in answer.text
    assert "<h1" not in answer.text


def test_the_file_tells_what_each_may_use_and_what_its_month_has_cost(browser, make, company):
    make.traveller(department=make.department(company, details=Details(
        "Verkstad", "2000", "K1", (Service.SEND_TICKET,), (Product.DAY,), 500_000, "Box 7",
        "553 21", "Jönköping", "verkstad@bolaget.example")))
    make.archived(make.department(company, "Lager"))
    first, workshop, store = files.rows(browser, INDEX)
    assert workshop == {
        "Namn": "Verkstad", "Referensnummer": "2000", "Kostnadsställe": "K1", "Resenärer": "1",
        "Budget i månaden": "5000,00", "Köpt för i månaden": "0,00", "Tjänster": "Skicka biljett",
        "Biljetter": "24-timmarsbiljett", "Arkiverad": "",
        "Fakturaadress": "Box 7, 553 21 Jönköping, verkstad@bolaget.example"}
    assert (first["Namn"], first["Biljetter"], first["Fakturaadress"]) == (
        "Huvudavdelning", "Alla", "Företagets")
    assert (store["Namn"], store["Arkiverad"]) == ("Lager", "2026-11-20")
