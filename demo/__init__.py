"""A county's employers, made up, so that a newcomer finds the portal alive.

One company of four hundred people with a year of purchases behind it, two small ones, and what
waits today: applications, offers, codes, a text message that did not arrive.
"""
from datetime import datetime
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo import customers, history, months, offers, today
from demo.companies import found
from domain.companies import Company
from domain.store import Store


def is_empty(session: Session) -> bool:
    return session.scalar(select(Company.id).limit(1)) is None


def fill(store: Store, *, now: datetime) -> None:
    """Does nothing in a database that has companies already. Twice at one moment it is the same."""
    chance = Random(20261120)
    with store.session() as session, store.transaction(session):
        if not is_empty(session):
            return
        towns = found(session, chance, now=now)
        offers.define(session, towns[0])
        for town in towns:
            history.write(session, town, chance, now=now)
        session.flush()
        months.close(session, towns, now=now)
        today.play(session, towns, now=now)
        customers.settle(session, now=now)
        session.info["events"].sort(key=lambda event: event["at"])  # the log goes by its order
