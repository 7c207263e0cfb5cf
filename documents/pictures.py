"""A picture from a stranger: the codes that are in it, in bounded time and memory."""
import io

import zxingcpp
from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
MAX_BYTES = 20_000_000
MAX_PIXELS = 50_000_000
"""A telephone's camera has 12 to 50 million."""
MAX_CODES = 5
LOOKED_AT = 2_000
"""Pixels, the longer side: a code that fills a tenth of the picture is still read."""


class Unreadable(Exception):
    """These bytes are no picture that can be looked at."""


def codes(data: bytes) -> list[bytes]:
    """What each Aztec symbol in the picture holds. Raises Unreadable."""
    return [found.bytes for found in
            zxingcpp.read_barcodes(_grey(data), formats=zxingcpp.BarcodeFormat.Aztec)][:MAX_CODES]


def _grey(data: bytes) -> Image.Image:
    if len(data) > MAX_BYTES:
        raise Unreadable
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise Unreadable
        picture.draft("L", (LOOKED_AT, LOOKED_AT))  # a JPEG is read no larger than it is needed
        if "transparency" in picture.info or picture.mode in ("LA", "PA", "RGBA"):
            picture = _on_white(picture)
        grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError, ArithmeticError, LookupError, EOFError, MemoryError,
            Image.DecompressionBombError, Warning) as error:
        raise Unreadable from error
    grey.thumbnail((LOOKED_AT, LOOKED_AT), reducing_gap=2)
    return grey


def _on_white(picture: Image.Image) -> Image.Image:
    """A code that was drawn on nothing was seen on white."""
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
