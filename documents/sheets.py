"""Several PDFs as one to print, each beginning on a sheet of its own."""
from collections.abc import Iterable
from io import BytesIO

from pypdf import PdfReader, PdfWriter


def together(documents: Iterable[bytes]) -> tuple[bytes, int]:
    """And how many pages it has. After an odd number of pages comes an empty one, so that nothing
    is on the back of somebody else's when both sides are printed."""
    whole = PdfWriter()
    for document in documents:
        if len(whole.pages) % 2:
            whole.add_blank_page()
        whole.append(PdfReader(BytesIO(document)), import_outline=False)
    written = BytesIO()
    whole.write(written)
    return written.getvalue(), len(whole.pages)
