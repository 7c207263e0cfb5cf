import pytest
from sqlalchemy import select

from demo import customers as demo_customers
from domain import (
    card_contents,
    customer_cards,
    customer_passwords,
    customers,
    packing,
    purses,
    shop_orders,
)
from domain.customers import Customer
from domain.parcel_cases import ParcelCase
from domain.tickets import State
from sandbox import personas
from tests.conftest import NOON
from tests.demo.test_demo import config  # noqa: F401  the same database, filled once


@pytest.fixture
def kajsa(db) -> Customer:
    return customers.with_email(db, demo_customers.EMAIL)


def test_she_logs_in_as_the_sandbox_says(kajsa):
    email, password = personas.KAJSA
    assert kajsa.email == email
    assert customer_passwords.matches(kajsa.password_hash, password)


def test_she_has_two_cards_a_purse_and_a_period(db, kajsa):
    own, school = card_contents.of_cards(db, customer_cards.listed(db, kajsa.id), now=NOON)
    assert (own.purse_ore, own.loads_ore) == (50_000, 20_000)
    assert own.usable[0].state(NOON) == State.ACTIVE
    assert school.card.child.given_name == "Maja"
    assert len(shop_orders.listed(db, kajsa.id).rows) == 3


def test_some_cards_wait_to_be_packed_and_one_is_missed(db):
    assert packing.listed(db, packing.UNPACKED)
    assert db.scalars(select(ParcelCase)).all()


def test_the_purses_are_the_sums_of_their_entries(db, kajsa):
    assert purses.verify(db) == []
