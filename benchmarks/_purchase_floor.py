"""The least that takes a purchase over HTTP by the same libraries: bare Flask views that gunicorn
serves as it serves the portal, and that the same requests are sent to.

Who asks is found, what they may use is taken of under its conditions, and the rows of a purchase
that the portal has made are written again for them, by Core statements made beforehand. The API's
is signed. They know no price, no policy and no right, and show nothing.
"""
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from operator import itemgetter
from secrets import token_bytes
from typing import Any
from uuid import UUID, uuid4

from flask import Flask, jsonify, redirect, request, session
from sqlalchemy import Connection as Database
from sqlalchemy import Integer, Row, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app import open_store, outside
from benchmarks import _buyers
from config import Config
from domain.api_tokens import ApiToken
from domain.audit import Chain, Event
from domain.authorisations import Authorisation
from domain.business_travel import Connection
from domain.departments import Department
from domain.idempotency import IdempotencyKey
from domain.identity import token_hash
from domain.ledger import Entry
from domain.logins import Login
from domain.payment_methods import PaymentMethod
from domain.people import Person
from domain.purchase_months import PurchaseMonth
from domain.spendings import UNLIMITED, DepartmentSpending, Spending
from domain.store import Base
from domain.submissions import Submission
from domain.tickets import Ticket, new_number
from domain.travellers import Traveller

ORE = bindparam("ore", type_=Integer)
S, D, M, C = (each.__table__.c for each in (Spending, DepartmentSpending, PurchaseMonth, Chain))
ON_PHONE = (
    select(Connection.id, Connection.traveller_id)
    .join(Traveller, Traveller.id == Connection.traveller_id)
    .join(Person, Person.personnummer_index == Traveller.personnummer_index)
    .join(Login, Login.person_id == Person.id)
    .where(Login.token_hash == bindparam("token"), Login.expires_at > bindparam("now"),
           Login.ended_at.is_(None)))
IN_APP = (
    select(Connection.id, Connection.traveller_id, PaymentMethod.client_id)
    .join(PaymentMethod, PaymentMethod.connection_id == Connection.id)
    .join(ApiToken, ApiToken.client_id == PaymentMethod.client_id)
    .where(ApiToken.token_hash == bindparam("token"), ApiToken.expires_at > bindparam("now"),
           PaymentMethod.token_hash == bindparam("method")))
TAKE = update(Spending.__table__).where(
    S.connection_id == bindparam("of"), S.month_on == bindparam("of_month"),
    S.spent_ore + ORE <= select(Connection.limit_ore)
    .where(Connection.id == bindparam("of")).scalar_subquery()).values(spent_ore=S.spent_ore + ORE)
TAKE_OF_BUDGET = update(DepartmentSpending.__table__).where(
    D.department_id == bindparam("of"), D.month_on == bindparam("of_month"),
    D.spent_ore + ORE <= select(func.coalesce(Department.monthly_budget_ore, UNLIMITED))
    .where(Department.id == bindparam("of")).scalar_subquery()).values(spent_ore=D.spent_ore + ORE)
COUNT = update(PurchaseMonth.__table__).where(
    M.company_id == bindparam("of"), M.department_id == bindparam("of_department"),
    M.month_on == bindparam("of_month")).values(bought=M.bought + 1, bought_ore=M.bought_ore + ORE)
END = select(C.length, C.head).where(C.chain_id == bindparam("of")).with_for_update()
LONGER = update(Chain.__table__).where(C.chain_id == bindparam("of")).values(
    length=bindparam("seq"), head=bindparam("hash"))
TICKET, AUTHORISATION, ENTRIES, EVENT, SUBMISSION, KEY = (
    insert(each.__table__) for each in (Ticket, Authorisation, Entry, Event, Submission,
                                        IdempotencyKey))


def make() -> Flask:
    config = Config.from_env()
    world = outside(config)
    store, app = open_store(config, world), Flask("floor")
    app.config.update(SECRET_KEY=config.secret_key, SESSION_COOKIE_NAME="portal")
    with store.session() as db:
        resting, signed = Made.latest(db, signed=False), Made.latest(db, signed=True)
    store.engine.dispose()  # each of the processes to come has connections of its own

    @app.get("/healthz")
    def healthy():
        return "ok"

    @app.post(_buyers.BUY)
    def on_phone():
        now, token = datetime.now(UTC), token_hash(session["_user_id"])
        with store.session() as db, store.transaction(db):
            database = db.connection()
            who = database.execute(ON_PHONE, {"token": token, "now": now}).one()
            ticket_id = resting.again(database, who)
            database.execute(SUBMISSION, {"key": UUID(request.form["form_key"]), "taken_at": now,
                                          "location": f"/resa/{ticket_id}"})
        return redirect(f"/resa/{ticket_id}", 303)

    @app.post(_buyers.API)
    def in_app():
        now, said = datetime.now(UTC), request.headers
        with store.session() as db, store.transaction(db):
            database = db.connection()
            who = database.execute(IN_APP, {
                "token": token_hash(said["Authorization"].partition(" ")[2]), "now": now,
                "method": token_hash(said["Payment-Method"])}).one()
            world.ticket_keys.signer(now).sign(signed.ticket["bundle"])
            answer = jsonify(id=signed.again(database, who), ticket=signed.ticket["bundle"].hex(),
                             **request.get_json())
            database.execute(KEY, {
                "client_id": who.client_id, "claimed_at": now, "answer_sealed": answer.data,
                "key_hash": sha256(said["Idempotency-Key"].encode()).digest(),
                "said_hash": sha256(request.get_data()).digest()})
        return answer, 201

    return app


@dataclass(frozen=True)
class Made:
    """The rows of a purchase."""

    ticket: dict[str, Any]
    authorisation: dict[str, Any]
    entries: list[dict[str, Any]]
    events: list[dict[str, Any]]

    @classmethod
    def latest(cls, db: Session, *, signed: bool) -> "Made":
        authorisation = db.scalars(
            select(Authorisation).join(Ticket, Ticket.id == Authorisation.ticket_id)
            .where(Ticket.bundle.is_not(None) if signed else Ticket.bundle.is_(None))
            .order_by(Authorisation.authorised_at.desc()).limit(1)).one()
        [ticket] = _rows(db, Ticket, Ticket.id == authorisation.ticket_id)
        [row] = _rows(db, Authorisation, Authorisation.id == authorisation.id)
        events = _rows(db, Event, Event.thing_id == ticket["id"])
        return cls(ticket, row, _rows(db, Entry, Entry.authorisation_id == authorisation.id),
                   sorted(events, key=itemgetter("chain_id")))

    def again(self, database: Database, who: Row) -> UUID:
        """The id of the ticket."""
        ticket_id, authorisation_id = uuid4(), uuid4()
        self._take(database, who)
        database.execute(TICKET, self.ticket | {
            "id": ticket_id, "number": new_number(), "traveller_id": who.traveller_id,
            "link_hash": self.ticket["link_hash"] and token_bytes(32)})
        database.execute(AUTHORISATION, self.authorisation | {
            "id": authorisation_id, "ticket_id": ticket_id, "connection_id": who.id})
        database.execute(ENTRIES, [each | {
            "authorisation_id": authorisation_id, "connection_id": who.id}
            for each in self.entries])
        for each in self.events:
            of = {"of": each["chain_id"]}
            length, head = database.execute(END, of).one()
            link = {"seq": length + 1, "hash": sha256(head + ticket_id.bytes).digest()}
            database.execute(EVENT, each | link | {"thing_id": ticket_id})
            database.execute(LONGER, of | link)
        return ticket_id

    def _take(self, database: Database, who: Row) -> None:
        row = self.authorisation
        of = {"ore": row["price_ore"], "of_month": self.entries[0]["month_on"]}
        for statement, keys in (
                (TAKE, {"of": who.id}), (TAKE_OF_BUDGET, {"of": row["department_id"]}),
                (COUNT, {"of": row["company_id"], "of_department": row["department_id"]})):
            if database.execute(statement, of | keys).rowcount != 1:
                raise RuntimeError("there is no room, or it is their first purchase")


def _rows(db: Session, kind: type[Base], condition: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in db.execute(select(kind.__table__).where(condition)).mappings()]
