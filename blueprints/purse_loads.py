"""Loads of purses that nobody has used in time, and what purses did not suffice for: the clerks'
lists."""
from flask import Blueprint

from blueprints.guard import needs
from blueprints.web import db, now, page, rules
from domain import purse_loads, purses
from domain.access import Right

bp = Blueprint("purse_loads", __name__, url_prefix="/intern/laddningar")


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    return page("purse_loads/index.html", expired=purse_loads.expired(db, now=now()),
                count=purse_loads.expired_count(db, now=now()), rules=rules(),
                shortfalls=purses.shortfalls(db))
