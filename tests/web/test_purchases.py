import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from domain import activations, purchase_months, reports
from domain.access import Scope
from domain.companies import Company
from domain.months import Month
from domain.products import Product
from domain.purchase_months import FROM_SO_MANY
from tests import files
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import COUNTY
from tests.queries import queries

INDEX = "/foretag/tjansteresor/kop"
EARLIER = datetime(2026, 10, 28, 11, tzinfo=UTC)
WAYS = ["", "?per=department", "?per=person", "?per=product", "?per=purpose", "?per=day",
        "?q=rut", "?andamal=kund", "?visa=far", "?ordning=-price"]


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture(autouse=True)
def admin(browser, make, company):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def connection(make, company):
    return make.connection(make.traveller(company), 1_000_000, registered=True)


@pytest.fixture
def alva(make, company):
    """Who travels for another department."""
    return make.connection(make.traveller(
        given_name="Alva", surname="Ek", department=make.department(company)), 1_000_000,
        registered=True)


def listed(page):
    """What the list shows, row by row."""
    return re.findall(r'<tr>\s*<th scope="row"><a class="nowrap".*?</tr>', page.response.text,
                      re.DOTALL)


def test_a_purchase_is_seen_when_it_is_made(browser, make, connection):
    assert "Inga köp den här månaden" in browser.get(INDEX).said
    ticket = make.purchase(connection, at=NOON, purpose="Kundbesök")
    page = browser.get(INDEX)
    assert ("fre 20 nov 12:00 Rut Resenär Enkelbiljett, Zon 181 Jönköping Kundbesök "
            "Huvudavdelning 42 kr Ett köp") in page.said
    assert "1 köp, 42 kr." in page.said
    assert f"{INDEX}/{ticket.id}" in page.links()


def test_a_journey_is_never_seen(browser, make, connection, store, db):
    ticket = make.purchase(connection, at=NOON)
    pages = [f"{INDEX}{way}" for way in WAYS] + [f"{INDEX}/{ticket.id}"]

    def seen():
        return [browser.get(address).said for address in pages], files.rows(browser, INDEX)

    before = seen()
    with store.transaction(db):
        activations.activate(db, ticket, now=NOON - timedelta(minutes=5))
    assert seen() == before


def test_the_month_so_far_is_beside_the_last_twelve(browser, make, connection, company, store, db):
    make.purchase(connection, Product.DAY, COUNTY, at=EARLIER)
    make.refunded(make.purchase(connection, at=EARLIER), at=EARLIER)
    make.purchase(connection, at=NOON)
    page = browser.get(INDEX)
    for month in (Month(2026, 10), Month(2026, 11)):
        with store.transaction(db):
            made = reports.make(db, company.id, month, now=NOON)
        name = {10: "Oktober", 11: "November"}[month.month]
        assert re.search(rf"{name} 2026 ?\d+ ?\d+ kr ?{made.gross_ore // 100} kr", page.said)
    assert "Hittills i november 2026 42 kr" in page.said.replace("202642", "2026 42")
    assert len(page.all("rect")) == 13


def test_the_chart_is_told_in_words_and_as_a_table(browser, make, connection):
    make.purchase(connection, at=NOON)
    page = browser.get(INDEX)
    [svg] = [attrs for attrs in page.all("svg") if attrs.get("role") == "img"]
    told = {attrs["id"] for tag in ("title", "desc") for attrs in page.all(tag) if "id" in attrs}
    assert set(svg["aria-labelledby"].split()) == told
    assert "Mest i november 2026: 42 kr." in page.said
    assert len([attrs for attrs in page.all("a")
                if re.fullmatch(rf"{INDEX}\?manad=\d{{4}}-\d\d", attrs["href"])]) == 12
    assert not [attrs for _tag, attrs in page.tags if "style" in attrs]


def test_another_month_days_and_all_are_chosen(browser, make, connection):
    make.purchase(connection, at=EARLIER)
    make.purchase(connection, Product.DAY, at=NOON)
    for asked, numbers in (("", 1), ("?manad=2026-10", 1), ("?manad=2026-09", 0), ("?manad=ar", 2),
                           ("?fran=2026-10-28&till=2026-10-28", 1), ("?fran=2026-10-28", 2),
                           ("?till=2026-11-20&manad=2026-09", 2), ("?manad=1999-01", 1)):
        assert len(listed(browser.get(INDEX + asked))) == numbers


def test_a_search_answers_htmx_with_the_list_alone(browser, make, connection, alva):
    make.purchase(connection, at=NOON)
    make.purchase(alva, at=NOON)
    found = browser.get(f"{INDEX}?q=alva", **FRAGMENT)
    assert (found.status, found.whole) == (200, False)
    assert found.tags[0] == ("section", {"id": "purchases"})
    assert ["Alva Ek" in row for row in listed(found)] == [True]
    assert "Inget köp stämmer" in browser.get(f"{INDEX}?q=nobody").said


def test_what_is_asked_is_kept(browser, make, connection):
    make.purchase(connection, at=NOON)
    page = browser.get(f"{INDEX}?q=rut&per=person&resenar={connection.traveller_id}"
                       "&fran=2026-11-01&ordning=price")
    assert "fran=2026-11-01" in next(each for each in page.links() if "per=product" in each)
    kept = {attrs["name"]: attrs.get("value") for attrs in page.all("input")
            if attrs["name"] != "csrf_token"}
    assert kept == {"q": "rut", "andamal": "", "fran": "2026-11-01", "till": "", "per": "person",
                    "resenar": str(connection.traveller_id), "ordning": "price"}


@pytest.mark.parametrize("odd", ["?fran=i+dag", "?fran=0001-01-01&till=9999-12-31", "?per=x",
                                 "?visa=x", "?q=%00", "?avdelning=x", "?andamal=%25%00"])
def test_what_makes_no_sense_is_not_asked(browser, make, connection, odd):
    make.purchase(connection, at=NOON)
    assert browser.get(INDEX + odd).status == 200


@pytest.mark.parametrize("odd", ["?efter=x", "?resenar=x"])
def test_what_is_nowhere_is_not_found(browser, odd):
    assert browser.get(INDEX + odd).status == 404


def test_older_ones_are_on_the_next_page(browser, make, connection):
    for minutes in range(41):
        make.purchase(connection, at=NOON - timedelta(minutes=minutes))
    first = browser.get(INDEX)
    [more] = {link for link in first.links() if "efter=" in link}
    assert [len(listed(page)) for page in (first, browser.get(more))] == [40, 1]
    assert "41 köp, 1 722 kr." in browser.get(more).said.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("way", WAYS)
def test_many_take_as_many_queries_as_one(browser, make, connection, store, way):
    counts = []
    browser.get(INDEX)  # what stands out is asked once in a month
    for more in (1, 2):
        for _ in range(more):
            make.purchase(connection, at=NOON, purpose="Kundbesök")
        with queries(store) as asked:
            browser.get(INDEX + way)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_they_are_put_together_and_each_part_leads_to_its_purchases(browser, make, connection,
                                                                    alva):
    make.purchase(connection, at=NOON, purpose="Kundbesök & fika")
    make.purchase(connection, at=NOON, purpose="Kundbesök & fika")
    make.purchase(alva, Product.DAY, at=NOON - timedelta(days=1))
    for per, told in (("department", "Huvudavdelning 2 – 84 kr"),
                      ("person", "Rut Resenär Huvudavdelning 2 – 84 kr –"),
                      ("product", "Enkelbiljett 2 – 84 kr"), ("day", "fre 20 nov 2 – 84 kr"),
                      ("purpose", "Kundbesök & fika 2 – 84 kr")):
        page = browser.get(f"{INDEX}?per={per}")
        assert told in page.said
        names = re.findall(r'<th scope="row">\s*<a href="([^"]*)"', page.response.text)
        led = [link for link in names if "?" in link and "manad=" not in link]
        ways = [browser.get(link.replace("&amp;", "&")) for link in led]
        assert {len(listed(each)) for each in ways} - {0} == (
            {2} if per == "purpose" else {1, 2})
    assert "Utan ändamål" in browser.get(f"{INDEX}?per=purpose").said


def test_what_is_paid_back_is_marked_and_told_of_the_month(browser, make, connection):
    make.refunded(make.purchase(connection, at=EARLIER), at=NOON)
    make.refunded(make.purchase(connection, at=NOON), at=NOON)
    page = browser.get(f"{INDEX}?manad=ar")
    [new, old] = listed(page)
    assert ("Återbetalt" in new, "Krediterat" in old) == (True, True)
    assert "1 köp, 42 kr. Återbetalt: 84 kr. På specifikationen: −42 kr." in browser.get(INDEX).said
    assert len(listed(browser.get(f"{INDEX}?visa=refunded&manad=ar"))) == 2


def test_what_stands_out_is_marked_and_the_page_says_why(browser, make, connection):
    for _ in range(FROM_SO_MANY):
        make.purchase(connection, at=EARLIER)
    far = make.purchase(connection, Product.DAY, COUNTY, at=NOON)
    make.purchase(connection, at=NOON)
    page = browser.get(INDEX)
    assert ["Sticker ut" in row for row in listed(page)].count(True) == 1
    assert "Ett köp sticker ut när det kostar mer än tre gånger så mycket" in page.said
    assert "Det kostar mer än 126 kr" in browser.get(f"{INDEX}/{far.id}").said
    assert len(listed(browser.get(f"{INDEX}?visa=far"))) == 1


def test_one_purchase_tells_what_the_specification_does(browser, make, connection):
    ticket = make.purchase(connection, at=EARLIER, purpose="Kundbesök")
    page = browser.get(f"{INDEX}/{ticket.id}")
    for words in ("Rut Resenär", "Enkelbiljett", "Zon 181 Jönköping", "Kundbesök", "1000", "42 kr",
                  "2,38 kr", "Oktober 2026", ticket.number):
        assert words in page.said
    assert f"{INDEX}?resenar={connection.traveller_id}&manad=ar" in page.links()
    make.refunded(ticket, at=NOON)
    assert "Det krediteras i specifikationen för november 2026." in browser.get(
        f"{INDEX}/{ticket.id}").said


def test_another_companys_purchases_are_nowhere(browser, make, connection):
    theirs = make.connection(make.traveller(make.company()), registered=True)
    ticket = make.purchase(theirs, at=NOON)
    sent = make.sent_ticket(connection.traveller)
    assert listed(browser.get(f"{INDEX}?resenar={theirs.traveller_id}")) == []
    for id in (ticket.id, sent.id, uuid4()):
        assert browser.get(f"{INDEX}/{id}").status == 404


def test_a_department_administrator_sees_their_own(browser, make, connection, alva):
    mine, other = make.purchase(alva, Product.DAY, at=NOON), make.purchase(connection, at=NOON)
    browser.log_in(make.department_admin(alva.traveller.department))
    page = browser.get(INDEX)
    assert ["Alva Ek" in row for row in listed(page)] == [True]
    assert "1 köp, 84 kr." in page.said
    assert "Rut Resenär" not in browser.get(f"{INDEX}?per=person").said
    assert [browser.get(f"{INDEX}/{each.id}").status for each in (mine, other)] == [200, 404]
    assert len(files.table(browser, f"{INDEX}.csv")) == 2


def looks(page):
    """Where the page looks for newer ones."""
    return next(attrs["hx-get"] for attrs in page.all("p") if attrs.get("id") == "news")


def test_the_page_looks_for_newer_ones_and_moves_nothing(browser, make, connection):
    page = browser.get(INDEX)
    assert browser.get(looks(page), **FRAGMENT).status == 204
    make.purchase(connection, at=NOON)
    make.purchase(connection, at=NOON)
    told = browser.get(looks(page), **FRAGMENT)
    assert told.said == "Visa 2 nya köp84 kr"
    assert [attrs["id"] for _tag, attrs in told.tags if "id" in attrs] == ["news", "so-far"]
    assert INDEX in told.links()
    assert browser.get(looks(told), **FRAGMENT).status == 204
    make.refunded(make.purchase(connection, at=NOON), at=NOON)
    assert "Visa 3 nya köp" in browser.get(looks(told), **FRAGMENT).said


def test_looking_leads_back_to_what_was_asked(browser, make, connection):
    page = browser.get(f"{INDEX}?q=rut&per=person")
    make.purchase(connection, at=NOON)
    told = browser.get(looks(page), **FRAGMENT)
    assert told.links() == [f"{INDEX}?q=rut&per=person"]
    assert "Uppdatera listan" in told.said


def test_to_look_takes_one_question(browser, connection, store):
    page = browser.get(INDEX)
    with queries(store) as asked:
        browser.get(looks(page), **FRAGMENT)
    assert len([each for each in asked if "purchase_months" in each or "tickets" in each]) == 1


def test_the_list_is_a_file(browser, make, connection, alva):
    make.refunded(make.purchase(connection, at=NOON, purpose="=1+1"), at=NOON)
    make.purchase(alva, at=NOON)
    row = next(each for each in files.rows(browser, INDEX) if each["Resenär"] == "Rut Resenär")
    assert (row["Köpt"], row["Gäller i"], row["Ändamål"], row["Inkl. moms"], row["Återbetalt"]) == (
        "2026-11-20 12:00", "Zon 181 Jönköping", "'=1+1", "42,00", "2026-11-20 12:00")
    assert len(files.rows(browser, f"{INDEX}?q=alva")) == 1


def test_what_they_come_to_is_a_file(browser, make, connection):
    make.purchase(connection, at=NOON)
    for per, name in (("department", "Huvudavdelning"), ("person", "Rut Resenär"),
                      ("product", "Enkelbiljett"), ("purpose", ""), ("day", "2026-11-20")):
        *_rest, row = files.table(browser, files.addresses(browser, f"{INDEX}?per={per}")["csv"])
        assert (row[0], row[-1]) == (name, "42,00")


def test_other_pages_lead_here(browser, make, connection):
    ticket = make.purchase(connection, at=NOON)
    assert INDEX in browser.get("/foretag/").links()
    assert f"{INDEX}/{ticket.id}" in browser.get(
        f"/foretag/resenarer/{connection.traveller_id}").links()


def test_a_company_without_the_service_has_no_such_page(browser, make, store, db, company):
    assert db.get(Company, company.id)
    with store.transaction(db):
        db.get(Company, company.id).services = []
    assert browser.get(INDEX).status == 403


def test_the_sum_of_the_page_is_that_of_the_months_kept(browser, make, db, company, connection):
    for _ in range(3):
        make.purchase(connection, at=NOON)
    total = purchase_months.total(db, Month.of(NOON), Month.of(NOON), within=Scope(company.id))
    assert total.bought == len(listed(browser.get(INDEX))) == 3
