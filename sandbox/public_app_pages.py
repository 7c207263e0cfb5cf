"""The public app on a phone: register Allpay, buy, and open the ticket."""
from flask import Blueprint, abort, redirect, render_template, request, url_for

from sandbox.public_app import Said
from sandbox.stage import stage

bp = Blueprint("public_app", __name__, url_prefix="/app")


@bp.get("/")
def index():
    return _index()


@bp.post("/")
def register():
    said = stage().app.register(request.form.get("user_name", ""), request.form.get("code", ""))
    if said.problem:
        return _index(said.problem)
    return redirect(url_for(".show", key=said.body["paymentMethod"]["id"]), 303)


@bp.post("/handelser")
def told():
    """From the portal."""
    ours = stage().app.told(request.get_data(), request.headers.get("Allpay-Signature", ""))
    return "", 204 if ours else 401


@bp.get("/<key>")
def show(key):
    return _show(_traveller(key))


@bp.post("/<key>/kop")
def buy(key):
    who, form = _traveller(key), request.form
    product, _, price = form.get("ware", "").partition(" ")
    said = stage().app.do("purchases", {
        "product": product, "place": form.get("place", ""), "price": int(price or 0),
        "purpose": form.get("purpose", ""), "activate": "activate" in form}, who["token"])
    return _show(who, said) if said.problem else redirect(url_for(".show", key=key), 303)


@bp.post("/<key>/kop/<purchase>/<act>")
def change(key, purchase, act):
    who = _traveller(key)
    if act not in ("refund", "ticket-link"):
        abort(404)
    said = stage().app.do(f"purchases/{purchase}/{act}", None, who["token"])
    if said.problem:
        return _show(who, said)
    return redirect(said.body.get("url") or url_for(".show", key=key), 303)


def _traveller(key):
    return stage().app.traveller(key) or abort(404)


def _index(problem=""):
    app = stage().app
    return render_template("public_app/index.html", travellers=app.travellers(),
                           events=app.events(), problem=problem)


def _show(who, said=None):
    app, token = stage().app, who["token"]
    place = request.values.get("place", "zones_1-181")
    method, wares = app.ask("payment-method", token), app.ask("products", token)
    places = {each["place"]: each["placeName"] for each in wares.body.get("products", [])}
    bought = app.ask("purchases", token)
    problem = (said or Said({})).problem or method.problem
    return render_template(
        "public_app/show.html", who=who, method=method.body, problem=problem, place=place,
        places=places, bought=bought.body.get("purchases", []),
        wares=[each for each in wares.body.get("products", []) if each["place"] == place])
