"""The Swish app: opened by the portal's link or QR code, it pays or does not."""
from flask import Blueprint, redirect, render_template, request, url_for

from sandbox.stage import stage
from sandbox.swish_requests import ERRORS, NoSuchRequest, TooLate

ENDINGS = {
    "RF07": "Banken nekar", "BANKIDCL": "Avbryt i BankID", "FF10": "Fel hos banken",
    "DS24": "Banken svarar inte", "TM01": "Gör ingenting i tre minuter",
}

bp = Blueprint("swish_app", __name__, url_prefix="/swish")


@bp.errorhandler(NoSuchRequest)
@bp.errorhandler(TooLate)
def over(_):
    return render_template("swish/index.html", requests=stage().swish.open(),
                           problem="Betalningen finns inte, eller är redan avslutad."), 422


@bp.get("")
def index():
    return render_template("swish/index.html", requests=stage().swish.open())


@bp.post("/skanning")
def scan():
    return redirect(url_for(".start", token=request.form["content"].strip().removeprefix("D")),
                    303)


@bp.get("/app")
def start():
    """What the portal's page opens on the same phone."""
    payment = stage().swish.opened(request.args.get("token", ""))
    return render_template("swish/show.html", payment=payment, endings=ENDINGS,
                           back=_back(request.args.get("callbackurl", "")))


@bp.post("/betalning/<id>")
def decide(id):
    swish, choice, back = stage().swish, request.form["choice"], _back(request.form.get("back", ""))
    if choice == "pay":
        swish.pay(id)
    elif choice in ERRORS:
        swish.fail(id, choice)
    elif choice in ("learn_paid", "learn_not"):
        swish.learn(id, paid=choice == "learn_paid")
    else:
        swish.decline(id)
    return redirect(back or url_for(".index"), 303)


def _back(url):
    """Where the app leads back to, when that is a page."""
    return url if url.startswith(("http://", "https://")) else ""
