"""A list as a file: what stands on the page, as it is filtered there, but all of it."""
from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile

from flask import Response, send_file, stream_with_context

from blueprints.web import now
from documents import listing
from documents.listing import Column
from domain.months import today

KINDS = "<any(csv, xlsx):kind>"
"""For the end of the address of a list's file."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file(kind: str, name: str, columns: Sequence[Column], rows: Iterable[Sequence]) -> Response:
    """`rows` are read while the file is written, so that a long list takes no more memory."""
    called = f"{name} {today(now())}.{kind}"
    if kind == "csv":
        answer = Response(stream_with_context(listing.csv_chunks(columns, rows)),
                          mimetype="text/csv")
        answer.headers.set("Content-Disposition", "attachment", filename=called)
        return answer
    book = TemporaryFile()  # noqa: SIM115  closed with the answer
    listing.xlsx(columns, rows, title=name, into=book)
    book.seek(0)
    return send_file(book, XLSX, as_attachment=True, download_name=called)
