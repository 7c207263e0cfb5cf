"""The first page of Mina sidor: what it is, to a stranger, and what waits, to a customer."""
from flask import Blueprint

from blueprints import faces
from blueprints.guard import public
from blueprints.web import db, now, page, visitor
from domain import customer_overview, customer_terms, customers

bp = Blueprint("customer_start", __name__)


@bp.get("/mina-sidor/")
@public
def index():
    who = visitor()
    if who is None or not who.customer_id:
        return page("customer_start/stranger.html")
    seen = customer_overview.of_customer(db, customers.find(db, who.customer_id), now=now())
    return page("customer_start/index.html", seen=seen,
                tickets=[(each.ticket, faces.face(each.ticket)) for each in seen.in_phone],
                terms_owed=customer_terms.owed(db, who.customer_id, now=now()))
