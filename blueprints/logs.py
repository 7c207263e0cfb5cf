"""Structured logs, a JSON object a line. They tell what was done and how it went, never by whom or
to whom: no names, numbers or addresses, and paths by their pattern, for some hold a secret."""
import json
import logging
import sys
from datetime import UTC, datetime

from htmx_flask import request

access = logging.getLogger("portal.access")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line = {"at": at.isoformat(timespec="milliseconds"), "level": record.levelname.lower(),
                "logger": record.name, "message": record.getMessage(),
                **getattr(record, "fields", {})}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def start() -> None:
    """Log to standard error, for whatever runs the process to keep."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole addresses


def access_log(status: int, milliseconds: float) -> None:
    access.info("request", extra={"fields": {
        "method": request.method, "route": str(request.url_rule or "-"), "status": status,
        "ms": round(milliseconds, 1), "htmx": bool(request.htmx)}})
