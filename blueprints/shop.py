"""The shop of Mina sidor: travel cards, what is put on them, and tickets to the phone."""
from uuid import UUID

from flask import Blueprint, redirect, url_for
from htmx_flask import request

from blueprints import basket
from blueprints.fields import ids
from blueprints.guard import needs, public
from blueprints.language import _
from blueprints.shop_forms import (
    NewCardForm,
    PeriodForm,
    TicketForm,
    TopUpForm,
    purse_limits,
    usable,
)
from blueprints.web import Form, answer, db, now, page, transaction
from domain import carts, customers, shop_orders
from domain.access import Right
from domain.money import kr
from domain.shop_wares import Known

bp = Blueprint("shop", __name__, url_prefix="/mina-sidor/butik")
basket.init(bp)
FORM = ["GET", "POST"]


@bp.before_request
def explain_age():
    """Nobody fills in what they may not buy: the shop's first page says why."""
    who = basket.customer()
    if who and not customers.is_of_age(who, now=now()) and request.endpoint != "shop.index":
        return redirect(url_for(".index"), 303)
    return None


@bp.get("/")
@public
def index():
    who = basket.customer()
    return page("shop/index.html", pieces=basket.pieces(), card=_asked(),
                of_age=who is None or customers.is_of_age(who, now=now()),
                awaiting=shop_orders.awaiting(db, who.id) if who else [])


@bp.route("/nytt-kort", methods=FORM)
@public
def new_card():
    return _sold(NewCardForm(_typed()), "shop/new_card.html", **purse_limits())


@bp.route("/biljett", methods=FORM)
@public
def ticket():
    return _sold(TicketForm(_typed()), "shop/ticket.html")


@bp.route("/reskassa", methods=FORM)
@needs(Right.KEEP_ACCOUNT)
def top_up():
    cards = usable(basket.customer())
    if not cards:
        return page("shop/no_cards.html")
    form, known = TopUpForm(cards, _asked()), Known(db, cards, now=now())
    there = {key: kr(known.in_purse.get(each.id, 0)) for key, each in form.cards.items()}
    return _sold(form, "shop/top_up.html", there=there, **purse_limits())


@bp.route("/period", methods=FORM)
@needs(Right.KEEP_ACCOUNT)
def period():
    cards = usable(basket.customer())
    if not cards:
        return page("shop/no_cards.html")
    return _sold(PeriodForm(cards, _asked(), _typed()), "shop/period.html")


def _sold(form: Form, template: str, **context):
    """Into the cart with it, when it is sent."""
    if "act" not in request.form and form.validate_on_submit():
        with transaction(form):
            carts.put(db, basket.opened(), form.wish, customer=basket.customer(), now=now())
            form.then(url_for("cart.show"), _("Det ligger i varukorgen."))
    return answer(form, template, **context)


def _typed():
    """What is filled in so far: a part of the page follows as one chooses."""
    return request.form or request.args


def _asked() -> UUID | None:
    """The card that somebody came from."""
    return next(iter(ids([request.args.get("kort")])), None)
