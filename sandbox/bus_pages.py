"""The door of the bus: its reader, for cards and phones, and what the driver can do."""
import binascii
import re
from base64 import urlsafe_b64decode

from flask import Blueprint, redirect, render_template, request, url_for

from sandbox.bus import ZONES, Lamp
from sandbox.stage import stage

MOST_BYTES = 10_000_000

bp = Blueprint("bus", __name__, url_prefix="/buss")


@bp.before_request
def limit():
    request.max_content_length = MOST_BYTES
    request.max_form_memory_size = MOST_BYTES


@bp.get("/")
def index():
    return _page()


@bp.post("/kort")
def tap_card():
    number = request.form.get("number") or request.form.get("chosen", "")
    return _page(stage().bus.tap_card(number, _zone()), number=number)


@bp.post("/reskassa")
def pay():
    number = request.form.get("number", "")
    return _page(stage().bus.pay(number, _zone(), _zone("to_zone")), number=number)


@bp.post("/mobil")
def tap_phone():
    picture = request.files.get("picture")
    seen = picture.read() if picture else b""
    return _page(stage().bus.tap_phone(seen or _pasted(request.form.get("code", "")), _zone()))


@bp.post("/nat")
def net():
    stage().bus.turn(offline=not stage().bus.offline)
    return redirect(url_for(".index"), 303)


@bp.post("/hamta")
def fetch():
    stage().bus.poll()
    return redirect(url_for(".index"), 303)


def _page(lamp: Lamp | None = None, number: str = ""):
    return render_template("bus.html", bus=stage().bus, zones=ZONES, zone=_zone(),
                           to_zone=_zone("to_zone"), lamp=lamp, number=number)


def _zone(name: str = "zone") -> int:
    zone = request.values.get(name, type=int)
    return zone if zone in ZONES else min(ZONES)


def _pasted(text: str) -> bytes:
    """What a reader found in the symbol, as base64 or in hexadecimal."""
    bare = re.sub(r"\s", "", text)
    try:
        if re.fullmatch(r"(?:[0-9a-fA-F]{2})+", bare):
            return bytes.fromhex(bare)
        return urlsafe_b64decode(bare.replace("+", "-").replace("/", "_") + "===")
    except (binascii.Error, ValueError):
        return b""
