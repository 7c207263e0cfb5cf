"""PDFs to put together."""
from functools import cache
from io import BytesIO

from pypdf import PdfWriter


@cache
def blank(pages: int) -> bytes:
    """A4, with nothing on it."""
    document, written = PdfWriter(), BytesIO()
    for _ in range(pages):
        document.add_blank_page(595, 842)
    document.write(written)
    return written.getvalue()
