from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from domain import invoice_deliveries, invoice_lists, invoice_payments, reports
from domain.access import Scope
from domain.companies import Company
from domain.money import kr
from domain.months import Month
from domain.products import Product
from domain.reports import FileKind, ReportFile
from domain.services import Service
from tests import files
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import COUNTY, NOBODY

INDEX = "/foretag/rapporter/"
OCTOBER = Month(2026, 10)
IN_OCTOBER = datetime(2026, 10, 7, 6, 30, tzinfo=UTC)


@pytest.fixture
def company(make):
    return make.company("Länsbolaget AB", approved_at=datetime(2026, 8, 20, tzinfo=UTC))


@pytest.fixture
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def close(store, db, company):
    """Close a month of the company's, with its files unless said otherwise."""
    def close(month=OCTOBER, *, written=True):
        with store.transaction(db):
            report = reports.make(db, company.id, month, now=NOON)
            if written:
                db.add_all(ReportFile(report_id=report.id, kind=kind, content=kind.encode(),
                                      written_at=NOON) for kind in FileKind)
        return report
    return close


def test_before_the_first_month_has_ended_it_says_when_the_first_report_comes(browser, admin):
    page = browser.get(INDEX).said
    assert "Ingen månad är avslutad än" in page
    assert "kommer natten till tis 1 dec" in page


def test_the_month_so_far_is_told_per_service(browser, admin, make, company):
    traveller = make.traveller(company)
    make.ticket(traveller)
    make.ticket(traveller, Product.DAY, service=Service.BUSINESS_TRAVEL)
    make.ticket(traveller, at=IN_OCTOBER)
    assert ("Hittills i november 2026 Skicka biljett42 kr1 biljett Tjänsteresor84 kr1 biljett "
            "Personalerbjudande0 kr0 biljetter Tillsammans126 kr").replace(" ", "") in (
        browser.get(INDEX).said.replace(" ", ""))


def test_the_months_are_a_chart_with_the_same_numbers_in_a_table(browser, admin, make, company,
                                                                 close):
    make.ticket(make.traveller(company), at=IN_OCTOBER)
    close(Month(2026, 9))
    close()
    page = browser.get(INDEX)
    assert [float(bar["height"]) for bar in page.all("rect")] == [0, 140]
    for words in ("Från september 2026 till oktober 2026.", "sep: 0 kr", "okt: 42 kr"):
        assert words in page.said


def test_each_month_has_its_row_with_its_files(browser, admin, make, company, close):
    make.ticket(make.traveller(company), Product.PERIOD_30, COUNTY, at=IN_OCTOBER)
    close(Month(2026, 9), written=False)
    close()
    page = browser.get(INDEX)
    assert "Oktober 2026 1 78,68 kr 1 390 kr" in page.said
    assert [link for link in page.links() if "2026-" in link] == [
        "/foretag/rapporter/2026-11", "/foretag/rapporter/2026-10",
        "/foretag/rapporter/2026-10/specification.pdf",
        "/foretag/rapporter/2026-10/specification.xlsx", "/foretag/rapporter/2026-09"]


def test_a_report_tells_its_sums_and_its_lines(browser, admin, make, company, close):
    other = make.department(company, "Verkstad", "2000")
    make.ticket(make.traveller(company), at=IN_OCTOBER)
    make.ticket(make.traveller(department=other), at=IN_OCTOBER, service=Service.BUSINESS_TRAVEL)
    close()
    page = browser.get(f"{INDEX}2026-10").said
    for words in ("Ekonomirapport oktober 2026", "tors 1 okt – lör 31 okt",
                  "Skicka biljett 1000 1 39,62 kr 6 % 2,38 kr 42 kr",
                  "Tjänsteresor 2000 1 39,62 kr 6 % 2,38 kr 42 kr",
                  "Rut Resenär Enkelbiljett, Zon 181 Jönköping ons 7 okt 08:30 Verkstad 2000"):
        assert words in page


def test_a_long_month_shows_its_first_hundred_lines(browser, admin, make, company, close):
    traveller = make.traveller(company)
    for minute in range(51):
        make.ticket(traveller, at=IN_OCTOBER.replace(minute=minute))
        make.ticket(traveller, at=IN_OCTOBER.replace(minute=minute))
    close()
    page = browser.get(f"{INDEX}2026-10")
    assert "De 100 första av 102. Alla står i filerna." in page.said
    assert page.said.count("Rut Resenär") == 100


def test_a_month_without_purchases_says_so(browser, admin, close):
    close()
    assert "Ingen biljett köptes under månaden." in browser.get(f"{INDEX}2026-10").said


def test_while_the_files_are_written_the_page_looks_again_by_itself(browser, admin, close):
    close(written=False)
    page = browser.get(f"{INDEX}2026-10")
    [files] = [attrs for _, attrs in page.tags if attrs.get("id") == "files"]
    assert (files["hx-get"], files["hx-trigger"]) == (f"{INDEX}2026-10?look=1", "every 2s")
    assert "Filerna skapas" in page.said
    fragment = browser.get(files["hx-get"], **FRAGMENT)
    assert fragment.tags[0][1]["hx-get"] == f"{INDEX}2026-10?look=2"


def test_the_page_stops_looking_when_the_files_are_there(browser, admin, close):
    close()
    fragment = browser.get(f"{INDEX}2026-10?look=7", **FRAGMENT)
    assert (fragment.whole, "hx-get" in fragment.tags[0][1]) == (False, False)
    assert fragment.links() == [f"{INDEX}2026-10/specification.pdf",
                                f"{INDEX}2026-10/specification.xlsx"]


def test_the_page_stops_looking_after_two_minutes_and_says_so(browser, admin, close):
    close(written=False)
    fragment = browser.get(f"{INDEX}2026-10?look=60", **FRAGMENT)
    assert ("Filerna dröjer" in fragment.said, "hx-get" in fragment.tags[0][1]) == (True, False)


@pytest.mark.parametrize(("kind", "mime"), [
    ("pdf", "application/pdf"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")])
def test_a_file_is_downloaded_under_a_name_that_tells_what_it_is(browser, admin, close, kind, mime):
    close()
    file = browser.get(f"{INDEX}2026-10/specification.{kind}").response
    assert (file.status_code, file.mimetype, file.data) == (200, mime, kind.encode())
    assert file.headers["Content-Disposition"] == (
        f'attachment; filename="Specifikation Lansbolaget AB 2026-10.{kind}"; '
        f"filename*=UTF-8''Specifikation%20L%C3%A4nsbolaget%20AB%202026-10.{kind}")


def test_a_file_that_is_not_written_yet_is_not_found(browser, admin, close):
    close(written=False)
    page = browser.get(f"{INDEX}2026-10/specification.pdf")
    assert (page.status, "Filen är inte färdig än." in page.said) == (404, True)


@pytest.mark.parametrize("path", ["2026-10", "2026-10/specification.pdf"])
def test_another_companys_report_is_not_found(browser, make, close, path):
    close()
    browser.log_in(make.admin(make.company("Annat AB")))
    assert browser.get(f"{INDEX}{path}").status == 404


@pytest.mark.parametrize("path", [
    "2026-07", "2026-12", "2026-13", "2026-1", "0000-01", "2026-10/x.pdf",
    "2026-10/specification.csv"])
def test_what_is_no_report_is_not_found(browser, admin, close, path):
    close()
    assert browser.get(f"{INDEX}{path}").status == 404


def test_three_rows_take_as_many_queries_as_one(browser, admin, make, company, close, store):
    queries = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: queries.append(args[2]))

    def count(url):
        queries.clear()
        browser.get(url)
        return len(queries)

    traveller = make.traveller(company)
    make.ticket(traveller, at=IN_OCTOBER)
    close()
    one = count(INDEX), count(f"{INDEX}2026-10")
    for month in (9, 8):
        for day in (3, 4, 5):
            make.ticket(traveller, at=datetime(2026, month, day, tzinfo=UTC))
        close(Month(2026, month))
    assert (count(INDEX), count(f"{INDEX}2026-09")) == one


@pytest.fixture
def workshop(make, company, browser):
    """A department whose administrator is logged in; a ticket of theirs, and one of another's."""
    workshop = make.department(company, name="Verkstad", reference_number="2000")
    make.ticket(make.traveller(given_name="Vera", department=workshop), at=IN_OCTOBER)
    make.ticket(make.traveller(company, "Hemlig"), Product.DAY, at=IN_OCTOBER)
    browser.log_in(make.department_admin(workshop))
    return workshop


def test_a_department_administrator_reads_the_months_of_the_department(browser, workshop, close):
    close()
    month, index = browser.get(f"{INDEX}2026-10").said, browser.get(INDEX).said
    assert ("Vera" in month, "42 kr" in month, "2000" in month) == (True, True, True)
    assert "42 kr" in index
    for page in (month, index):
        assert "Hemlig" not in page
        assert "126 kr" not in page
        assert "84 kr" not in page


def test_the_companys_specification_is_not_a_department_administrators(browser, workshop, close):
    close()
    assert browser.get(f"{INDEX}2026-10/specification.pdf").status == 404


@pytest.mark.parametrize(("who", "holders"), [
    ("company", {"Vera Resenär", "Hemlig Resenär"}), ("department", {"Vera Resenär"})])
def test_the_purchases_are_a_file_of_what_one_may_see(browser, make, company, workshop, close, who,
                                                      holders):
    if who == "company":
        browser.log_in(make.admin(company))
    close()
    text = browser.get(f"{INDEX}2026-10/kop.csv").response.get_data().decode("utf-8-sig")
    rows = [line.split(";") for line in text.splitlines()]
    assert {row[5] for row in rows[1:]} == holders
    assert {row[9] for row in rows[1:]} <= {"42,00", "84,00"}


def test_the_months_are_a_file_of_what_one_may_see(browser, workshop, close):
    close(Month(2026, 9))
    close()
    assert [list(row.values()) for row in files.rows(browser, INDEX)] == [
        ["2026-10", "1", "2,38", "42,00"], ["2026-09", "0", "0,00", "0,00"]]


NOVEMBER = f"{INDEX}2026-11"


def test_before_it_is_closed_a_month_shows_what_its_invoices_would_be(browser, admin, make, company,
                                                                      close):
    make.ticket(make.traveller(company), Product.PERIOD_30, COUNTY)
    make.ticket(make.traveller(department=make.department(company)))
    page = browser.get(NOVEMBER).said
    for words in ("November 2026", "Köpen kommer in till och med mån 30 nov", "Granskas återstår",
                  "Specifikation återstår natten till tis 1 dec", "Blir fakturerat1 390 kr",
                  "Referensnummer 1000 · 1 390 kr", "Referensnummer 2000 · 42 kr · nästa månad",
                  "30-dagarsbiljett 1 78,68 kr 1 390 kr"):
        assert words in page, words


def test_the_preview_is_the_invoice(browser, admin, make, company, close, db):
    make.ticket(make.traveller(company), Product.PERIOD_30, COUNTY)
    before = browser.get(NOVEMBER).said
    make.closed(company, Month(2026, 11), at=Month(2026, 12).start)
    [(invoice, part)] = invoice_lists.of_month(db, Month(2026, 11), within=Scope(company.id))
    assert f"Blir fakturerat{kr(part.gross_ore)}".replace("\xa0", " ") in before
    after = browser.get(NOVEMBER)
    assert f"Faktura {invoice.number} 1000" in after.said
    assert f"/foretag/fakturor/{invoice.id}" in after.links()


def test_the_purchases_are_checked_by_who_looks(browser, admin, make, company):
    make.ticket(make.traveller(company))
    assert browser.post(f"{NOVEMBER}/granskning", {}).location == NOVEMBER
    page = browser.get(NOVEMBER).said
    assert "Granskade klart fre 20 nov 12:00" in page
    assert "Åsa Öberg granskade köpen fre 20 nov 12:00" in page
    assert "Inget har köpts efter det." in page
    make.ticket(make.traveller(company), at=NOON + timedelta(minutes=1))
    assert "En biljett har köpts efter det." in browser.get(NOVEMBER).said


def test_who_has_a_department_sees_what_it_will_be_charged(browser, make, workshop):
    make.ticket(make.traveller(department=workshop), Product.DAY)
    make.ticket(make.traveller(make.session.get_one(Company, workshop.company_id), "Hemlig"),
                Product.PERIOD_30, COUNTY)
    page = browser.get(NOVEMBER).said
    assert ("Referensnummer 2000 · 84 kr" in page, "1000" in page) == (True, False)


def test_the_months_invoices_are_a_file_for_the_books(browser, admin, make, company):
    make.invoice(make.traveller(company))
    answer = browser.get(f"{INDEX}2026-10/bokforing.si").response
    assert answer.data.startswith(b"#FLAGGA 0")
    assert "fakturor-2026-10.si" in answer.headers["Content-Disposition"]


@pytest.fixture
def invoiced(make, company):
    """October, with two invoices that are on their way: to departments 1000 and 2000."""
    for to in (make.traveller(company), make.traveller(department=make.department(company))):
        make.ticket(to, Product.PERIOD_30, COUNTY, at=IN_OCTOBER)
    make.closed(company)
    return [make.put(each) for each, _part in invoice_lists.of_month(
        make.session, OCTOBER, within=Scope(company.id))]


def test_a_month_tells_how_far_its_invoices_have_come(browser, admin, store, db, invoiced):
    def course():
        return browser.get(f"{INDEX}2026-10").said

    assert "2 fakturor klart fre 20 nov 08:00 Skickas Betalas återstår senast sön 20 dec" in (
        course())
    first, second = (invoice_deliveries.of_invoice(db, each)[0].id for each in invoiced)
    with store.transaction(db):
        invoice_deliveries.sent(db, first, now=NOON)
    assert "Skickas 1 av 2" in course()
    with store.transaction(db):
        invoice_deliveries.failed(db, second, "No such receiver", now=NOON)
    assert "Kom inte fram gick inte" in course()
    with store.transaction(db):
        for each in invoiced:
            invoice_payments.mark(db, each, each.gross_ore, NOON.date(), "", by=NOBODY, now=NOON)
    assert "Betald klart fre 20 nov 12:00" in course()


def test_too_little_for_an_invoice_is_said(browser, admin, make, company, close):
    make.ticket(make.traveller(company), at=IN_OCTOBER)
    close()
    page = browser.get(f"{INDEX}2026-10").said
    assert "Det är för lite för en egen faktura." in page
    assert "Betalas" not in page
