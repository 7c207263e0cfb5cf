"""The ticket that the link in a text message opens, without an account."""
from flask import Blueprint, url_for

from blueprints import faces
from blueprints.guard import public
from blueprints.web import db
from domain import carried

bp = Blueprint("carried", __name__, url_prefix="/b")


def _addresses(token: str) -> dict[str, str]:
    return {"at": url_for(".show", token=token), "activate_at": url_for(".activate", token=token)}


@bp.get("/<token>")
@public
def show(token: str):
    return faces.show("carried/show.html", carried.with_link(db, token), **_addresses(token))


@bp.route("/<token>/aktivering", methods=["GET", "POST"])
@public
def activate(token: str):
    return faces.activate("carried/activate.html", carried.with_link(db, token),
                          **_addresses(token))
