"""What has been posted, and how long it took."""
from uuid import UUID

from flask import Blueprint
from htmx_flask import request

from blueprints.guard import needs
from blueprints.web import db, now, page, rules
from domain import postings
from domain.access import Right

bp = Blueprint("postings", __name__, url_prefix="/intern/utskick/postade")


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    number = _page_number()
    return page("postings/index.html", found=postings.listed(db, page=number), number=number,
                measured=postings.measured(db, now=now()),
                promised={True: rules().new_card_working_days,
                          False: rules().replacement_working_days})


def _page_number() -> int:
    asked = request.args.get("sida", "")
    return int(asked[:6]) or 1 if asked.isascii() and asked.isdecimal() else 1


@bp.get("/<uuid:posting_id>")
@needs(Right.SERVE_CUSTOMERS)
def show(posting_id: UUID):
    posting = postings.find(db, posting_id)
    return page("postings/show.html", posting=posting,
                parcels=postings.parcels_of(db, posting))
