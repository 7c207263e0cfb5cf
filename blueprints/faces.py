"""A ticket as it looks on the phone of whoever carries it, and how it is activated there."""
from dataclasses import dataclass
from datetime import datetime

from flask import make_response, redirect

from blueprints import this_phone, ticket_code
from blueprints.formats import day, moment
from blueprints.language import _, ngettext
from blueprints.web import Form, answer, db, now, page, transaction
from blueprints.words import word
from domain import activations
from domain.errors import NotFound
from domain.holdings import Held
from domain.months import STOCKHOLM
from domain.products import FLEX
from domain.services import Service
from domain.tickets import OVER, State, Ticket

KINDS = {State.UNACTIVATED: "info", State.ACTIVE: "good", State.RESTING: "wait",
         State.EXPIRED: "off", State.RECALLED: "off"}


@dataclass(frozen=True)
class Face:
    state: tuple[str, str]
    """Its kind and its word."""
    recalled: bool
    left: str | None
    """How much is left of it."""
    live: "Live | None"
    validity: list[tuple[str, str]]
    stops: list[tuple[str, datetime | None, str]]
    may_activate: bool


@dataclass(frozen=True)
class Live:
    """What a ticket shows while it is active, on the phone that holds it."""

    code: str
    now: datetime
    """The second at which it was drawn; a script lets it go on."""
    until: datetime
    words: dict[str, str]
    """How the time left is written, with places for the numbers."""
    over: tuple[str, str]
    """The state that follows: its kind and its word."""
    stale_in: int
    """Seconds until the time left no longer holds."""


def face(ticket: Ticket, *, held: Held = Held.NOWHERE) -> Face:
    state = ticket.state(now())
    return Face(
        state=_state(ticket, state), recalled=state == State.RECALLED,
        left=_left(ticket, state),
        live=_live(ticket) if held == Held.HERE and state == State.ACTIVE else None,
        validity=_validity(ticket, state), stops=_stops(ticket, state),
        may_activate=ticket.may_activate(now()))


def _live(ticket: Ticket) -> Live:
    until = ticket.active_until
    rests = ticket.days_left and ticket.use_by > until
    over = State.RESTING if rests else State.EXPIRED
    return Live(
        code=ticket_code.image(ticket_code.shown(ticket)),
        now=now().astimezone(STOCKHOLM), until=until,
        words={"days": _("%(days)d dagar kvar"), "hours": _("%(hours)d tim %(minutes)d min kvar"),
               "minutes": _("%(minutes)d min kvar"), "soon": _("mindre än en minut kvar")},
        over=(KINDS[over], word(over)), stale_in=int((until - now()).total_seconds()) % 60 + 1)


def _state(ticket: Ticket, state: State) -> tuple[str, str]:
    if state == State.UNACTIVATED and not ticket.has_begun(now()):
        return "wait", _("Gäller från %(day)s", day=day(ticket.valid_from))
    if state == State.EXPIRED and ticket.activated_at is None:
        return "off", _("Har gått ut")
    return KINDS[state], word(state)


def _left(ticket: Ticket, state: State) -> str | None:
    if state == State.ACTIVE:
        return time_left(ticket.active_until)
    if state == State.RESTING:
        return ngettext("%(num)d resdag kvar", "%(num)d resdagar kvar",
                        ticket.days_left) % {"num": ticket.days_left}
    return None


def _validity(ticket: Ticket, state: State) -> list[tuple[str, str]]:
    """Until when, as [(term, value)]."""
    if state == State.RECALLED:
        return []
    if state == State.UNACTIVATED:
        return [(_("Aktivera senast"), day(ticket.activate_by))]
    rows = [(_("Gäller till"), moment(ticket.active_until))] if state == State.ACTIVE else []
    if ticket.use_by and state not in OVER:
        rows.append((_("Resdagar kvar"), _("%(left)d av %(days)d, senast %(last)s",
                                           left=ticket.days_left, days=ticket.days,
                                           last=moment(ticket.use_by))))
    return rows


def _stops(ticket: Ticket, state: State) -> list[tuple[str, datetime | None, str]]:
    bought = _("Köpt") if ticket.service in (Service.BUSINESS_TRAVEL, None) else _("Skickad")
    over = state == State.EXPIRED
    if state == State.RECALLED:
        return [(bought, ticket.sold_at, "past"), (word(state), ticket.recalled_at, "failed")]
    if ticket.activated_at is None:
        return [(bought, ticket.sold_at, "past"),
                (_("Aktiverad"), None, "failed" if over else "now"),
                (_("Gick ut"), ticket.activate_by, "past") if over else
                (_("Förbrukad"), None, "coming")]
    ended_at = ticket.active_until if over else None
    return [(bought, ticket.sold_at, "past"), (_("Aktiverad"), ticket.activated_at, "past"),
            (_("Förbrukad"), ended_at, "past" if over else "now")]


def time_left(until: datetime) -> str:
    """29 dagar kvar · 23 tim 14 min kvar · 9 min kvar"""
    minutes = int((until - now()).total_seconds()) // 60
    if minutes < 1:
        return _("mindre än en minut kvar")
    if minutes < 60:
        return _("%(minutes)d min kvar", minutes=minutes)
    if minutes < 48 * 60:
        return _("%(hours)d tim %(minutes)d min kvar", hours=minutes // 60, minutes=minutes % 60)
    return _("%(days)d dagar kvar", days=minutes // (24 * 60))


def show(template: str, ticket: Ticket, *, free: bool, owned: bool, **places: str | None):
    """The ticket's page, or how it comes to this phone.

    `free`: whoever asks may have it here while no other phone has it. `owned`: they have signed in
    as whom it was sent to. `places` are the addresses of what is done with it.
    """
    held, over = this_phone.held(ticket), ticket.state(now()) in OVER
    shown = held == Held.HERE or (free and held == Held.NOWHERE) or (owned and over)
    return page(template, "ticket", ticket=ticket, held=held, shown=shown, over=over,
                act=_act(ticket, held, owned), face=face(ticket, held=held),
                number=this_phone.number(ticket), **places)


def _act(ticket: Ticket, held: Held, owned: bool) -> str | None:
    """The one button under the ticket: to start it, or to have it here."""
    state = ticket.state(now())
    if held == Held.NOWHERE and state not in OVER and (not owned or state == State.ACTIVE):
        return "take"
    return "activate" if ticket.may_activate(now()) else None


def saved(ticket: Ticket, *, at: str):
    """The ticket as the phone keeps it for where there is no network: no forms, and nothing of
    whoever is signed in."""
    if this_phone.held(ticket) != Held.HERE:
        raise NotFound("Biljetten finns inte på den här telefonen.")
    kept = make_response(page("carried/saved.html", ticket=ticket, at=at, kept_at=now(),
                              face=face(ticket, held=Held.HERE)))
    kept.headers["X-Useless-At"] = ticket.useless_at.isoformat()
    return kept


def activate(template: str, ticket: Ticket, *, at: str, activate_at: str, **_places: str | None):
    """Ask once more, then start the ticket and sign it."""
    form = Form()
    if form.validate_on_submit():
        with transaction(form):
            this_phone.keep(ticket)
            ticket_code.activate(ticket)
            form.then(at)
    elif not ticket.may_activate(now()) or this_phone.held(ticket) == Held.ELSEWHERE:
        return redirect(at, 303)
    within = FLEX[ticket.product][1] if ticket.product in FLEX and not ticket.use_by else None
    return answer(form, template, ticket=ticket, at=at, activate_at=activate_at, within=within,
                  ends=activations.runs_out(db, ticket, now=now()))
