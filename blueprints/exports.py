"""A list as a file: what stands on the page, as it is filtered there, but all of it."""
from collections.abc import Callable, Iterable, Iterator, Sequence
from tempfile import TemporaryFile

from flask import Response, send_file, stream_with_context

from blueprints.language import _, language
from blueprints.web import now
from documents import listing
from documents.invoice import Reader
from documents.invoice_downloads import Download
from documents.listing import Column
from domain.months import today

KINDS = "<any(csv, xlsx):kind>"
"""For the end of the address of a list's file."""
ROWS_AT_ONCE = 500
"""For `yield_per`, of what a file is written from."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file(kind: str, name: str, columns: Sequence[Column],
         rows: Callable[[], Iterable[Sequence]]) -> Response:
    """`rows` is called, and asks the database, while the file is written: the request's own session
    is closed by then, and a long list takes no more memory than a short one."""
    called = f"{name} {today(now())}.{kind}"
    if kind == "csv":
        answer = Response(stream_with_context(_csv(columns, rows)), mimetype="text/csv")
        answer.headers.set("Content-Disposition", "attachment", filename=called)
        return answer
    book = TemporaryFile()  # noqa: SIM115  closed with the answer
    listing.xlsx(columns, rows(), title=name, into=book)
    book.seek(0)
    return send_file(book, XLSX, as_attachment=True, download_name=called)


def reader() -> Reader:
    """In whose language a file is written."""
    return Reader(language(), _)


def download(made: Download) -> Response:
    """A file of an invoice."""
    answer = Response(made.chunks, mimetype=made.content_type)
    answer.headers.set("Content-Disposition", "attachment", filename=made.name)
    return answer


def _csv(columns: Sequence[Column], rows: Callable[[], Iterable[Sequence]]) -> Iterator[bytes]:
    yield from listing.csv_chunks(columns, rows())
