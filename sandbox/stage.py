"""Everything that the sandbox plays, as its pages and its tests reach it."""
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app

from sandbox.bus import Bus
from sandbox.callbacks import Callbacks
from sandbox.faults import Faults
from sandbox.mailbox import Mailbox
from sandbox.nets_payments import NetsPayments
from sandbox.orders import Orders
from sandbox.peppol_messages import PeppolMessages
from sandbox.phones import Phones
from sandbox.public_app import PublicApp
from sandbox.swish_requests import SwishRequests


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Stage:
    orders: Orders
    phones: Phones
    mailbox: Mailbox
    faults: Faults
    bus: Bus
    app: PublicApp
    callbacks: Callbacks
    swish: SwishRequests
    nets: NetsPayments
    peppol: PeppolMessages
    portal_url: str


def stage() -> Stage:
    return current_app.extensions["sandbox"]
