import pytest
from sqlalchemy import select

from domain import business_travel, offers
from domain.messages import Sms
from domain.travellers import Traveller
from tests.browser import Browser, id_in
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

    assert selected(browser.get(f"{INDEX}ny")) == [""]  # of the form of employment
    assert browser.get(f"{INDEX}ny").all("option")[0]["value"] == ""
    assert selected(browser.get(f"{INDEX}ny?avdelning={verkstad.id}")) == [str(verkstad.id), ""]


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


def test_a_number_that_somebody_has_is_asked_about_once_and_what_was_typed_stands(
        browser, db, make, company, typed):
    make.traveller(company)
    page = browser.post(f"{INDEX}ny", typed | {"invoice_mark": "kept"})
    assert (page.status, wrong(page)) == (422, ["shares"])
    assert "Rut Resenär har samma mobilnummer. Delar de det?" in page.said
    assert "kept" in [attrs.get("value") for attrs in page.all("input")]
    assert len(everyone(db)) == 1
    answer = browser.post(f"{INDEX}ny", typed | {"shares": "y"})
    assert (answer.status, len(everyone(db))) == (303, 2)
    assert "Samma mobilnummer som Rut Resenär" in browser.get(answer.location).said


def test_a_number_that_is_shared_already_is_not_asked_about_at_every_change(browser, make, company,
                                                                           typed):
    make.traveller(company)
    traveller = make.traveller(company)
    assert browser.post(f"{INDEX}{traveller.id}/andra", typed).status == 303


def test_a_department_administrator_hears_nothing_of_others_who_share(browser, make, company,
                                                                     typed):
    verkstad = make.department(company)
    make.traveller(company, given_name="Hemlig")
    browser.log_in(make.department_admin(verkstad))
    answer = browser.post(f"{INDEX}ny", typed | {"department": verkstad.id})
    assert answer.status == 303
    assert "Hemlig" not in browser.get(answer.location).response.text


def test_the_form_warns_that_another_number_is_connected_anew(browser, db, make, company, typed):
    traveller = make.traveller(company)
    warning = "Byter du nummer slutar Allpay att fungera"
    assert warning not in browser.get(f"{INDEX}{traveller.id}/andra").said
    connection = make.connection(traveller, registered=True)
    assert warning in browser.get(f"{INDEX}{traveller.id}/andra").said
    browser.post(f"{INDEX}{traveller.id}/andra", typed | {"mobile": "070-174 06 09"})
    db.refresh(connection)
    assert connection.registered_at is None
    newest = db.scalars(select(Sms).order_by(Sms.put_at.desc())).first()
    assert newest.to == "+46701740609"


def test_one_who_is_protected_is_an_alias_everywhere(app, browser, make, typed):
    number = typed["personnummer"]
    answer = browser.post(f"{INDEX}ny", typed | {"protected": "y"})
    page = browser.get(answer.location)
    assert "Personnummerskyddad" in page.said
    me = Browser(app).log_in(make.person("Hemlig", "Riktig", number=number))
    assert "Alva Ek" in me.get("/resa/jag").said
    assert "Riktig" not in me.get("/resa/arbetsgivaren").response.text
    for url in (INDEX, answer.location, "/foretag/handelser/"):
        page = browser.get(url).response.text
        assert ("Ek" in page, "Riktig" in page, number[:8] in page) == (True, False, False), url


def test_the_services_of_one_traveller_are_chosen(browser, db, make, company):
    traveller = make.traveller(company)
    at = f"{INDEX}{traveller.id}"
    assert "Anslut till Tjänsteresor" in browser.get(at).said
    assert browser.post(f"{at}/tjanster", {"services": ["send_ticket"]}).location == at
    assert everyone(db)[0].services == ["send_ticket"]
    assert "Anslut till Tjänsteresor" not in browser.get(at).said
    assert browser.post(f"{at}/tjanster", {"services": ["nonsens"]}).status == 422


def test_one_without_a_number_is_changed_too(browser, make, company, typed):
    traveller = make.traveller(company, mobile=None)
    at = f"{INDEX}{traveller.id}"
    assert (browser.get(at).status, browser.get(f"{at}/andra").status) == (200, 200)
    assert browser.post(f"{at}/andra", typed | {"mobile": ""}).status == 303
