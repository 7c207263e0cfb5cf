import pytest
from sqlalchemy import update

from domain import purchases
from domain.products import Product
from domain.spendings import DepartmentSpending, Spending
from domain.tickets import Ticket
from running import ledger
from tests.conftest import NOON
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
    assert capsys.readouterr().out == "whole   2 entries, 42.00 kr charged\n"


def test_a_counter_that_is_not_the_sum_of_its_entries_is_told(db, connection, bought, capsys):
    change(db, Spending, spent_ore=5000)
    assert ledger.verify() == 1
    assert capsys.readouterr().out == (
        f"WRONG   {connection.id}: +800 öre used in 2026-11-01\n")


def test_so_is_a_budget_and_what_was_charged(db, connection, bought, capsys):
    change(db, DepartmentSpending, spent_ore=0)
    change(db, Ticket, price_ore=4100)
    assert ledger.verify() == 1
    assert capsys.readouterr().out.splitlines() == [
        f"WRONG   {bought.department_id}: -4200 öre used in 2026-11-01",
        "WRONG   Bolaget AB: -100 öre charged at 2026-11-20T11:00:00+00:00"]
