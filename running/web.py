"""How gunicorn serves the portal: `gunicorn -c python:running.web --bind 127.0.0.1:8000`."""
import gc
from pathlib import Path
from typing import Any

from sqlalchemy.orm import configure_mappers

from running import logs

logs.start()
wsgi_app = "app:create_app()"
worker_class = "gthread"
workers = 2
threads = 4
reuse_port = True  # or one worker takes every kept-alive connection
preload_app = True
control_socket_disable = True
loglevel = "warning"
forwarded_allow_ips = ""  # PORTAL_TRUSTED_PROXIES alone says which proxies are believed
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a heartbeat file


def on_starting(server: Any) -> None:
    """Gunicorn's own words go where all others go."""
    server.log.error_log.handlers.clear()
    server.log.error_log.propagate = True


def when_ready(_server: Any) -> None:
    """Before the first worker is forked. What all of them have from the start is never looked
    through for waste: no request waits for that, and it stays the same memory. What comes after is
    looked through more seldom than is usual."""
    configure_mappers()
    gc.freeze()
    gc.set_threshold(20_000)
