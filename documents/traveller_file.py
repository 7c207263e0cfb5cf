"""A list of travellers: what its columns mean, whatever they are called."""
import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import StrEnum
from operator import itemgetter

from documents.table import Kind, Table, read_table
from documents.table_limits import FileProblem


class Column(StrEnum):
    PERSONNUMMER = "personnummer"
    FIRST_NAME = "fornamn"
    LAST_NAME = "efternamn"
    EMAIL = "epost"
    MOBILE = "mobilnummer"
    CREDIT_LIMIT = "kreditgrans"
    EMPLOYEE_NUMBER = "anstallningsnummer"
    INVOICE_TAG = "fakturamarkning"
    DEPARTMENT = "avdelning"
    EMPLOYMENT = "anstallningsform"
    WHOLE_NAME = "namn"
    """Read as a first and a last name."""


VALUES = tuple(column for column in Column if column != Column.WHOLE_NAME)
"""The columns that a row's values stand for, in this order."""
Places = Sequence[Column | None]
"""What each cell of the header means."""
SYNONYMS = {
    Column.PERSONNUMMER: "pnr personnr persnr personalnumber personalidentitynumber ssn"
                         " personidentitynumber",
    Column.FIRST_NAME: "tilltalsnamn firstname givenname",
    Column.LAST_NAME: "lastname surname familyname",
    Column.EMAIL: "epostadress mejl mejladress mail mailadress email emailaddress",
    Column.MOBILE: "mobil mobilnr mobiltelefon telefon telefonnummer telefonnr tel mobile"
                   " mobilenumber mobilephone phone phonenumber cellphone",
    Column.CREDIT_LIMIT: "kredit limit grans manadsgrans creditlimit monthlylimit",
    Column.EMPLOYEE_NUMBER: "anstnr anstnummer anstallningsnr anstallningsid employeenumber"
                            " employeeno employeeid",
    Column.INVOICE_TAG: "fakturamarke marke markning invoicetag invoicereference",
    Column.DEPARTMENT: "avd avdelningsnamn enhet department referensnummer referencenumber",
    Column.EMPLOYMENT: "anstform anstallningstyp employmentform employmenttype",
    Column.WHOLE_NAME: "fullstandigtnamn helanamnet resenar name fullname employeename",
}
KNOWN = {name: column for column, names in SYNONYMS.items() for name in (column, *names.split())}


def read(data: bytes, *, max_rows: int, max_bytes: int) -> Table:
    """The table in a file or in pasted text. Raises FileProblem when there is nothing to read."""
    table = read_table(data, known=meaning, max_rows=max_rows, max_bytes=max_bytes)
    if not table.rows and Column.PERSONNUMMER in matching(table.header):
        raise FileProblem("Filen har bara en rubrikrad. Skriv en rad för varje resenär.")
    if not table.rows:
        raise without_personnummer()
    return table


def meaning(name: str) -> Column | None:
    return KNOWN.get(plain(name))


def matching(header: Sequence[str]) -> list[Column | None]:
    """What each column seems to mean. The second of two alike, and any unknown, is not read."""
    places: list[Column | None] = []
    for name in header:
        column = meaning(name)
        places.append(None if column in places else column)
    return places


def rows(table: Table, places: Places) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each row's number and its values in the order of `VALUES`, empty where it says nothing.

    Raises FileProblem when no column is the personnummer: nobody can be told from another.
    """
    place = {column: at for at, column in reversed(list(enumerate(places))) if column}
    if Column.PERSONNUMMER not in place:
        raise without_personnummer()
    width = max(place.values()) + 1
    chosen = itemgetter(*(place.get(column, -1) for column in VALUES))
    whole = place.get(Column.WHOLE_NAME)
    blank = ("",) * (width + 1)
    mended = table.kind != Kind.CSV
    for number, cells in table.rows:
        cells = cells[:width] + blank[min(len(cells), width):]
        values = chosen(cells)
        if whole is not None and cells[whole]:
            values = _named(values, cells[whole])
        if mended and 6 < len(values[0]) < 10 and values[0].isdigit():
            values = (values[0].zfill(10), *values[1:])  # a number loses the zeros of year 2000
        yield number, values


def without_personnummer() -> FileProblem:
    return FileProblem("Första raden behöver säga vad kolumnerna heter, och en av dem behöver heta"
                       " personnummer. Mallen visar hur.")


def plain(name: str) -> str:
    """The name without case, accents, spaces, hyphens and bracketed hints: E-post is epost."""
    if len(name) > 100:
        return ""
    letters = unicodedata.normalize("NFKD", re.sub(r"\(.*?\)", "", name).casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _named(values: tuple[str, ...], whole: str) -> tuple[str, ...]:
    """A column of its own wins over the name that was split."""
    first, last = _split(whole)
    return (values[0], values[1] or first, values[2] or last, *values[3:])


def _split(whole: str) -> tuple[str, str]:
    """First and last name of `Alva Exempel`, `Exempel, Alva` and `Alva Maria von Exempel`."""
    if "," in whole:
        last, _, first = whole.partition(",")
        return first.strip(), last.strip()
    words = whole.split()
    at = next((i for i, word in enumerate(words) if i and word[0].islower()), len(words) - 1)
    return " ".join(words[:at]), " ".join(words[at:])
