"""Vouchers as a SIE file of type 4I, which any bookkeeping program in Sweden reads."""
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from documents.invoice import Seller
from domain.bookkeeping_settings import Books
from domain.identity import show_organisation_number
from domain.invoice_contents import Cost
from domain.invoices import Invoice
from domain.rules import Rules
from domain.services import SERVICE_NAMES, Service

PROGRAM, VERSION = "Företagsportalen", "1.0"
CUSTOMER = 8
"""The dimension that SIE keeps for customers."""
INSTEAD = str.maketrans({
    "€": "EUR", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "„": '"',
    "…": "...", "•": "·", "ø": "ö", "Ø": "Ö", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i",
    "\\": "/", "{": "(", "}": ")"})
"""What bookkeepers are used to see for signs that are not in the format's own set."""


@dataclass(frozen=True)
class Posting:
    """Debit is above zero."""

    account: int
    ore: int
    text: str = ""
    dimension: int = 0
    place: str = ""
    """What it is booked on in the dimension; empty: on none."""


@dataclass(frozen=True)
class Voucher:
    day: date
    text: str
    postings: Sequence[Posting]
    series: str = ""


@dataclass(frozen=True)
class File:
    company: str
    organisation_number: str
    made_on: date
    accounts: dict[int, str]
    vouchers: Iterable[Voucher]
    dimensions: dict[int, str] = field(default_factory=dict)
    places: dict[tuple[int, str], str] = field(default_factory=dict)
    """The name of each that something is booked on."""


def written(file: File) -> Iterator[bytes]:
    for line in _lines(file):
        yield line.encode("cp437") + b"\r\n"


def _lines(file: File) -> Iterator[str]:
    yield from ("#FLAGGA 0", f"#PROGRAM {_text(PROGRAM)} {VERSION}", "#FORMAT PC8",
                f"#GEN {file.made_on:%Y%m%d}", "#SIETYP 4",
                f"#ORGNR {show_organisation_number(file.organisation_number)}",
                f"#FNAMN {_text(file.company)}")
    for account, name in sorted(file.accounts.items()):
        yield f"#KONTO {account} {_text(name)}"
    for dimension, name in sorted(file.dimensions.items()):
        yield f"#DIM {dimension} {_text(name)}"
    for (dimension, place), name in sorted(file.places.items()):
        yield f"#OBJEKT {dimension} {_text(place)} {_text(name)}"
    for voucher in file.vouchers:
        if voucher.postings:
            yield from _voucher(voucher)


def _voucher(voucher: Voucher) -> Iterator[str]:
    """Without a number: whoever reads it has a series of their own."""
    if sum(posting.ore for posting in voucher.postings):
        raise ValueError(f"{voucher.text} is not in balance.")
    yield f'#VER {_text(voucher.series)} "" {voucher.day:%Y%m%d} {_text(voucher.text)}'
    yield "{"
    for each in voucher.postings:
        on = f"{each.dimension} {_text(each.place)}" if each.place else ""
        yield f"#TRANS {each.account} {{{on}}} {_amount(each.ore)} {voucher.day:%Y%m%d} " + _text(
            each.text)
    yield "}"


def _amount(ore: int) -> str:
    sign = "-" if ore < 0 else ""
    return f"{sign}{abs(ore) // 100}.{abs(ore) % 100:02}"


@lru_cache(maxsize=4_096)
def _text(text: str) -> str:
    bare = " ".join("".join(map(_sign, text.translate(INSTEAD))).split())
    return '"' + bare.replace('"', '\\"') + '"'


def _sign(sign: str) -> str:
    """One that the format has: else its letter without an accent, else a question mark."""
    if sign.isspace() or unicodedata.category(sign).startswith("C"):
        return " " if sign.isspace() or unicodedata.category(sign) == "Cc" else ""
    for each in (sign, unicodedata.normalize("NFKD", sign)[0]):
        try:
            each.encode("cp437")
        except UnicodeEncodeError:
            continue
        return each
    return "?"


def bought(company: str, organisation_number: str, invoices: Sequence[Invoice],
           costs: Iterable[Cost], *, books: Books, seller: Seller, made_on: date) -> File:
    """For the buyer: a voucher for each invoice, its costs on the cost centres. The costs come in
    the order of the invoices."""
    of_invoice = _by_invoice(costs)
    vouchers, places = [], {}
    for invoice in invoices:
        mine = of_invoice.get(invoice.id, [])
        places |= {(books.dimension, cost.cost_centre): cost.department_name or cost.cost_centre
                   for cost in mine if cost.cost_centre}
        vouchers.append(Voucher(invoice.issued_on, _about(invoice, seller.name),
                                _bought(invoice, mine, books), books.series))
    return File(company, organisation_number, made_on, _bought_accounts(books), vouchers,
                {books.dimension: "Kostnadsställe"} if places else {}, places)


def _bought(invoice: Invoice, costs: Iterable[Cost], books: Books) -> list[Posting]:
    sums: dict[tuple, int] = defaultdict(int)
    for cost in costs:
        deducted = cost.service in books.vat_services
        place = cost.cost_centre.strip()
        sums[books.cost_account(cost.service), SERVICE_NAMES[cost.service],
             books.dimension if place else 0, place] += (
                 cost.net_ore if deducted else cost.gross_ore)
        sums[books.vat_account, "Moms", 0, ""] += cost.vat_ore if deducted else 0
        sums[books.payable_account, f"OCR {invoice.ocr}", 0, ""] -= cost.gross_ore
    return _postings(sums)


def sold(seller: Seller, invoices: Sequence[Invoice], costs: Iterable[Cost], *, rules: Rules,
         made_on: date) -> File:
    """For the authority: a voucher for each invoice, what is owed on the customer's number."""
    of_invoice = _by_invoice(costs)
    vouchers = [Voucher(invoice.issued_on, _about(invoice, invoice.name),
                        _sold(invoice, of_invoice.get(invoice.id, []), rules))
                for invoice in invoices]
    customers = {(CUSTOMER, invoice.organisation_number): invoice.name for invoice in invoices}
    return File(seller.name, "".join(filter(str.isdigit, seller.organisation_number)), made_on,
                _sold_accounts(rules), vouchers, {CUSTOMER: "Kund"} if customers else {}, customers)


def _sold(invoice: Invoice, costs: Iterable[Cost], rules: Rules) -> list[Posting]:
    sums: dict[tuple, int] = defaultdict(int)
    for cost in costs:
        sums[rules.receivable_account, f"OCR {invoice.ocr}", CUSTOMER,
             invoice.organisation_number] += cost.gross_ore
        sums[revenue_account(rules, cost.service), SERVICE_NAMES[cost.service], 0,
             ""] -= cost.net_ore
        if cost.vat_basis_points:
            rate = cost.vat_basis_points // 100
            sums[getattr(rules, f"vat_{rate}_account"), f"Moms {rate} %", 0, ""] -= cost.vat_ore
    return _postings(sums)


def revenue_account(rules: Rules, service: Service) -> int:
    return getattr(rules, f"{service}_revenue_account")


def _postings(sums: dict[tuple, int]) -> list[Posting]:
    return [Posting(account, ore, text, dimension, place)
            for (account, text, dimension, place), ore in sums.items() if ore]


def _by_invoice(costs: Iterable[Cost]) -> dict[UUID, list[Cost]]:
    return {invoice_id: list(same)
            for invoice_id, same in groupby(costs, key=attrgetter("invoice_id"))}


def _about(invoice: Invoice, name: str) -> str:
    kind = "Kreditfaktura" if invoice.is_credit else "Faktura"
    return f"{kind} {invoice.number} {name}"


def _bought_accounts(books: Books) -> dict[int, str]:
    return {books.cost_account(service): "Resor med kollektivtrafik" for service in Service} | {
        books.vat_account: "Ingående moms", books.payable_account: "Leverantörsskulder"}


def _sold_accounts(rules: Rules) -> dict[int, str]:
    vat = {getattr(rules, f"vat_{rate}_account"): f"Utgående moms {rate} %" for rate in (6, 12, 25)}
    return {rules.receivable_account: "Kundfordringar",
            **{revenue_account(rules, each): f"Försäljning, {SERVICE_NAMES[each]}"
               for each in Service}, **vat}
