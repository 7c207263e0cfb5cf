from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest

from documents import sie
from documents.sie import File, Posting, Voucher
from domain.bookkeeping_settings import Books
from domain.invoice_contents import Cost
from domain.rules import Rules
from domain.services import Service
from tests import sie_reader
from tests.documents.invoices import SELLER

DAY = date(2026, 11, 1)
FIRST, SECOND = uuid4(), uuid4()


@dataclass
class Invoice:
    id: UUID
    number: int
    name: str = "Granby Mekaniska AB"
    organisation_number: str = "5560125790"
    is_credit: bool = False
    issued_on: date = DAY

    @property
    def ocr(self) -> str:
        return f"{self.number}80"


def cost(gross, vat, *, of=FIRST, service=Service.SEND_TICKET, centre="100", name="Ekonomi",
         rate=600) -> Cost:
    return Cost(of, service, centre, name, rate, gross, vat)


USUAL = Books()
COSTS = [cost(10_600, 600), cost(21_200, 1_200, centre="200", name="Lager"),
         cost(5_300, 300, service=Service.STAFF_OFFER, centre=""),
         cost(-1_060, -60, of=SECOND, centre="200", name="Lager")]
INVOICES = [Invoice(FIRST, 100_001), Invoice(SECOND, 100_002, is_credit=True)]


def read(file: File) -> sie_reader.Books:
    return sie_reader.read(b"".join(sie.written(file)))


def bought(costs=COSTS, invoices=INVOICES, books=USUAL) -> sie_reader.Books:
    return read(sie.bought("Granby Mekaniska AB", "5560125790", invoices, costs, books=books,
                           seller=SELLER, made_on=DAY))


def test_each_invoice_is_a_voucher_that_is_in_balance():
    one, other = bought().vouchers

    assert (one.text, one.day, one.number) == ("Faktura 100001 Jönköpings Länstrafik", DAY, "")
    assert (one.on(2440), one.on(2641), one.on(5810), one.on(7690)) == (
        -37_100, 2_100, 30_000, 5_000)
    assert other.text == "Kreditfaktura 100002 Jönköpings Länstrafik"
    assert (other.on(2440), other.on(2641), other.on(5810)) == (1_060, -60, -1_000)


def test_costs_are_on_their_cost_centres():
    books = bought()

    assert books.dimensions == {1: "Kostnadsställe"}
    assert books.objects == {(1, "100"): "Ekonomi", (1, "200"): "Lager"}
    assert (books.on(5810, "100"), books.on(5810, "200")) == (10_000, 19_000)
    assert [each.objects for each in books.vouchers[0].postings if each.account == 7690] == [{}]


def test_a_company_has_accounts_of_its_own_and_says_whose_vat_it_deducts():
    books = bought(books=Books(send_ticket_account=5800, vat_account=2640, payable_account=2441,
                               dimension=20, series="L", vat_services=(Service.SEND_TICKET,)))

    first = books.vouchers[0]
    assert (first.series, first.on(2441), first.on(2640), first.on(5800), first.on(7690)) == (
        "L", -37_100, 1_800, 30_000, 5_300)
    assert books.dimensions == {20: "Kostnadsställe"}


def test_whose_books_it_is_for_stands_first():
    facts = bought().facts

    assert facts["ORGNR"] == ["556012-5790"]
    assert facts["FNAMN"] == ["Granby Mekaniska AB"]
    assert facts["GEN"] == ["20261101"]


def test_the_authority_books_what_is_owed_sold_and_to_be_paid_in_vat():
    books = read(sie.sold(SELLER, INVOICES, [*COSTS, cost(2_500, 500, of=SECOND, rate=2_500)],
                          rules=Rules(), made_on=DAY))

    one, other = books.vouchers
    assert (one.on(1510), one.on(3011), one.on(3013), one.on(2631)) == (
        37_100, -30_000, -5_000, -2_100)
    assert (other.on(1510), other.on(3011), other.on(2631), other.on(2611)) == (
        1_440, -1_000, 60, -500)
    assert books.objects == {(8, "5560125790"): "Granby Mekaniska AB"}


def test_a_month_without_invoices_is_a_file_without_vouchers():
    assert bought(costs=[], invoices=[]).vouchers == []


def test_an_invoice_that_comes_to_nothing_is_no_voucher():
    nothing = [cost(4_200, 238), cost(-4_200, -238)]
    assert bought(costs=nothing, invoices=INVOICES[:1]).vouchers == []


@pytest.mark.parametrize(("name", "written"), [
    ('Bröderna "Åkes" AB', 'Bröderna "Åkes" AB'), ("Pris i €", "Pris i EUR"),
    ("A – B", "A - B"), ("Đorđe Ćosić", "Dorde Cosic"), ("محمد", "????"),
    ("rad\r\nett\t#VER", "rad ett #VER"), ("c:\\temp\\", "c:/temp/"), ("A\x00\x1a{B}", "A (B)"),
    ("日本 👍", "?? ?"), ("Zoë\u200d", "Zoë"), ("", "")])
def test_any_name_can_be_written(name, written):
    file = File(name, "5560125790", DAY, {1510: name}, [Voucher(DAY, name, [
        Posting(1510, 100, name, 1, "K"), Posting(1510, -100, name)])], {1: name}, {(1, "K"): name})

    books = read(file)

    assert (books.facts["FNAMN"], books.accounts[1510], books.vouchers[0].text) == (
        [written], written, written)


def test_a_voucher_that_is_not_in_balance_is_refused():
    file = File("A", "5560125790", DAY, {1510: "A"}, [Voucher(DAY, "A", [Posting(1510, 1)])])

    with pytest.raises(ValueError, match="not in balance"):
        read(file)


@pytest.mark.parametrize(("right", "wrong"), [
    (b"#FLAGGA 0", b"#FLAGGA 1"), (b"PC8", b"UTF8"), (b"#TRANS 5810", b"#TRANS 5811"),
    (b"100.00", b"100,00"), (b"20261101", b"20261301"), (b"\r\n", b"\n"),
    (b'{1 "100"}', b'{1 "9"}'), (b"#DIM", b"#MID"), (b"-371.00", b"-371.01")])
def test_the_reader_of_these_tests_is_strict(right, wrong):
    file = b"".join(sie.written(sie.bought(
        "A", "5560125790", INVOICES[:1], COSTS[:3], books=Books(), seller=SELLER, made_on=DAY)))

    assert right in file
    with pytest.raises((ValueError, UnicodeError)):
        sie_reader.read(file.replace(right, wrong))
