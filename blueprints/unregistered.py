"""Those who have never registered Allpay: seen, taken out as a file, and sent a code anew."""
from uuid import UUID

from htmx_flask import request

from blueprints import traveller_files
from blueprints.guard import needs
from blueprints.web import actor, db, now, page
from domain import unregistered as waited_for
from domain.access import Right


@needs(Right.MANAGE_BUSINESS_TRAVEL)
def unregistered():
    scope = actor().scope
    found = waited_for.listed(db, within=scope, after=request.args.get("efter", type=UUID),
                              now=now())
    return page("business_travel/unregistered.html", found=found, now=now(),
                number=waited_for.number(db, within=scope))


@needs(Right.MANAGE_BUSINESS_TRAVEL)
def file(kind: str):
    return traveller_files.unregistered(kind)
