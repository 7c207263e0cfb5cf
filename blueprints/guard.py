"""Who may see a view: each says so, and one guard sees to it."""
import re
from collections.abc import Callable

from flask import Flask, abort, current_app, redirect, url_for
from flask_login import LoginManager, UserMixin, current_user
from htmx_flask import make_response, request

from blueprints.web import actor, db, now, rules
from domain import logins, terms
from domain.access import Actor, Right
from domain.errors import NotAllowed
from domain.services import SERVICE_NAMES
from domain.texts import Term


class LoggedIn(UserMixin):
    """The person who is logged in, as flask-login sees them. The id is the browser's key."""

    def __init__(self, actor: Actor, token: str):
        self.actor, self.id = actor, token


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
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()
    who = actor()
    if not view.before_terms and terms.owed(db, who, now=now()):
        return redirect(url_for("terms.accept", next=_way_back()), 303)
    if missing := who.missing(view.right):
        raise NotAllowed("Företaget använder inte tjänsten %(service)s. En administratör för hela "
                         "företaget väljer tjänster under Inställningar.",
                         service=Term(SERVICE_NAMES[missing]))
    if not who.may(view.right):
        abort(403)
    return None


def _ask_to_log_in():
    login = url_for("login.new", next=_way_back())
    if request.htmx:
        return make_response("", 401, redirect=login)
    return redirect(login, 303)


def _way_back() -> str | None:
    """Where the person was going, to be led there afterwards."""
    return request.full_path.rstrip("?") if request.method == "GET" and not request.htmx else None


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
        found = logins.actor(db, token, now=now())
        return found and LoggedIn(found, token)

    app.before_request(_guard)
