"""The cart: what is about to be bought, changed until it is paid."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints import basket
from blueprints.guard import public
from blueprints.language import _
from blueprints.shop_words import shown
from blueprints.web import db, done, page, transaction
from domain import carts

bp = Blueprint("cart", __name__, url_prefix="/mina-sidor/varukorg")
basket.init(bp)


@bp.get("/")
@public
def show():
    cart = basket.priced(basket.customer())
    return page("cart/show.html", cart=cart, rows=shown(cart), alike=carts.ALIKE)


@bp.post("/<uuid:cart_line_id>/antal")
@public
def quantity(cart_line_id: UUID):
    line = carts.find_line(basket.found(), cart_line_id)
    with transaction():
        carts.set_quantity(db, line, request.form.get("antal", type=int) or 0)
    return done(url_for(".show"), _("Antalet är ändrat."))


@bp.post("/<uuid:cart_line_id>/borttagning")
@public
def remove(cart_line_id: UUID):
    line = carts.find_line(basket.found(), cart_line_id)
    with transaction():
        carts.remove(line)
    return done(url_for(".show"), _("Borttaget ur varukorgen."))
