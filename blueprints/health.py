"""Whether the process lives, and whether the parts that it needs do."""
from concurrent.futures import ThreadPoolExecutor

from flask import Blueprint
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from blueprints.guard import public
from blueprints.web import store, world

ANSWERS_WITHIN = 2
"""Seconds that the database has."""

bp = Blueprint("health", __name__)
_prober = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readyz")
"""One thread: a database that hangs may hang it, but no more than it."""


@bp.get("/healthz")
@public
def live():
    return "ok", {"Content-Type": "text/plain"}


@bp.get("/readyz")
@public
def ready():
    parts = {"database": _database_answers(), **world().queue.working()}
    return parts, 200 if all(parts.values()) else 503


def _database_answers() -> bool:
    def ask(engine) -> None:
        with engine.connect() as connection:
            connection.execute(select(1))

    try:
        _prober.submit(ask, store().engine).result(timeout=ANSWERS_WITHIN)
    except (SQLAlchemyError, TimeoutError):
        return False
    return True
