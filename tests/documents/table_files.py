"""Files with tables, made as spreadsheets and people make them, and as nobody should."""
import io
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

import xlsxwriter

HEADER = ["Personnummer", "Förnamn", "Efternamn", "Mobil"]
ALVA = ["19811218-9876", "Alva", "Öberg", "070-174 06 05"]
WORKSHEET = ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
             "<sheetData>{rows}</sheetData></worksheet>")


def text(*rows: list[str], separator: str = ";", newline: str = "\r\n") -> str:
    return "".join(separator.join(row) + newline for row in rows)


def workbook(fill: Callable, **options: object) -> bytes:
    """`fill` is given the workbook."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, options) as made:
        fill(made)
    return file.getvalue()


def xlsx(*rows: list, at: tuple[int, int] = (0, 0)) -> bytes:
    def fill(made):
        sheet = made.add_worksheet()
        for row, cells in enumerate(rows, start=at[0]):
            sheet.write_row(row, at[1], cells)
    return workbook(fill, strings_to_numbers=False)


def zipped(parts: dict[str, str | bytes], **more: object) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, **more) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def with_sheet(rows: str | bytes) -> bytes:
    """An XLSX whose only sheet says this XML."""
    before, after = WORKSHEET.encode().split(b"{rows}")
    rows = rows.encode() if isinstance(rows, str) else rows
    return zipped(unzipped(xlsx(HEADER)) | {"xl/worksheets/sheet1.xml": before + rows + after})


def ods(rows: str) -> bytes:
    """The least that is an OpenDocument spreadsheet."""
    names = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
                     for name in ("office", "table", "text"))
    content = (f"<office:document-content {names}><office:body><office:spreadsheet>"
               f'<table:table table:name="Blad1">{rows}</table:table>'
               "</office:spreadsheet></office:body></office:document-content>")
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                   "content.xml": content})


def ods_row(*cells: str | float, again: int = 1) -> str:
    return (f'<table:table-row table:number-rows-repeated="{again}">'
            + "".join(map(_ods_cell, cells)) + "</table:table-row>")


def _ods_cell(cell: str | float) -> str:
    if isinstance(cell, str):
        return (f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p>'
                "</table:table-cell>" if cell else "<table:table-cell/>")
    return (f'<table:table-cell office:value-type="float" office:value="{cell}">'
            f"<text:p>{cell:g}</text:p></table:table-cell>")
