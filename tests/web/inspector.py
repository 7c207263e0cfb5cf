"""Someone with nothing but a camera and the issuer's public key, and no code of ours."""
import zlib
from urllib.parse import unquote

import cbor2
import zxingcpp
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

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
    [symbol] = zxingcpp.read_barcodes(drawn(unquote(picture.removeprefix(SVG))))
    assert symbol.format == zxingcpp.BarcodeFormat.Aztec
    header, payload, signature = cbor2.loads(cbor2.loads(zlib.decompress(symbol.bytes))["p"])
    r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
    keys[cbor2.loads(header)["kid"]].verify(
        encode_dss_signature(r, s), cbor2.dumps([header, payload]), ECDSA(SHA256()))
    return cbor2.loads(header), cbor2.loads(payload)
