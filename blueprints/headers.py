"""What goes with every answer: the policy that keeps strangers' code out, and how it is cached."""
import hashlib
from functools import cache
from pathlib import Path
from time import perf_counter

from flask import Flask, Response, g
from htmx_flask import request
from markupsafe import Markup

from blueprints.logs import access_log

POLICY = "; ".join([
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
    "connect-src 'self'", "font-src 'self'", "manifest-src 'self'", "form-action 'self'",
    "base-uri 'none'", "frame-ancestors 'none'",
])
WITH_A_CAMERA = {
    "Content-Security-Policy": POLICY.replace("script-src 'self'",
                                              "script-src 'self' 'wasm-unsafe-eval'"),
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
}
"""For the one page that reads codes, with a reader in WebAssembly."""
A_YEAR = 31_536_000


@cache
def _digest(folder: str, name: str) -> str:
    return hashlib.sha256(Path(folder, name).read_bytes()).hexdigest()[:10]


def init_app(app: Flask) -> None:
    @app.template_global()
    @cache
    def asset(name: str) -> str:
        """The address of a static file, new whenever its content is: it can be kept for good."""
        return f"{app.static_url_path}/{name}?v={_digest(app.static_folder, name)}"

    @app.template_global()
    @cache
    def drawn_icon(name: str) -> Markup:
        """One of static/icons.svg, as macros/bits.html knows it."""
        return Markup('<svg class="icon" aria-hidden="true" focusable="false">'
                      '<use href="{}#{}"/></svg>').format(asset("icons.svg"), name)

    @app.before_request
    def begin():
        g.began = perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), camera=()")
        if request.is_secure:
            headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
        if request.endpoint == "static":
            kept = f"public, max-age={A_YEAR}, immutable"
            named = "v" in request.args and response.status_code == 200
            headers["Cache-Control"] = kept if named else "no-cache"
        else:
            response.vary.update(["HX-Request", "Cookie", "Accept-Language"])
            headers.setdefault("Cache-Control", "no-store")
        access_log(response.status_code, (perf_counter() - g.get("began", perf_counter())) * 1000)
        return response
