"""Months as they may be: lines = specification = invoice = Peppol = books = statistics, to the öre
and with the VAT apart; no purchase on two invoices, and none on none; and numbers without gaps."""
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from sqlalchemy import func, insert, select, update

from documents import invoice_downloads, peppol_invoice
from domain import (
    bookkeeping_settings,
    credit_notes,
    invoices,
    month_previews,
    month_totals,
    reports,
    statistic_checks,
    statistic_groups,
    statistics,
)
from domain.access import Scope
from domain.invoices import Invoice
from domain.money import vat_of
from domain.months import Month
from domain.products import Product
from domain.services import Service
from domain.specification_lines import SpecificationLine
from domain.statistic_groups import Per, Wish
from domain.tickets import Ticket
from tests import sie_reader
from tests.factories import NOBODY

HISTORIES, MONTHS = 34, 6
"""Together two hundred months, and four."""
FIRST = Month(2026, 9)
BEGUN = datetime(2026, 9, 1, tzinfo=UTC)
SOLD = [(Product.SINGLE, 4_200), (Product.SINGLE, 6_100), (Product.DAY, 8_430),
        (Product.PERIOD_30, 84_000), (Product.PERIOD_365, 924_000)]
MANY = [0, 0, 1, 2, 3, 8, 30, 1_000]
"""So many tickets are bought in a month: the last is where the roundings of the VAT add up."""
Line = SpecificationLine


class History:
    """A company's months, as chance has them."""

    def __init__(self, seed, make, store, db, portal):
        self.chance, self.make, self.store, self.db = random.Random(seed), make, store, db
        self.seller = portal.seller
        self.company = make.company(f"Bolaget {seed} AB", approved_at=BEGUN)
        self.scope = Scope(self.company.id)
        rooms = [make.first_department(self.company), make.department(self.company),
                 make.department(self.company, "Kontor", "2000")]
        people = [make.traveller(department=room) for room in rooms]
        self.buyers = list(zip(people, rooms, strict=True))
        self.price_list_id = make.price_list().id

    def play(self):
        month = FIRST
        for _ in range(MONTHS):
            self.buy(month)
            self.recall(month)
            self.close(month)
            self.correct(month.next)
            self.holds(month)
            month = month.next

    def moment(self, month):
        """Often the first or the last of the month."""
        last = month.next.start - timedelta(microseconds=1)
        return self.chance.choice([
            month.start, last, month.start + (last - month.start) * self.chance.random()])

    def buy(self, month):
        few = self.chance.choice([True, True, False])
        rows = [self.ticket(month, few) for _ in range(self.chance.choice(MANY))]
        with self.store.transaction(self.db):
            if rows:
                self.db.execute(insert(Ticket), rows)

    def ticket(self, month, few):
        traveller, room = self.chance.choice(self.buyers)
        product, price = SOLD[0] if few else self.chance.choice(SOLD)
        rate, at = self.chance.choice([600, 600, 600, 1_200]), self.moment(month)
        return {
            "id": uuid4(), "number": uuid4().hex[:12], "service": self.chance.choice([*Service]),
            "company_id": self.company.id, "department_id": room.id, "department_name": room.name,
            "reference_number": room.reference_number, "cost_centre": "",
            "traveller_id": traveller.id, "holder": "Rut Resenär", "mobile": "+46701740605",
            "product": product, "extent": "zones_1", "zones": "181", "price_ore": price,
            "vat_ore": vat_of(price, rate), "vat_basis_points": rate, "counted": 0, "version": 1,
            "price_list_id": self.price_list_id, "sold_at": at, "days_used": 0, "trial": False,
            "activate_by": at + timedelta(days=365)}

    def recall(self, month):
        """Some of what was bought in this month or the one before, also what is corrected."""
        tickets = self.db.execute(select(Ticket.id, Ticket.sold_at).where(
            Ticket.company_id == self.company.id, Ticket.recalled_at.is_(None),
            Ticket.sold_at >= month.previous.start)).all()
        with self.store.transaction(self.db):
            for ticket_id, sold_at in tickets:
                at = self.moment(month)
                if at > sold_at and self.chance.random() < 0.06:
                    self.db.execute(update(Ticket).where(Ticket.id == ticket_id)
                                    .values(recalled_at=at))

    def close(self, month):
        """What was shown before is what is made."""
        self.count()
        planned = month_previews.preview(self.db, self.scope, month, now=month.start)
        told = [(each.reference_number, each.gross_ore, each.vat_ore)
                for each in planned if not each.rolled_on]
        self.make.closed(self.company, month, at=month.next.start + timedelta(hours=1))
        assert [(each.reference_number, each.gross_ore, each.vat_ore)
                for each in self.invoices() if each.month == month and not each.credits_id] == told
        self.count()

    def correct(self, month):
        lines = self.db.scalars(select(Line).where(
            Line.company_id == self.company.id, Line.invoice_id.is_not(None))).all()
        some = self.chance.sample(lines, min(len(lines), self.chance.randrange(3)))
        left = credit_notes.left(self.db, [line.id for line in some])
        for line in some:
            if left[line.id]:
                ore = self.chance.choice([1, left[line.id], self.chance.randint(1, left[line.id])])
                with self.store.transaction(self.db):
                    credit_notes.credit(
                        self.db, self.db.get(Invoice, line.invoice_id), {line.id: ore},
                        reason="Fel", by=NOBODY, now=month.start + timedelta(days=3))

    def count(self):
        with self.store.transaction(self.db):
            while self.chance.random() < 0.7 and statistics.count(self.db):
                pass

    def invoices(self):
        return self.db.scalars(invoices.listed(self.company.id).order_by(None)
                               .order_by(Invoice.number)).all()

    def holds(self, month):
        self.db.expire_all()
        report = reports.find(self.db, month, company_id=self.company.id)
        lines = reports.lines(self.db, report)
        total = (sum(line.price_ore for line in lines), sum(line.vat_ore for line in lines))
        assert (report.gross_ore, report.vat_ore) == total
        assert total == self.of_statistics(month)
        assert total == tuple(map(sum, zip(*(
            (each.gross_ore, each.vat_ore) for each in reports.sums(self.db, report)),
            strict=True))) or not lines
        for invoice in self.invoices():
            if invoice.month == month:
                self.is_its_lines(invoice)
                self.is_its_peppol(invoice)
        self.is_in_the_books(month)

    def of_statistics(self, month):
        groups = statistic_groups.grouped(self.db, Wish(month, month), Per.MONTH,
                                          within=self.scope)
        found = statistic_groups.total(groups[Per.MONTH])
        return found.gross_ore, found.vat_ore

    def is_its_lines(self, invoice):
        lines = invoices.lines(self.db, invoice)
        assert lines
        assert (invoice.gross_ore, invoice.vat_ore) == (
            sum(line.price_ore for line in lines), sum(line.vat_ore for line in lines))
        assert {line.reference_number for line in lines} == {invoice.reference_number}
        assert invoice.is_credit == (invoice.gross_ore < 0)
        for rate in {line.vat_basis_points for line in lines}:
            same = [line for line in lines if line.vat_basis_points == rate]
            right = vat_of(sum(line.price_ore for line in same), rate)
            assert abs(right - sum(line.vat_ore for line in same)) < 100

    def is_its_peppol(self, invoice):
        drawn = invoice_downloads.document(self.db, invoice, seller=self.seller)
        told = ElementTree.fromstring(peppol_invoice.written(drawn))
        sign = -1 if invoice.is_credit else 1

        def ore(path):
            return [sign * round(float(each.text) * 100) for each in told.iterfind(path, SPACES)]

        assert ore("cac:LegalMonetaryTotal/cbc:PayableAmount") == [invoice.gross_ore]
        assert ore("cac:TaxTotal/cbc:TaxAmount") == [invoice.vat_ore]
        assert sum(ore("cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount")) == invoice.vat_ore
        assert sum(ore("*/cbc:LineExtensionAmount")) == 2 * invoice.net_ore  # the lines, their sum

    def is_in_the_books(self, month):
        made = [each for each in self.invoices() if each.month == month]
        if made:
            file = invoice_downloads.company_books(self.db, self.company.id, month,
                                                   seller=self.seller, now=month.next.start)
            read = sie_reader.read(b"".join(file.chunks))
            books = bookkeeping_settings.of(self.db, self.company.id)
            assert read.on(books.payable_account) == -sum(each.gross_ore for each in made)
            assert read.on(books.vat_account) == sum(each.vat_ore for each in made)


SPACES = {"cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
          "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"}


@pytest.mark.parametrize("part", range(2))
def test_two_hundred_months_add_up_wherever_they_are_told_of(part, make, store, db, portal):
    for seed in range(part, HISTORIES, 2):
        History(seed, make, store, db, portal).play()
    assert statistic_checks.check(db) == []
    all_told(db)


def all_told(db):
    line = Line
    numbers = db.scalars(select(Invoice.number).order_by(Invoice.number)).all()
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    charged = Counter(db.scalars(select(line.ticket_id).where(line.entry == 0)))
    assert max(charged.values()) == 1
    kept = set(db.scalars(select(Ticket.id).where(
        Ticket.recalled_at.is_(None), Ticket.trial.is_(False),
        Ticket.sold_at < last_of_all().next.start)))
    assert kept <= set(charged)
    lost = select(func.count()).select_from(line).where(line.invoice_id.is_(None), ~line.rolled_on)
    assert db.scalar(lost) == 0
    for gross, vat in db.execute(
            select(func.sum(line.price_ore), func.sum(line.vat_ore))
            .join(Ticket, Ticket.id == line.ticket_id).where(Ticket.recalled_at.is_not(None))
            .group_by(line.ticket_id)):
        assert (gross, vat) == (0, 0)
    rolled = db.execute(select(line.company_id, line.reference_number, func.sum(line.price_ore),
                               func.min(line.counted_at))
                        .where(line.rolled_on).group_by(line.company_id, line.reference_number))
    for _, _, ore, earliest in rolled:
        assert 0 <= ore < 50_000
        assert Month.of(earliest).year == last_of_all().year
    assert sum(each for each, in db.execute(select(Invoice.gross_ore))) == db.scalar(
        select(func.sum(line.price_ore)).where(line.invoice_id.is_not(None)))
    assert month_totals.of_month(db, FIRST)


def last_of_all():
    month = FIRST
    for _ in range(MONTHS - 1):
        month = month.next
    return month
