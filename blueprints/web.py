"""What every view leans on: the session, the actor, and how a page is answered."""
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from uuid import UUID, uuid4

from flask import Flask, current_app, flash, g, redirect, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from htmx_flask import Htmx, request
from sqlalchemy.orm import Session
from werkzeug.local import LocalProxy
from wtforms import HiddenField

from blueprints.language import _, sentence, templates
from domain import submissions
from domain.access import RIGHTS, Actor, Role
from domain.errors import Invalid
from domain.rules import Rules
from domain.store import Store
from integrations import World


def store() -> Store:
    return current_app.extensions["store"]


def world() -> World:
    return current_app.extensions["world"]


def _session() -> Session:
    here = g._get_current_object()  # asked so often that the proxy is felt
    if "db" not in here:
        here.db = store().session()
    return here.db


db: Session = LocalProxy(_session)


def now() -> datetime:
    """One moment for the whole request."""
    here = g._get_current_object()
    if "now" not in here:
        here.now = world().clock.now()
    return here.now


def rules() -> Rules:
    return db.info["rules"]


def vault():
    return db.info["vault"]


def actor() -> Actor:
    """Who acts. In a company's business a deputy acts on somebody's behalf, else as themself."""
    right = getattr(current_app.view_functions[request.endpoint], "right", None)
    who = current_user.actor
    return who if right in RIGHTS[Role.COMPANY_ADMIN] else who.oneself


def visitor() -> Actor | None:
    """Who is logged in, on a page that anyone may see."""
    user = current_user._get_current_object()  # asked so often that the proxy is felt
    return user.actor if user.is_authenticated else None


# Forms and changes.


class Repeated(Exception):
    """The form has been sent before; `location` is where the first one led."""

    def __init__(self, location: str):
        self.location = location


class Form(FlaskForm):
    """A form that does its thing once, however often it is sent."""

    class Meta:
        csrf = False  # the token is asked for before every view, whether it has a form or not

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
    return draw(template, **context), status


def draw(template: str, **context) -> str:
    current_app.update_template_context(context)
    return templates().get_template(template).render(context)


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
        return draw(template, **context)
    flash(said)
    return redirect(back_to, 303)


def done(location: str, said: str):
    """After a change that has no form to fill in."""
    flash(said)
    return redirect(location, 303)


def render_block(template: str, block: str, **context) -> str:
    env = templates()
    current_app.update_template_context(context)
    source = env.get_template(template)
    scope = source.new_context(context)
    next(source.root_render_func(scope))  # runs the imports at the top, up to the first word
    return env.concat(scope.blocks[block][0](scope))


def init_app(app: Flask) -> None:
    Htmx(app)

    @app.errorhandler(Repeated)
    def was_done(repeated: Repeated):
        return done(repeated.location or url_for("start.index"), _("Det var redan gjort."))

    @app.teardown_appcontext
    def close(_error):
        if "db" in g:
            g.pop("db").close()
