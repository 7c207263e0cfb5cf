"""The customer centre's view of Mina sidor: a private customer is looked for, and seen whole."""
from uuid import UUID

from flask import Blueprint
from htmx_flask import request
from wtforms import Form as Asked
from wtforms import SearchField

from blueprints import customer_events, shop_words
from blueprints.fields import ids
from blueprints.guard import needs
from blueprints.language import lazy
from blueprints.web import db, now, page
from domain import customer_searches, customer_service, customer_views, customers, municipalities
from domain.access import Right
from domain.products import PERIOD_DAYS

bp = Blueprint("customers", __name__, url_prefix="/intern/kunder")


class CustomerSearch(Asked):
    q = SearchField(lazy("Namn, e-post, personnummer, mobil, kort eller order"))


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    asked = CustomerSearch(request.args)
    after = next(iter(ids([request.args.get("efter")])), None)
    return page("customers/index.html", "customers", asked=asked,
                found=customer_searches.found(db, asked.q.data or "", after=after))


@bp.get("/<uuid:customer_id>")
@needs(Right.SERVE_CUSTOMERS)
def show(customer_id: UUID):
    customer = customer_service.find(db, customer_id)
    seen = customer_views.seen(db, customer, now=now())
    return page("customers/show.html", customer=customer, seen=seen,
                personnummer=customers.personnummer(db, customer), at=now(), periods=PERIOD_DAYS,
                municipality=municipalities.name(customer.municipality),
                events=customer_events.told(seen.events), title=shop_words.title)
