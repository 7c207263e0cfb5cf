"""The migrations lead to what the code declares, on either database, and back."""
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

import migrations
from domain.store import Base
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
