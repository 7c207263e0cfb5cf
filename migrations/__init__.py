"""Numbered steps from one shape of the database to the next, on SQLite and PostgreSQL."""
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

FOLDER = Path(__file__).parent


def migrate(engine: Engine) -> None:
    """Take every step that has not been taken."""
    with engine.connect() as connection:
        command.upgrade(_config(connection), "head")
        connection.commit()


def at_head(engine: Engine) -> bool:
    with engine.connect() as connection:
        taken = MigrationContext.configure(connection).get_current_heads()
    return set(taken) == set(ScriptDirectory.from_config(_config()).get_heads())


def _config(connection=None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
