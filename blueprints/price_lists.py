"""The clerk's price lists: the one in force, those that come, and those that were."""
from uuid import UUID

from flask import Blueprint, Response, url_for

from blueprints import exports, price_words
from blueprints.guard import needs
from blueprints.language import _
from blueprints.web import actor, db, done, now, page, rules, transaction
from documents import price_file
from domain import audit, price_drafts, price_lists
from domain.access import Right, Scope
from domain.audit import AUTHORITY, Act, Search

bp = Blueprint("price_lists", __name__, url_prefix="/intern/prislistor")


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    decided = audit.latest(db, within=Scope(AUTHORITY), most=10, search=Search(
        acts=(Act.PRICE_LIST_PUBLISHED, Act.PRICE_LIST_WITHDRAWN)))
    return page("price_lists/index.html", versions=price_lists.versions(db, now=now()),
                drafts=price_drafts.waiting(db), kinds=price_words.KINDS,
                events=price_words.told(decided.rows), rules=rules())


@bp.get("/<uuid:price_list_id>")
@needs(Right.SERVE_CUSTOMERS)
def show(price_list_id: UUID):
    price_list = price_lists.find(db, price_list_id)
    version = next(each for each in price_lists.versions(db, now=now())
                   if each.price_list.id == price_list_id)
    prices = price_lists.of_list(db, price_list)
    return page("price_lists/show.html", version=version, prices=prices, rules=rules(),
                words=price_words, kinds=price_words.KINDS,
                note=price_words.vat_note(prices.values()),
                events=price_words.told(audit.about(db, price_list.id, company_id=AUTHORITY)))


@bp.get(f"/<uuid:price_list_id>/prislista.{exports.KINDS}")
@needs(Right.SERVE_CUSTOMERS)
def file(price_list_id: UUID, kind: str):
    price_list = price_lists.find(db, price_list_id)
    return _file(kind, price_list.name, list(price_lists.of_list(db, price_list).values()))


@bp.get(f"/mall.{exports.KINDS}")
@needs(Right.SERVE_CUSTOMERS)
def template(kind: str):
    """The prices in force, to be changed and uploaded."""
    return _file(kind, _("Prislista"), price_lists.prices(db, now=now()))


def _file(kind: str, name: str, prices: list) -> Response:
    return exports.file(kind, name, price_file.WRITTEN, lambda: price_file.cells(prices))


@bp.post("/<uuid:price_list_id>/aterkallande")
@needs(Right.SERVE_CUSTOMERS)
def withdraw(price_list_id: UUID):
    with transaction():
        price_list = price_lists.find(db, price_list_id)
        price_lists.withdraw(db, price_list, by=actor(), now=now())
    return done(url_for(".index"), _("%(name)s är återkallad.", name=price_list.name))

