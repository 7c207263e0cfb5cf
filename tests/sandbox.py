"""The sandbox in process: the wire to it, and a person who identifies by its BankID app."""
from functools import cache

import httpx
from flask import Flask

from sandbox import create_sandbox, new_stage
from sandbox.personas import SECURITY_CODE


def fresh(clock) -> Flask:
    """The one sandbox that the tests share, on a stage where nothing has happened: putting it
    together takes longer than most tests."""
    sandbox = _put_together()
    sandbox.extensions["sandbox"] = new_stage(clock=clock)
    return sandbox


@cache
def _put_together() -> Flask:
    return create_sandbox()


class Wire(httpx.BaseTransport):
    """Leads to a WSGI app. `cut`: nothing gets through. `answers_lost`: all gets through, but
    whoever asked never hears of it."""

    def __init__(self, app):
        self._app = httpx.WSGITransport(app=app)
        self.cut = False
        self.answers_lost = False

    def handle_request(self, request):
        if self.cut:
            raise httpx.ConnectError("the wire is cut", request=request)
        response = self._app.handle_request(request)
        if self.answers_lost:
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response


def scan(stage, order=None):
    """The newest QR code, unless another order is given. Returns its order."""
    order = order or stage.orders.pending()[0]
    return stage.orders.scan(stage.orders.qr_content(order["ref"]), device_ip="192.0.2.7")


def identify(stage, persona, order=None, code=SECURITY_CODE):
    """Scans, chooses to be this persona and types the code."""
    ref = scan(stage, order)["ref"]
    stage.orders.choose(ref, persona)
    stage.orders.identify(ref, code)
