from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import holding_codes, holdings
from domain.codes import Outcome
from domain.errors import Conflict, TooMany
from domain.holding_codes import HoldingCode
from domain.messages import Sms
from tests.conftest import NOON

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ticket(make):
    return make.sent_ticket()


@pytest.fixture
def does(db, store):
    def does(verb, *args, **kwargs):
        with store.transaction(db):
            return verb(db, *args, **kwargs)
    return does


@pytest.fixture
def sent(does, db, ticket):
    """The digits of a code that was ordered and sent."""
    def sent(now=NOON):
        does(holding_codes.order, ticket, now=now)
        [code] = db.scalars(select(HoldingCode).where(HoldingCode.voided_at.is_(None)))
        return does(holding_codes.issue, code.id, now=now)
    return sent


def test_it_is_made_when_it_is_sent_and_then_moves_the_ticket_once(does, db, ticket):
    does(holding_codes.order, ticket, now=NOON)
    code = db.scalars(select(HoldingCode)).one()
    sms = db.scalars(select(Sms).where(Sms.template == "holding_code")).one()
    assert (sms.to, sms.about_id, code.code_hash) == (ticket.mobile, code.id, None)
    assert does(holding_codes.redeem, ticket, "000000", now=NOON) == Outcome.NONE
    digits = does(holding_codes.issue, code.id, now=NOON)
    assert (len(digits), digits.isdigit()) == (6, True)
    assert digits not in str(sms.values)
    assert does(holding_codes.redeem, ticket, digits, now=NOON) == Outcome.REDEEMED
    assert does(holding_codes.redeem, ticket, digits, now=NOON) == Outcome.NONE


def test_sent_a_second_time_it_is_the_same_code(does, db, ticket, sent):
    digits = sent()
    code = db.scalars(select(HoldingCode)).one()
    assert does(holding_codes.issue, code.id, now=NOON + MINUTE) == digits


def test_it_is_valid_for_ten_minutes_after_it_was_sent(does, ticket, sent):
    digits = sent()
    assert does(holding_codes.redeem, ticket, digits, now=NOON + 10 * MINUTE) == Outcome.EXPIRED
    again = sent(NOON + 11 * MINUTE)
    assert does(holding_codes.redeem, ticket, again, now=NOON + 20 * MINUTE) == Outcome.REDEEMED


def test_five_wrong_tries_lock_it(does, db, ticket, sent):
    digits = sent()
    wrong = "1" * 6 if digits != "1" * 6 else "2" * 6
    assert [does(holding_codes.redeem, ticket, wrong, now=NOON) for _ in range(5)] == [
        Outcome.WRONG] * 5
    assert holding_codes.tries_left(db, ticket) == 0
    assert does(holding_codes.redeem, ticket, digits, now=NOON) == Outcome.LOCKED


def test_a_new_one_voids_the_old(does, db, ticket, sent):
    first, second = sent(), sent()
    assert first != second
    old = db.scalars(select(HoldingCode).where(HoldingCode.voided_at.is_not(None))).one()
    assert does(holding_codes.issue, old.id, now=NOON) is None
    assert does(holding_codes.redeem, ticket, first, now=NOON) == Outcome.WRONG
    assert does(holding_codes.redeem, ticket, second, now=NOON) == Outcome.REDEEMED


def test_it_moves_no_other_ticket(does, make, ticket, sent):
    digits = sent()
    assert does(holding_codes.redeem, make.sent_ticket(), digits, now=NOON) == Outcome.NONE


def test_it_moves_nothing_when_the_ticket_has_another_number(does, store, db, ticket, sent):
    digits = sent()
    with store.transaction(db):
        ticket.mobile = "+46701740606"
    assert does(holding_codes.redeem, ticket, digits, now=NOON) == Outcome.WRONG


def test_three_are_sent_in_an_hour(does, ticket, sent):
    for _ in range(3):
        sent()
    with pytest.raises(TooMany):
        sent()
    sent(NOON + 60 * MINUTE)


def test_ten_are_sent_to_one_number_in_an_hour_however_many_tickets_it_has(does, make):
    rut = make.traveller()
    tickets = [make.sent_ticket(rut) for _ in range(4)]
    for number in range(10):
        does(holding_codes.order, tickets[number % 4], now=NOON)
    with pytest.raises(TooMany):
        does(holding_codes.order, tickets[2], now=NOON)


def test_none_is_sent_for_a_ticket_that_is_used_or_has_been_moved_too_often(does, ticket):
    with pytest.raises(Conflict, match="använda längre"):
        does(holding_codes.order, ticket, now=ticket.activate_by)
    for phone in range(6):
        does(holdings.move, ticket, f"phone {phone}", by=None, now=NOON)
    with pytest.raises(Conflict, match="för många gånger"):
        does(holding_codes.order, ticket, now=NOON)


def test_it_is_forgotten(does, db, ticket, sent):
    sent()
    does(holding_codes.forget, before=NOON)
    assert len(db.scalars(select(HoldingCode)).all()) == 1
    does(holding_codes.forget, before=NOON + MINUTE)
    assert db.scalars(select(HoldingCode)).all() == []
