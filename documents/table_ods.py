"""The rows of an OpenDocument spreadsheet, as texts."""
from documents.table_limits import LONGEST_CELL, MOST_COLUMNS, Rows, too_long, too_wide
from documents.table_parts import Parts, Reader
from documents.table_xlsx import BOOLEANS, number

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
CELLS = ("table:table-cell", "table:covered-table-cell")


def sheets(parts: Parts, *, most: int) -> list[Rows]:
    reader = _Sheets(most)
    parts.parse("content.xml", reader)
    return reader.found


class _Sheets(Reader):
    """A row or a cell may say that it is repeated; empty ones are, to the end of the sheet."""

    def __init__(self, most: int):
        super().__init__()
        self.prefix = ""
        self.most = most
        self.found: list[Rows] = []
        self.number, self.row_again, self.place, self.cell_again = 0, 1, 0, 1
        self.cells: list[str] = []
        self.value = ""
        self.pieces: list[str] | None = None
        self.length = self.notes = 0

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name in CELLS:
            self.cell_again = int(attributes.get("table:number-columns-repeated", 1))
            self.value, self.pieces, self.length = _value(attributes), None, 0
        elif name == "text:p" and not self.notes:
            if self.pieces is None:
                self.pieces = []
            else:
                self.text("\n")
        elif name in ("text:s", "text:tab", "text:line-break"):
            self.text(" " * min(int(attributes.get("text:c", 1)), LONGEST_CELL + 1))
        elif name == "table:table-row":
            self.row_again = int(attributes.get("table:number-rows-repeated", 1))
            self.cells, self.place = [], 0
        elif name == "office:annotation":
            self.notes += 1
        elif name == "table:table":
            self.found.append(Rows(self.most))
            self.number = 0

    def text(self, text: str) -> None:
        if self.pieces is not None and not self.notes:
            self.pieces.append(text)
            self.length += len(text)
            if self.length > LONGEST_CELL:
                raise too_long(self.number + 1)

    def finish(self, name: str) -> None:
        if name in CELLS:
            self._cell()
        elif name == "table:table-row":
            self._row()
        elif name == "office:annotation":
            self.notes -= 1

    def _cell(self) -> None:
        said = self.value or "".join(self.pieces or ()).strip()
        if said:
            if self.place + self.cell_again > MOST_COLUMNS:
                raise too_wide(self.number + 1)
            self.cells += [""] * (self.place - len(self.cells)) + [said] * self.cell_again
        self.place += self.cell_again
        self.pieces = None

    def _row(self) -> None:
        if any(self.cells) and self.found:
            cells = tuple(self.cells)
            for after in range(1, self.row_again + 1):
                self.found[-1].add(self.number + after, cells)
        self.number += self.row_again


def _value(attributes: dict[str, str]) -> str:
    """What is said by more than the text that is shown: a number whole, a date in full."""
    match attributes.get("office:value-type"):
        case "float" | "currency" | "percentage":
            return number(float(attributes.get("office:value", "nan")))
        case "date":
            return attributes.get("office:date-value", "").removesuffix(
                "T00:00:00").replace("T", " ")
        case "boolean":
            return BOOLEANS["1" if attributes.get("office:boolean-value") == "true" else "0"]
        case "string":
            return attributes.get("office:string-value", "").strip()
    return ""
