"""What makes a phone keep its tickets: the service worker, and what it shows without network."""
from hashlib import sha256
from json import dumps
from pathlib import Path

from flask import Blueprint, current_app, make_response, url_for

from blueprints.guard import public
from blueprints.web import page

bp = Blueprint("phone_app", __name__)
SHELL = ("portal.css", "icons.svg", "favicon.svg", "phone.js")
"""What the pages that a phone keeps are drawn with."""


@bp.get("/sw.js")
@public
def worker():
    """Its text is new whenever anything that it keeps is, and then the phone fetches all anew."""
    script = Path(current_app.static_folder, "sw.js").read_text(encoding="utf-8")
    asset = current_app.jinja_env.globals["asset"]
    given = {"shell": [*map(asset, SHELL), url_for(".offline")], "offline": url_for(".offline"),
             "logout": url_for("login.logout"), "version": _version(script)}
    answer = make_response(f"const GIVEN = {dumps(given)};\n{script}")
    answer.headers["Content-Type"] = "text/javascript; charset=utf-8"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/utan-nat")
@public
def offline():
    return page("phone/offline.html")


def _version(script: str) -> str:
    asset, env = current_app.jinja_env.globals["asset"], current_app.jinja_env
    drawn = [env.loader.get_source(env, name)[0]
             for name in ("base_saved.html", "phone/offline.html")]
    return sha256("\n".join([script, *map(asset, SHELL), *drawn]).encode()).hexdigest()[:10]
