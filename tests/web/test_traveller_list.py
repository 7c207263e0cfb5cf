import gzip
from datetime import timedelta
from urllib.parse import quote

import pytest

from domain import leavers, purchases, travellers
from domain.products import Product
from domain.travellers import Details
from tests import files
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE
from tests.queries import queries

INDEX = "/foretag/resenarer/"
BULK = f"{INDEX}urval/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def named(page):
    """Whom the list shows, in its order."""
    return [attrs["aria-label"].removeprefix("Välj ") for attrs in page.all("input")
            if attrs.get("name") == "vald"]


def leading(page, rel):
    return next((attrs["href"] for attrs in page.all("a") if attrs.get("rel") == rel), None)


def test_an_empty_list_says_what_to_do(browser):
    page = browser.get(INDEX)
    assert "Inga resenärer än" in page.said
    assert "/foretag/avdelningar/" in page.links()


def test_the_list_tells_what_each_is_known_by_but_no_personnummer(browser, make, company):
    traveller = make.traveller(company, number="198112189876", employee_number="1042")
    make.connection(make.traveller(company, "Alva", "Ek"), registered=True)
    page = browser.get(INDEX)
    for row in ("Resenär, Rut Huvudavdelning 1042 070-174 06 05 Anslut Rut Resenär fre 20 nov",
                "Ek, Alva Huvudavdelning – 070-174 06 05 Registrerad fre 20 nov"):
        assert row in page.said
    assert ("2 resenärer." in page.said, "1–2 av 2" in page.said) == (True, True)
    assert "19811218" not in page.response.text
    assert {f"/foretag/tjansteresor/ny/{traveller.id}", INDEX + str(traveller.id)} <= set(
        page.links())


def test_a_search_answers_htmx_with_the_list_alone(browser, make, company):
    make.traveller(company, "Alva", "Ek")
    make.traveller(company, "Bo", "Alm")
    found = browser.get(f"{INDEX}?q=alm", **FRAGMENT)
    assert (found.status, found.whole) == (200, False)
    assert found.tags[0] == ("div", {"id": "travellers"})
    assert named(found) == ["Bo Alm"]
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
    assert named(browser.get(f"{INDEX}?avdelning={verkstad.id}")) == ["Alva Ek"]
    theirs = make.department(make.company())
    assert "1–2 av 2" in browser.get(f"{INDEX}?avdelning={theirs.id}").said


@pytest.mark.parametrize(("asked", "shown"), [
    ("lage=code_waiting", ["Alva Ek"]), ("lage=not_connected", ["Bo Ek"]),
    ("lage=connected", ["Alva Ek"]), ("lage=registered", []),
    ("tjanst=business_travel", ["Alva Ek", "Bo Ek"]), ("visa=leaving", ["Bo Ek"]),
    ("lage=nonsense&tjanst=x&visa=y&ordning=--z", ["Alva Ek", "Bo Ek"]),
    ("ordning=-name", ["Bo Ek", "Alva Ek"]), ("lage=not_connected&visa=leaving", ["Bo Ek"]),
])
def test_the_list_is_filtered_and_ordered_as_the_address_says(browser, db, store, make, company,
                                                              asked, shown):
    alva, bo = make.traveller(company, "Alva", "Ek"), make.traveller(company, "Bo", "Ek")
    make.connection(alva)
    with store.transaction(db):
        leavers.plan(db, bo, NOON.date() + timedelta(days=1), recall=False, by=NOBODY, now=NOON)
    assert named(browser.get(f"{INDEX}?{asked}")) == shown


def test_those_who_have_left_are_shown_without_anything_to_do(browser, db, store, make, company):
    gone = make.traveller(company)
    with store.transaction(db):
        leavers.leave(db, gone, by=NOBODY, now=NOON)
    page = browser.get(f"{INDEX}?visa=ended&valda=alla")
    assert ("Resenär, Rut" in page.said, "Anslut" in page.said, named(page)) == (True, False, [])
    assert not [attrs for attrs in page.all("form") if BULK in attrs["action"]]


def test_a_head_leads_to_its_order_and_back_and_keeps_the_search(browser, make, company):
    make.traveller(company, "Alva", "Ek")

    def head(page):
        at = next(number for number, (_, attrs) in enumerate(page.tags) if "aria-sort" in attrs)
        return page.tags[at][1]["aria-sort"], page.tags[at + 1][1]["href"]

    said, turned = head(browser.get(f"{INDEX}?q=ek"))
    assert (said, turned) == ("ascending", f"{INDEX}?q=ek&ordning=-name")
    assert head(browser.get(turned)) == ("descending", f"{INDEX}?q=ek")
    [by_department] = [link for link in browser.get(f"{INDEX}?q=ek").links()
                       if link.endswith("=department")]
    assert head(browser.get(by_department)) == (
        "ascending", f"{INDEX}?q=ek&ordning=-department")


@pytest.mark.parametrize("order", ["", "-registered"])
def test_the_pages_lead_to_each_other_and_keep_what_is_asked(browser, make, company, order):
    department = make.first_department(company)
    for number in range(42):
        make.traveller(department=department, given_name="Rut", surname=f"Ek{number:02}")
    first = browser.get(f"{INDEX}?q=ek&ordning={order}")
    second = browser.get(leading(first, "next"))
    assert ("1–40 av 42" in first.said, "41–42 av 42" in second.said) == (True, True)
    assert browser.get(leading(second, "prev")).said == first.said
    assert len({*named(first), *named(second)}) == 42


def test_a_page_that_is_no_page_is_not_found(browser):
    assert [browser.get(f"{INDEX}?{end}=x").status for end in ("efter", "fore")] == [404, 404]


def test_all_of_the_page_or_all_that_match_are_chosen_without_javascript(browser, make, company):
    department = make.first_department(company)
    for number in range(42):
        make.traveller(department=department, given_name="Rut", surname=f"Ek{number:02}")
    onward = leading(browser.get(f"{INDEX}?q=ek"), "next")
    second = browser.get(onward)

    [on_page] = [link for link in second.links() if "valda=sida" in link]
    ticked = [attrs for attrs in browser.get(on_page).all("input") if "checked" in attrs]
    assert [attrs["name"] for attrs in ticked] == ["vald"] * 2

    [matching] = [link for link in second.links() if "valda=alla" in link]
    page = browser.get(matching)
    assert "Alla 42 resenärer är valda, på alla sidor." in page.said
    hidden = {attrs["name"]: attrs["value"] for attrs in page.all("input")
              if attrs.get("type") == "hidden"}
    assert (hidden["valda"], hidden["q"]) == ("alla", "ek")
    assert all("disabled" in attrs for attrs in page.all("input") if attrs.get("name") == "vald")


def test_an_administrator_of_departments_sees_only_those(browser, make, company):
    verkstad = make.department(company)
    make.traveller(department=verkstad, given_name="Alva", surname="Ek")
    other = make.traveller(company, "Hemlig", "Person")
    browser.log_in(make.department_admin(verkstad))
    for asked in ("", "?q=hemlig", f"?avdelning={other.department_id}", "?ordning=-department"):
        page = browser.get(INDEX + asked)
        assert "Hemlig" not in page.said, asked
        assert str(other.department_id) not in {attrs.get("value") for attrs in page.all("option")}


@pytest.mark.parametrize("asked", [
    "", "?q=ek", "?lage=connected", "?tjanst=business_travel", "?visa=leaving",
    "?ordning=-department", "?valda=alla"])
def test_the_list_asks_as_much_at_three_travellers_as_at_one(browser, db, store, make, company,
                                                             asked):
    def one_more(department=None):
        traveller = make.traveller(company, "Rut", "Ek", department=department)
        make.connection(traveller)
        with store.transaction(db):
            leavers.plan(db, traveller, NOON.date(), recall=False, by=NOBODY, now=NOON)

    one_more()
    browser.get(INDEX + asked)
    with queries(store) as at_one:
        browser.get(INDEX + asked)
    one_more(make.department(company))
    one_more()
    with queries(store) as at_three:
        page = browser.get(INDEX + asked)
    assert (len(at_three), len(named(page))) == (len(at_one), 3)


def test_the_whole_page_is_small_also_with_many_departments(browser, make, company):
    rooms = [make.department(company, f"Avdelning {number}") for number in range(60)]
    for number in range(41):
        make.traveller(department=rooms[number], given_name="Ingegerd", surname=f"Ek {number}")
    page = browser.get(f"{INDEX}?q={quote('ek')}")
    assert len(gzip.compress(page.response.data)) < 14_000


@pytest.mark.parametrize(("query", "surnames"), [
    ("", ["Ek", "Resenär", "Öst"]), ("ordning=-name", ["Öst", "Resenär", "Ek"]),
    ("q=1042", ["Resenär"]), ("lage=registered", ["Ek"]), ("visa=ended", ["Alm"])])
def test_the_file_holds_whom_the_list_shows(browser, store, db, make, company, query, surnames):
    make.traveller(company, employee_number="1042")
    make.traveller(company, "Åke", "Öst")
    make.connection(make.traveller(company, "Alva", "Ek"), registered=True)
    gone = make.traveller(company, "Bo", "Alm")
    with store.transaction(db):
        leavers.leave(db, gone, by=NOBODY, now=NOON)
    found = files.rows(browser, f"{INDEX}?{query}")
    assert [row["Efternamn"] for row in found] == surnames
    assert {row["Sista dag"] for row in found} == {"2026-11-20" if query == "visa=ended" else ""}


def test_the_file_holds_all_that_the_list_has_pages_for(browser, make, company):
    for number in range(42):
        make.traveller(company, f"Nummer {number:02}")
    names = [row["Förnamn"] for row in files.rows(browser, INDEX)]
    assert names == [f"Nummer {number:02}" for number in range(42)]


def test_the_file_tells_all_that_is_known_of_each(browser, store, db, make, company, admin):
    traveller = make.traveller(company, number="198112189876", employee_number="1042")
    connection = make.connection(traveller, 150_000, registered=True)
    make.price_list()
    with store.transaction(db):
        purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=make.actor(admin), now=NOON)
    assert files.rows(browser, INDEX) == [{
        "Efternamn": "Resenär", "Förnamn": "Rut", "Personnummer": "19811218-••••",
        "Avdelning": "Huvudavdelning", "Referensnummer": "1000", "Mobilnummer": "070-174 06 05",
        "E-post": "rut@bolaget.example", "Anställningsnummer": "1042", "Fakturamärkning": "",
        "Anställningsform": "", "Tjänsteresor": "Registrerad", "Kreditgräns": "1500,00",
        "Köpt för i månaden": "42,00",
        "Registrerad": "2026-11-20", "Sista dag": ""}]


def test_the_file_names_who_is_protected_by_the_alias_alone(browser, store, db, make, company):
    traveller = make.traveller(company, "Rut", "Hemlig", number="198112189876")
    with store.transaction(db):
        travellers.change(db, traveller, traveller.department, Details(
            "Solros", "Ett", None, "+46701740605", protected=True), by=NOBODY, now=NOON)
    [row] = files.rows(browser, INDEX)
    assert (row["Förnamn"], row["Efternamn"], row["Personnummer"]) == ("Solros", "Ett", "")


def test_a_name_in_the_file_is_no_formula(browser, make, company):
    make.traveller(company, "=1+1", "@SUM(A1)")
    [row] = files.rows(browser, INDEX)
    assert (row["Förnamn"], row["Efternamn"]) == ("'=1+1", "'@SUM(A1)")
