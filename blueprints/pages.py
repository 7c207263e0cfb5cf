"""Which page of a long list an address asks for."""
from htmx_flask import request


def page_number() -> int:
    asked = request.args.get("sida", "")
    return int(asked[:6]) or 1 if asked.isascii() and asked.isdecimal() else 1
