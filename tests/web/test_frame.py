"""What stands around every page: drawn once for all who see the same, and for nobody else."""
import re
from pathlib import Path

import pytest

from domain.companies import Company
from domain.services import Service
from tests.browser import Browser
from tests.factories import personnummer

ROOT = Path(__file__).parents[2]
TODAY = "/foretag/"


@pytest.fixture
def company(make):
    return make.company()


def test_a_new_application_is_counted_at_once(make, company, browser):
    browser.log_in(make.admin(company))
    assert 'id="waiting" hidden>0' in browser.get(TODAY).response.text
    make.offer_application(make.traveller(company))
    assert 'id="waiting">1' in browser.get(TODAY).response.text


def test_the_frame_follows_the_language(make, company, browser):
    browser.log_in(make.admin(company))
    assert ">Resenärer" in browser.get(TODAY).response.text
    browser.post("/sprak", {"language": "en"})
    page = browser.get(TODAY).response.text
    assert ">Travellers" in page
    assert not re.search(">Resenärer|Kundservice", page)
    browser.post("/sprak", {"language": "sv"})
    assert ">Resenärer" in browser.get(TODAY).response.text


def test_each_one_sees_their_own_name_and_token(app, make, company):
    pages = [Browser(app).log_in(make.admin(company, given_name=name, number=personnummer(number)))
             .get(TODAY).response.text for name, number in (("Åsa", 1), ("Bo", 2))]
    names = [re.search(r'class="name">(\w+)', page)[1] for page in pages]
    tokens = {re.search(r'X-CSRFToken": "([^"]+)', page)[1] for page in pages}
    assert names == ["Åsa", "Bo"]
    assert len(tokens) == 2


def test_the_rail_marks_where_one_is_and_follows_what_the_company_uses(store, make, db, company,
                                                                      browser):
    browser.log_in(make.admin(company))
    assert 'href="/foretag/resenarer/" aria-current' not in browser.get(TODAY).response.text
    travellers = browser.get("/foretag/resenarer/").response.text
    assert 'href="/foretag/resenarer/" aria-current' in travellers
    assert 'href="/foretag/tjansteresor/"' in browser.get(TODAY).response.text
    with store.transaction(db):
        db.get(Company, company.id).services = [Service.SEND_TICKET]
    assert 'href="/foretag/tjansteresor/"' not in browser.get(TODAY).response.text


def test_a_kept_part_asks_nothing_of_who_is_there():
    text = "\n".join(file.read_text() for file in (ROOT / "templates").rglob("*.html"))
    kept = set(re.findall(r'\bdrawn_once\("([^"]+)"', text))
    assert kept == {"_rail.html", "_customer_tabs.html", "_foot.html", "_brand.html",
                    "_unreachable.html", "travellers/_head.html", "travellers/_filters.html",
                    "purchases/_head.html", "purchases/_filters.html", "purchases/_ways.html"}
    for name in kept:
        words = (ROOT / "templates" / name).read_text()
        assert not re.search(r"csrf|session|request|current_user|actor|flash|act\(", words), name
