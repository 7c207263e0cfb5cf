"""Invoices to write: rows as the database gives them, without one."""
import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from documents.invoice import Buyer, InvoiceDocument, Row, Seller
from domain.money import vat_of
from domain.products import NAMES, Extent, Product
from domain.services import Service

SELLER = Seller(
    name="Jönköpings Länstrafik", organisation_number="232100-0057", vat_number="SE232100005701",
    street="Box 372", postcode="551 15", city="Jönköping", phone="0771-444 333",
    email="faktura@lanstrafik.example", bankgiro="5050-1055", web="https://portal.example")
BUYER = Buyer("Granby Mekaniska AB", "5560125790", "Storgatan 1", "553 20", "Jönköping",
              "faktura@granby.example", "0007:5560125790")


@dataclass(frozen=True)
class Line:
    """As a row of `domain.invoice_contents.lines`."""

    counted_at: datetime
    ticket_number: str
    service: Service
    price_ore: int
    product: Product = Product.SINGLE
    department_name: str = "Ekonomi"
    cost_centre: str = "100"
    holder: str = "Åsa Öberg"
    carrier: str = "0605"
    purpose: str = ""
    note: str = ""
    extent: Extent = Extent.ZONES_1
    zones: str = "181"
    area: None = None
    vat_basis_points: int = 600
    reference_number: str = "4711"
    vat: int | None = None

    @property
    def sold_at(self) -> datetime:
        return self.counted_at

    @property
    def vat_ore(self) -> int:
        if self.vat is not None:
            return self.vat
        sign = -1 if self.price_ore < 0 else 1
        return sign * vat_of(abs(self.price_ore), self.vat_basis_points)


FIRST = datetime(2026, 10, 1, 5, 42, tzinfo=UTC)


def order(line: Line):
    return (list(Service).index(line.service), line.department_name, line.counted_at)


def rows(lines: list[Line]) -> list[Row]:
    """Alike lines together, and the VAT of each rate as it is on the invoice."""
    def alike(line: Line):
        return (list(Service).index(line.service), line.department_name, line.cost_centre,
                line.price_ore < 0, list(Product).index(line.product), abs(line.price_ore),
                line.vat_basis_points)

    made = []
    for _, same in groupby(sorted(lines, key=alike), key=alike):
        same = list(same)
        one, many = same[0], len(same)
        made.append(Row(
            one.service, one.department_name, one.cost_centre, NAMES[one.product], one.product,
            many if one.price_ore >= 0 else -many, abs(one.price_ore), one.vat_basis_points,
            sum(each.price_ore for each in same), sum(each.vat_ore for each in same)))
    return made


MOST_OFF_ORE = 40


def evened(gross_ore: int, vat_ore: int, basis_points: int) -> int:
    right = vat_of(gross_ore, basis_points)
    return vat_ore if abs(right - vat_ore) <= MOST_OFF_ORE else right


def even(lines: list[Line]) -> list[Line]:
    """As the close of a month does it, where the roundings of many lines add up."""
    lines = list(lines)
    for rate in {line.vat_basis_points for line in lines}:
        mine = [at for at, line in enumerate(lines) if line.vat_basis_points == rate]
        vat = sum(lines[at].vat_ore for at in mine)
        more = evened(sum(lines[at].price_ore for at in mine), vat, rate) - vat
        for at in mine[:abs(more)]:
            lines[at] = replace(lines[at], vat=lines[at].vat_ore + (1 if more > 0 else -1))
    return lines


def invoice(lines: list[Line], **changes) -> InvoiceDocument:
    facts = {
        "seller": SELLER, "buyer": BUYER, "number": 100001, "is_credit": False,
        "ocr": "10000180", "issued_on": date(2026, 11, 1), "due_on": date(2026, 12, 1),
        "period_from": date(2026, 10, 1), "period_to": date(2026, 10, 31),
        "made_at": datetime(2026, 11, 1, 1, 15, tzinfo=UTC), "reference": "4711", "reason": "",
        "rows": rows(lines), "earlier": [], "lines": len(lines),
        "where": "https://portal.example/foretag/fakturor/1"}
    return InvoiceDocument(**facts | changes)


def many(number: int, seed: int = 1) -> list[Line]:
    """A month of purchases and credits, in the order of a specification."""
    chance = random.Random(seed)
    prices = [3200, 4800, 8000, 9500, 33000, 99500, 950001]
    names = ["Åsa Öberg", "Li Ek", "محمد علي", "Đorđe Ćosić €", "Karl-Johan af Ugglas"]
    made = []
    for at in range(number):
        price = chance.choice(prices)
        made.append(Line(
            FIRST + timedelta(minutes=chance.randrange(43_000)), f"K7QF-{at:06}",
            chance.choice(list(Service)), price if chance.random() > 0.04 else -price,
            product=chance.choice([Product.SINGLE, Product.DAY, Product.PERIOD_30]),
            department_name=chance.choice(["Ekonomi", "Lager & logistik", "Produktion"]),
            holder=chance.choice(names), zones=chance.choice(["181", "183"]),
            purpose=chance.choice(["", "", "Norra bron"])))
    return even(sorted(made, key=order))
