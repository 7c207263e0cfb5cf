"""The sandbox in its own process: its pages and APIs on one port, its mail server on another."""
import os
import signal
import socket
import sys
from threading import Event, Thread

import httpx
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox import create_sandbox
from sandbox.bus import Bus
from sandbox.phones import Phones
from sandbox.stage import Stage

HOST = "127.0.0.1"
REPORT_EVERY, FETCH_EVERY = 0.3, 10
"""Seconds."""


class Handler(WSGIRequestHandler):
    """Keeps connections, answers at once, and is silent."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *_):
        pass


def serve(port: int, smtp_port: int, path: str, portal_url: str = "http://127.0.0.1:8000") -> None:
    """Serves until SIGTERM or SIGINT. A port in use is one line and exit status 1."""
    app = create_sandbox(path, portal_url=portal_url)
    stage, over = app.extensions["sandbox"], Event()
    try:
        door = socket.create_server((HOST, port))
        listener = stage.mailbox.listen(smtp_port, HOST)
    except OSError as error:
        why = os.strerror(error.errno or 0)
        sys.exit(f"The sandbox cannot use ports {port} and {smtp_port}: {why}.")
    with door:
        server = make_server(HOST, port, app, threaded=True, request_handler=Handler,
                             fd=door.fileno())
    at_work = [Thread(target=_report, args=(stage.phones, over)),
               Thread(target=_call, args=(stage, over)),
               Thread(target=_ride, args=(stage.bus, over))]
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: Thread(target=server.shutdown).start())
    for each in at_work:
        each.start()
    try:
        server.serve_forever()
    finally:
        over.set()
        server.server_close()
        listener.stop()
        for each in at_work:
            each.join()


def _report(phones: Phones, over: Event) -> None:
    with httpx.Client(timeout=5, trust_env=False) as client:
        while not over.wait(REPORT_EVERY):
            phones.report(client)


def _call(stage: Stage, over: Event) -> None:
    with httpx.Client(timeout=10, trust_env=False) as client:
        while not over.wait(REPORT_EVERY):
            stage.swish.settle()
            stage.nets.settle()
            stage.callbacks.send(client)


def _ride(bus: Bus, over: Event) -> None:
    while not over.wait(FETCH_EVERY):
        bus.poll()
