"""Logging in with BankID, on this device or by a QR code for another, and logging out."""
import logging
import re
import secrets
from contextlib import suppress

import segno
from flask import Blueprint, current_app, flash, redirect, session, url_for
from flask_login import current_user, login_user
from htmx_flask import make_response, request

from blueprints.guard import LoggedIn, local_path, public
from blueprints.language import _, language
from blueprints.web import db, done, now, page, rules, transaction, visitor, wants_fragment, world
from domain import invitations, limits, logins, welcomes
from domain.access import Actor
from domain.logins import Identity, LoginOrder, OrderState, Stranger, Tokens
from integrations.bankid import Collected, Status, is_mobile
from integrations.errors import OutsideError, Refused, Unreachable

HANDLE = "login_order"
"""Where the browser's cookie has its handle on the order."""
AWAY = "away"
"""Our own hint, while BankID does not answer."""

bp = Blueprint("login", __name__)
log = logging.getLogger(__name__)


@bp.get("/logga-in")
@public
def new():
    if visitor():
        return redirect(home(visitor()), 303)
    return page("login/new.html", next=local_path(request.args.get("next")) or "",
                on_phone=_on_phone())


@bp.post("/logga-in")
@public
def create():
    _count_try()
    nonce = secrets.token_urlsafe(32) if request.form.get("device") == "this" else None
    tokens, handle = _order(nonce), secrets.token_urlsafe(32)
    with transaction():
        logins.put_order(db, handle, tokens, nonce=nonce, now=world().clock.now(),
                         next_path=local_path(request.form.get("next")) or "")
    session[HANDLE] = handle
    return redirect(url_for(".wait"), 303)


@bp.get("/logga-in/bankid")
@public
def wait():
    _ask_bankid()
    order = logins.order(db, _handle())
    if order is None:  # cancelled, or logged in, in another tab
        return _onward(url_for(".new"))
    if order.ready:
        return _log_in(order)
    shown = f"{order.state}.{order.hint}"
    return page("login/wait.html", "order", order=order, said=_said(order), shown=shown,
                news=wants_fragment() and request.args.get("shown") != shown, qr=_qr(order),
                start_url=world().bankid.start_url(order.auto_start_token, user_agent=_agent()))


@bp.get("/logga-in/retur")
@public
def come_back():
    with transaction():
        back = logins.came_back(db, _handle(), request.args.get("nonce", ""), now=now())
    if not back and not visitor():
        flash(_("Du kom tillbaka i en annan webbläsare än den du började i. Logga in på nytt "
                "här."), "warn")
    return redirect(url_for(".wait" if back else ".new"), 303)


@bp.post("/logga-in/avbrott")
@public
def cancel():
    order = logins.order(db, _handle())
    if order is not None:
        order_ref = order.order_ref
        with transaction():
            logins.drop_order(db, _handle())
        with suppress(OutsideError):  # it is over already, or will be in a few minutes
            world().bankid.cancel(order_ref)
    flash(_("Inloggningen är avbruten."), "info")
    return redirect(url_for(".new"), 303)


@bp.get("/logga-in/okand")
@public
def unknown():
    return page("login/unknown.html")


@bp.post("/logga-ut")
@public
def logout():
    if visitor():
        with transaction():
            logins.end(db, current_user.id, now=now())
    _empty_session()
    return done(url_for("start.index"), _("Du är utloggad."))


@bp.errorhandler(OutsideError)
def bankid_is_down(error: OutsideError):
    log.error("no order at BankID: %s", error.reason)
    flash(_("Det går inte att logga in med BankID just nu. Vänta en stund och försök igen."), "bad")
    return _onward(url_for(".new", next=local_path(request.form.get("next"))))


@bp.errorhandler(Stranger)
def stranger(_error: Stranger):
    session.pop(HANDLE, None)
    return _onward(url_for(".unknown"))


def home(actor: Actor) -> str:
    """The first page of whoever it is."""
    first = ("today.index" if actor.is_admin else "desk.index" if actor.is_clerk else
             "inspections.index" if actor.is_inspector else
             "phone.tickets" if actor.is_traveller else "trials.show")
    return url_for(first)


def _count_try() -> None:
    with transaction():
        limits.take(db, "login", request.remote_addr or "", now=now(),
                    per_hour=rules().login_tries_per_hour)


def _order(nonce: str | None) -> Tokens:
    """A new order at BankID. With a nonce it is for the BankID on this device."""
    back = nonce and current_app.config["PORTAL"].base_url + url_for(".come_back", nonce=nonce)
    begun = world().bankid.auth(
        end_user_ip=request.remote_addr or "", return_url=back, user_agent=_agent() or None,
        visible_text=_("Du loggar in i Företagsportalen."))
    return Tokens(begun.order_ref, begun.auto_start_token, begun.qr_start_token,
                  begun.qr_start_secret)


def _ask_bankid() -> None:
    """Ask how the order goes, if it is time to, and write down what BankID says."""
    with transaction():
        order_ref = logins.turn(db, _handle(), now=now())
    if order_ref is None:
        return
    collected = _collected(order_ref)  # no connection is held meanwhile
    with transaction():
        order = logins.order(db, _handle())
        if order and collected.user:
            user = collected.user
            logins.identified(db, order, Identity(
                user.personal_number, user.given_name, user.surname))
        elif order:
            logins.heard(order, collected.hint_code, over=collected.status == Status.FAILED)
    if order and order.renewable(now()):
        _renew()


def _collected(order_ref: str) -> Collected:
    try:
        return world().bankid.collect(order_ref)
    except Refused as refusal:
        return Collected(Status.FAILED, refusal.code)
    except Unreachable:
        return Collected(Status.PENDING, AWAY)


def _renew() -> None:
    tokens = _order(None)
    with transaction():
        order = logins.order(db, _handle())
        if order:
            logins.renew(order, tokens, now=world().clock.now())


def _log_in(order: LoginOrder):
    """A new session with a new key: what the browser had before does not open it."""
    who, next_path, token = logins.identity(db, order), order.next_path, secrets.token_urlsafe(32)
    with transaction():
        logins.begin(db, who.personnummer, given_name=who.given_name, surname=who.surname,
                     token=token, language=language(), invited=_invited(next_path), now=now())
        logins.drop_order(db, _handle())
    _empty_session()
    actor = logins.actor(db, token, now=now())
    login_user(LoggedIn(actor, token))
    return _onward(next_path or home(actor))


def _invited(next_path: str) -> bool:
    """Whether the way leads to an open invitation, which may be for somebody unknown."""
    found = re.fullmatch(r"/(inbjudan|resa/valkommen)/([\w-]+)", next_path)
    kind = found and {"inbjudan": invitations, "resa/valkommen": welcomes}[found[1]]
    return bool(kind) and kind.admits(db, found[2], now=now())


def _onward(location: str):
    """To a page loaded whole, also when htmx asks: the body keeps no token of the old session."""
    return make_response("", redirect=location) if request.htmx else redirect(location, 303)


def _empty_session() -> None:
    """Nothing of whoever was here before is left, but their language."""
    chosen = session.get("language")
    session.clear()
    if chosen:
        session["language"] = chosen


def _said(order: LoginOrder) -> str:
    if order.state == OrderState.IDENTIFIED:
        return _("Du har legitimerat dig. Gå tillbaka hit från BankID-appen.")
    if order.hint == AWAY:
        return _("BankID svarar inte just nu. Vi frågar igen om ett par sekunder.")
    message = world().bankid.message(order.hint, same_device=order.same_device, mobile=_on_phone(),
                                     failed=order.failed)
    return message.sv if language() == "sv" else message.en


def _qr(order: LoginOrder) -> str | None:
    """The code of this second, as the address of an image, while there is somebody to scan it."""
    if order.same_device or not order.unscanned:
        return None
    seconds = int((world().clock.now() - order.ordered_at).total_seconds())
    content = world().bankid.qr_content(order.qr_start_token, order.qr_start_secret, seconds)
    return segno.make_qr(content, error="l").svg_data_uri(border=0, svgclass=None, lineclass=None)


def _handle() -> str:
    return session.get(HANDLE, "")


def _agent() -> str:
    return request.user_agent.string


def _on_phone() -> bool:
    return is_mobile(_agent())
