"""The sandbox: the other side of every protocol that the portal speaks, and a stage to see it on.

It imports nothing of the portal's, and the portal nothing of it: they meet over the wire only."""
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask

from sandbox import (
    bankid,
    bankid_app,
    bus_pages,
    elks,
    nets,
    nets_page,
    pages,
    peppol,
    public_app_pages,
    swish,
    swish_app,
)
from sandbox.bus import Bus
from sandbox.callbacks import Callbacks
from sandbox.faults import FAULTS, Faults
from sandbox.mailbox import Mailbox
from sandbox.nets_payments import NetsPayments
from sandbox.orders import Orders
from sandbox.peppol_messages import PeppolMessages
from sandbox.phones import Phones
from sandbox.public_app import PublicApp
from sandbox.stage import Stage, WallClock, stage
from sandbox.store import Store
from sandbox.swish_requests import SwishRequests

POLICY = ("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
          "connect-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors 'self'")
SWEDEN = ZoneInfo("Europe/Stockholm")


def create_sandbox(path: str = ":memory:", *, clock=None,
                   portal_url: str = "http://127.0.0.1:8000") -> Flask:
    """`app.extensions["sandbox"]` is its Stage, by which a test sees what has arrived."""
    app = Flask(__name__)
    app.extensions["sandbox"] = new_stage(path, clock=clock, portal_url=portal_url)
    for blueprint in (bankid.bp, bankid_app.bp, elks.bp, bus_pages.bp,
                      public_app_pages.bp, swish.bp, swish_app.bp, nets.bp, nets_page.bp,
                      peppol.bp, pages.bp):
        app.register_blueprint(blueprint)
    app.context_processor(lambda: {
        "portal_url": stage().portal_url,
        "faults_on": [FAULTS[name][0] for name in FAULTS if name in stage().faults.on()],
    })
    app.add_template_filter(_time, "time")
    app.add_template_filter(_kr, "kr")
    app.after_request(_guarded)
    return app


def new_stage(path: str = ":memory:", *, clock=None,
              portal_url: str = "http://127.0.0.1:8000") -> Stage:
    """Where nothing has happened yet, or what the file remembers."""
    store, clock = Store(path), clock or WallClock()
    faults = Faults(store)
    callbacks = Callbacks(store, clock, faults)
    return Stage(
        orders=Orders(store, clock),
        phones=Phones(store, clock),
        mailbox=Mailbox(store, clock, faults),
        faults=faults,
        bus=Bus(store, clock, portal_url, "sandbox"),
        app=PublicApp(store, clock, portal_url),
        callbacks=callbacks,
        swish=SwishRequests(store, clock, callbacks),
        nets=NetsPayments(store, clock, callbacks, faults),
        peppol=PeppolMessages(store, clock),
        portal_url=portal_url,
    )


def _time(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, SWEDEN):%d/%m %H:%M:%S}".lstrip("0")


def _kr(ore: int) -> str:
    return f"{ore // 100:,}".replace(",", "\N{NO-BREAK SPACE}") + f",{ore % 100:02} kr"


def _guarded(response):
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
