"""The administrator's first page: what needs me, then the month so far."""
from flask import Blueprint

from blueprints.formats import word
from blueprints.language import _, ngettext
from blueprints.web import actor, db, needs, now, page
from domain import business_travel, offers, tickets, today
from domain.access import Right
from domain.money import kr
from domain.months import Month
from domain.tickets import Sum

bp = Blueprint("today", __name__, url_prefix="/foretag")


@bp.get("/")
@needs(Right.SEE_COMPANY)
def index():
    mine = {"within": actor().scope, "now": now()}
    return page("today/index.html",
                offers=offers.waiting_count(db, within=actor().scope),
                tickets=today.undelivered_tickets(db, **mine),
                codes=business_travel.troubled(db, **mine),
                report=today.new_report(db, **mine),
                month=Month.of(now()), figures=_figures(tickets.month_so_far(db, **mine)),
                now=now())


def _figures(sums: list[Sum]) -> list[tuple[str, str, str]]:
    """Each service's purchases, then all of them."""
    parts = [(word(part.service), part.gross_ore, part.tickets) for part in sums]
    whole = (_("Summa"), sum(part.gross_ore for part in sums), sum(part.tickets for part in sums))
    return [(name, kr(ore), ngettext("%(count)d biljett", "%(count)d biljetter", count)
             % {"count": count}) for name, ore, count in [*parts, whole]]
