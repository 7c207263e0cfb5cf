"""The administrator's first page: what needs me, then the month so far."""
from flask import Blueprint

from blueprints.guard import needs
from blueprints.language import _, ngettext
from blueprints.web import actor, db, now, page
from blueprints.words import word
from domain import (
    companies,
    join_requests,
    month_tasks,
    offers,
    raise_requests,
    renewals,
    standings,
    tickets,
    today,
)
from domain.access import Right
from domain.money import kr
from domain.months import Month
from domain.tickets import Sum

bp = Blueprint("today", __name__, url_prefix="/foretag")


@bp.get("/")
@needs(Right.SEE_COMPANY)
def index():
    may, mine = actor().may, {"within": actor().scope, "now": now()}
    return page("today/index.html",
                joining=may(Right.MANAGE_ADMINISTRATORS) and join_requests.waiting_count(
                    db, actor().company_id),
                offers=may(Right.DECIDE_OFFERS) and offers.waiting_count(
                    db, within=actor().scope),
                tickets=(may(Right.SEND_TICKETS) and today.undelivered_tickets(db, **mine)) or [],
                raises=(may(Right.MANAGE_BUSINESS_TRAVEL) and raise_requests.waiting(
                    db, most=20, **mine)) or [],
                codes=(may(Right.MANAGE_BUSINESS_TRAVEL) and standings.troubled(
                    db, **mine)) or [],
                ending=may(Right.SEND_TICKETS) and renewals.urgent(db, **mine),
                closing=month_tasks.closing(db, **mine), report=today.new_report(db, **mine),
                overdue=month_tasks.overdue(db, **mine),
                stops_at=companies.find(db, actor().company_id).stops_at, month=Month.of(now()),
                figures=_figures(tickets.month_so_far(db, **mine)), now=now())


def _figures(sums: list[Sum]) -> list[tuple[str, str, str]]:
    """The purchases of each service that is used, or has been this month, then all of them."""
    parts = [(word(part.service), part.gross_ore, part.tickets) for part in sums
             if part.tickets or part.service in actor().services]
    whole = (_("Summa"), sum(part.gross_ore for part in sums), sum(part.tickets for part in sums))
    return [(name, kr(ore), ngettext("%(count)d biljett", "%(count)d biljetter", count)
             % {"count": count}) for name, ore, count in [*parts, whole]]
