"""A list of travellers as people have it: a CSV file of any common kind, or rows from a clipboard.

What a cell says is handed on as it stands; whether it is a personnummer is the domain's to judge.
"""
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Invalid

SEPARATORS = ";,\t"
MAX_COLUMNS = 100
NOT_TEXT = re.compile("[\0-\x08\x0e-\x1f]")


class Column(StrEnum):
    PERSONNUMMER = "personnummer"
    FIRST_NAME = "fornamn"
    LAST_NAME = "efternamn"
    EMAIL = "epost"
    MOBILE = "mobilnummer"
    CREDIT_LIMIT = "kreditgrans"
    EMPLOYEE_NUMBER = "anstallningsnummer"
    INVOICE_TAG = "fakturamarkning"


WHOLE_NAME = "namn"
SYNONYMS = {
    Column.PERSONNUMMER: "pnr personnr persnr personalnumber personalidentitynumber ssn",
    Column.FIRST_NAME: "tilltalsnamn firstname givenname",
    Column.LAST_NAME: "lastname surname familyname",
    Column.EMAIL: "epostadress mejl mejladress mail mailadress email emailaddress",
    Column.MOBILE: "mobil mobilnr mobiltelefon telefon telefonnummer telefonnr tel mobile"
                   " mobilenumber mobilephone phone phonenumber cellphone",
    Column.CREDIT_LIMIT: "kredit limit grans manadsgrans creditlimit monthlylimit",
    Column.EMPLOYEE_NUMBER: "anstnr anstnummer anstallningsnr anstallningsid employeenumber"
                            " employeeno employeeid",
    Column.INVOICE_TAG: "fakturamarke marke markning invoicetag invoicereference",
    WHOLE_NAME: "fullstandigtnamn helanamnet resenar name fullname employeename",
}
KNOWN = {name: column for column, names in SYNONYMS.items() for name in (column, *names.split())}

EXAMPLE = {
    Column.PERSONNUMMER: "19811218-9876", Column.FIRST_NAME: "Alva", Column.LAST_NAME: "Exempel",
    Column.EMAIL: "alva@foretaget.example", Column.MOBILE: "070-174 06 05",
    Column.CREDIT_LIMIT: "1500", Column.EMPLOYEE_NUMBER: "1042", Column.INVOICE_TAG: "Projekt 7",
}


class FileProblem(Invalid):
    """The file cannot be read at all. The message says why and what to do."""

    def __init__(self, message: str, **values: object):
        super().__init__(message, field="file", **values)


@dataclass(frozen=True)
class Row:
    """`number` is the row's in the file as a spreadsheet shows it; values by Column, none empty."""

    number: int
    values: dict[str, str]


@dataclass(frozen=True)
class TravellerFile:
    rows: list[Row]
    columns_found: list[Column]
    unknown_columns: list[str]
    encoding: str
    separator: str


def read(data: bytes, *, max_rows: int, max_bytes: int) -> TravellerFile:
    """The rows of a file or of pasted text. Raises FileProblem when there is nothing to read."""
    text, encoding = _text(data, max_bytes)
    separator = _separator(text)
    table = _table(text, separator)
    header = next(table, None)
    names = header.cells if header else []
    places, unknown = _places(names)
    if Column.PERSONNUMMER not in places:
        raise FileProblem(
            "Första raden behöver säga vad kolumnerna heter, och en av dem behöver heta"
            " personnummer. Mallen visar hur.")
    rows: list[Row] = []
    for record in table:
        if len(rows) == max_rows:
            raise FileProblem("Filen har fler än %(most)s rader. Dela upp den.", most=max_rows)
        rows.append(Row(record.number, _values(record.cells, places)))
    if not rows:
        raise FileProblem("Filen har bara en rubrikrad. Skriv en rad för varje resenär.")
    return TravellerFile(rows, _columns(places), unknown, encoding, separator)


def template() -> bytes:
    """An example to fill in, in the one form that Swedish Excel opens with a double click."""
    lines = [";".join(EXAMPLE), ";".join(EXAMPLE.values())]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


@dataclass(frozen=True)
class _Record:
    number: int
    cells: list[str]


def _text(data: bytes, max_bytes: int) -> tuple[str, str]:
    if len(data) > max_bytes:
        raise FileProblem("Filen är större än %(most)s kB. Dela upp den.", most=max_bytes // 1000)
    if data.startswith(b"PK\x03\x04"):
        raise FileProblem("Det här är en Excel-fil. Spara den som CSV och försök igen.")
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if NOT_TEXT.search(text):
            break
        return text, encoding.removesuffix("-sig")
    raise FileProblem("Det här är ingen textfil. Spara listan som CSV och försök igen.")


def _encodings(data: bytes) -> tuple[str, ...]:
    """Guessing by frequency misreads Swedish Windows-1252, so: what is certain first."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig", "cp1252")


def _separator(text: str) -> str:
    """The one that splits the first line into the most names we know."""
    first = next((line for line in text.splitlines() if line.strip()), "")

    def known(separator: str) -> int:
        return sum(_plain(name) in KNOWN for name in first.split(separator))

    return max(SEPARATORS, key=known)


def _table(text: str, separator: str) -> Iterator[_Record]:
    """The rows that say something."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MAX_COLUMNS:
                raise FileProblem("Rad %(row)s har fler än %(most)s kolumner.",
                                  row=number, most=MAX_COLUMNS)
            cells = [cell.strip() for cell in cells]
            if any(cells):
                yield _Record(number, cells)
    except csv.Error as error:
        raise FileProblem(
            "Rad %(row)s går inte att läsa: ett citattecken saknas eller står fel.",
            row=number + 1) from error


def _plain(name: str) -> str:
    """The name without case, accents, spaces, hyphens and bracketed hints: E-post is epost."""
    letters = unicodedata.normalize("NFKD", re.sub(r"\(.*?\)", "", name).casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _places(names: list[str]) -> tuple[dict[str, int], list[str]]:
    """Where each column stands. The second of two alike, and any unknown, is not read."""
    places: dict[str, int] = {}
    unknown = []
    for place, name in enumerate(names):
        column = KNOWN.get(_plain(name))
        if column and column not in places:
            places[column] = place
        elif name:
            unknown.append(name)
    return places, unknown


def _columns(places: dict[str, int]) -> list[Column]:
    found = set(places)
    if WHOLE_NAME in found:
        found |= {Column.FIRST_NAME, Column.LAST_NAME}
    return [column for column in Column if column in found]


def _values(cells: list[str], places: dict[str, int]) -> dict[str, str]:
    values = {column: cells[place] for column, place in places.items()
              if place < len(cells) and cells[place]}
    if WHOLE_NAME in values:
        first, last = _split(values.pop(WHOLE_NAME))
        named = {Column.FIRST_NAME: first, Column.LAST_NAME: last} | values
        values = {column: value for column, value in named.items() if value}
    return values


def _split(whole: str) -> tuple[str, str]:
    """First and last name of `Alva Exempel`, `Exempel, Alva` and `Alva Maria von Exempel`."""
    if "," in whole:
        last, _, first = whole.partition(",")
        return first.strip(), last.strip()
    words = whole.split()
    at = next((i for i, word in enumerate(words) if i and word[0].islower()), len(words) - 1)
    return " ".join(words[:at]), " ".join(words[at:])
