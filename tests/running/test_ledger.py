import pytest
from sqlalchemy import update

from domain import purchases, statistics
from domain.card_numbers import mask_card
from domain.products import Product
from domain.purse_entries import Purse
from domain.receivables import Receivable
from domain.spendings import DepartmentSpending, Spending
from domain.statistics import Statistic
from domain.tickets import Ticket
from running import ledger
from tests.conftest import NOON
from tests.documents.bank import payment
from tests.factories import NOBODY, ONE_ZONE


@pytest.fixture(autouse=True)
def environment(monkeypatch, settings):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def connection(make):
    make.price_list()
    return make.connection(make.traveller(make.company("Bolaget AB")), registered=True)


@pytest.fixture
def bought(db, store, connection):
    with store.transaction(db):
        return purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)


def change(db, table, **values):
    db.execute(update(table).values(**values))
    db.commit()


def test_a_ledger_that_adds_up_is_proved(bought, capsys):
    assert ledger.verify() == 0
    assert capsys.readouterr().out == ("whole   2 entries, 42.00 kr charged\n"
                                       "whole   0 entries of purses, 0.00 kr in them\n"
                                       "whole   0 invoices, 0.00 kr left to pay\n"
                                       "whole   0 sums of what was bought, 0.00 kr in them\n")


def test_so_are_the_sums_of_what_was_bought(store, db, bought, capsys):
    with store.transaction(db):
        statistics.count(db)
    assert ledger.verify() == 0
    assert capsys.readouterr().out.endswith("whole   1 sums of what was bought, 42.00 kr in them\n")
    change(db, Statistic, gross_ore=4100)
    assert ledger.verify() == 1
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"WRONG   statistics, 2026-11, department {bought.department_id}: -100 öre and +0 tickets")


def test_a_counter_that_is_not_the_sum_of_its_entries_is_told(db, connection, bought, capsys):
    change(db, Spending, spent_ore=5000)
    assert ledger.verify() == 1
    assert capsys.readouterr().out.splitlines()[0] == (
        f"WRONG   {connection.id}: +800 öre used in 2026-11-01")


def test_so_is_a_budget_and_what_was_charged(db, connection, bought, capsys):
    change(db, DepartmentSpending, spent_ore=0)
    change(db, Ticket, price_ore=4100)
    assert ledger.verify() == 1
    assert capsys.readouterr().out.splitlines()[:2] == [
        f"WRONG   {bought.department_id}: -4200 öre used in 2026-11-01",
        "WRONG   Bolaget AB: -100 öre charged at 2026-11-20T11:00:00+00:00"]


def test_purses_are_proved_and_one_that_is_not_the_sum_of_its_entries_is_told(db, make, capsys):
    card = make.purse(make.customer_card(), 15_000)
    assert ledger.verify() == 0
    assert capsys.readouterr().out.splitlines()[1] == (
        "whole   1 entries of purses, 150.00 kr in them")
    change(db, Purse, balance_ore=14_000)
    assert ledger.verify() == 1
    assert capsys.readouterr().out.splitlines()[1] == (
        f"WRONG   {mask_card(card.number)}: -1000 öre in the purse")


def test_what_is_left_of_an_invoice_is_its_sum_less_its_payments(db, make, capsys):
    invoice = make.put(make.invoice())
    make.bank_file(payment(100, invoice.ocr))
    assert ledger.verify() == 0
    change(db, Receivable, left_ore=1)
    assert ledger.verify() == 1
    assert f"WRONG   invoice {invoice.number}: " in capsys.readouterr().out
