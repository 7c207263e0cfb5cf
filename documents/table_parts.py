"""XLSX and ODS files are parts of XML in a zip. Here they are unpacked and parsed, never further
than allowed: whoever made the file may have meant harm."""
import io
import struct
import zlib
from collections.abc import Iterator
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from documents.table_limits import FileProblem, damaged

MOST_PARTS = 1_000
MOST_UNPACKED = 80_000_000
MOST_TAGS = 7_000_000
"""A hundred thousand rows of eight texts, no two alike, are six million."""
DEEPEST = 40
CHUNK, LONGEST_TAG = 262_144, 1_000_000


class Parts:
    """The parts of a zip, by name. How many tags are parsed is counted over all of them."""

    def __init__(self, data: bytes):
        if data.count(b"PK\1\2") > MOST_PARTS:
            raise damaged()
        try:
            self._zip = ZipFile(io.BytesIO(data))
        except (BadZipFile, struct.error, LookupError, RuntimeError, OSError,
                ValueError) as wrong:
            raise damaged() from wrong
        if sum(part.file_size for part in self._zip.infolist()) > MOST_UNPACKED:
            raise FileProblem("Filen packas upp till mer än %(most)s MB. Spara den som CSV, eller"
                              " dela upp den.",
                              most=MOST_UNPACKED // 1_000_000)
        self.names = set(self._zip.namelist())
        self._tags = 0

    def text(self, name: str) -> str:
        """The beginning of a part, or nothing."""
        return b"".join(self._chunks(name, most=1)).decode(errors="replace") \
            if name in self.names else ""

    def parse(self, name: str, reader: "Reader") -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        parser.CharacterDataHandler = reader.text
        parser.StartDoctypeDeclHandler = _refuse
        fed = 0
        self._count(name)
        try:
            for chunk in self._chunks(name):
                parser.Parse(chunk)
                fed += len(chunk)
                # expat begins an unfinished tag again with every chunk
                if fed - parser.CurrentByteIndex > LONGEST_TAG:
                    raise damaged()
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError, OverflowError) as wrong:
            raise damaged() from wrong

    def _count(self, name: str) -> None:
        """Before any is parsed: it takes a twentieth of the time."""
        self._tags += sum(chunk.count(b"<") + chunk.count(b"/>") for chunk in self._chunks(name))
        if self._tags > MOST_TAGS:
            raise FileProblem("Kalkylbladet har för många celler. Spara det som CSV, eller dela"
                              " upp det.")

    def _chunks(self, name: str, most: int = MOST_UNPACKED) -> Iterator[bytes]:
        try:
            info = self._zip.getinfo(name)
            if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
                raise damaged()
            with self._zip.open(info) as part:  # gives no more than the size that was declared
                while most > 0 and (chunk := part.read(CHUNK)):
                    most -= len(chunk)
                    yield chunk
        except (BadZipFile, zlib.error, struct.error, LookupError, RuntimeError, EOFError, OSError,
                ValueError) as wrong:
            raise damaged() from wrong


class Reader:
    """What a part's elements mean. Names are without the prefix that the root has."""

    def __init__(self):
        self.depth = 0
        self.prefix: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise damaged()
        if self.prefix is None:
            self.prefix = name[:name.find(":") + 1]
        if self.prefix:
            name = name.removeprefix(self.prefix)
        self.begin(name, attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.finish(name.removeprefix(self.prefix) if self.prefix else name)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element starts."""

    def finish(self, name: str) -> None:
        """It ends."""

    def text(self, text: str) -> None:
        """What stands between."""


def _refuse(*_doctype: object) -> None:
    raise damaged()
