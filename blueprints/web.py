"""What every view leans on: the session, the actor, the guard, and how a page is answered."""
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from uuid import UUID, uuid4

from flask import Flask, abort, current_app, flash, g, redirect, render_template, url_for
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf import FlaskForm
from htmx_flask import Htmx, make_response, request
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy
from wtforms import HiddenField

from blueprints.language import _, sentence
from domain import logins, submissions, terms
from domain.access import RIGHTS, Actor, Right, Role
from domain.errors import Invalid
from domain.rules import Rules
from domain.store import Store
from integrations import World


def store() -> Store:
    return current_app.extensions["store"]


def world() -> World:
    return current_app.extensions["world"]


def _session() -> Session:
    if "db" not in g:
        g.db = store().session()
    return g.db


db: Session = LocalProxy(_session)


def now() -> datetime:
    """One moment for the whole request."""
    if "now" not in g:
        g.now = world().clock.now()
    return g.now


def rules() -> Rules:
    return db.info["rules"]


def vault():
    return db.info["vault"]


class LoggedIn(UserMixin):
    """The person who is logged in, as flask-login sees them. The id is the browser's key."""

    def __init__(self, actor: Actor, token: str):
        self.actor, self.id = actor, token


def actor() -> Actor:
    """Who acts. In a company's business a deputy acts on somebody's behalf, else as themself."""
    right = getattr(current_app.view_functions[request.endpoint], "right", None)
    who = current_user.actor
    return who if right in RIGHTS[Role.COMPANY_ADMIN] else who.oneself


def visitor() -> Actor | None:
    """Who is logged in, on a page that anyone may see."""
    return current_user.actor if current_user.is_authenticated else None


# Who may see a view.


def needs(right: Right | None, *, before_terms: bool = False) -> Callable:
    """Mark a view with the right that it takes. The guard refuses a view with no mark.

    `before_terms`: also for a person who has not accepted the terms yet.
    """
    def mark(view):
        view.right, view.before_terms = right, before_terms
        return view
    return mark


public = needs(None)


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
    if not view.before_terms and terms.owed(db, actor()):
        return redirect(url_for("terms.accept", next=_way_back()), 303)
    if not actor().may(view.right):
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


# Forms and changes.


class Repeated(Exception):
    """The form has been sent before; `location` is where the first one led."""

    def __init__(self, location: str):
        self.location = location


class Form(FlaskForm):
    """A form that does its thing once, however often it is sent."""

    form_key = HiddenField(default=uuid4)
    location: str | None = None
    said: str = ""

    def then(self, location: str, said: str = "") -> None:
        """Where the person goes, and what is said there, once the change is saved."""
        self.location, self.said = location, said

    def refuse(self, refusal: Invalid) -> None:
        """Put the domain's no beside the field that it speaks of."""
        self.location = None
        field = self._fields.get(refusal.field)
        said = self.form_errors if field is None else field.errors
        if field is None:
            said.append(sentence(refusal))
        else:
            field.errors = [*said, sentence(refusal)]

    @cached_property
    def key(self) -> UUID:
        """Its own; a new one when it came without."""
        try:
            return UUID(self.form_key.data)
        except (TypeError, ValueError, AttributeError):
            return uuid4()


@contextmanager
def transaction(form: Form | None = None) -> Iterator[None]:
    """All of the block, or nothing of it: the one place in the web where anything is saved.

    With a form, a second sending of it raises `Repeated`, and what the domain finds invalid is put
    beside its field.
    """
    try:
        with store().transaction(_session()) as session:
            if form and not submissions.take(session, form.key, now=now()):
                raise Repeated(submissions.location(session, form.key))
            yield
            if form and form.location:
                submissions.leads_to(session, form.key, form.location)
    except Invalid as refusal:
        if form is None:
            raise
        form.refuse(refusal)


# Answers.


def wants_fragment() -> bool:
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(template: str, block: str | None = None, status: int = 200, **context):
    """The whole page; or, when htmx asks for a part, only the named block of it."""
    if block and wants_fragment():
        return render_block(template, block, **context), status
    return render_template(template, **context), status


def answer(form: Form, template: str, *, block: str = "form", **context):
    """After a form: on to where it leads when it was saved, else the form with what to mend."""
    if form.location:
        if form.said:
            flash(form.said)
        return redirect(form.location, 303)
    return page(template, block, 422 if form.errors else 200, form=form, **context)


def changed(template: str, back_to: str, said: str, **context):
    """The answer to a change: its new fragment for htmx, a redirect for a plain browser."""
    if wants_fragment():
        return render_template(template, **context)
    flash(said)
    return redirect(back_to, 303)


def done(location: str, said: str):
    """After a change that has no form to fill in."""
    flash(said)
    return redirect(location, 303)


def render_block(template: str, block: str, **context) -> str:
    env = current_app.jinja_env
    current_app.update_template_context(context)
    source = env.get_template(template)
    scope = source.new_context(context)
    next(source.root_render_func(scope))  # runs the imports at the top, up to the first word
    return env.concat(scope.blocks[block][0](scope))


def init_app(app: Flask) -> None:
    Htmx(app)
    login = LoginManager(app)
    login.session_protection = None  # the login itself can be ended; a phone changes its address
    login.unauthorized_handler(_ask_to_log_in)

    @login.user_loader
    def load(token: str) -> LoggedIn | None:
        found = logins.actor(db, token, now=now())
        return found and LoggedIn(found, token)

    app.before_request(_guard)

    @app.errorhandler(Repeated)
    def was_done(repeated: Repeated):
        return done(repeated.location or url_for("start.index"), _("Det var redan gjort."))

    @app.teardown_appcontext
    def close(_error):
        if "db" in g:
            g.pop("db").close()
