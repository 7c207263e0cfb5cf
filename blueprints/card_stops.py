"""The course of what is bought for a travel card, as its owner sees it, as the stops of a line."""
from datetime import datetime

from blueprints.formats import day, moment
from blueprints.language import _, ngettext
from blueprints.web import db, now
from domain import purse_loads
from domain.purse_loads import PurseLoad, Stage
from domain.tickets import State, Ticket

Stop = tuple[str, datetime | str | None, str]


def of_load(load: PurseLoad) -> list[Stop]:
    """Money on its way to a purse."""
    paid = (_("Betald"), load.paid_at, "past")
    used = (_("I reskassan"), _("när du betalar med kortet, senast %(day)s",
                                day=day(load.expires_at)), "coming")
    match purse_loads.stage(db, load, now=now()):
        case Stage.ON_ITS_WAY:
            return [paid, (_("På kortet"), _("inom ett dygn"), "now"), used]
        case Stage.LATE:
            return [paid, (_("På kortet"), _("försenad"), "now"), used]
        case Stage.WAITING:
            return [paid, (_("På kortet"), load.available_at, "past"), (*used[:2], "now")]
    return [paid, (_("Användes inte i tid"), load.expires_at, "failed")]


def of_ticket(ticket: Ticket) -> list[Stop]:
    """A ticket on a card."""
    state = ticket.state(now())
    stops = [(_("Köpt") if ticket.customer_id else _("Från en arbetsgivare"), ticket.sold_at,
              "past")]
    if state == State.RECALLED:
        return [*stops, (_("Återkallad"), ticket.recalled_at, "failed")]
    if ticket.activated_at:
        return [*stops, (_("Aktiverad"), ticket.activated_at, "past"), _end(ticket, state)]
    if state == State.EXPIRED:
        return [*stops, (_("Aktiverades inte i tid"), ticket.activate_by, "failed")]
    return [*stops, *_ahead(ticket)]


def _end(ticket: Ticket, state: State) -> Stop:
    if state == State.ACTIVE:
        return _("Gäller till"), ticket.active_until, "now"
    if state == State.RESTING:
        left = ngettext("%(num)d resdag kvar", "%(num)d resdagar kvar",
                        ticket.days_left) % {"num": ticket.days_left}
        return left, _("senast %(when)s", when=moment(ticket.use_by)), "now"
    return _("Slut"), ticket.active_until, "past"


def _ahead(ticket: Ticket) -> list[Stop]:
    """What remains of one that nobody has activated."""
    first = ("" if ticket.has_begun(now()) else
             _("från %(first)s, ", first=day(ticket.valid_from)))
    activated = (_("Aktiveras ombord"),
                 first + _("senast %(day)s", day=day(ticket.activate_by)))
    if ticket.available_at:
        return [(_("På kortet"), ticket.available_at, "past"), (*activated, "now")]
    return [(_("På kortet"), _("inom ett dygn"), "now"), (*activated, "coming")]
