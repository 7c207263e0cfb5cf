import pytest
from sqlalchemy import select

from domain import business_travel, offers
from domain.messages import Sms
from domain.travellers import Traveller
from tests.browser import FRAGMENT, id_in
from tests.conftest import NOON
from tests.factories import personnummer
from tests.queries import queries

INDEX = "/foretag/resenarer/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def typed(make, company):
    """What is filled in for a newcomer."""
    return {"personnummer": personnummer(500), "given_name": "Alva", "surname": "Ek",
            "department": make.first_department(company).id, "mobile": "070-174 06 05",
            "email": "", "limit": "", "employee_number": "", "invoice_mark": ""}


def everyone(db):
    db.rollback()
    db.expire_all()
    return db.scalars(select(Traveller)).all()



def wrong(page):
    return [attrs["name"] for tag, attrs in page.tags
            if tag in ("input", "select") and attrs.get("aria-invalid")]


def test_an_empty_list_says_what_to_do(browser):
    page = browser.get(INDEX)
    assert "Inga resenärer än" in page.said
    assert "/foretag/avdelningar/" in page.links()


def test_the_list_tells_department_mobile_and_state_but_no_personnummer(browser, make, company):
    traveller = make.traveller(company, number="198112189876")
    make.connection(make.traveller(company, "Alva", "Ek"), registered=True)
    page = browser.get(INDEX)
    assert "Resenär, Rut Huvudavdelning 070-174 06 05 Anslut Rut Resenär" in page.said
    assert "Ek, Alva Huvudavdelning 070-174 06 05 Registrerad" in page.said
    assert "1–2 av 2" in page.said
    assert "19811218" not in page.response.text
    assert f"/foretag/tjansteresor/ny/{traveller.id}" in page.links()


def test_a_search_answers_htmx_with_the_list_alone(browser, make, company):
    make.traveller(company, "Alva", "Ek")
    make.traveller(company, "Bo", "Alm")
    found = browser.get(f"{INDEX}?q=alm", **FRAGMENT)
    assert (found.status, found.whole) == (200, False)
    assert found.tags[0] == ("div", {"id": "travellers"})
    assert ("Alm, Bo" in found.said, "Ek, Alva" in found.said) == (True, False)
    assert browser.get(f"{INDEX}?q=alm", **FRAGMENT, **{"HX-Boosted": "true"}).whole


def test_a_search_that_finds_nobody_says_so_and_keeps_what_was_asked(browser, make, company):
    make.traveller(company)
    page = browser.get(f"{INDEX}?q=zz%00")
    assert "Ingen resenär stämmer" in page.said
    assert [attrs["value"] for attrs in page.all("input") if attrs.get("name") == "q"] == ["zz\0"]


def test_a_department_can_be_chosen_and_another_companys_means_nothing(browser, make, company):
    verkstad = make.department(company)
    make.traveller(department=verkstad, given_name="Alva", surname="Ek")
    make.traveller(company)
    assert "1–1 av 1" in browser.get(f"{INDEX}?avdelning={verkstad.id}").said
    theirs = make.department(make.company())
    assert "1–2 av 2" in browser.get(f"{INDEX}?avdelning={theirs.id}").said


def test_the_pages_lead_to_each_other(browser, make, company):
    department = make.first_department(company)
    for number in range(42):
        make.traveller(department=department, given_name="Rut", surname=f"Ek{number:02}")
    first = browser.get(f"{INDEX}?q=ek")
    [onward] = [attrs["href"] for attrs in first.all("a") if attrs.get("rel") == "next"]
    second = browser.get(onward)
    assert ("1–40 av 42" in first.said, "41–42 av 42" in second.said) == (True, True)
    [back] = [attrs["href"] for attrs in second.all("a") if attrs.get("rel") == "prev"]
    assert browser.get(back).said == first.said


def test_a_page_that_is_no_page_is_not_found(browser):
    assert [browser.get(f"{INDEX}?{end}=x").status for end in ("efter", "fore")] == [404, 404]


def test_the_list_asks_as_much_at_three_travellers_as_at_one(browser, make, company, store):
    make.connection(make.traveller(company))
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    verkstad = make.department(company)
    for department in (verkstad, None):
        make.connection(make.traveller(company, department=department))
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_three) == len(at_one)


def test_a_newcomer_is_added(browser, db, typed, world):
    answer = browser.post(f"{INDEX}ny", typed)
    [alva] = everyone(db)
    assert (answer.status, answer.location) == (303, f"{INDEX}{alva.id}")
    assert (alva.name, alva.mobile, alva.email) == ("Alva Ek", "+46701740605", None)
    page = browser.get(answer.location)
    assert "Alva Ek är tillagd." in page.said
    assert "Anslut till Tjänsteresor" in page.said
    assert world.queue.rung == []


def test_a_newcomer_is_connected_in_the_same_go(browser, db, typed, world):
    answer = browser.post(f"{INDEX}ny", typed | {"limit": "1 500"})
    [alva] = everyone(db)
    assert business_travel.of_traveller(db, alva).limit_ore == 150_000
    assert [sms.to for sms in db.scalars(select(Sms))] == ["+46701740605"]
    assert len(world.queue.rung) == 1
    page = browser.get(answer.location)
    assert "Skickas Levererad återstår Registrerad återstår" in page.said
    assert "1 500 kr" in page.said


@pytest.mark.parametrize(("changed", "field", "said"), [
    ({"personnummer": "19811218-9875"}, "personnummer", "Personnumret stämmer inte."),
    ({"given_name": ""}, "given_name", "Fyll i det här."),
    ({"mobile": "036-12 34 56"}, "mobile", "Det är inte ett mobilnummer."),
    ({"email": "alva"}, "email", "E-postadressen ska se ut så här"),
    ({"department": ""}, "department", "Välj ett av alternativen."),
    ({"department": "nonsense"}, "department", "Välj ett av alternativen."),
    ({"limit": "mycket"}, "limit", "Skriv beloppet i kronor"),
    ({"limit": "15001"}, "limit", "Kreditgränsen ska vara mellan"),
    ({"limit": "0"}, "limit", "Kreditgränsen ska vara mellan"),
    ({"limit": "500", "mobile": ""}, "mobile", "Den som har Tjänsteresor behöver ett mobilnummer."),
])
def test_what_will_not_do_is_told_beside_its_field_and_nothing_is_saved(browser, db, typed, world,
                                                                        changed, field, said):
    page = browser.post(f"{INDEX}ny", typed | {"invoice_mark": "kept"} | changed)
    assert (page.status, wrong(page), said in page.said) == (422, [field], True)
    assert "kept" in [attrs.get("value") for attrs in page.all("input")]
    assert (everyone(db), world.queue.rung) == ([], [])


def test_the_same_person_twice_is_told_beside_the_number(browser, make, company, typed, db):
    make.traveller(company, number=typed["personnummer"])
    page = browser.post(f"{INDEX}ny", typed)
    assert (page.status, wrong(page)) == (422, ["personnummer"])
    assert "Personen är redan registrerad i företaget." in page.said
    assert len(everyone(db)) == 1


def test_the_same_form_twice_is_one_traveller_and_one_code(browser, db, typed, world):
    key = {"form_key": "00000000-0000-4000-8000-000000000001", "limit": "500"}
    answers = [browser.post(f"{INDEX}ny", typed | key) for _ in range(2)]
    [alva] = everyone(db)
    assert [(answer.status, id_in(answer.location)) for answer in answers] == [(303, alva.id)] * 2
    assert len(world.queue.rung) == 1


def test_nobody_is_put_in_a_department_that_was_not_chosen(browser, make, company):
    verkstad = make.department(company)

    def selected(page):
        return [attrs["value"] for attrs in page.all("option") if "selected" in attrs]

    assert selected(browser.get(f"{INDEX}ny")) == []
    assert browser.get(f"{INDEX}ny").all("option")[0]["value"] == ""
    assert selected(browser.get(f"{INDEX}ny?avdelning={verkstad.id}")) == [str(verkstad.id)]


def test_the_page_of_a_traveller_shows_what_the_company_may_know(browser, make, company, db):
    traveller = make.traveller(company, number="198112189876", employee_number="1042")
    make.sent_ticket(traveller)
    make.offer_application(traveller)
    said = browser.get(f"{INDEX}{traveller.id}").said
    for words in ("19811218-••••", "070-174 06 05", "1042", "Enkelbiljett, Zon 181 Jönköping",
                  "365-dagarsbiljett", "Väntar på beslut", "Lade till Rut Resenär."):
        assert words in said
    assert "9876" not in said


def test_the_page_of_a_traveller_asks_as_much_at_three_tickets_as_at_one(browser, make, company,
                                                                         store):
    traveller = make.traveller(company)
    make.sent_ticket(traveller)
    browser.get(f"{INDEX}{traveller.id}")
    with queries(store) as at_one:
        browser.get(f"{INDEX}{traveller.id}")
    make.sent_ticket(traveller)
    make.sent_ticket(traveller)
    with queries(store) as at_three:
        browser.get(f"{INDEX}{traveller.id}")
    assert len(at_three) == len(at_one)


def test_a_traveller_is_changed_and_keeps_the_personnummer(browser, db, make, company, typed):
    traveller, verkstad = make.traveller(company), make.department(company)
    page = browser.get(f"{INDEX}{traveller.id}/andra")
    assert "Rut" in [attrs.get("value") for attrs in page.all("input")]
    answer = browser.post(f"{INDEX}{traveller.id}/andra", typed | {"department": verkstad.id})
    assert (answer.status, answer.location) == (303, f"{INDEX}{traveller.id}")
    [now] = everyone(db)
    assert (now.name, now.department_id, now.personnummer_masked) == (
        "Alva Ek", verkstad.id, traveller.personnummer_masked)


def test_what_stops_is_told_before_anything_does(browser, db, make, company):
    traveller = make.traveller(company)
    make.connection(traveller)
    make.offer_application(traveller)
    page = browser.get(f"{INDEX}{traveller.id}/avslut")
    assert "Tjänsteresor: inga fler köp på företagets faktura." in page.said
    assert "Ansökan om 365-dagarsbiljett tas tillbaka." in page.said
    assert everyone(db)[0].ended_at is None


def test_a_leaver_stops_everything(browser, db, make, company):
    traveller = make.traveller(company)
    connection, application = make.connection(traveller), make.offer_application(traveller)
    answer = browser.post(f"{INDEX}{traveller.id}/avslut")
    assert (answer.status, answer.location) == (303, INDEX)
    assert "Rut Resenär är avslutad." in browser.get(INDEX).said
    assert everyone(db)[0].ended_at == NOON
    db.refresh(connection)
    db.refresh(application)
    assert (connection.ended_at, application.state) == (NOON, offers.State.WITHDRAWN)


def test_one_who_has_left_is_shown_without_acts_and_leaves_no_second_time(browser, make, company):
    traveller = make.traveller(company)
    browser.post(f"{INDEX}{traveller.id}/avslut")
    page = browser.get(f"{INDEX}{traveller.id}")
    assert "Avslutad fre 20 nov" in page.said
    assert not [link for link in page.links() if "/andra" in link or "/avslut" in link]
    assert browser.post(f"{INDEX}{traveller.id}/avslut").status == 409


@pytest.mark.parametrize("end", ["", "/andra", "/avslut"])
def test_another_companys_traveller_is_not_found(browser, make, end):
    theirs = make.traveller()
    assert browser.get(f"{INDEX}{theirs.id}{end}").status == 404
    if end:
        assert browser.post(f"{INDEX}{theirs.id}{end}").status == 404
