"""Statistik: what was spent and on what, beside the year before; what is paid for and not used; and
what the journeys may have meant for the climate. Purchases, never journeys."""
from flask import Blueprint
from htmx_flask import request

from blueprints import exports
from blueprints.formats import month
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.statistic_search import WHAT, StatisticSearch
from blueprints.web import actor, db, now, page
from blueprints.words import word
from documents import lists
from domain import (
    emissions,
    list_contents,
    running_tickets,
    statistic_groups,
    statistic_lists,
    unused_limits,
    unused_tickets,
)
from domain.access import Right
from domain.list_files import What
from domain.money import NBSP
from domain.months import Month
from domain.products import Extent, Product
from domain.services import Service
from domain.statistic_groups import Groups, Per, Sum
from domain.statistic_lists import Group
from domain.statistics import NOBODY

bp = Blueprint("statistics", __name__, url_prefix="/foretag/rapporter")

OVERVIEW = (Per.MONTH, Per.SERVICE, Per.PRODUCT, Per.DEPARTMENT)
IN_OVERVIEW, SHOWN = 10, 100
MOST_PERCENT = 900
FACTORS = {"car_petrol": lazy("Bensinbil"), "car_diesel": lazy("Dieselbil"),
           "bus": lazy("Buss och tåg"), "persons_per_car": lazy("Personer per bil")}
FILTERS = {Per.DEPARTMENT: "avdelning", Per.SERVICE: "tjanst"}


@bp.get("/statistik")
@needs(Right.READ_REPORTS)
def index():
    search = StatisticSearch(request.args)
    per = search.per if search.per is not Per.MONTH else None
    found = statistic_groups.grouped(db, search.wish, *((Per.MONTH, per) if per else OVERVIEW),
                                     within=actor().scope)
    return page("statistics/index.html", "statistics", search=search, per=per, pers=Per,
                total=statistic_groups.total(found[Per.MONTH]), groups=_named(search, found),
                numbers={each: len(groups) for each, groups in found.items()}, lead=FILTERS,
                called=called, change=change, headed=headed, many=many)


def _named(search: StatisticSearch, found: dict[Per, Groups]) -> dict[Per, list[Group]]:
    return {each: statistic_lists.named(db, search.wish, each, groups, within=actor().scope,
                                        most=SHOWN if search.per else IN_OVERVIEW)
            for each, groups in found.items()}


@bp.get(f"/statistik.{exports.KINDS}")
@needs(Right.READ_REPORTS)
def file(kind: str):
    search = StatisticSearch(request.args)
    return _file(kind, WHAT[search.per or Per.MONTH], search)


def _file(kind: str, what: What, search: StatisticSearch):
    wish, asked = search.wish, {"within": actor().scope, "now": now()}
    return exports.file(kind, lists.title(what, _), lists.columns(what, _), lambda: lists.written(
        what, list_contents.rows(db, what, wish, **asked), _, month))


def called(per: Per, group: Group) -> str:
    if per is Per.MONTH:
        return month(Month.on(group.key)).capitalize()
    if per in (Per.PRODUCT, Per.SERVICE):
        return word((Product if per is Per.PRODUCT else Service)(group.key))
    if per is Per.PURPOSE:
        return group.key or _("Utan ändamål")
    return _("Tillfälliga resenärer") if group.key == NOBODY else group.name


def headed(per: Per) -> str:
    return _(lists.FIRST[WHAT[per]])


def change(its: Sum) -> str:
    """From the same months a year before."""
    if its.gross_before_ore <= 0:
        return _("nytt") if its.gross_ore > 0 else "–"
    percent = round(100 * (its.gross_ore - its.gross_before_ore) / its.gross_before_ore)
    if percent > MOST_PERCENT:
        return _("mer än tiofalt")
    return f"{'+' if percent > 0 else '−' if percent < 0 else '±'}{abs(percent)} %"


@bp.get("/pagar")
@needs(Right.READ_REPORTS)
def running():
    search, asked = StatisticSearch(request.args), {"within": actor().scope, "now": now()}
    room = search.department_id
    number, people = running_tickets.number(db, department_id=room, **asked)
    return page("statistics/running.html", "running", search=search, number=number, people=people,
                tickets=list(running_tickets.listed(db, department_id=room, most=SHOWN, **asked)))


@bp.get(f"/pagar.{exports.KINDS}")
@needs(Right.READ_REPORTS)
def running_file(kind: str):
    return _file(kind, What.RUNNING, StatisticSearch(request.args))


@bp.get("/oanvant")
@needs(Right.READ_REPORTS)
def unused():
    search, asked = StatisticSearch(request.args), {"within": actor().scope, "now": now()}
    room = search.department_id
    number, ore = unused_limits.summed(db, department_id=room, **asked)
    return page("statistics/unused.html", "unused", search=search, number=number, ore=ore,
                limits=list(unused_limits.listed(db, department_id=room, most=SHOWN, **asked)),
                since=unused_limits.since(now()), quarters=unused_tickets.quarters(db, **asked))


@bp.get(f"/oanvant.{exports.KINDS}")
@needs(Right.READ_REPORTS)
def unused_file(kind: str):
    return _file(kind, What.UNUSED_LIMITS, StatisticSearch(request.args))


@bp.get("/klimat")
@needs(Right.READ_REPORTS)
def climate():
    search = StatisticSearch(request.args)
    return page("statistics/climate.html", "climate", search=search, factors=emissions.factors(),
                report=emissions.report(db, search.wish, within=actor().scope),
                kilos=kilos, many=many, factor_name=factor_name)


def factor_name(key: str) -> str:
    first, _underscore, rest = key.partition("_")
    if key in FACTORS:
        return str(FACTORS[key])
    return word(Extent(rest)) if first == "km" else word(Product(rest))


def kilos(grams: float) -> str:
    return f"{many(round(grams / 1_000))}{NBSP}kg"


def many(number: int) -> str:
    return f"{number:,}".replace(",", NBSP)
