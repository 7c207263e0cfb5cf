"""What a company sees of a traveller is what the traveller is told that it sees."""
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from domain import activations, offer_decisions, recalls
from domain.card_holdings import Holder
from domain.products import Product
from domain.services import Service
from tests.browser import Browser
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY, personnummer
from tests.queries import queries

MINE = "/resa/arbetsgivaren"
ROWS = {"tr", "li", "dt", "dd"}


class Rows(HTMLParser):
    """The rows of a page's tables, courses and facts, each as its words."""

    def __init__(self, page):
        super().__init__()
        self.rows, self._depth = [], 0
        self.feed(page.response.text.partition("<main")[2].partition("</main>")[0])

    def handle_starttag(self, tag, attrs):
        if tag in ROWS:
            self._depth += 1
            self.rows.append([])

    def handle_endtag(self, tag):
        self._depth -= tag in ROWS

    def handle_data(self, data):
        if self._depth:
            self.rows[-1] += data.split()

    @property
    def words(self) -> list[str]:
        return [" ".join(row) for row in self.rows]


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def traveller(make, company):
    return make.traveller(company, employee_number="1042")


@pytest.fixture
def admin(make, company):
    return make.admin(company)


@pytest.fixture
def mine(app, make, traveller):
    """The traveller's own browser."""
    return Browser(app).log_in(make.as_person(traveller))


@pytest.fixture
def theirs(browser, admin):
    """The administrator's."""
    return browser.log_in(admin)


@pytest.fixture
def seen(theirs, mine, traveller):
    """The page of the traveller as the administrator sees it, and as the traveller does."""
    def seen(end=""):
        of_me = f"{MINE}/{traveller.id}" if end else MINE
        return theirs.get(f"/foretag/resenarer/{traveller.id}{end}"), mine.get(f"{of_me}{end}")
    return seen


def live(make, store, db, traveller):
    """Something of everything that a company may see."""
    make.connection(traveller, registered=True)
    used, recalled = make.sent_ticket(traveller), make.sent_ticket(traveller, Product.DAY, COUNTY)
    make.ticket(traveller, service=Service.BUSINESS_TRAVEL)
    application = make.offer_application(traveller)
    admin = make.actor(make.admin(make.company("Annat AB")))
    with store.transaction(db):
        activations.activate(db, used, now=MORNING + timedelta(minutes=73))
        recalls.recall(db, recalled, by=NOBODY, now=NOON)
        offer_decisions.decline(db, application, reason="Inte i år", by=admin, now=NOON)


def test_the_rows_and_cells_are_the_same(make, store, db, traveller, seen):
    live(make, store, db, traveller)
    at_theirs, at_mine = (Rows(page).words for page in seen())
    assert at_theirs == at_mine
    assert len(at_theirs) > 30


@pytest.mark.parametrize("part", ["biljetter", "kop", "erbjudanden", "meddelanden", "handelser"])
def test_the_whole_lists_are_the_same(make, store, db, traveller, seen, part):
    live(make, store, db, traveller)
    at_theirs, at_mine = (Rows(page).words for page in seen(f"/{part}"))
    assert at_theirs == at_mine != []


def test_everything_is_there(make, store, db, traveller, seen):
    live(make, store, db, traveller)
    for page in seen():
        for words in ("1042", "Skicka biljett, Tjänsteresor, Personalerbjudande",
                      "Enkelbiljett, Zon 181 Jönköping till sön 20 dec 42 kr",
                      "Återkallad fre 20 nov", "En kod till Allpay, sms",
                      "Besked: ansökan är avslagen, e-post", "Avslagen", "Lade till Rut Resenär.",
                      "500 kr"):
            assert words in page.said, words


def test_the_companys_card_that_one_holds_is_told(make, company, traveller, seen):
    card = make.card(company, name="Busskort 1", holder=Holder(traveller))
    make.private_card(mobile=traveller.mobile)
    at_theirs, at_mine = (Rows(page).words for page in seen())
    shown = f"{card.number[:4]} {card.number[4:8]} {card.number[8:12]} {card.number[12:]}"
    assert f"{shown} (Busskort 1)" in at_mine
    assert at_theirs == at_mine
    assert "9752" not in str(at_mine).replace(shown, "")


def test_nothing_tells_whether_or_when_a_ticket_is_used(make, store, db, traveller, seen):
    ticket = make.sent_ticket(traveller, Product.PERIOD_30)
    before = [page.said for page in seen()]
    with store.transaction(db):
        activations.activate(db, ticket, now=MORNING + timedelta(minutes=73))
    assert [page.said for page in seen()] == before


def test_a_message_never_shows_its_words(make, traveller, seen):
    make.connection(traveller)
    for page in seen("/meddelanden"):
        assert ("Väntar" in page.said, "AP" in page.said) == (True, False)


def test_a_long_list_is_cut_and_continues_page_by_page(theirs, make, traveller):
    for _ in range(42):
        make.ticket(traveller)
    at = f"/foretag/resenarer/{traveller.id}"
    short = theirs.get(at)
    assert (len(short.all("tr")), f"{at}/biljetter" in short.links()) == (11, True)
    first = theirs.get(f"{at}/biljetter")
    [onward] = [attrs["href"] for attrs in first.all("a") if attrs.get("rel") == "next"]
    second = theirs.get(onward)
    assert [len(page.all("tr")) for page in (first, second)] == [41, 3]


@pytest.mark.parametrize("end", ["/nonsens", "/biljetter?efter=x", "/biljetter?efter=99999999"])
def test_a_list_that_is_none_is_not_found(seen, end):
    assert [page.status for page in seen(end)] == [404, 404]


def test_each_employer_is_seen_for_itself(browser, make):
    number = personnummer(900)
    one = make.traveller(make.company("Ett AB"), number=number)
    other = make.traveller(make.company("Två AB"), number=number)
    make.ticket(other, Product.DAY, COUNTY)
    browser.log_in(make.as_person(one))
    first, second = (browser.get(f"{MINE}?hos={each.id}") for each in (one, other))
    assert ("Ett AB ser" in first.said, "24-timmars" in first.said) == (True, False)
    assert ("Två AB ser" in second.said, "24-timmars" in second.said) == (True, True)
    links = browser.get("/resa/jag").links()
    assert {f"{MINE}?hos={each.id}" for each in (one, other)} <= set(links)


def test_another_traveller_is_nobody_of_mine(mine, make):
    theirs = make.traveller(given_name="Hemlig")
    assert "Hemlig" not in mine.get(f"{MINE}?hos={theirs.id}").said
    assert mine.get(f"{MINE}/{theirs.id}/biljetter").status == 404


def test_both_pages_ask_as_much_at_three_rows_as_at_one(make, store, theirs, mine, traveller):
    pages = [(theirs, f"/foretag/resenarer/{traveller.id}"), (mine, MINE)]
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make.sent_ticket(traveller)
            make.ticket(traveller, service=Service.BUSINESS_TRAVEL)
        for browser, url in pages:
            browser.get(url)
            with queries(store) as asked:
                browser.get(url)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]
