"""The list of 75 000 travellers as CSV and as XLSX: through the portal, against a bare loop that
asks the same of the database and writes the same cells; and that a long list needs no more memory
than a short one."""
import csv
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO
from uuid import UUID
from zipfile import ZipFile

from flask import Flask
from sqlalchemy import Engine, and_, func, select
from werkzeug.test import run_wsgi_app
from xlsxwriter import Workbook

from benchmarks import _people
from benchmarks.clock import by_turns
from benchmarks.databases import NOW, filled, portal
from benchmarks.people import JOINED, SENT, TABLES, WORDS, C, D, T, Visitor
from benchmarks.table import Row, against, at_most
from domain.identity import show_mobile
from domain.months import Month, today
from domain.travellers import EMPLOYMENT_NAMES as FORMS

BAR, MEMORY_BAR = 1.3, 10
SIZES = {_people.LARGE: 75_000, _people.SMALL: 7_500}
HEADS = [
    "Efternamn", "Förnamn", "Personnummer", "Avdelning", "Referensnummer", "Mobilnummer", "E-post",
    "Anställningsnummer", "Fakturamärkning", "Anställningsform", "Tjänsteresor", "Kreditgräns",
    "Köpt för i månaden", "Registrerad", "Sista dag"]


Write = Callable[[BinaryIO], None]


def measure(database: str) -> list[Row]:
    with portal(database) as app:
        made = _people.sized(app.extensions["store"], SIZES)
        url = app.extensions["store"].engine.url.render_as_string(hide_password=False)
        return [_cost(app, made, "csv", times=9), _cost(app, made, "xlsx", times=5),
                _memory(url, "csv"), _memory(url, "xlsx")]


def _cost(app: Flask, made: dict[str, UUID], kind: str, *, times: int) -> Row:
    def both(token: str) -> tuple[Write, Write]:
        return (taking(app, Visitor(app, token), kind),
                writing(kind, app.extensions["store"].engine, made[token]))

    check(kind, *both(_people.SMALL))
    value, floor = by_turns(*map(_thrown_away, both(_people.LARGE)), times=times, warm=1)
    return against(f"export: 75 000 travellers to {kind.upper()}", value, "ms", floor=floor,
                   bar=BAR)


def taking(app: Flask, visitor: Visitor, kind: str) -> Write:
    """As a server sends the answer on: piece by piece."""
    environ = visitor.environ(f"/foretag/resenarer/resenarer.{kind}")

    def take(into: BinaryIO) -> None:
        body, status, _headers = run_wsgi_app(app, dict(environ))
        if status != "200 OK":
            raise RuntimeError(f"the file was answered with {status}")
        for piece in body:
            into.write(piece)
        body.close()
    return take


def writing(kind: str, engine: Engine, company_id: UUID) -> Write:
    bare = _bare_csv if kind == "csv" else _bare_xlsx
    return lambda into: bare(engine, company_id, into)


def _thrown_away(write: Write) -> Callable[[], None]:
    def throw() -> None:
        with TemporaryFile() as file:
            write(file)
    return throw


U = TABLES["business_travel_spendings"].c


def _rows(engine: Engine, company_id: UUID) -> Iterator[tuple]:
    asked = (
        select(T.surname, T.given_name, T.personnummer_masked, D.name, D.reference_number, T.mobile,
               T.email, T.employee_number, T.invoice_mark, T.employment_form, SENT, C.limit_ore,
               func.coalesce(U.spent_ore, 0), T.registered_at, T.leaves_on)
        .select_from(JOINED.outerjoin(TABLES["business_travel_spendings"], and_(
            U.connection_id == C.id, U.month_on == Month.of(NOW).first_day)))
        .where(T.company_id == company_id, T.ended_at.is_(None)).order_by(T.sort_name, T.id))
    with engine.connect() as connection:
        yield from connection.execute(asked, execution_options={"yield_per": 500})


def _bare_csv(engine: Engine, company_id: UUID, file: BinaryIO) -> None:
    with open(file.fileno(), "w", encoding="utf-8-sig", newline="", closefd=False) as text:
        writer = csv.writer(text, delimiter=";")
        writer.writerow(HEADS)
        for (surname, given_name, personnummer, department, reference, mobile, email, number, mark,
             form, state, limit, spent, registered_at, last_on) in _rows(engine, company_id):
            writer.writerow((
                surname, given_name, personnummer, department, reference, show_mobile(mobile),
                email, number, mark, form and FORMS[form], state and WORDS[state],
                limit and _kronor(limit), limit and _kronor(spent), today(registered_at), last_on))


def _kronor(ore: int) -> str:
    return f"{ore // 100},{ore % 100:02}"


def _bare_xlsx(engine: Engine, company_id: UUID, file: BinaryIO) -> None:
    with Workbook(file, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        money, day = (workbook.add_format({"num_format": form}) for form in ("0.00", "yyyy-mm-dd"))
        for place, head in enumerate(HEADS):
            sheet.write_string(0, place, head)
        for at, row in enumerate(_rows(engine, company_id), start=1):
            (surname, given_name, personnummer, department, reference, mobile, email, number, mark,
             form, state, limit, spent, registered_at, last_on) = row
            sheet.write_string(at, 0, surname)
            sheet.write_string(at, 1, given_name)
            sheet.write_string(at, 2, personnummer)
            sheet.write_string(at, 3, department)
            sheet.write_string(at, 4, reference)
            sheet.write_string(at, 5, show_mobile(mobile))
            sheet.write_string(at, 6, email)
            sheet.write_string(at, 7, number)
            if mark:
                sheet.write_string(at, 8, mark)
            if form:
                sheet.write_string(at, 9, FORMS[form])
            if state:
                sheet.write_string(at, 10, WORDS[state])
                sheet.write_number(at, 11, limit / 100, money)
                sheet.write_number(at, 12, spent / 100, money)
            sheet.write_datetime(at, 13, today(registered_at), day)
            if last_on:
                sheet.write_datetime(at, 14, last_on, day)


def check(kind: str, *doings: Write) -> None:
    """What is compared has to be the same file, but for how its cells look."""
    written = [_written(kind, doing) for doing in doings]
    if written[0] != written[1]:
        raise RuntimeError(f"the portal and the floor write different cells to {kind.upper()}")


def _written(kind: str, write: Write) -> bytes:
    with TemporaryFile() as file:
        write(file)
        file.seek(0)
        return file.read() if kind == "csv" else _cells(file)


def _cells(file: BinaryIO) -> bytes:
    with ZipFile(file) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    rows = sheet.partition(b"<sheetData>")[2].partition(b"</sheetData>")[0]
    return re.sub(rb' s="\d+"', b"", rows)


def _memory(url: str, kind: str) -> Row:
    """Ten times as many rows may need so much more, at the most that the process ever held."""
    few, many = (_in_a_new_process(url, token, kind) for token in (_people.SMALL, _people.LARGE))
    return at_most(f"export: more memory for 75 000 rows than for 7 500, {kind.upper()}",
                   many - few, "MB", MEMORY_BAR)


def _in_a_new_process(url: str, token: str, kind: str) -> float:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_peak, url, token, kind).result()


def _peak(url: str, token: str, kind: str) -> float:
    with filled(url) as app:
        _thrown_away(taking(app, Visitor(app, token), kind))()
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1_000
