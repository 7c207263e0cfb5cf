"""A ticket's signed code: the bundle that is made when it is activated, and how it is drawn."""
from functools import lru_cache
from urllib.parse import quote

from flask import current_app

from blueprints.web import now, world
from documents import aztec, mtb
from domain import products
from domain.tickets import Ticket

ADULT = "Vuxen"
"""The only category that companies are sold."""


def sign(ticket: Ticket) -> bytes:
    """A ticket that is activated now, as a mobile ticket bundle for as long as it is active."""
    keys, issuer = world().ticket_keys, current_app.config["PORTAL"].ticket_issuer
    if ticket.trial:
        keys, issuer = keys.trial, f"{issuer}-prov"
    carried = mtb.Ticket(
        number=ticket.number, product=products.NAMES[ticket.product],
        area=products.place(ticket.trip),
        zones=tuple(map(str, ticket.trip.zones or products.zones())),
        valid_from=now(), valid_until=ticket.active_until, category=ADULT)
    return mtb.issue(mtb.ticket_payload(issuer, [carried]), issuer=issuer, kid=keys.kid,
                     sign=keys.sign, not_before=now(), expires=ticket.active_until)


@lru_cache(maxsize=500)
def image(bundle: bytes) -> str:
    """The address of the code's picture: the picture itself, so that it needs no network."""
    drawn = aztec.svg(mtb.compress(bundle), title="Biljett")
    return "data:image/svg+xml," + quote(drawn, safe=" =:/'(),;")
