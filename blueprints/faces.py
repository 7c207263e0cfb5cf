"""A ticket as it looks on the phone of whoever carries it, and how it is activated there."""
from dataclasses import dataclass
from datetime import datetime

from flask import redirect

from blueprints import ticket_code
from blueprints.formats import day, moment, word
from blueprints.language import _, ngettext
from blueprints.web import Form, answer, db, now, page, transaction
from domain import tickets
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
    code: str | None
    stale_in: int | None
    """Seconds until `left` no longer holds."""
    validity: list[tuple[str, str]]
    stops: list[tuple[str, datetime | None, str]]
    may_activate: bool


def face(ticket: Ticket) -> Face:
    state, until = ticket.state(now()), ticket.active_until
    active = state == State.ACTIVE
    return Face(
        state=_state(ticket, state), recalled=state == State.RECALLED,
        left=_left(ticket, state),
        code=ticket_code.image(ticket.bundle) if active and ticket.bundle else None,
        stale_in=int((until - now()).total_seconds()) % 60 + 1 if active else None,
        validity=_validity(ticket, state), stops=_stops(ticket, state),
        may_activate=ticket.may_activate(now()))


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
    bought = _("Köpt") if ticket.service == Service.BUSINESS_TRAVEL else _("Skickad")
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


def show(template: str, ticket: Ticket, *, at: str, activate_at: str):
    """The ticket's page; `at` and `activate_at` are its own address and that of its activation."""
    return page(template, "ticket", ticket=ticket, face=face(ticket), at=at,
                activate_at=activate_at)


def activate(template: str, ticket: Ticket, *, at: str, activate_at: str):
    """Ask once more, then start the ticket and sign it."""
    form = Form()
    if form.validate_on_submit():
        with transaction(form):
            tickets.activate(db, ticket, now=now())
            ticket.bundle = ticket_code.sign(ticket)
            form.then(at)
    elif not ticket.may_activate(now()):
        return redirect(at, 303)
    within = FLEX[ticket.product][1] if ticket.product in FLEX and not ticket.use_by else None
    return answer(form, template, ticket=ticket, at=at, activate_at=activate_at, within=within,
                  ends=tickets.runs_out(db, ticket, now=now()))
