from datetime import date

import pytest

from domain import payment_hints
from domain.incoming_payments import Doubt, IncomingPayment
from tests.conftest import NOON


@pytest.fixture
def hints(store, db):
    def hints(ore, **said):
        with store.transaction(db):
            db.add(payment := IncomingPayment(
                paid_on=date(2026, 11, 20), amount_ore=ore, left_ore=ore, made_at=NOON,
                doubt=Doubt.UNKNOWN, **{"reference": "", "message": "", "payer_number": ""} | said))
        return [each.invoice for each in payment_hints.of(db, payment)]
    return hints


def test_an_invoice_that_is_named_comes_before_one_with_the_same_sum(make, hints):
    same, named = make.put(make.invoice()), make.put(make.invoice())
    for words in (str(named.number), named.ocr, f"fakt.{named.number}, tack"):
        assert hints(same.gross_ore, message=words)[0] == named


def test_the_payer_s_own_comes_before_somebody_else_s(make, hints):
    other, own = make.put(make.invoice()), make.put(make.invoice())
    assert hints(other.gross_ore, payer_number=own.organisation_number) == [own, other]


def test_what_says_nothing_hints_at_nothing(make, hints):
    make.put(make.invoice())
    assert hints(77) == []


def test_numbers_that_are_too_long_name_nothing(hints):
    assert hints(77, reference="99999999999999999999", message="123456789012345678") == []
