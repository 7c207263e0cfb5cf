"""The BankID app: scan a QR code or be opened on the same device, be somebody, identify."""
from flask import Blueprint, redirect, render_template, request, url_for

from sandbox.orders import CannotScan, NoSuchOrder, persona_of
from sandbox.personas import BY_NUMBER, FAILING, PAUSING, PERSONAS, SECURITY_CODE
from sandbox.stage import stage

bp = Blueprint("bankid_app", __name__, url_prefix="/bankid")


@bp.errorhandler(CannotScan)
def cannot_scan(problem):
    return render_template("bankid/index.html", orders=stage().orders.pending(),
                           problem=problem), 422


@bp.errorhandler(NoSuchOrder)
def no_such_order(_):
    return cannot_scan("Ordern är avslutad eller finns inte längre.")


@bp.get("")
def index():
    return render_template("bankid/index.html", orders=stage().orders.pending())


@bp.post("/skanning")
def scan():
    return _to(stage().orders.scan(request.form["content"], device_ip=request.remote_addr))


@bp.get("/app")
def start():
    """What the portal's page opens on the same device."""
    return _to(stage().orders.start(
        request.args.get("autostarttoken", ""), redirect=request.args.get("redirect"),
        device_ip=request.remote_addr))


@bp.get("/order/<ref>")
def show(ref):
    order = stage().orders.find(ref)
    return render_template("bankid/order.html", order=order, persona=persona_of(order),
                           security_code=SECURITY_CODE, groups=_personas(order))


@bp.post("/order/<ref>/skanning")
def scan_for_me(ref):
    orders = stage().orders
    return _to(orders.scan(orders.qr_content(ref), device_ip=request.remote_addr))


@bp.post("/order/<ref>/person")
def choose(ref):
    persona = BY_NUMBER.get(request.form["personal_number"])
    if persona is None:
        raise CannotScan("Den personen finns inte i sandlådan.")
    stage().orders.choose(ref, persona)
    return _on(ref)


@bp.post("/order/<ref>/fortsattning")
def go_on(ref):
    stage().orders.go_on(ref)
    return _on(ref)


@bp.post("/order/<ref>/legitimering")
def identify(ref):
    stage().orders.identify(ref, request.form["code"])
    return _on(ref)


@bp.post("/order/<ref>/fel-kod")
def wrong_code(ref):
    stage().orders.identify(ref, "000000")
    return _on(ref)


@bp.post("/order/<ref>/avbrott")
def cancel(ref):
    stage().orders.fail(ref, "userCancel")
    return _on(ref)


def _to(order):
    return redirect(url_for(".show", ref=order["ref"]), 303)


def _on(ref):
    """Back to where the browser came from, once the order is over and it came from here."""
    order = stage().orders.find(ref)
    if order["status"] != "pending" and order["opened_by"] == "autostart" and order["return_url"]:
        return redirect(order["return_url"], 303)
    return _to(order)


def _personas(order):
    groups = {"": PERSONAS, "De som det går snett för": FAILING, "De som måste vänta": PAUSING}
    return {
        name: [one for one in group
               if order["personal_number"] in (None, one.personal_number)]
        for name, group in groups.items()
    }
