"""Nets Easy's hosted page, where somebody pays by card or does not."""
import json

from flask import Blueprint, redirect, render_template, request, url_for

from sandbox.nets_payments import NoSuchPayment, NotNow
from sandbox.stage import stage

REFUSALS = {"decline": "Kortet nekades. Försök igen eller ta ett annat kort.",
            "3ds": "Banken kunde inte bekräfta att det är du."}

bp = Blueprint("nets_page", __name__, url_prefix="/nets")


@bp.errorhandler(NoSuchPayment)
@bp.errorhandler(NotNow)
def over(_):
    return render_template("nets/index.html", payments=stage().nets.open(),
                           problem="Betalningen finns inte, eller är redan avslutad."), 422


@bp.get("")
def index():
    return render_template("nets/index.html", payments=stage().nets.open())


@bp.get("/betala")
def show():
    return _page(request.args.get("paymentId", ""))


@bp.post("/betala")
def decide():
    id, choice = request.form["paymentId"], request.form["choice"]
    checkout = json.loads(stage().nets.find(id)["said"])["checkout"]
    if choice in REFUSALS:
        stage().nets.refuse(id, choice)
        return _page(id, problem=REFUSALS[choice])
    if choice == "cancel":
        return redirect(checkout["cancelUrl"], 303)
    stage().nets.pay(id, charges=choice != "no_charge")
    if choice == "closed":
        return redirect(url_for(".index"), 303)
    url, mark = checkout["returnUrl"], "&" if "?" in checkout["returnUrl"] else "?"
    return redirect(f"{url}{mark}paymentid={id}", 303)


def _page(id, problem=None):
    row = stage().nets.find(id)
    if row["terminated_at"] or row["completed_at"]:
        raise NotNow
    said = json.loads(row["said"])
    return render_template("nets/show.html", payment=row, items=said["order"]["items"],
                           order=said["order"], problem=problem)
