"""A list of 100 000 travellers: read, checked and carried out, against a bare Core insert of the
same rows into the same table with its indexes, in the same run and by turns."""
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import UUID, uuid4

from sqlalchemy import delete

from benchmarks.databases import NOW, portal
from benchmarks.table import Row, against, at_least, at_most, told
from documents import traveller_file, traveller_list
from domain import departments, import_carrying, import_checking, traveller_imports
from domain.access import Actor
from domain.companies import Company
from domain.departments import Department
from domain.identity import mask_personnummer
from domain.import_pieces import ImportPiece
from domain.many import chunks
from domain.rules import Rules
from domain.store import Store
from domain.traveller_imports import TravellerImport
from domain.travellers import Traveller

ROWS, TIMES, AT_ONCE = 100_000, 3, 5_000
BAR = {"sqlite": 50_000, "postgresql": 25_000}
"""Rows a second."""
MEGABYTES = 300
HEADER = ("Personnummer;Förnamn;Efternamn;E-post;Mobil;Kreditgräns;Anställningsnummer;"
          "Fakturamärkning")
GIVEN, SURNAMES = "Alva Bo Cia Dan Eva Åsa Örjan".split(), "Ek Öberg Holm Strand Dahl".split()


def measure(database: str) -> list[Row]:
    begin_peak()
    with portal(database) as app:
        store = app.extensions["store"]
        company_id, department_id = _company(store)
        bench = Bench(store, company_id, department_id)
        taken = [(bench.floor(), *bench.imported()) for _ in range(TIMES)]
        floor, read, checked, carried = map(median, zip(*taken, strict=True))
        bar = BAR["sqlite" if store.engine.dialect.name == "sqlite" else "postgresql"]
        return [
            told("import: the file read and kept", ROWS / read, "rows/s"),
            at_least("import: validate", ROWS / checked, "rows/s", bar),
            at_least("import: commit", ROWS / carried, "rows/s", bar),
            against("import: validate, to a bare insert", checked, "s", floor=floor),
            against("import: commit, to a bare insert", carried, "s", floor=floor, bar=1.0),
            at_most("import: memory at its peak", peak(), "MB", MEGABYTES)]


class Bench:
    def __init__(self, store: Store, company_id: UUID, department_id: UUID):
        self.store, self.company_id, self.department_id = store, company_id, department_id
        self.by = Actor(uuid4(), "Karin", b"", frozenset(), administers=company_id,
                        company_name="Bolaget")

    def floor(self) -> float:
        """Seconds that the database needs for the same rows; making them is not counted."""
        with self.store.session() as session, self.store.transaction(session):
            connection = session.connection()
            taken = sum(_seconds(lambda some=some: connection.execute(
                Traveller.__table__.insert(), some)) for some in self._rows())
            begun = perf_counter()
        taken += perf_counter() - begun
        self._empty()
        return taken

    def imported(self) -> tuple[float, float, float]:
        """Seconds for reading, checking and carrying out."""
        data = "\r\n".join([HEADER, *(
            f"{number[:8]}-{number[8:]};{given};{surname};{email};{mobile};;{employee};{mark}"
            for number, given, surname, email, mobile, employee, mark in _people())]).encode()
        kept: list[UUID] = []
        read = _seconds(lambda: kept.append(self._upload(data)))
        checked, carried = (_seconds(lambda doing=doing: doing(kept[0]))
                            for doing in (self._check, self._carry_out))
        self._empty()
        return read, checked, carried

    def _upload(self, data: bytes) -> UUID:
        table = traveller_file.read(data, max_rows=ROWS, max_bytes=Rules().import_bytes_max)
        with self.store.session() as session, self.store.transaction(session):
            return traveller_imports.upload(
                session, session.get_one(Department, self.department_id), table.header,
                traveller_list.columns(table.header), table.rows, kind=table.kind, by=self.by,
                now=NOW).id

    def _check(self, import_id: UUID) -> None:
        """As the worker does it: a transaction for each piece."""
        with self.store.session() as session:
            with self.store.transaction(session):
                kept = session.get_one(TravellerImport, import_id)
                traveller_imports.order_check(session, kept, by=self.by, now=NOW)
            steps = import_checking.steps(session, import_id, traveller_list.reader(kept))
            left = True
            while left:
                with self.store.transaction(session):
                    left = next(steps, None) is not None

    def _carry_out(self, import_id: UUID) -> None:
        with self.store.session() as session, self.store.transaction(session):
            kept = session.get_one(TravellerImport, import_id)
            traveller_imports.order(session, kept, by=self.by, now=NOW)
            if not import_carrying.carry_out(session, import_id, now=NOW):
                raise RuntimeError("the list was not carried out")

    def _rows(self) -> Iterator[list[dict]]:
        vault = self.store.session.kw["info"]["vault"]
        for some in chunks(_people(), AT_ONCE):
            yield [{
                "id": uuid4(), "company_id": self.company_id, "department_id": self.department_id,
                "personnummer_sealed": vault.seal(number, "personnummer"),
                "personnummer_index": vault.index(number),
                "personnummer_masked": mask_personnummer(number), "given_name": given,
                "surname": surname, "sort_name": f"{surname} {given}".casefold(), "email": email,
                "mobile": mobile, "employee_number": employee, "invoice_mark": mark,
                "protected": False, "registered_at": NOW, "leaving_recalls": False}
                for number, given, surname, email, mobile, employee, mark in some]

    def _empty(self) -> None:
        with self.store.session() as session, self.store.transaction(session):
            for table in (Traveller, ImportPiece, TravellerImport):
                session.execute(delete(table))


def _company(store: Store) -> tuple[UUID, UUID]:
    with store.session() as session, store.transaction(session):
        company = Company(name="Bolaget AB", organisation_number="5560000001", street="Storgatan 1",
                          postcode="553 20", city="Jönköping", invoice_email="f@bolaget.example",
                          approved_at=NOW)
        session.add(company)
        session.flush()
        department = departments.add(session, company.id,
                                     departments.Details(departments.FIRST, "1000"), by=None,
                                     now=NOW)
        return company.id, department.id


def _people() -> Iterator[tuple[str, ...]]:
    for place in range(ROWS):
        surname = f"{SURNAMES[place % len(SURNAMES)]} {place % 997}"
        yield (_personnummer(place), GIVEN[place % len(GIVEN)], surname,
               f"traveller.{place}@bolaget.example", f"+4670{place:07}", str(place),
               f"Projekt {place % 20}")


def _personnummer(number: int) -> str:
    """One for each number: 150 a day, 28 days a month."""
    rest, serial = divmod(number, 150)
    rest, day = divmod(rest, 28)
    year, month = divmod(rest, 12)
    nine = f"{year + 60:02}{month + 1:02}{day + 1:02}{serial + 100}"
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return f"19{nine}{-sum(each // 10 + each % 10 for each in doubled) % 10}"


def _seconds(doing: Callable[[], object]) -> float:
    begun = perf_counter()
    doing()
    return perf_counter() - begun


def begin_peak() -> None:
    """What other benchmarks in this process needed does not count."""
    Path("/proc/self/clear_refs").write_text("5")


def peak() -> float:
    """The most memory that this process has had, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1_000
