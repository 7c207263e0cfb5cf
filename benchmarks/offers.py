"""The month's decisions: five hundred applications for staff offers, granted by one press of a
button."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Connection, Table, delete, func, insert, select, update

from benchmarks import _travel
from benchmarks._travel import ONE_ZONE, Employer
from benchmarks.databases import NOW, portal
from benchmarks.table import Row, against, at_most, told
from benchmarks.tickets import hidden
from domain import price_lists, staff_offers, terms
from domain.access import Role
from domain.audit import Event
from domain.companies import Company
from domain.deductions import SalaryDeduction
from domain.messages import Email, Sms
from domain.months import Month, today
from domain.offers import Consent, OfferApplication, State
from domain.outbox import OutboxMessage
from domain.people import Person
from domain.products import Product
from domain.terms import OWED_BY, Acceptance
from domain.tickets import Ticket

DECISIONS, TIMES = 500, 3
BAR = 1.5
"""Seconds."""
AT = "/foretag/personalerbjudande/beviljande?valda=alla"
MADE = (Ticket, Sms, Email, OutboxMessage, SalaryDeduction, Event)


def measure(database: str) -> list[Row]:
    with portal(database) as app:
        employer = _travel.employer(app.extensions["store"], DECISIONS * TIMES, connected=False,
                                    now=NOW)
        desk = Desk(app, employer)
        rounds = [desk.round(employer.travellers[start:start + DECISIONS])
                  for start in range(0, DECISIONS * TIMES, DECISIONS)]
    preview, decided, bare = (median(each) for each in zip(*rounds, strict=True))
    return [at_most(f"offers: {DECISIONS} decisions in one action", decided, "s", BAR),
            against(f"offers: {DECISIONS} decisions, to bare inserts", decided * 1_000, "ms",
                    floor=bare * 1_000),
            told(f"offers: the preview of {DECISIONS}", preview * 1_000, "ms")]


@dataclass
class Desk:
    """Where an administrator decides."""

    app: Flask
    employer: Employer

    def __post_init__(self) -> None:
        self._store, self._client = self.app.extensions["store"], self.app.test_client()
        with self._client.session_transaction() as cookie:
            cookie["_user_id"] = "the admin's"
        with self._store.session() as session, self._store.transaction(session):
            company = session.get_one(Company, self.employer.company_id)
            self._offer = staff_offers.first(session, company, now=NOW)
            session.execute(insert(Acceptance), [
                {"id": uuid4(), "person_id": self.employer.admin.person_id, "kind": kind,
                 "accepted_at": NOW, "version": terms.in_force(kind, now=NOW).version}
                for kind in OWED_BY[Role.COMPANY_ADMIN]])
            session.get_one(Person, self.employer.admin.person_id).email = "asa@bolaget.example"

    def round(self, travellers: list[UUID]) -> tuple[float, float, float]:
        """Seconds for the preview, for the decisions, and for the same rows by bare inserts."""
        self._apply(travellers)
        began = perf_counter()
        page = self._client.get(AT)
        shown = perf_counter()
        typed = {name: hidden(page.text, name) for name in ("csrf_token", "form_key", "agreed")}
        before, pressed = self._ids(), perf_counter()
        answer = self._client.post(AT, data=typed)
        done = perf_counter()
        if answer.status_code != 303:
            raise RuntimeError(f"the decisions were answered with {answer.status}")
        self._check(travellers)
        return shown - began, done - pressed, self._bare(before, travellers)

    def _apply(self, travellers: list[UUID]) -> None:
        with self._store.session() as session, self._store.transaction(session):
            price = price_lists.price(session, Product.PERIOD_365, ONE_ZONE, now=NOW)
            session.execute(insert(OfferApplication), [{
                "id": uuid4(), "company_id": self.employer.company_id, "traveller_id": traveller,
                "offer_id": self._offer.id, "product": price.product, "extent": price.extent,
                "zones": "181", "price_ore": price.price_ore, "employer_ore": 0,
                "employee_ore": price.price_ore, "months": 12, "deduction": self._offer.deduction,
                "starts_on": Month.of(NOW).next.first_day, "decide_by": today(NOW),
                "consent": Consent.PORTAL, "state": State.WAITING, "version": 1,
                "applied_at": NOW - timedelta(days=number % 20)}
                for number, traveller in enumerate(travellers)])

    def _check(self, travellers: list[UUID]) -> None:
        with self._store.session() as session:
            found = session.execute(
                select(func.count(), func.count(Ticket.id), func.sum(Ticket.price_ore)).select_from(
                    OfferApplication).join(OfferApplication.ticket)
                .where(OfferApplication.traveller_id.in_(travellers),
                       OfferApplication.state == State.APPROVED)).one()
            deducted = session.scalar(select(func.sum(SalaryDeduction.amount_ore)).where(
                SalaryDeduction.traveller_id.in_(travellers)))
        if (found[0], found[1], found[2]) != (len(travellers), len(travellers), deducted):
            raise RuntimeError(f"{found} granted, and {deducted} öre is deducted")

    def _ids(self) -> dict[Table, set]:
        """The rows that there are."""
        with self._store.session() as session:
            return {table: set(session.execute(select(*table.primary_key)).all())
                    for table in _tables()}

    def _bare(self, before: dict[Table, set], travellers: list[UUID]) -> float:
        """The rows that the decisions made are taken away and written again, as they were; events
        are never taken away, so theirs are written to a chain of their own."""
        with self._store.session() as session, self._store.transaction(session):
            made = {table: _new(session.connection(), table, before[table])
                    for table in _tables()}
            theirs = OfferApplication.traveller_id.in_(travellers)
            session.execute(update(OfferApplication).where(theirs).values(ticket_id=None)
                            .execution_options(synchronize_session=False))
            for table in reversed(made):
                if table is not Event.__table__:
                    session.execute(delete(table).where(
                        table.c.id.in_([row["id"] for row in made[table]])))
        chain = uuid4()
        made[Event.__table__] = [row | {"chain_id": chain} for row in made[Event.__table__]]
        began = perf_counter()
        with self._store.session() as session, self._store.transaction(session):
            for table, rows in made.items():
                session.execute(insert(table), rows)
            session.execute(update(OfferApplication).where(theirs)
                            .values(state=State.APPROVED, decided_at=NOW)
                            .execution_options(synchronize_session=False))
        return perf_counter() - began


def _tables() -> Iterable[Table]:
    return [each.__table__ for each in MADE]


def _new(connection: Connection, table: Table, before: set) -> list[dict[str, Any]]:
    rows = connection.execute(select(table)).mappings().all()
    keys = [column.name for column in table.primary_key]
    return [dict(row) for row in rows if tuple(row[key] for key in keys) not in before]
