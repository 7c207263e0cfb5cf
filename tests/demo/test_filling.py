from sqlalchemy import func, select

import demo
from domain.companies import Company
from domain.outbox import OutboxMessage
from domain.tickets import Ticket
from domain.travellers import Traveller
from tests.conftest import NOON


def counts(db):
    return [db.scalar(select(func.count()).select_from(table))
            for table in (Company, Traveller, Ticket, OutboxMessage)]


def test_a_filled_database_is_left_alone(store, db):
    assert demo.is_empty(db)
    db.rollback()
    demo.fill(store, now=NOON)
    before = counts(db)
    demo.fill(store, now=NOON)
    assert counts(db) == before
    assert before[:2] == [3, 415]
    assert before[2] > 3_000
