from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from domain.list_files import ListFile, State
from domain.outbox import OutboxMessage, Task
from domain.saved_reports import SavedReport
from jobs import list_files as writing
from tests.browser import FRAGMENT

FILES, REPORTS = "/foretag/rapporter/filer", "/foretag/rapporter/mina"
EARLIER = datetime(2026, 10, 28, 11, tzinfo=UTC)
ORDER = {"what": "purchases", "format": "csv", "department": "", "service": "", "period": ""}
REPORT = {"name": "Per avdelning", "what": "by_department", "format": "xlsx", "department": "",
          "service": "", "months": "3", "monthly": "y"}


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
def work(portal):
    """What a worker does."""
    def work(file_id):
        with portal.store.session() as session:
            writing.write(portal, session, file_id=file_id)
    return work


def test_a_file_is_ordered_watched_on_its_way_and_fetched(
        browser, make, company, db, world, work):
    make.ticket(make.traveller(company, "Alva", "Ek"), at=EARLIER)
    world.queue.rung.clear()
    answer = browser.post(f"{FILES}/ny", ORDER)
    assert answer.response.status_code == 303
    [message_id] = world.queue.rung
    assert db.get(OutboxMessage, message_id).task == Task.WRITE_LIST
    address = answer.location
    assert "Filen skapas" in browser.get(address).said
    assert browser.get(f"{address}/fil").response.status_code == 404
    kept = db.scalars(select(ListFile)).one()
    work(kept.id)
    assert browser.client.get(address, headers=FRAGMENT).headers["HX-Refresh"] == "true"
    assert "Hämta filen" in browser.get(address).said
    got = browser.get(f"{address}/fil").response
    assert "Alva Ek" in got.get_data().decode("utf-8-sig")
    assert "attachment" in got.headers["Content-Disposition"]
    assert "Alla köp" in browser.get(f"{FILES}/").said


def test_a_file_that_cannot_be_ordered_keeps_what_was_typed(browser):
    page = browser.post(f"{FILES}/ny", ORDER | {"what": "secrets"})
    assert page.response.status_code == 422


def test_a_report_is_saved_made_at_once_sent_each_month_and_removed(browser, db, admin):
    assert browser.post(f"{REPORTS}/ny", REPORT).response.status_code == 303
    report = db.scalars(select(SavedReport)).one()
    assert (report.name, report.months, report.monthly) == ("Per avdelning", 3, True)
    assert "Per avdelning" in browser.get(f"{REPORTS}/").said
    made = browser.post(f"{REPORTS}/{report.id}/fil")
    assert "Filen skapas" in browser.get(made.location).said
    db.rollback()
    assert db.scalars(select(ListFile)).one().state == State.WAITING
    browser.post(f"{REPORTS}/{report.id}/utskick")
    db.rollback()
    db.refresh(report)
    assert not report.monthly
    browser.post(f"{REPORTS}/{report.id}/borttagning")
    assert "Ingen rapport är sparad än" in browser.get(f"{REPORTS}/").said


def test_a_report_needs_a_name(browser):
    page = browser.post(f"{REPORTS}/ny", REPORT | {"name": " "})
    assert page.response.status_code == 422


def test_nobody_else_sees_a_report(browser, make, company, db):
    browser.post(f"{REPORTS}/ny", REPORT)
    report = db.scalars(select(SavedReport)).one()
    browser.log_in(make.admin(company, given_name="Bo"))
    assert "Per avdelning" not in browser.get(f"{REPORTS}/").said
    assert browser.post(f"{REPORTS}/{report.id}/borttagning").response.status_code == 404
