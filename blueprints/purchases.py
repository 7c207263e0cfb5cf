"""Tjänsteresor: what travellers buy themselves, as it is bought. Who bought what, never where or
when they went."""
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from sqlalchemy import Row

from blueprints import exports
from blueprints.formats import place
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.purchase_search import PurchaseSearch
from blueprints.traveller_search import same
from blueprints.web import actor, db, now, page
from blueprints.words import word
from documents.listing import Column, Kind
from domain import purchase_lists, purchase_months
from domain.access import Right, Scope
from domain.months import Month
from domain.products import COMPANY_PRODUCTS, Area, Extent, Product, Trip
from domain.purchase_groups import Group, Per

bp = Blueprint("purchases", __name__, url_prefix="/foretag/tjansteresor")

WHAT = {Per.DEPARTMENT: lazy("Avdelning"), Per.PERSON: lazy("Resenär"),
        Per.PRODUCT: lazy("Biljett"), Per.PURPOSE: lazy("Ändamål"), Per.DAY: lazy("Dag")}


@bp.get("/kop")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def index():
    search, mine = PurchaseSearch(request.args), {"within": actor().scope, "now": now()}
    months = purchase_months.latest(db, **mine)
    return page("purchases/index.html", "purchases", search=search, months=tuple(months.items()),
                mark=months[Month.of(now())].mark, sums=search.sums(months),
                found=None if search.per else search.page(),
                groups=search.groups() if search.per else None, pers=Per,
                what=search.per and WHAT[search.per], far=far(),
                places=_places(), names=_names(), credited=credited)


@bp.get("/kop/nytt")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def news():
    """What has been bought since the list was shown; nothing when that is told already."""
    month = Month.of(now())
    total = purchase_months.total(db, month, month, within=actor().scope)
    if total.mark == request.args.get("nu"):
        return "", 204
    search = PurchaseSearch(request.args)
    search.path = url_for(".index")
    return page("purchases/_news.html", search=search, total=total, mark=total.mark,
                since=request.args.get("sedan", ""), number=_number(total))


def _number(total: purchase_months.Total) -> int:
    """How many more have been bought; none when the month is another, or some are paid back."""
    since, _dot, _refunded = request.args.get("sedan", "").partition(".")
    return max(total.bought - int(since), 0) if since.isdecimal() else 0


@bp.get(f"/kop.{exports.KINDS}")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def file(kind: str):
    search = PurchaseSearch(request.args)
    if search.per:
        return _groups_file(kind, search)
    columns = [
        Column(_("Köpt"), Kind.MOMENT), Column(_("Resenär"), width=30), Column(_("Biljett")),
        Column(_("Gäller i"), width=30), Column(_("Ändamål"), width=30), Column(_("Avdelning")),
        Column(_("Referensnummer"), width=16), Column(_("Kostnadsställe"), width=16),
        Column(_("Inkl. moms"), Kind.MONEY), Column(_("Varav moms"), Kind.MONEY),
        Column(_("Biljettnummer"), width=14), Column(_("Sticker ut"), width=12),
        Column(_("Återbetalt"), Kind.MOMENT)]
    bought = purchase_lists.whole(db, search.search, search.order, within=actor().scope,
                                  now=now()).execution_options(yield_per=exports.ROWS_AT_ONCE)
    names, places, limits = _names(), _places(), far()
    return exports.file(kind, _("Köp på tjänsteresor"), columns, lambda: (
        _cells(row, names[row.product], places[row.extent, row.zones, row.area], limits)
        for row in db.execute(bought)))


def _cells(row: Row, product: str, valid_in: str, far: dict[UUID, int]) -> tuple:
    return (row.sold_at, row.holder, product, valid_in, row.purpose,
            row.department_name, row.reference_number, row.cost_centre, row.price_ore,
            row.vat_ore, row.number,
            _("Ja") if row.price_ore > far.get(row.department_id, row.price_ore) else "",
            row.recalled_at)


def _groups_file(kind: str, search: PurchaseSearch):
    columns = [Column(str(WHAT[search.per]), width=30),
               Column(_("Avdelning")), Column(_("Köp"), Kind.NUMBER),
               Column(_("Varav återbetalda"), Kind.NUMBER), Column(_("Summa"), Kind.MONEY)]
    found = search.groups(most=None)
    return exports.file(kind, f"{_('Köp på tjänsteresor')} {word(search.per).lower()}", columns,
                        lambda: ((named(each), each.department_name or "", each.purchases,
                                  each.refunded, each.gross_ore) for each in found))


def named(group: Group) -> str:
    if isinstance(group.key, Product):
        return word(group.key)
    return group.name or str(group.key)


@bp.get("/kop/<uuid:purchase_id>")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def show(purchase_id: UUID):
    ticket = purchase_lists.find(db, purchase_id, within=actor().scope)
    refunded_at = ticket.recalled_at
    return page("purchases/show.html", ticket=ticket, bought=Month.of(ticket.sold_at),
                credited=Month.of(refunded_at) if refunded_at and credited(
                    ticket.sold_at, refunded_at) else None,
                far=far().get(ticket.department_id))


def far() -> dict[UUID, int]:
    """Above so many öre a purchase stands out in its department."""
    return _far(actor().scope, Month.of(now()))


@lru_cache(maxsize=1_000)
def _far(within: Scope, _month: Month) -> dict[UUID, int]:
    """Told by months that have ended: so it is asked once in a month."""
    return purchase_months.far(db, within=within, now=now())


def credited(sold_at: datetime, refunded_at: datetime) -> bool:
    """Whether it was paid back in a later month than that whose specification it is in."""
    return Month.of(refunded_at) > Month.of(sold_at)


@same
def _names() -> dict[str, str]:
    return {each.value: word(each) for each in COMPANY_PRODUCTS}


class Places(dict):
    """Where a ticket is valid, in words: the same few for most rows."""

    def __missing__(self, where: tuple[str, str, str | None]) -> str:
        extent, zones, area = where
        self[where] = place(Trip(Extent(extent), tuple(map(int, zones.split())),
                                 Area(area) if area else None))
        return self[where]


@same
def _places() -> Places:
    return Places()
