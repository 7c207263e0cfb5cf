"""The sandbox in its own process."""
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from queue import Queue

import httpx
import pytest
from flask import Flask, request

from integrations.sms import Sms


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextmanager
def running(port, smtp_port, data):
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "--port", str(port), "--smtp-port", str(smtp_port),
         "--data", str(data)], stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def reports(serve):
    """What a portal on a real port is told, and its address."""
    told, app = Queue(), Flask("portal")

    @app.post("/sms-rapport")
    def take():
        told.put(Sms.report(request.form).state)
        return ""

    return told, f"http://127.0.0.1:{serve(app)}/sms-rapport"


def test_it_serves_reports_and_ends_when_asked(tmp_path, reports):
    told, report_url = reports
    port = free_port()
    with running(port, free_port(), tmp_path / "sandbox.db") as process:
        up = httpx.HTTPTransport(retries=6)  # it waits longer each time, 3 s in all
        Sms(f"http://127.0.0.1:{port}/46elks/a1", "u", "p", sender="JLT", transport=up).send(
            "+46701740605", "Hej", report_url=report_url)
        assert [told.get(timeout=30) for _ in range(2)] == ["sent", "delivered"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == ""


def test_a_port_in_use_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port, other = taken.getsockname()[1], free_port()
        with running(port, other, tmp_path / "sandbox.db") as process:
            assert process.wait(timeout=30) == 1
            assert process.stderr.read() == (
                f"The sandbox cannot use ports {port} and {other}: Address already in use.\n")
