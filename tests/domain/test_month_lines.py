"""Whoever buys as the month ends may be written down when it is closed already."""
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from domain import recalls, reports
from domain.months import Month
from domain.products import Product
from domain.specification_lines import SpecificationLine
from domain.tickets import Ticket
from tests.factories import COUNTY, NOBODY

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
MIDNIGHT = NOVEMBER.start
JUST_BEFORE = MIDNIGHT - timedelta(seconds=1)
LATER = NOVEMBER.next.start


@pytest.fixture
def company(make):
    return make.company(approved_at=datetime(2026, 9, 1, tzinfo=UTC))


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture
def told(db):
    def told(report):
        return [(line.ticket_id, line.entry, line.price_ore) for line in reports.lines(db, report)]
    return told


def test_what_was_bought_in_time_and_written_down_too_late_is_the_next_months(make, company,
                                                                            traveller, told):
    make.ticket(traveller, at=JUST_BEFORE)
    make.closed(company)
    late = make.ticket(traveller, at=JUST_BEFORE)
    new = make.ticket(traveller, at=MIDNIGHT)
    november = make.closed(company, NOVEMBER, at=LATER)
    assert told(november) == [(late.id, 0, 4_200), (new.id, 0, 4_200)]


def test_what_was_recalled_in_time_and_written_down_too_late_is_credited_by_the_next_month(
        make, store, db, company, traveller, told):
    ticket = make.sent_ticket(traveller, at=JUST_BEFORE - timedelta(hours=3))
    make.closed(company)
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=JUST_BEFORE)
    assert told(make.closed(company, NOVEMBER, at=LATER)) == [(ticket.id, 1, -4_200)]


def test_what_was_both_bought_and_recalled_too_late_is_neither_charged_nor_credited(
        make, store, db, company, traveller, told):
    make.closed(company)
    ticket = make.sent_ticket(traveller, at=JUST_BEFORE)
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=MIDNIGHT + timedelta(days=1))
    assert told(make.closed(company, NOVEMBER, at=LATER)) == []


def test_a_recall_is_credited_once_also_when_it_was_in_the_last_hour(make, store, db, company,
                                                                     traveller, told):
    ticket = make.sent_ticket(traveller, at=OCTOBER.start - timedelta(hours=5))
    make.closed(company, OCTOBER.previous)
    with store.transaction(db):
        ticket.recalled_at = JUST_BEFORE
    assert told(make.closed(company)) == [(ticket.id, 1, -4_200)]
    assert told(make.closed(company, NOVEMBER, at=LATER)) == []


def test_a_line_says_the_last_digits_of_the_phone_or_the_card(make, db, company, traveller):
    make.ticket(traveller, at=MIDNIGHT - timedelta(days=3))
    card = make.card(company)
    make.card_ticket(card, at=MIDNIGHT - timedelta(days=2))
    make.closed(company)
    lines = db.scalars(select(SpecificationLine).order_by(SpecificationLine.counted_at)).all()
    assert [line.carrier for line in lines] == ["0605", card.number[-4:]]


def test_each_purchase_is_charged_once_however_many_months_are_closed(make, db, company, traveller):
    for days in (40, 35, 10, 5, 0):
        make.ticket(traveller, Product.PERIOD_30, COUNTY, at=MIDNIGHT - timedelta(days=days))
    for month in (OCTOBER.previous, OCTOBER, NOVEMBER):
        make.closed(company, month, at=LATER)
    charged = db.execute(select(func.count(), func.count(SpecificationLine.invoice_id),
                                func.count(SpecificationLine.ticket_id.distinct()))
                         .select_from(SpecificationLine)).one()
    assert charged == (5, 5, 5) == (db.scalar(select(func.count()).select_from(Ticket)),) * 3
