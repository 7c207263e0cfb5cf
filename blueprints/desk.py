"""The clerk's Idag: what waits for a decision, what has failed, and how many there are of each."""
from flask import Blueprint

from blueprints.web import db, needs, now, page, world
from domain import applications, outbox
from domain.access import Right
from domain.months import today

bp = Blueprint("desk", __name__, url_prefix="/intern")


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    undecided = applications.waiting(db)
    return page("desk/index.html", undecided=undecided, today=today(now()),
                overdue=sum(each.is_overdue(today(now())) for each in undecided),
                stuck=outbox.troubled_count(db), working=world().queue.working())
