"""The month is closed once for each company, and its files are written once."""
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from domain import invoice_series, messages, outbox, reports
from domain.invoices import Invoice
from domain.month_runs import MonthClosing
from domain.months import Month
from domain.outbox import OutboxMessage
from domain.products import Product
from domain.reports import FileKind, MonthlyReport
from jobs import outbox as carrier
from jobs import reports as jobs
from tests.conftest import NOON
from tests.factories import COUNTY

SEPTEMBER = datetime(2026, 9, 3, tzinfo=UTC)
IN_OCTOBER = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)


@pytest.fixture
def company(make):
    return make.company("Åkeriet AB", approved_at=SEPTEMBER)


def made(store):
    with store.session() as session:
        return sorted((each.company_id, str(each.month), each.tickets)
                      for each in session.scalars(select(MonthlyReport)))


def letters(store):
    with store.session() as session:
        return [mail.values["month"] for mail in session.scalars(select(messages.Email))]


def close(portal):
    """As the night does it, and then a worker."""
    jobs.make_missing(portal)
    for company_id in handed_out(portal.store):
        with portal.store.session() as session:
            jobs.close(portal, session, company_id=company_id)


def handed_out(store):
    with store.session() as session:
        return [UUID(message.args["company_id"]) for message in session.scalars(
            select(OutboxMessage).where(OutboxMessage.task == outbox.Task.CLOSE_MONTHS))]


def closings(store):
    with store.session() as session:
        return [(str(each.month), each.state, each.why) for each in session.scalars(
            select(MonthClosing).order_by(MonthClosing.month_on))]


def test_every_month_that_lacks_a_report_gets_one_however_often_it_runs(portal, store, make,
                                                                        company):
    make.ticket(make.traveller(company), at=IN_OCTOBER)
    for _ in range(3):
        close(portal)
    assert made(store) == [(company.id, "2026-09", 0), (company.id, "2026-10", 1)]
    assert handed_out(store) == [company.id]
    assert closings(store) == [("2026-09", "done", ""), ("2026-10", "done", "")]


def test_two_who_make_the_months_at_once_make_each_once(portal, store, make, company):
    make.admin(company)
    make.ticket(make.traveller(company), Product.PERIOD_30, COUNTY, at=IN_OCTOBER)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: close(portal), range(4)))
    assert made(store) == [(company.id, "2026-09", 0), (company.id, "2026-10", 1)]
    assert letters(store) == ["2026-10"]
    with store.session() as session:
        assert [each.number for each in session.scalars(select(Invoice))] == [100_001]


def test_the_outbox_closes_the_months_that_are_handed_out(portal, store, make, company):
    make.ticket(make.traveller(company), at=IN_OCTOBER)
    jobs.make_missing(portal)
    [message_id] = portal.world.queue.rung
    carrier.deliver(portal, message_id)
    assert made(store) == [(company.id, "2026-09", 0), (company.id, "2026-10", 1)]


def test_the_month_is_over_at_swedish_midnight(portal, store, make, clock):
    company = make.company(approved_at=datetime(2026, 11, 3, tzinfo=UTC))
    clock.at = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    close(portal)
    assert made(store) == []
    clock.at = datetime(2026, 11, 30, 23, tzinfo=UTC)
    close(portal)
    assert made(store) == [(company.id, "2026-11", 0)]


def test_only_a_month_with_purchases_is_told_of(portal, store, make, company):
    make.admin(company)
    make.ticket(make.traveller(company), at=IN_OCTOBER)
    close(portal)
    assert letters(store) == ["2026-10"]


def test_a_company_that_fails_says_why_leaves_nothing_and_is_closed_when_it_is_tried_again(
        portal, store, make, company, monkeypatch):
    make.ticket(make.traveller(company), Product.PERIOD_30, COUNTY, at=IN_OCTOBER)
    monkeypatch.setattr(invoice_series, "take", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        close(portal)
    assert made(store) == [(company.id, "2026-09", 0)]
    assert closings(store) == [("2026-09", "done", ""),
                               ("2026-10", "failed", "ZeroDivisionError")]
    monkeypatch.undo()
    close(portal)
    assert made(store) == [(company.id, "2026-09", 0), (company.id, "2026-10", 1)]
    assert closings(store) == [("2026-09", "done", ""), ("2026-10", "done", "")]


@pytest.fixture
def report(store, db, make, company):
    make.ticket(make.traveller(company, "Örjan", "Älv"), at=IN_OCTOBER)
    with store.transaction(db):
        return reports.make(db, company.id, Month(2026, 10), now=NOON)


def write(portal, store, report):
    with store.session() as session:
        jobs.write(portal, session, report_id=report.id)


def file(store, report, kind):
    with store.session() as session:
        return reports.file(session, report, kind)


def test_the_files_hold_the_month(portal, store, report):
    write(portal, store, report)
    text = PdfReader(BytesIO(file(store, report, FileKind.PDF))).pages[0].extract_text()
    book = CalamineWorkbook.from_filelike(BytesIO(file(store, report, FileKind.XLSX)))
    rows = book.get_sheet_by_name("Specifikation").to_python()
    for words in ("oktober 2026", "Åkeriet AB", "Örjan Älv", "Enkelbiljett", "42,00"):
        assert words in text
    assert rows[-1][2:8] == ["Skicka biljett", "1000", "Huvudavdelning", "Örjan Älv",
                             "Enkelbiljett", "Zon 181 Jönköping"]
    assert rows[-1][-1] == 42


def test_the_files_are_written_once_however_often_it_runs(portal, store, report, monkeypatch):
    write(portal, store, report)
    for kind in FileKind:
        monkeypatch.delitem(jobs.WRITERS, kind)
    write(portal, store, report)
    with store.session() as session:
        assert reports.files(session, report) == [FileKind.PDF, FileKind.XLSX]


def test_a_worker_that_died_between_the_files_has_left_one_to_write(portal, store, report, clock,
                                                                    monkeypatch):
    monkeypatch.setitem(jobs.WRITERS, FileKind.XLSX, lambda _spec: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(portal, store, report)
    monkeypatch.undo()
    monkeypatch.delitem(jobs.WRITERS, FileKind.PDF)
    write(portal, store, report)
    with store.session() as session:
        assert reports.files(session, report) == [FileKind.PDF, FileKind.XLSX]


def test_the_outbox_has_the_files_written(portal, store, db, report, world):
    carrier.sweep(portal)
    assert reports.written(db, [report.id]) == {report.id}
    assert outbox.due(db, now=NOON.replace(year=2027), most=9) == []
