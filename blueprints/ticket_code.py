"""A ticket's signed code: the bundle that is made when it is activated, and how it is drawn."""
from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

from flask import current_app

from blueprints.web import db, now, world
from documents import aztec, mtb
from documents.inspections import TRIAL
from domain import activations, products
from domain.inspections import Carried
from domain.tickets import Ticket


def issuer() -> str:
    return current_app.config["PORTAL"].ticket_issuer


def activate(ticket: Ticket) -> None:
    """It begins now, in the caller's transaction, and is signed as a mobile ticket bundle for as
    long as it is active."""
    activations.activate(db, ticket, now=now())
    ticket.bundle = _signed(ticket, begins=now())


def shown(ticket: Ticket) -> bytes:
    """An active ticket's bundle, signed anew for the screen that it is put on, with the minute when
    it was: a picture of it grows old. What is only for trial is signed once."""
    if ticket.trial and ticket.bundle:
        return ticket.bundle
    return _signed(ticket, begins=_begun(ticket),
                   drawn_at=now().replace(second=0, microsecond=0))


def _begun(ticket: Ticket) -> datetime:
    """As its bundle says, if it has one that is genuine: not one that has been made anew, or whose
    key verifies no more."""
    try:
        bundle = mtb.read(ticket.bundle or b"")
        bundle.verify(world().ticket_keys.public_keys())
        return bundle.tickets(issuer())[0].valid_from
    except mtb.NotGenuine:
        return now()


def _signed(ticket: Ticket, *, begins: datetime, drawn_at: datetime | None = None) -> bytes:
    keys = world().ticket_keys
    signer = keys.trial if ticket.trial else keys.signer(now())
    ours = issuer() + TRIAL * ticket.trial
    carried = Carried(
        number=ticket.number, product=products.NAMES[ticket.product],
        area=products.place(ticket.trip),
        zones=tuple(map(str, ticket.trip.zones or products.zones())),
        category=products.CATEGORY_NAMES[ticket.category], valid_from=begins,
        valid_until=ticket.active_until, drawn_at=drawn_at)
    return mtb.issue(mtb.ticket_payload(ours, [carried]), issuer=ours, kid=signer.kid,
                     sign=signer.sign, not_before=begins, expires=ticket.active_until)


@lru_cache(maxsize=500)
def image(bundle: bytes) -> str:
    """The address of the code's picture: the picture itself, so that it needs no network."""
    drawn = aztec.svg(mtb.compress(bundle), title="Biljett")
    return "data:image/svg+xml," + quote(drawn, safe=" =:/'(),;")
