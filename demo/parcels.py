"""Travel cards on their way by post: what waits to be packed, what is packed, what is posted, and
one that has not come."""
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from demo.applicants import clerk
from domain import packing, parcel_cases, postings
from domain.card_numbers import make_card
from domain.customers import actor_of
from domain.parcel_cases import Reason
from domain.parcels import Parcel
from domain.rules import rules

FIRST = 9_101
"""The serial number of the first card."""
PACKED_AFTER, POSTED_AFTER = timedelta(hours=20), timedelta(hours=26)
ASKED = timedelta(hours=4)
"""So long ago somebody missed theirs."""


def send(session: Session, ordered: Sequence[Parcel], *, now: datetime) -> None:
    """As far as each has come since it was ordered. The oldest is missed, if it is old enough."""
    by = clerk(session)
    for number, parcel in enumerate(ordered):
        packed_at, posted_at = (parcel.ordered_at + each for each in (PACKED_AFTER, POSTED_AFTER))
        if packed_at < now:
            packing.pack(session, parcel, make_card(FIRST + number, rules(session)), by=by,
                         now=packed_at)
        if posted_at < now:
            postings.post(session, [parcel.id], by=by, now=posted_at)
    _miss(session, min(ordered, key=lambda parcel: parcel.ordered_at), now - ASKED)


def _miss(session: Session, parcel: Parcel, now: datetime) -> None:
    if Reason.MISSING in parcel_cases.reasons(session, parcel, now=now):
        parcel_cases.ask(session, parcel, Reason.MISSING,
                         "Grannen har fått sin post hela veckan, men kortet har inte kommit.",
                         by=actor_of(parcel.customer), now=now)
