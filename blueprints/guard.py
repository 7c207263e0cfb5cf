"""Who may see a view: each says so, and one guard sees to it."""
import re
from collections.abc import Callable

from flask import Flask, abort, current_app, redirect, url_for
from flask_login import LoginManager, UserMixin, current_user
from htmx_flask import make_response, request

from blueprints.web import actor, db, now, rules, transaction, wants_fragment
from domain import customer_logins, customer_terms, logins, terms
from domain.access import Actor, Right
from domain.errors import NotAllowed
from domain.services import SERVICE_NAMES
from domain.texts import Term


class LoggedIn(UserMixin):
    """The person or the customer who is logged in, as flask-login sees them. The id is the
    browser's key; `unseen` when it has to be written down again that they are here."""

    def __init__(self, actor: Actor, token: str, *, unseen: bool = False):
        self.actor, self.id, self.unseen = actor, token, unseen


def needs(right: Right | None, *, before_terms: bool = False) -> Callable:
    """Mark a view with the right that it takes. The guard refuses a view with no mark.

    `before_terms`: also for a person who has not accepted the terms yet.
    """
    def mark(view):
        view.right, view.before_terms = right, before_terms
        return view
    return mark


public = needs(None)


def takes_files(view):
    """Mark a view that is sent lists of travellers: what is sent to the others is far smaller."""
    view.takes_files = True
    return view


def let_files_in() -> None:
    """Comes before whatever reads the form."""
    view = current_app.view_functions.get(request.endpoint)
    if hasattr(view, "takes_files"):
        request.max_content_length = rules().import_bytes_max + 200_000
        request.max_form_memory_size = rules().import_bytes_max + 100_000


def _guard():
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    if not hasattr(view, "right"):
        abort(500, f"{request.endpoint} says not who may see it")
    if view.right is None:
        return None
    user = current_user._get_current_object()  # asked so often that the proxy is felt
    if not user.is_authenticated or bool(user.actor.customer_id) != _is_private(view):
        return current_app.login_manager.unauthorized()
    who = actor()
    if user.unseen:
        with transaction():
            customer_logins.seen(db, user.id, now=now())
    if not view.before_terms and (page := _owed_page(who)):
        return redirect(url_for(page, next=_way_back()), 303)
    if missing := who.missing(view.right):
        raise NotAllowed("Företaget använder inte tjänsten %(service)s. En administratör för hela "
                         "företaget väljer tjänster under Inställningar.",
                         service=Term(SERVICE_NAMES[missing]))
    if not who.may(view.right):
        abort(403)
    return None


def _is_private(view: Callable) -> bool:
    """Whether it is a page of Mina sidor. A person and a customer never see each other's: BankID
    has not vouched for the one, and the other may have no account."""
    return view.right is Right.KEEP_ACCOUNT


def _owed_page(who: Actor) -> str | None:
    """Where they accept the terms that they owe."""
    if who.customer_id:
        owed, page = customer_terms.owed(db, who.customer_id, now=now()), "customer_terms.accept"
    else:
        owed, page = terms.owed(db, who, now=now()), "terms.accept"
    return page if owed else None


def _ask_to_log_in():
    private = _is_private(current_app.view_functions[request.endpoint])
    login = url_for("customer_login.new" if private else "login.new", next=_way_back())
    if request.htmx:
        return make_response("", 401, redirect=login)
    return redirect(login, 303)


def _way_back() -> str | None:
    """Where the person was going, to be led there afterwards."""
    if request.method != "GET" or wants_fragment():
        return None
    return request.full_path.rstrip("?")


def local_path(path: str | None) -> str | None:
    """The path if it leads to a page of ours, else None."""
    ours = path and path.isprintable() and re.match(r"/(?![/\\])", path)
    return path if ours else None


def init_app(app: Flask) -> None:
    login = LoginManager(app)
    login.session_protection = None  # the login itself can be ended; a phone changes its address
    login.unauthorized_handler(_ask_to_log_in)

    @login.user_loader
    def load(token: str) -> LoggedIn | None:
        if token.startswith(customer_logins.PREFIX):
            visit = customer_logins.visit(db, token, now=now())
            return visit and LoggedIn(visit.actor, token, unseen=visit.unseen)
        found = logins.actor(db, token, now=now())
        return found and LoggedIn(found, token)

    app.before_request(_guard)
