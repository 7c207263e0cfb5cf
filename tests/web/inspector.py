"""Someone with nothing but a camera and the issuer's public keys, and no code of ours."""
from base64 import urlsafe_b64encode
from urllib.parse import unquote

from sandbox import verifier
from tests.browser import Page
from tests.documents.symbols import drawn

SVG = "data:image/svg+xml,"


def code(page: Page) -> str | None:
    """The address of the code's picture on a ticket's page."""
    return next((attrs["src"] for attrs in page.all("img")), None)


def inspected(page: Page, keys: dict) -> tuple[dict, dict]:
    """Header and payload of the code on the page, if one of the keys has signed it."""
    picture = code(page)
    assert picture.startswith(SVG)
    seen = verifier.symbol(drawn(unquote(picture.removeprefix(SVG))))
    return verifier.opened(seen, jwks(keys))


def jwks(keys: dict) -> dict:
    """Public keys by name, as whoever inspects tickets gets them."""
    return {"keys": [{"kid": kid, "kty": "EC", "crv": "P-256", **_point(key.public_numbers())}
                     for kid, key in keys.items()]}


def _point(numbers) -> dict[str, str]:
    return {name: urlsafe_b64encode(number.to_bytes(32)).decode().rstrip("=")
            for name, number in (("x", numbers.x), ("y", numbers.y))}
