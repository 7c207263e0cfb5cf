"""What the frame of every page is given: who is there, where they are, and what waits for them."""
from flask import Flask, current_app
from htmx_flask import request

from blueprints.language import language
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


def init_app(app: Flask) -> None:
    @app.context_processor
    def frame() -> dict:
        brand = current_app.config["PORTAL"].brand
        return {"actor": visitor(), "brand": brand, "language": language(),
                "hours": brand.hours if language() == "sv" else brand.hours_en,
                "here": request.endpoint, "waiting": _waiting(),
                "trial_left": _trial_left()}
