"""The line that each request leaves in the log: what was done and how it went, never by whom or to
whom. Paths are told by their pattern, for some hold a secret."""
import logging

from htmx_flask import request

access = logging.getLogger("portal.access")


def access_log(status: int, milliseconds: float) -> None:
    access.info("request", extra={"fields": {
        "method": request.method, "route": str(request.url_rule or "-"), "status": status,
        "ms": round(milliseconds, 1), "htmx": bool(request.htmx)}})
