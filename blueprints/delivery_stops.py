"""The course of a parcel, as the one who waits for it sees it, as the stops of a line."""
from datetime import datetime

from blueprints.formats import day
from blueprints.language import _
from domain.parcel_cases import Outcome, ParcelCase
from domain.parcels import Parcel

Stop = tuple[str, datetime | str | None, str]


def of(parcel: Parcel, case: ParcelCase | None, *, late: bool = False) -> list[Stop]:
    """`case` is the latest about it; `late` when it should have come by now."""
    ordered = (_("Beställt"), parcel.ordered_at, "past")
    if parcel.cancelled_at:
        return [ordered, (_("Avbeställt"), parcel.cancelled_at, "failed")]
    if parcel.posted_at:
        packed, posted = (_("Packat"), parcel.packed_at, "past"), (_("Postat"), parcel.posted_at,
                                                                  "past")
    else:
        packed = ((_("Packat"), parcel.packed_at, "past") if parcel.packed_at
                  else (_("Packas"), None, "now"))
        posted = (_("Postas"), _("senast %(day)s", day=day(parcel.promised_on)),
                  "now" if parcel.packed_at else "coming")
    return [ordered, packed, posted, _end(parcel, case, late)]


def _end(parcel: Parcel, case: ParcelCase | None, late: bool) -> Stop:
    if case and case.outcome == Outcome.ARRIVED and parcel.posted_at:
        return _("Hos dig"), None, "past"
    if case and case.outcome in (Outcome.REPLACED, Outcome.REFUNDED):
        return _("Kom inte fram"), case.closed_at, "failed"
    when = _("om några dagar") if parcel.posted_at and not (case or late) else None
    return _("Hos dig"), when, "now" if parcel.posted_at else "coming"
