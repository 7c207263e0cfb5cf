"""The phone that asks, known by a secret in a cookie of its own; and the code by text message that
moves a ticket to it."""
import re
import secrets

from flask import Blueprint, Response, current_app, g, redirect
from htmx_flask import request

from blueprints.fields import TextField
from blueprints.language import lazy, ngettext
from blueprints.web import Form, answer, db, now, rules, transaction
from domain import holding_codes, holdings, limits
from domain.access import Actor
from domain.codes import Outcome
from domain.holdings import Held
from domain.identity import mask_mobile
from domain.tickets import Ticket

COOKIE = "phone"
KEPT_DAYS = 400
"""The longest that browsers allow; from each time that the phone shows a ticket."""

NOT_MOVED = {
    Outcome.EXPIRED: lazy("Koden har gått ut. Be om en ny."),
    Outcome.LOCKED: lazy("Koden är låst efter för många försök. Be om en ny."),
    Outcome.NONE: lazy("Ingen kod gäller just nu. Vänta på sms:et, eller be om en ny."),
}


def init(bp: Blueprint) -> None:
    """The phone is remembered by these views, once it holds something."""
    @bp.after_request
    def remember(response: Response) -> Response:
        if g.get("holds"):
            response.set_cookie(
                COOKIE, secret(), max_age=KEPT_DAYS * 24 * 3600, httponly=True, samesite="Lax",
                secure=current_app.config["PORTAL"].base_url.startswith("https://"))
        return response


def secret() -> str:
    """A new one when the phone has none, or none of ours."""
    if "phone" not in g:
        had = request.cookies.get(COOKIE, "")
        g.phone = had if re.fullmatch(r"[\w-]{43}", had, re.ASCII) else secrets.token_urlsafe(32)
    return g.phone


def held(ticket: Ticket) -> Held:
    found = holdings.held(db, ticket, secret())
    g.holds = found == Held.HERE
    return found


def take(ticket: Ticket, *, to: str):
    """The first phone has it. Whoever comes second is shown, where it leads, that it is taken."""
    with transaction():
        g.holds = holdings.take(db, ticket, secret(), now=now())
    return redirect(to, 303)


def take_over(ticket: Ticket, *, by: Actor, to: str):
    """For whom it was sent to, who has signed in."""
    with transaction():
        holdings.move(db, ticket, secret(), by=by, now=now())
        g.holds = True
    return redirect(to, 303)


def keep(ticket: Ticket) -> None:
    """In the transaction of what only the phone that holds the ticket may do."""
    holdings.keep(db, ticket, secret(), now=now())
    g.holds = True


def hold(ticket: Ticket) -> None:
    """One that is made in this transaction: no other phone knows of it."""
    holdings.take(db, ticket, secret(), now=now())
    g.holds = True


def number(ticket: Ticket) -> str:
    """Whose it is, to whoever knows it already."""
    return mask_mobile(ticket.mobile) if ticket.mobile else ""


def order_code(ticket: Ticket, *, to: str):
    _count_try()
    with transaction():
        holding_codes.order(db, ticket, now=now())
    return redirect(to, 303)


class CodeForm(Form):
    code = TextField(lazy("Kod"), most=20)


def move(template: str, ticket: Ticket, *, at: str, code_at: str, move_at: str):
    """By the code; a wrong one counts, so it is saved whatever the outcome."""
    form = CodeForm()
    if form.validate_on_submit():
        outcome = _redeem(ticket, "".join(form.code.value.split()))
        if outcome == Outcome.REDEEMED:
            return redirect(at, 303)
        form.code.errors = [NOT_MOVED.get(outcome) or _wrong(ticket)]
    elif held(ticket) == Held.HERE:
        return redirect(at, 303)
    return answer(form, template, ticket=ticket, at=at, code_at=code_at, move_at=move_at,
                  number=number(ticket), minutes=rules().holding_code_minutes)


def _redeem(ticket: Ticket, digits: str) -> Outcome:
    _count_try()
    with transaction():
        outcome = holding_codes.redeem(db, ticket, digits, now=now())
        if outcome == Outcome.REDEEMED:
            holdings.move(db, ticket, secret(), by=None, now=now())
            g.holds = True
    return outcome


def _wrong(ticket: Ticket) -> str:
    left = holding_codes.tries_left(db, ticket)
    return ngettext("Koden stämmer inte. Du har %(num)d försök kvar.",
                    "Koden stämmer inte. Du har %(num)d försök kvar.", left) % {"num": left}


def _count_try() -> None:
    with transaction():
        limits.take(db, "holding code from", request.remote_addr or "", now=now(),
                    per_hour=rules().holding_tries_per_hour)
