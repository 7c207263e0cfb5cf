import pytest

from domain import month_runs
from domain.month_runs import State
from domain.months import Month
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.queries import queries

INDEX = "/intern/manadskorning/"
OCTOBER = f"{INDEX}2026-10"


@pytest.fixture(autouse=True)
def clerk(browser, make):
    browser.log_in(make.clerk())


@pytest.fixture
def done(store, db):
    def done(closing):
        with store.transaction(db):
            month_runs.done(closing, now=NOON)
    return done


@pytest.fixture
def failed(store, db, make):
    """A company whose month could not be closed."""
    closing = make.month_closing(make.company("Knas AB"))
    with store.transaction(db):
        month_runs.failed(db, closing.company_id, "KeyError", now=NOON)
    return closing


def test_before_the_first_run_it_says_when_that_comes(browser):
    assert "Den första körs natten till tis 1 dec" in browser.get(INDEX).said
    assert browser.get(OCTOBER).status == 404


def test_a_run_that_goes_on_looks_again_by_itself(browser, make, done):
    done(make.month_closing())
    make.month_closing()
    assert "Oktober 2026 Pågår 2 1" in browser.get(INDEX).said
    page = browser.get(OCTOBER)
    [run] = [attrs for _, attrs in page.tags if attrs.get("id") == "run"]
    assert (run["hx-get"], run["hx-trigger"]) == (f"{OCTOBER}?look=1", "every 2s")
    assert "Månaden stängs för företagen 1 / 2" in page.said
    assert browser.get(run["hx-get"], **FRAGMENT).tags[0][1]["hx-get"] == f"{OCTOBER}?look=2"


def test_a_run_that_is_over_tells_what_the_month_came_to(browser, make, done):
    invoice = make.invoice()
    done(make.month_closing(invoice.company))
    page = browser.get(OCTOBER)
    assert [attrs for _, attrs in page.tags if "hx-trigger" in attrs] == []
    for words in ("Månaden är stängd för alla", "Inkl. moms1 390 kr", "Fakturor1",
                  "Skicka biljett 1 1 311,32 kr 6 % 78,68 kr 1 390 kr"):
        assert words in page.said, words


def test_what_failed_is_told_and_run_again_for_one(browser, db, world, failed):
    assert "Månaden gick inte att stänga för ett företag" in browser.get("/intern/").said
    assert "Knas AB KeyError" in browser.get(OCTOBER).said
    world.queue.rung.clear()
    answer = browser.post(f"{INDEX}stangningar/{failed.id}/igen", {})
    assert (answer.location, len(world.queue.rung)) == (OCTOBER, 1)
    db.rollback()
    db.refresh(failed)
    assert failed.state == State.WAITING
    assert "Knas AB" not in browser.get(OCTOBER).said


def test_the_months_invoices_are_a_file_for_the_authoritys_books(browser, make):
    invoice = make.invoice()
    make.month_closing(invoice.company)
    answer = browser.get(f"{OCTOBER}/bokforing.si").response
    assert answer.data.startswith(b"#FLAGGA 0")
    assert "bokforing-2026-10.si" in answer.headers["Content-Disposition"]


def test_three_take_as_many_queries_as_one(browser, make, store):
    def count(*urls):
        with queries(store) as asked:
            for url in urls:
                browser.get(url)
        return len(asked)

    def closing(month):
        make.month_closing(make.company(), month)

    closing(Month(2026, 10))
    one = count(INDEX, OCTOBER)
    for month in (8, 9, 10):
        closing(Month(2026, month))
    assert count(INDEX, OCTOBER) == one
