"""The database before a portal starts: there, and with the tables of this version."""
import sys

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from migrations import at_head, migrate


def prepare(url: str) -> bool:
    """Bring the tables up to this version. Returns whether there is no company in them."""
    engine = create_engine(url)
    try:
        if not at_head(engine):
            migrate(engine)
        with engine.connect() as connection:
            return connection.scalar(text("SELECT 1 FROM companies LIMIT 1")) is None
    except OperationalError as error:
        why = str(error.orig).partition("\n")[0]
        sys.exit(f"PORTAL_DATABASE_URL: the database does not answer: {why}")
    finally:
        engine.dispose()
