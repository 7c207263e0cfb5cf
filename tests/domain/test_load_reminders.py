from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import card_holdings, load_reminders, purse_loads
from domain.messages import Email
from domain.months import days_later
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY

SOON = days_later(MORNING, 90 - 14)


@pytest.fixture
def card(make):
    return make.customer_card(make.customer("Kajsa", email="kajsa@brevladan.example",
                                            language="en"), label="Pendlarkortet")


@pytest.fixture
def load(make, card):
    return make.purse_load(card)


@pytest.fixture
def remind(db, store):
    def remind(now=SOON):
        with store.transaction(db):
            due = load_reminders.due(db, now=now, most=100)
            load_reminders.remind(db, due, now=now)
        return due
    return remind


def test_the_customer_is_reminded_once_while_there_is_time(db, load, remind):
    assert remind(SOON - timedelta(seconds=1)) == []
    assert (remind(), remind(SOON + timedelta(days=1))) == ([load.id], [])
    [email] = db.scalars(select(Email).where(Email.template == "purse_load_reminder"))
    assert (email.to, email.language) == ("kajsa@brevladan.example", "en")
    assert email.values == {"name": "Kajsa", "card": "Pendlarkortet", "amount_ore": 20_000,
                            "day": "2027-02-18"}


def test_two_who_remind_of_the_same_remind_once(db, store, load, remind):
    due = remind()
    with store.transaction(db):
        load_reminders.remind(db, due, now=SOON)
    assert len(db.scalars(select(Email)).all()) == 1


def test_of_what_is_used_or_ended_or_on_a_blocked_card_nobody_is_reminded(db, store, make, card,
                                                                          load, remind):
    ended, lost = make.purse_load(make.customer_card()), make.purse_load(make.customer_card())
    with store.transaction(db):
        purse_loads.activate(db, card.id, at=NOON, now=NOON)
        purse_loads.end(db, ended, purse_loads.Ended.REFUNDED, by=NOBODY, now=NOON)
        card_holdings.block(db, lost.card, by=NOBODY, now=NOON)
    assert remind() == []


def test_nobody_is_reminded_of_a_card_on_no_account(make, remind):
    make.purse_load(make.card())
    assert remind() == []
