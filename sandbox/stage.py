"""Everything that the sandbox plays, as its pages and its tests reach it."""
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app

from sandbox.bus import Bus
from sandbox.faults import Faults
from sandbox.mailbox import Mailbox
from sandbox.orders import Orders
from sandbox.phones import Phones
from sandbox.public_app import PublicApp


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
    portal_url: str


def stage() -> Stage:
    return current_app.extensions["sandbox"]
