"""Coming in and going out. A browser is one person, or one customer, never both: whoever comes in
by one door has left by the other."""
from flask import redirect, session
from flask_login import current_user, login_user
from htmx_flask import make_response, request

from blueprints.guard import LoggedIn
from blueprints.web import db, now, visitor
from domain import customer_logins, logins
from domain.access import Actor
from integrations.bankid import is_mobile


def leave() -> None:
    """End the login that the browser has, whosever it is. Within a transaction."""
    if who := visitor():
        ended = customer_logins if who.customer_id else logins
        ended.end(db, current_user.id, now=now())


def enter(actor: Actor, token: str) -> None:
    """A session with a new key: what the browser had before does not open it."""
    empty_session()
    login_user(LoggedIn(actor, token))


def empty_session() -> None:
    """Nothing of whoever was here before is left, but their language."""
    chosen = session.get("language")
    session.clear()
    if chosen:
        session["language"] = chosen


def onward(location: str):
    """To a page loaded whole, also when htmx asks: the body keeps no token of the old session."""
    return make_response("", redirect=location) if request.htmx else redirect(location, 303)


def on_phone() -> bool:
    """Whether the BankID app is likely to be on the same device."""
    return is_mobile(request.user_agent.string)
