"""The month's run, for the clerks: how far it has come, what failed and why, what it came to."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints import exports
from blueprints.guard import needs
from blueprints.language import _
from blueprints.reports import MONTH
from blueprints.seller import seller
from blueprints.web import actor, db, done, now, page, transaction
from documents import invoice_downloads
from domain import invoice_lists, month_runs, month_totals
from domain.access import Right
from domain.month_runs import Progress
from domain.months import Month

bp = Blueprint("month_runs", __name__, url_prefix="/intern/manadskorning")

LOOKS = 1_800
"""A page that watches a run looks so many times, every other second."""


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    runs = month_runs.listed(db)
    return page("month_runs/index.html", runs=runs, progress=month_runs.progress(db, runs),
                next=Month.of(now()))


@bp.get(MONTH)
@needs(Right.SERVE_CUSTOMERS)
def show(year: int, month: int):
    run, look = month_runs.find(db, Month(year, month)), request.args.get("look", 0, type=int)
    progress = month_runs.progress(db, [run]).get(run.id, Progress(0, 0, 0, None))
    return page("month_runs/show.html", "run", run=run, progress=progress,
                failures=month_runs.failures(db, run),
                totals=month_totals.of_month(db, run.month),
                made=invoice_lists.made_in(db, run.month),
                look=look + 1 if progress.waiting and look < LOOKS else None)


@bp.post("/stangningar/<uuid:closing_id>/igen")
@needs(Right.SERVE_CUSTOMERS)
def again(closing_id: UUID):
    closing = month_runs.find_closing(db, closing_id)
    month = closing.month
    with transaction():
        month_runs.again(db, closing, by=actor(), now=now())
    return done(url_for(".show", year=month.year, month=month.month),
                _("Månaden körs en gång till för företaget."))


@bp.get(f"{MONTH}/bokforing.si")
@needs(Right.SERVE_CUSTOMERS)
def books(year: int, month: int):
    """For the authority's own bookkeeping."""
    run = month_runs.find(db, Month(year, month))
    return exports.download(invoice_downloads.authority_books(db, run.month, seller=seller(),
                                                              now=now()))
