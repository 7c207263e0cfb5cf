"""How big a file with a table may be, and what is said when it cannot be read."""
from domain.errors import Invalid

MOST_COLUMNS = 100
HEADER_WITHIN = 10
"""So many rows from the top."""
MOST_BLANK_ROWS = 100_000
LONGEST_CELL = 32_767
"""As in Excel."""


Row = tuple[int, tuple[str, ...]]
"""Its number, as a spreadsheet shows it, and its cells."""


class FileProblem(Invalid):
    """The file cannot be read at all. The message says why and what to do."""

    def __init__(self, message: str, **values: object):
        super().__init__(message, field="file", **values)


class Rows:
    """The rows of one sheet that say something, those above the header not counted."""

    def __init__(self, most: int):
        self.most = most
        self.found: list[Row] = []
        self.blank = 0

    def add(self, number: int, cells: tuple[str, ...]) -> None:
        """The cells are trimmed. Raises FileProblem when there are too many."""
        if len(cells) > MOST_COLUMNS:
            raise too_wide(number)
        if any(cells):
            self.found.append((number, cells))
            if len(self.found) > self.most + HEADER_WITHIN:
                raise FileProblem("Filen har fler än %(most)s rader. Dela upp den.",
                                  most=self.most)
        else:
            self.blank += 1
            if self.blank > MOST_BLANK_ROWS:
                raise FileProblem(
                    "Filen har fler än %(most)s tomma rader. Kopiera raderna som ska med till en"
                    " ny fil och försök igen.", most=MOST_BLANK_ROWS)


def too_wide(number: int) -> FileProblem:
    return FileProblem("Rad %(row)s har fler än %(most)s kolumner.", row=number, most=MOST_COLUMNS)


def too_long(number: int) -> FileProblem:
    return FileProblem("En cell på rad %(row)s har fler än %(most)s tecken.", row=number,
                       most=LONGEST_CELL)


def damaged() -> FileProblem:
    return FileProblem("Filen är skadad eller inte ett vanligt kalkylblad. Öppna den i Excel, spara"
                       " den på nytt och försök igen.")
