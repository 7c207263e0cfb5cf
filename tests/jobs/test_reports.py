"""The month is closed once for each company, and its files are written once."""
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from domain import messages, outbox, reports
from domain.months import Month
from domain.reports import FileKind, MonthlyReport
from jobs import reports as jobs
from tests.conftest import NOON

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


def test_every_month_that_lacks_a_report_gets_one_however_often_it_runs(portal, store, make,
                                                                        company):
    make.ticket(make.traveller(company), at=IN_OCTOBER)
    for _ in range(3):
        jobs.make_missing(portal)
    assert made(store) == [(company.id, "2026-09", 0), (company.id, "2026-10", 1)]


def test_two_who_make_the_months_at_once_make_each_once(portal, store, make, company):
    make.admin(company)
    make.ticket(make.traveller(company), at=IN_OCTOBER)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: jobs.make_missing(portal), range(4)))
    assert made(store) == [(company.id, "2026-09", 0), (company.id, "2026-10", 1)]
    assert letters(store) == ["2026-10"]


def test_the_month_is_over_at_swedish_midnight(portal, store, make, clock):
    company = make.company(approved_at=datetime(2026, 11, 3, tzinfo=UTC))
    clock.at = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    jobs.make_missing(portal)
    assert made(store) == []
    clock.at = datetime(2026, 11, 30, 23, tzinfo=UTC)
    jobs.make_missing(portal)
    assert made(store) == [(company.id, "2026-11", 0)]


def test_only_a_month_with_purchases_is_told_of(portal, store, make, company):
    make.admin(company)
    make.ticket(make.traveller(company), at=IN_OCTOBER)
    jobs.make_missing(portal)
    assert letters(store) == ["2026-10"]


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
    from jobs import outbox as carrier
    carrier.sweep(portal)
    assert reports.written(db, [report.id]) == {report.id}
    assert outbox.due(db, now=NOON.replace(year=2027), most=9) == []
