"""The receipt of an order in the shop, as an accessible PDF (PDF/UA-1) set by Typst."""
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import typst

from documents.pdf import drawable
from documents.specification import kronor, per_cent
from domain import shop_words
from domain.money import NBSP
from domain.payments import Payment
from domain.shop_orders import ShopOrder
from domain.shop_receipts import MEANS_NAMES, vat
from domain.texts import sv

HERE = Path(__file__).parent
MOST_SECONDS = 20


@dataclass(frozen=True)
class Seller:
    name: str
    organisation_number: str
    phone: str
    email: str


@dataclass(frozen=True)
class Reader:
    """In whose language it is written."""

    language: str
    translate: Callable[[str], str]
    day: Callable[[date], str]
    moment: Callable[[datetime], str]


@dataclass(frozen=True)
class Line:
    what: str
    details: str
    vat: str
    amount: str


@dataclass(frozen=True)
class Receipt:
    """Texts as they are to stand there; `language` names theirs, as in `sv`."""

    title: str
    authority: str
    authority_facts: str
    facts: list[tuple[str, str]]
    heads: tuple[str, str, str]
    lines: list[Line]
    amounts: list[tuple[str, str]]
    """The last is the sum."""
    note: str
    page: str
    language: str


def of(order: ShopOrder, payment: Payment | None, *, seller: Seller, reader: Reader,
       now: datetime) -> Receipt:
    """Of an order that is paid."""
    _ = reader.translate
    return Receipt(
        title=_(sv("Kvitto %(number)s")) % {"number": order.number}, authority=seller.name,
        authority_facts=" · ".join([
            f"{_(sv('Organisationsnummer'))} {seller.organisation_number}", seller.phone,
            seller.email]),
        facts=_facts(order, payment, reader),
        heads=(_(sv("Vara")), _(sv("Varav moms")), _(sv("Pris"))),
        lines=[_line(each, reader) for each in order.lines], amounts=_amounts(order, reader),
        note=_note(order, reader), language=reader.language,
        page=_(sv("Skapad %(when)s")) % {"when": reader.moment(now)})


def _facts(order: ShopOrder, payment: Payment | None, reader: Reader) -> list[tuple[str, str]]:
    _ = reader.translate
    facts = [(_(sv("Köpt")), reader.moment(order.paid_at))]
    if payment:
        means = _(MEANS_NAMES[payment.means])
        facts.append((_(sv("Betalt med")), f"{means} {payment.paid_with}".strip()))
    if order.name:
        facts.append((_(sv("Skickas till")), ", ".join([
            order.name, order.street, f"{order.postcode} {order.city}"])))
    return facts


def _line(line, reader: Reader) -> Line:
    details = shop_words.details(line, reader.translate, day=reader.day)
    if line.refused_because:
        details.append(reader.translate(sv("kunde inte levereras, pengarna går tillbaka")))
    return Line(shop_words.title(line, reader.translate), " · ".join(details), _kr(line.vat_ore),
                _kr(line.amount_ore))


def _amounts(order: ShopOrder, reader: Reader) -> list[tuple[str, str]]:
    """With the VAT apart."""
    _ = reader.translate
    return [(_(sv("Exkl. moms")), _kr(order.total_ore - order.vat_ore)),
            *((_(sv("Moms %(rate)s")) % {"rate": per_cent(each.basis_points)}, _kr(each.vat_ore))
              for each in vat(order)),
            (_(sv("Summa inkl. moms")), _kr(order.total_ore))]


def _note(order: ShopOrder, reader: Reader) -> str:
    back = sum(each.refunded_ore for each in order.lines)
    return reader.translate(sv("%(sum)s betalas tillbaka med samma betalsätt.")) % {
        "sum": _kr(back)} if back else ""


def _kr(ore: int) -> str:
    return f"{kronor(ore)}{NBSP}kr"


def pdf(receipt: Receipt) -> bytes:
    """Set in a process of its own: Typst keeps what it has set for as long as its process lives."""
    made = subprocess.run(
        [sys.executable, "-m", "documents.shop_receipt"], cwd=HERE.parent, check=True,
        input=json.dumps(asdict(receipt)).encode(), stdout=subprocess.PIPE, timeout=MOST_SECONDS)
    return made.stdout


def _set(receipt: dict) -> bytes:
    return typst.compile(
        HERE / "shop_receipt.typ", root=HERE, font_paths=[HERE / "fonts"],
        ignore_system_fonts=True, pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(drawable(receipt))})


if __name__ == "__main__":
    sys.stdout.buffer.write(_set(json.load(sys.stdin)))
