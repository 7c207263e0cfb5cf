"""The migrations lead to what the code declares, on either database, and back."""
from datetime import date, datetime
from uuid import UUID, uuid4

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

import migrations
from domain import import_pieces, ledger
from domain.import_pieces import What
from domain.ledger import Entry
from domain.spendings import DepartmentSpending, Spending
from domain.store import Base
from domain.traveller_imports import State, TravellerImport
from tests.databases import empty_database


def test_the_migrations_lead_to_the_tables_that_the_code_declares(tmp_path):
    with empty_database(tmp_path) as url:
        engine = create_engine(url, poolclass=NullPool)
        assert not migrations.at_head(engine)

        migrations.migrate(engine)

        assert migrations.at_head(engine)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, Base.metadata) == []


def test_a_second_migration_finds_nothing_to_do_and_each_step_can_be_taken_back(tmp_path):
    with empty_database(tmp_path) as url:
        engine = create_engine(url, poolclass=NullPool)
        migrations.migrate(engine)
        migrations.migrate(engine)
        with engine.connect() as connection:
            command.downgrade(migrations._config(connection), "base")
            connection.commit()
        assert inspect(engine).get_table_names() == ["alembic_version"]


def test_the_steps_are_numbered_one_after_the_other():
    files = sorted((migrations.FOLDER / "versions").glob("*.py"))
    assert [file.name[:4] for file in files] == [f"{step:04}" for step in range(1, len(files) + 1)]


AT = datetime(2026, 10, 31, 23, 30)
"""As it is stored; in Sweden it is November."""


class Old:
    """Rows of an older shape, in a database that has come so far as a step: what is not told of a
    row is whatever its columns take."""

    def __init__(self, engine, step):
        with engine.connect() as connection:
            command.upgrade(migrations._config(connection), step)
            connection.commit()
        self.engine, self.tables = engine, MetaData()
        self.tables.reflect(engine)

    def add(self, table, **told):
        if "id" in self.tables.tables[table].columns:
            told.setdefault("id", uuid4())
        values = {column.name: self._blank(column) for column in self.tables.tables[table].columns
                  if not column.nullable and column.server_default is None}
        with self.engine.begin() as connection:
            connection.execute(self.tables.tables[table].insert().values(
                {name: self._plain(value) for name, value in (values | told).items()}))
        return told.get("id")

    def _plain(self, value):
        on_sqlite = isinstance(value, UUID) and self.engine.dialect.name == "sqlite"
        return value.hex if on_sqlite else value

    def _blank(self, column):
        kind = column.type.python_type
        return {datetime: AT, date: AT.date(), UUID: uuid4(), bytes: b"", dict: []}.get(
            kind, kind() if kind in (int, str, bool) else None)


def test_what_was_bought_before_there_was_a_ledger_is_in_it(tmp_path):
    with empty_database(tmp_path) as url:
        engine = create_engine(url, poolclass=NullPool)
        old = Old(engine, "0002")
        company = old.add("companies", approved_at=AT)
        room = old.add("departments", company_id=company)
        traveller = old.add("travellers", company_id=company, department_id=room)
        connected = old.add("business_travel_connections", company_id=company, limit_ore=100_000,
                            traveller_id=traveller, connected_at=AT)
        prices = old.add("price_lists")
        for service, price in (("business_travel", 4200), ("business_travel", 8400),
                               ("send_ticket", 9900)):
            old.add("tickets", company_id=company, department_id=room, traveller_id=traveller,
                    price_list_id=prices, service=service, price_ore=price, product="single",
                    extent="zones_1", zones="181", number=uuid4().hex, sold_at=AT, trial=False)
        old.add("business_travel_spendings", connection_id=connected, month_on=date(2026, 11, 1),
                spent_ore=12_600)

        migrations.migrate(engine)

        with Session(engine) as session:
            assert ledger.check(session) == []
            entries = session.scalars(select(Entry).order_by(Entry.room_ore, Entry.charge_ore))
            assert [(each.room_ore, each.charge_ore) for each in entries] == [
                (0, 4200), (0, 8400), (4200, 0), (8400, 0)]
            for counter, owner in ((Spending, connected), (DepartmentSpending, room)):
                found = session.scalar(select(counter))
                assert (found.owner_id, found.month_on, found.spent_ore) == (
                    owner, date(2026, 11, 1), 12_600)


def test_a_list_that_waits_to_be_carried_out_is_looked_through_anew(tmp_path):
    with empty_database(tmp_path) as url:
        engine = create_engine(url, poolclass=NullPool)
        old = Old(engine, "0006")
        room = old.add("departments", company_id=(company := old.add("companies")))
        waits, done = (old.add("traveller_imports", company_id=company, department_id=room,
                               state=state) for state in ("checked", "done"))
        for kept in (waits, done):
            for number, what in enumerate(("cells", "new")):
                old.add("import_pieces", import_id=kept, what=what, number=number)

        migrations.migrate(engine)

        with Session(engine) as session:
            assert [session.get_one(TravellerImport, each).state for each in (waits, done)] == [
                State.UPLOADED, State.DONE]
            assert [[import_pieces.numbers(session, kept, what)
                     for what in (What.CELLS, What.NEW)] for kept in (waits, done)] == [
                         [[0], []], [[0], [1]]]
