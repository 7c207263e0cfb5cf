"""The clerk's Idag: what waits for a decision, what has failed, and how many there are of each."""
from flask import Blueprint

from blueprints.guard import needs
from blueprints.web import db, now, page, world
from domain import (
    application_queue,
    applications,
    incoming_payments,
    invoice_prints,
    invoice_questions,
    invoice_searches,
    month_runs,
    outbox,
    packing,
    parcel_cases,
    purse_loads,
)
from domain.access import Right
from domain.months import Month, today

bp = Blueprint("desk", __name__, url_prefix="/intern")

SHOWN = 8
"""So many of the applications that wait; the rest are in the queue."""


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    undecided, day = applications.waiting(db), today(now())
    overdue, due_today = application_queue.due(db, day)
    return page("desk/index.html", undecided=undecided[:SHOWN], count=len(undecided), today=day,
                overdue=overdue, due_today=due_today,
                resting=application_queue.resting_count(db),
                parcels=packing.counts(db, day), cases=parcel_cases.open_count(db),
                loads=purse_loads.expired_count(db, now=now()),
                questions=invoice_questions.open_count(db),
                unclosed=_unclosed(), to_print=invoice_prints.waiting_count(db),
                invoices=invoice_searches.standing(db, now=now()),
                doubtful=incoming_payments.doubtful_count(db),
                stuck=outbox.troubled_count(db), working=world().queue.working())


def _unclosed() -> tuple[Month, int] | None:
    """The last month that could not be closed for each company, and for how many."""
    runs = month_runs.listed(db)
    progress = month_runs.progress(db, runs)
    return next(((run.month, progress[run.id].failed) for run in runs
                 if run.id in progress and progress[run.id].failed), None)
