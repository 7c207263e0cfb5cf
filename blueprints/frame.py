"""What the frame of every page is given: who is there, where they are, and what waits for them.
What is the same for everybody in the same place is drawn once."""
from collections.abc import Callable
from functools import lru_cache
from uuid import UUID, uuid4

from flask import Flask, current_app
from htmx_flask import request
from markupsafe import Markup

from blueprints.language import language, templates
from blueprints.web import db, visitor, wants_fragment
from domain import applications, offers, trial_limits


def _waiting() -> int:
    """How many applications wait for the person to decide, for the rail."""
    actor = visitor()
    if actor is None or (wants_fragment() and request.method == "GET"):
        return 0
    if actor.is_admin:
        return offers.waiting_count(db, within=actor.scope)
    return applications.waiting_count(db) if actor.is_clerk else 0


def _trial_left() -> int | None:
    """How many trial tickets the person has left, while their company only tries the portal."""
    actor = visitor()
    if actor is None or not actor.on_trial or (wants_fragment() and request.method == "GET"):
        return None
    trial = trial_limits.of_company(db, actor.company_id)
    return trial and trial_limits.left(db, trial)


PARTS = 1_000


def _keeper(app: Flask) -> Callable[..., Markup]:
    """`drawn_once("_rail.html", rights=…)`: a part of a page, kept for whoever is to see the same.
    It is drawn of what it is given alone, so it cannot tell one person what another saw."""
    @lru_cache(maxsize=PARTS)
    def drawn(template: str, language: str, _root: str, given: tuple) -> Markup:
        return Markup(templates().get_template(template).render(  # noqa: S704
            given, language=language))

    def drawn_once(template: str, **given) -> Markup:
        return drawn(template, language(), request.script_root, tuple(given.items()))

    return drawn_once


def _addresses(app: Flask) -> Callable[..., str]:
    """`url_for`; where only ids are put in, the rest of the address is written once."""
    @lru_cache(maxsize=PARTS)
    def pattern(endpoint: str, names: tuple[str, ...], _root: str) -> str:
        stand_ins = {name: uuid4() for name in names}
        written = app.url_for(endpoint, **stand_ins).replace("%", "%%")
        for name, stand_in in stand_ins.items():
            written = written.replace(str(stand_in), f"%({name})s")
        return written

    def address(endpoint: str, **values) -> str:
        if not all(type(value) is UUID for value in values.values()):
            return app.url_for(endpoint, **values)
        if endpoint.startswith("."):
            endpoint = f"{request.blueprint}{endpoint}"
        return pattern(endpoint, tuple(values), request.script_root) % values

    return address


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(drawn_once=_keeper(app), url_for=_addresses(app))

    @app.context_processor
    def frame() -> dict:
        brand = current_app.config["PORTAL"].brand
        return {"actor": visitor(), "brand": brand, "language": language(),
                "hours": brand.hours if language() == "sv" else brand.hours_en,
                "here": request.endpoint, "waiting": _waiting(),
                "trial_left": _trial_left()}
