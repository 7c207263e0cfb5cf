"""What the frame of every page is given: who is there, where they are, and what waits for them."""
from flask import Flask, current_app
from htmx_flask import request

from blueprints.language import language
from blueprints.web import db, visitor, wants_fragment
from domain import applications, offers


def _waiting() -> int:
    """How many things wait for the person to decide, for the rail."""
    actor = visitor()
    if actor is None or (wants_fragment() and request.method == "GET"):
        return 0
    count = offers.waiting_count(db, company_id=actor.company_id) if actor.is_admin else 0
    return count + (applications.waiting_count(db) if actor.is_clerk else 0)


def init_app(app: Flask) -> None:
    @app.context_processor
    def frame() -> dict:
        return {"actor": visitor(), "brand": current_app.config["PORTAL"].brand,
                "language": language(), "here": request.endpoint, "waiting": _waiting()}
