"""Logging in with BankID, on this device or by a QR code for another, and logging out. A customer
of Mina sidor identifies here too (`customer_bankid`)."""
import logging
import re
import secrets
from contextlib import suppress

import segno
from flask import Blueprint, current_app, flash, redirect, session, url_for
from htmx_flask import request

from blueprints import customer_bankid
from blueprints.doorway import empty_session, enter, leave, on_phone, onward
from blueprints.guard import local_path, public
from blueprints.language import _, language, lazy
from blueprints.web import db, done, now, page, rules, transaction, visitor, wants_fragment, world
from domain import invitations, limits, login_orders, logins, welcomes
from domain.access import Actor
from domain.login_orders import Door, Identity, LoginOrder, OrderState, Tokens
from domain.logins import Stranger
from integrations.bankid import Collected, Status
from integrations.errors import OutsideError, Refused, Unreachable

HANDLE = "login_order"
"""Where the browser's cookie has its handle on the order."""
AWAY = "away"
"""Our own hint, while BankID does not answer."""

BEGUN_AT = {Door.PERSON: "login.new", Door.CUSTOMER: "customer_login.new",
            Door.BINDING: "customer_bankid.show"}
TITLES = {Door.PERSON: lazy("Logga in med BankID"), Door.CUSTOMER: lazy("Logga in med BankID"),
          Door.BINDING: lazy("Koppla BankID")}
SHOWN_IN_APP = {Door.PERSON: lazy("Du loggar in i Företagsportalen."),
                Door.CUSTOMER: lazy("Du loggar in på Mina sidor."),
                Door.BINDING: lazy("Du kopplar ditt BankID till Mina sidor.")}

bp = Blueprint("login", __name__)
log = logging.getLogger(__name__)


@bp.get("/logga-in")
@public
def new():
    if visitor() and not visitor().customer_id:
        return redirect(home(visitor()), 303)
    return page("login/new.html", next=local_path(request.args.get("next")) or "",
                on_phone=on_phone())


@bp.post("/logga-in")
@public
def create():
    _count_try()
    nonce = secrets.token_urlsafe(32) if request.form.get("device") == "this" else None
    door = _door(request.form.get("door"))
    tokens, handle = _order(nonce, door), secrets.token_urlsafe(32)
    with transaction():
        login_orders.put(db, handle, tokens, nonce=nonce, door=door, now=world().clock.now(),
                         next_path=local_path(request.form.get("next")) or "")
    session[HANDLE] = handle
    return redirect(url_for(".wait"), 303)


@bp.get("/logga-in/bankid")
@public
def wait():
    _ask_bankid()
    order = login_orders.of(db, _handle())
    if order is None:  # cancelled, or logged in, in another tab
        return onward(url_for(".new"))
    if order.ready:
        return FINISH[order.door](order, _handle())
    shown = f"{order.state}.{order.hint}"
    return page("login/wait.html", "order", order=order, said=_said(order), shown=shown,
                title=TITLES[order.door],
                news=wants_fragment() and request.args.get("shown") != shown, qr=_qr(order),
                start_url=world().bankid.start_url(order.auto_start_token, user_agent=_agent()))


@bp.get("/logga-in/retur")
@public
def come_back():
    with transaction():
        back = login_orders.came_back(db, _handle(), request.args.get("nonce", ""), now=now())
    if not back and not visitor():
        flash(_("Du kom tillbaka i en annan webbläsare än den du började i. Logga in på nytt "
                "här."), "warn")
    begun = BEGUN_AT[_door(request.args.get("door"))]
    return redirect(url_for(".wait" if back else begun), 303)


@bp.post("/logga-in/avbrott")
@public
def cancel():
    order, door = login_orders.of(db, _handle()), Door.PERSON
    if order is not None:
        order_ref, door = order.order_ref, order.door
        with transaction():
            login_orders.drop(db, _handle())
        with suppress(OutsideError):  # it is over already, or will be in a few minutes
            world().bankid.cancel(order_ref)
    flash(_("Inloggningen är avbruten."), "info")
    return redirect(url_for(BEGUN_AT[door]), 303)


@bp.get("/logga-in/okand")
@public
def unknown():
    return page("login/unknown.html")


@bp.post("/logga-ut")
@public
def logout():
    who = visitor()
    if who:
        with transaction():
            leave()
    empty_session()
    start = "customer_start.index" if who and who.customer_id else "start.index"
    return done(url_for(start), _("Du är utloggad."))


@bp.errorhandler(OutsideError)
def bankid_is_down(error: OutsideError):
    log.error("no order at BankID: %s", error.reason)
    flash(_("Det går inte att logga in med BankID just nu. Vänta en stund och försök igen."), "bad")
    return onward(url_for(BEGUN_AT[_door(request.form.get("door"))],
                          next=local_path(request.form.get("next"))))


@bp.errorhandler(Stranger)
def stranger(_error: Stranger):
    session.pop(HANDLE, None)
    return onward(url_for(".unknown"))


def home(actor: Actor) -> str:
    """The first page of whoever it is."""
    first = ("customer_start.index" if actor.customer_id else
             "today.index" if actor.is_admin else "desk.index" if actor.is_clerk else
             "inspections.index" if actor.is_inspector else
             "phone.tickets" if actor.is_traveller else "trials.show")
    return url_for(first)


def _count_try() -> None:
    with transaction():
        limits.take(db, "login", request.remote_addr or "", now=now(),
                    per_hour=rules().login_tries_per_hour)


def _order(nonce: str | None, door: Door) -> Tokens:
    """A new order at BankID. With a nonce it is for the BankID on this device."""
    back = nonce and current_app.config["PORTAL"].base_url + url_for(
        ".come_back", nonce=nonce, door=None if door == Door.PERSON else door)
    begun = world().bankid.auth(
        end_user_ip=request.remote_addr or "", return_url=back, user_agent=_agent() or None,
        visible_text=str(SHOWN_IN_APP[door]))
    return Tokens(begun.order_ref, begun.auto_start_token, begun.qr_start_token,
                  begun.qr_start_secret)


def _ask_bankid() -> None:
    """Ask how the order goes, if it is time to, and write down what BankID says."""
    with transaction():
        order_ref = login_orders.turn(db, _handle(), now=now())
    if order_ref is None:
        return
    collected = _collected(order_ref)  # no connection is held meanwhile
    with transaction():
        order = login_orders.of(db, _handle())
        if order and collected.user:
            user = collected.user
            login_orders.identified(db, order, Identity(
                user.personal_number, user.given_name, user.surname))
        elif order:
            login_orders.heard(order, collected.hint_code, over=collected.status == Status.FAILED)
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
    order = login_orders.of(db, _handle())
    tokens = _order(None, order.door if order else Door.PERSON)
    with transaction():
        order = login_orders.of(db, _handle())
        if order:
            login_orders.renew(order, tokens, now=world().clock.now())


def _log_in(order: LoginOrder, handle: str):
    """A new session with a new key: what the browser had before does not open it."""
    who, next_path = login_orders.identity(db, order), order.next_path
    token = secrets.token_urlsafe(32)
    with transaction():
        leave()
        logins.begin(db, who.personnummer, given_name=who.given_name, surname=who.surname,
                     token=token, language=language(), invited=_invited(next_path), now=now())
        login_orders.drop(db, handle)
    actor = logins.actor(db, token, now=now())
    enter(actor, token)
    return onward(next_path or home(actor))


FINISH = {Door.PERSON: _log_in, Door.CUSTOMER: customer_bankid.log_in,
          Door.BINDING: customer_bankid.bind}
"""What comes of it when somebody has identified."""


def _door(asked: str | None) -> Door:
    return Door(asked) if asked in set(Door) else Door.PERSON


def _invited(next_path: str) -> bool:
    """Whether the way leads to an open invitation, which may be for somebody unknown."""
    found = re.fullmatch(r"/(inbjudan|resa/valkommen)/([\w-]+)", next_path)
    kind = found and {"inbjudan": invitations, "resa/valkommen": welcomes}[found[1]]
    return bool(kind) and kind.admits(db, found[2], now=now())


def _said(order: LoginOrder) -> str:
    if order.state == OrderState.IDENTIFIED:
        return _("Du har legitimerat dig. Gå tillbaka hit från BankID-appen.")
    if order.hint == AWAY:
        return _("BankID svarar inte just nu. Vi frågar igen om ett par sekunder.")
    message = world().bankid.message(order.hint, same_device=order.same_device, mobile=on_phone(),
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
