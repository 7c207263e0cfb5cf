from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import outbox, recalls, reports
from domain.errors import Conflict, NotFound
from domain.messages import Email
from domain.months import Month
from domain.products import Product
from domain.reports import FileKind, ReportFile
from domain.services import Service
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY

OCTOBER = Month(2026, 10)
LATE_OCTOBER = datetime(2026, 10, 31, 22, 59, tzinfo=UTC)
EARLY_OCTOBER = datetime(2026, 9, 30, 22, 0, tzinfo=UTC)


@pytest.fixture
def company(make):
    return make.company(approved_at=datetime(2026, 8, 20, tzinfo=UTC))


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture
def made(store, db, company):
    def made(month=OCTOBER, *, company_id=company.id):
        with store.transaction(db):
            return reports.make(db, company_id, month, now=NOON)
    return made


def test_a_month_holds_what_was_bought_between_its_swedish_midnights(make, db, traveller, made):
    inside = [make.ticket(traveller, at=EARLY_OCTOBER), make.ticket(traveller, at=LATE_OCTOBER)]
    make.ticket(traveller, at=datetime(2026, 9, 30, 21, 59, tzinfo=UTC))
    make.ticket(traveller, at=datetime(2026, 10, 31, 23, tzinfo=UTC))
    make.ticket(at=LATE_OCTOBER)
    report = made()
    assert [line.ticket_id for line in reports.lines(db, report)] == [each.id for each in inside]
    assert (report.tickets, report.gross_ore, report.vat_ore) == (2, 8400, 476)


def test_sums_are_per_service_and_reference_number_with_the_vat_apart(make, db, company, traveller,
                                                                       made):
    other = make.traveller(department=make.department(company, reference_number="2000"))
    for to, service in ((traveller, Service.SEND_TICKET), (other, Service.SEND_TICKET),
                        (other, Service.SEND_TICKET), (other, Service.BUSINESS_TRAVEL)):
        make.ticket(to, service=service, at=LATE_OCTOBER)
    assert [(each.service, each.reference_number, each.tickets, each.gross_ore, each.vat_ore,
             each.net_ore) for each in reports.sums(db, made())] == [
        ("send_ticket", "1000", 1, 4200, 238, 3962),
        ("send_ticket", "2000", 2, 8400, 476, 7924),
        ("business_travel", "2000", 1, 4200, 238, 3962)]


def test_a_line_stands_as_it_was_bought_whatever_changes_later(make, store, db, traveller, made):
    ticket = make.ticket(traveller, Product.PERIOD_30, COUNTY, at=LATE_OCTOBER)
    report = made()
    with store.transaction(db):
        ticket.department_name, ticket.price_ore = "Nytt namn", 1
    [line] = reports.lines(db, report)
    assert (line.ticket_number, line.holder, line.department_name, line.trip, line.price_ore) == (
        ticket.number, "Rut Resenär", "Huvudavdelning", COUNTY, 139000)


def test_a_line_keeps_the_purpose_of_its_purchase(make, store, db, traveller, made):
    ticket = make.ticket(traveller, at=LATE_OCTOBER, service=Service.BUSINESS_TRAVEL)
    with store.transaction(db):
        ticket.purpose = "Norra bron"
    [line] = reports.lines(db, made())
    assert line.purpose == "Norra bron"


def test_a_month_without_purchases_is_an_empty_report(made):
    report = made()
    assert (report.tickets, report.gross_ore, report.vat_ore) == (0, 0, 0)


def test_a_month_is_closed_once(made):
    made()
    with pytest.raises(Conflict):
        made()


def test_a_report_leaves_its_files_to_be_written(db, made):
    report = made()
    [message] = [outbox.find(db, id) for id in outbox.due(db, now=NOON, most=10)]
    assert (message.task, message.args) == ("write_report", {"report_id": str(report.id)})


def test_missing_is_each_ended_month_since_the_company_was_approved(store, db, company, made):
    made(OCTOBER)
    assert reports.missing(db, now=NOON) == [
        (company.id, Month(2026, 8)), (company.id, Month(2026, 9))]
    just_over = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert (company.id, Month(2026, 11)) in reports.missing(db, now=just_over)


def test_what_was_missed_long_ago_is_not_made_up(make, db):
    make.company(approved_at=datetime(2020, 1, 1, tzinfo=UTC))
    months = [month for _, month in reports.missing(db, now=NOON)]
    assert (len(months), months[0], months[-1]) == (12, Month(2025, 11), OCTOBER)


def test_the_administrators_are_told(make, store, db, company, traveller, made):
    make.admin(company, email="asa@bolaget.example")
    make.admin(company, email=None)
    make.ticket(traveller, at=LATE_OCTOBER)
    report = made()
    with store.transaction(db):
        reports.announce(db, report, now=NOON)
    [mail] = db.scalars(select(Email))
    assert (mail.template, mail.to) == ("report_made", "asa@bolaget.example")
    assert mail.values == {"name": "Åsa", "month": "2026-10", "tickets": 1, "gross_ore": 4200,
                           "invoices": 0}


def test_reports_are_listed_the_last_month_first(db, company, made):
    for month in (Month(2026, 9), OCTOBER):
        made(month)
    assert [report.month for report in reports.of_company(db, company.id)] == [
        OCTOBER, Month(2026, 9)]
    assert [report.month for report in reports.of_company(db, company.id, most=1)] == [OCTOBER]


def test_another_companys_report_is_not_found(make, db, company, made):
    report = made()
    assert reports.find(db, OCTOBER, company_id=company.id) == report
    for month, company_id in ((OCTOBER, make.company("Annat AB").id),
                              (Month(2026, 9), company.id)):
        with pytest.raises(NotFound):
            reports.find(db, month, company_id=company_id)


def test_a_report_is_written_when_all_its_files_are(store, db, made):
    half, whole = made(), made(Month(2026, 9))
    with store.transaction(db):
        for report, kind in ((half, FileKind.PDF), (whole, FileKind.PDF), (whole, FileKind.XLSX)):
            db.add(ReportFile(report_id=report.id, kind=kind, content=b"1", written_at=MORNING))
    assert reports.written(db, [half.id, whole.id]) == {whole.id}
    assert reports.files(db, half) == [FileKind.PDF]
    assert reports.file(db, half, FileKind.PDF) == b"1"
    with pytest.raises(NotFound):
        reports.file(db, half, FileKind.XLSX)


def test_the_first_lines_are_the_first_bought(make, db, traveller, made):
    days = [date(2026, 10, day) for day in (20, 5, 12)]
    for day in days:
        make.ticket(traveller, at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    lines = reports.lines(db, made(), most=2)
    assert [line.sold_at.day for line in lines] == [5, 12]


def recall(db, store, ticket, *, now):
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=now)


NOVEMBER = Month(2026, 11)
BEGINNING_OF_NOVEMBER = datetime(2026, 10, 31, 23, tzinfo=UTC)


def test_what_was_recalled_within_the_month_is_not_charged(make, store, db, traveller, made):
    ticket = make.sent_ticket(traveller, at=EARLY_OCTOBER + timedelta(days=2))
    recall(db, store, ticket, now=BEGINNING_OF_NOVEMBER - timedelta(seconds=1))
    assert (reports.lines(db, made()), reports.lines(db, made(NOVEMBER))) == ([], [])


def test_what_is_recalled_later_is_charged_and_then_credited(make, store, db, traveller, made):
    ticket = make.sent_ticket(traveller, at=LATE_OCTOBER)
    kept = make.sent_ticket(traveller, Product.DAY, COUNTY, at=NOON)
    recall(db, store, ticket, now=BEGINNING_OF_NOVEMBER)
    charged, credited = made(), made(NOVEMBER)
    assert [(line.ticket_id, line.price_ore) for line in reports.lines(db, charged)] == [
        (ticket.id, 4_200)]
    assert [(line.ticket_id, line.price_ore, line.vat_ore) for line in reports.lines(db, credited)
            ] == [(ticket.id, -4_200, -238), (kept.id, kept.price_ore, kept.vat_ore)]
    assert (credited.tickets, credited.gross_ore) == (1, kept.price_ore - 4_200)
    [total] = reports.sums(db, credited)
    assert (total.tickets, total.gross_ore) == (1, kept.price_ore - 4_200)
