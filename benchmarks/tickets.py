"""Tickets from the button to the inspector: how many are issued, what a page of one weighs, five
thousand visitors from the list to their phones, and a code read from a picture."""
import gzip
import io
import time
from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from uuid import UUID

from flask import Flask
from PIL import Image
from sqlalchemy.orm import Session

from benchmarks import _travel
from benchmarks._machinery import Works, working
from benchmarks._travel import ONE_ZONE, PRODUCT, Employer
from benchmarks.clock import by_turns
from benchmarks.databases import portal
from benchmarks.table import Row, at_least, at_most
from blueprints import ticket_code
from blueprints.web import db, transaction
from documents import aztec, inspections, mtb, pictures
from documents.inspections import Trust
from domain import order_checking, order_sending, sales, ticket_orders
from domain.departments import Department
from domain.order_reading import Line
from domain.sales import Recipient
from domain.services import Service
from domain.ticket_orders import Wish
from domain.tickets import Ticket
from domain.travellers import Traveller
from integrations.clock import SystemClock

ISSUED, VISITORS, VERIFIED = 600, 5_000, 200
ISSUED_BAR, SENT_BAR = 150, 300
"""A second."""
PAGE_BAR, VERIFY_BAR = 14, 5
"""kB, and ms."""
MODULE = 4
"""Pixels of the picture that is read, for each module of the code."""
PATIENCE_SECONDS = 180


def measure(database: str) -> list[Row]:
    with portal(database, clock=SystemClock()) as app:
        now = SystemClock().now()
        employer = _travel.employer(app.extensions["store"], 1, now=now)
        ids = sold(app, employer, ISSUED + 1, now=now)
        return [
            at_least("tickets: issued", ISSUED / issued(app, ids[1:]), "tickets/s", ISSUED_BAR),
            at_most("tickets: page", len(gzip.compress(page(app, employer, ids[0]))) / 1_000, "kB",
                    PAGE_BAR),
            at_most("tickets: verify an image", _verify(app, ids[1]), "ms", VERIFY_BAR),
            at_least(f"tickets: {VISITORS:_} visitors end to end".replace("_", " "),
                     VISITORS / _sent(app, employer), "tickets/s", SENT_BAR)]


def sold(app: Flask, employer: Employer, number: int, *, now: datetime) -> list[UUID]:
    """Tickets that nobody has activated."""
    store = app.extensions["store"]
    with store.session() as session, store.transaction(session):
        to = Recipient.registered(session.get_one(Traveller, employer.travellers[0]))
        department = session.get_one(Department, employer.department_id)
        return [sales.sell(session, Service.SEND_TICKET, PRODUCT, ONE_ZONE, to=to,
                           department=department, by=employer.admin, now=now).id
                for _ in range(number)]


def issued(app: Flask, ids: list[UUID]) -> float:
    """Seconds: each activated, signed and kept in a transaction of its own, then compressed and
    drawn as it is put on the screen."""
    begun = perf_counter()
    for ticket_id in ids:
        with app.test_request_context():
            with transaction():
                ticket = db.get_one(Ticket, ticket_id)
                ticket_code.activate(ticket)
            ticket_code.image(ticket.bundle)
    return perf_counter() - begun


def page(app: Flask, employer: Employer, ticket_id: UUID) -> bytes:
    """As the traveller's phone is shown it, with its code."""
    client, at = app.test_client(), f"/resa/biljetter/{ticket_id}"
    with client.session_transaction() as cookie:
        cookie["_user_id"] = employer.tokens[0]
    asked = client.get(f"{at}/aktivering").text
    client.post(f"{at}/aktivering", data={"csrf_token": hidden(asked, "csrf_token")})
    shown = client.get(at)
    if shown.status_code != 200 or b"data:image/svg+xml" not in shown.data:
        raise RuntimeError("the page of a ticket has no code")
    return shown.data


def hidden(html: str, name: str) -> str:
    """The value of a form's hidden field."""
    return html.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0]


def _verify(app: Flask, ticket_id: UUID) -> float:
    with app.test_request_context(), app.extensions["store"].session() as session:
        bundle = session.get_one(Ticket, ticket_id).bundle
        verify = verifying(app, session, picture(bundle))
        return by_turns(verify, times=VERIFIED)[0]


def picture(bundle: bytes) -> bytes:
    """The code as a PNG."""
    rows = aztec.symbol(mtb.compress(bundle))
    drawn = Image.new("L", (len(rows) + 2 * aztec.QUIET_ZONE,) * 2, "white")
    for y, row in enumerate(rows, aztec.QUIET_ZONE):
        for x, module in enumerate(row, aztec.QUIET_ZONE):
            if module == "1":
                drawn.putpixel((x, y), 0)
    png = io.BytesIO()
    side = drawn.width * MODULE
    drawn.resize((side, side), Image.Resampling.NEAREST).save(png, "PNG")
    return png.getvalue()


def verifying(app: Flask, session: Session, png: bytes) -> Callable[[], None]:
    """From the picture to the verdict, with what an inspector has along and nothing else."""
    world, rules = app.extensions["world"], session.info["rules"]
    trust, now = Trust({ticket_code.issuer(): world.ticket_keys.public_keys()}, {}), \
        world.clock.now()

    def verify() -> None:
        [seen] = pictures.codes(png)
        verdict = inspections.inspect(seen, trust, zone="181", now=now, rules=rules)
        if not verdict.valid:
            raise RuntimeError(f"the ticket is not valid: {verdict.finding}")
    return verify


def _sent(app: Flask, employer: Employer) -> float:
    with working(app.config["PORTAL"]) as works:
        return sent(app, employer, works, VISITORS)


def sent(app: Flask, employer: Employer, works: Works, number: int) -> float:
    """Seconds from the list to the last phone: the order is drafted, checked and sent, and the
    workers make the tickets and hand over a text message for each."""
    store, queue, clock = (app.extensions["store"], app.extensions["world"].queue, SystemClock())
    begun = perf_counter()
    with store.session() as session:
        with store.transaction(session):
            order = ticket_orders.draft(session, Wish(PRODUCT, ONE_ZONE), by=employer.admin,
                                        now=clock.now())
            order_checking.put_visitors(session, order, [
                Line(place, f"Gäst {place}", _travel.mobile(place))
                for place in range(1, number + 1)])
        with store.transaction(session):
            if not order_sending.send(session, order, agreed_ore=employer.price_ore * number,
                                      by=employer.admin, now=clock.now()):
                raise RuntimeError("the order was not sent")
    works.queue.ring(queue.rung)
    arrived(works, number)
    taken = perf_counter() - begun
    texts = works.texts()
    if not len(texts) == len(set(texts)) == len({to for to, _ in texts}) == number:
        raise RuntimeError(f"{len(texts)} text messages came to {number} visitors")
    return taken


def arrived(works: Works, number: int) -> None:
    """Wait until so many text messages have been received."""
    deadline = perf_counter() + PATIENCE_SECONDS
    while works.received() < number:
        if perf_counter() > deadline:
            raise RuntimeError(f"only {works.received()} of {number} text messages arrived")
        time.sleep(0.05)
