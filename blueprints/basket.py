"""The cart of whoever asks: the customer's, or that of the browser until somebody logs in, known by
a secret in a cookie of its own."""
import re
import secrets

from flask import Blueprint, Response, current_app, g
from htmx_flask import request

from blueprints.web import db, now, rules, transaction, visitor
from domain import cart_prices, carts, customers
from domain.cart_prices import PricedCart
from domain.carts import Cart
from domain.customers import Customer

COOKIE = "varukorg"


def init(bp: Blueprint) -> None:
    """The browser is remembered by these views, while it has a cart of its own."""
    bp.before_request(_take_over)

    @bp.after_request
    def remember(response: Response) -> Response:
        if "basket" in g:
            response.set_cookie(
                COOKIE, g.basket, max_age=rules().cart_days * 24 * 3600, httponly=True,
                samesite="Lax",
                secure=current_app.config["PORTAL"].base_url.startswith("https://"))
        elif g.get("basket_taken"):
            response.delete_cookie(COOKIE)
        return response


def customer() -> Customer | None:
    """Who is logged in, as the database has them now."""
    who = visitor()
    return customers.find(db, who.customer_id) if who and who.customer_id else None


def opened() -> Cart:
    """The cart to put something in, for the one who changes it."""
    if who := customer():
        return carts.opened(db, customer_id=who.id, now=now())
    g.basket = _secret() or secrets.token_urlsafe(32)
    return carts.opened(db, token=g.basket, now=now())


def found() -> Cart | None:
    who = visitor()
    if who and who.customer_id:
        return carts.of_customer(db, who.customer_id)
    return carts.of_browser(db, _secret()) if _secret() else None


def priced(who: Customer | None) -> PricedCart:
    session = db._get_current_object()  # asked of much, and each time through a proxy otherwise
    return cart_prices.of(session, found(), who, now=now())


def pieces() -> int:
    """How many lie there."""
    cart = found()
    return sum(line.quantity for line in cart.lines) if cart else 0


def _secret() -> str | None:
    had = request.cookies.get(COOKIE, "")
    return had if re.fullmatch(r"[\w-]{43}", had, re.ASCII) else None


def _take_over() -> None:
    """They have logged in since it was put there."""
    who = visitor() if COOKIE in request.cookies else None
    if who and who.customer_id and _secret():
        with transaction():
            carts.take_over(db, _secret(), customers.find(db, who.customer_id), now=now())
        g.basket_taken = True
