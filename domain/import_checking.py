"""Checking an import: what each of its rows would do, with every problem at once."""
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import assortment, departments, import_pieces
from domain.errors import Invalid
from domain.import_pieces import What
from domain.import_rows import (
    ELSEWHERE,
    NO_MOBILE,
    SHARED,
    Known,
    Parsed,
    Parser,
    Problem,
    Read,
    Wrong,
    compare,
    known,
    notes,
)
from domain.many import no_circles
from domain.services import Service
from domain.traveller_imports import State, TravellerImport, mended
from domain.travellers import Traveller


def check(session: Session, kept: TravellerImport, read: Read) -> None:
    """All of it at once."""
    for _ in steps(session, kept.id, read):
        pass


def steps(session: Session, import_id: UUID, read: Read) -> Iterator[int]:
    """Piece by piece: each step says how many rows are done, and may be committed. Begun again, it
    starts over and does no harm."""
    session.flush()
    kept = session.get_one(TravellerImport, import_id, populate_existing=True)
    if kept.state != State.CHECKING:
        return
    round_, corrected = kept.round, mended(session, kept)
    import_pieces.drop(session, import_id, *import_pieces.FOUND)
    checking, done = Checking(session, kept), 0
    for number in import_pieces.numbers(session, import_id, What.CELLS):
        with no_circles():
            cells = import_pieces.rows(session, import_id, What.CELLS, number)
            rows = [(each, corrected.get(each, values)) for each, values in read(cells)]
            for what, found in checking.piece(rows).items():
                import_pieces.put(session, import_id, what, number, found)
        done += len(cells)
        if not _note(session, import_id, round_, done=done):
            return
        yield done
    import_pieces.put(session, import_id, What.MISSING, 0, checking.missing())
    if _note(session, import_id, round_, state=State.CHECKED, rooms=checking.rooms):
        yield done


def _note(session: Session, import_id: UUID, round_: int, **values) -> bool:
    """Whether it is still ours to check."""
    noted = session.execute(
        update(TravellerImport)
        .where(TravellerImport.id == import_id, TravellerImport.round == round_,
               TravellerImport.state == State.CHECKING).values(**values))
    return bool(noted.rowcount)


class Checking:
    def __init__(self, session: Session, kept: TravellerImport):
        self._session, self._company_id, self._scope = session, kept.company_id, kept.scope
        self._index_each = session.info["vault"].index_each
        open_ones = departments.of_company(session, within=kept.scope)
        names = {each.reference_number.casefold(): each.id.hex for each in reversed(open_ones)}
        names |= {each.name_key: each.id.hex for each in open_ones}
        closed = {each.id.hex: problem for each in open_ones
                  if (problem := _closed(session, each))}
        self._parser = Parser(session, names, kept.department_id.hex, closed)
        self._ours = None if kept.within is None else set(kept.within)
        self._mobiles = self._mobiles_in_use()
        self._spoken: set[str] = set()
        self._company = set(session.scalars(
            select(Traveller.personnummer_index).where(Traveller.company_id == kept.company_id)))
        self._there: set[bytes] = set()
        self._all_readable = True

    def piece(self, rows: list) -> dict[What, list]:
        """What is found of some rows."""
        found: dict[What, list] = {what: [] for what in import_pieces.FOUND}
        read = [self._parser.read(number, values) for number, values in rows]
        values_of = dict(rows)
        numbers = [row.personnummer for row in read if row.personnummer]
        index_of = dict(zip(numbers, self._index_each(numbers), strict=True))
        company = {each.index: each for each in known(
            self._session, self._company_id, Traveller.personnummer_index,
            self._company.intersection(index_of.values()))}
        self._there.update(company)
        for row in read:
            if type(row) is Wrong:
                self._all_readable &= row.personnummer is not None
                found[What.WRONG].append(row)
            else:
                index = index_of[row.personnummer]
                self._place(row, company.get(index), index, values_of, found)
        return found

    def _place(self, row: Parsed, before: Known | None, index: bytes, values_of: dict,
               found: dict[What, list]) -> None:
        self._spoken.add(row.department)
        problem = before and self._refused(row, before)
        what, result = (What.WRONG, problem) if problem else compare(row, before)
        if what == What.WRONG:
            problem = problem or ("mobile", NO_MOBILE, {})
            result = Wrong(row.number, values_of[row.number], [problem], row.personnummer)
        else:
            self._note(row, before, index, found[What.NOTES])
            if what == What.NEW:
                result = (*row, index.hex())
        found[what].append(result)

    def _refused(self, row: Parsed, before: Known) -> Problem | None:
        """Somebody in a department that is not theirs: they learn no more than that."""
        if self._ours is not None and before.department not in self._ours:
            return ("personnummer", ELSEWHERE, {})
        if row.limit and not before.may_connect:
            return ("limit", "Resenären får inte använda Tjänsteresor.", {})
        return None

    def _note(self, row: Parsed, before: Known | None, index: bytes, found: list) -> None:
        noted = notes(row, before)
        if row.mobile and self._mobiles.setdefault(row.mobile, index) != index:
            noted = (*noted, ("mobile", SHARED, {}))
        if noted:
            found += [[row.number, f"{row.given_name} {row.surname}", *note] for note in noted]

    def _mobiles_in_use(self) -> dict[str, bytes]:
        return dict(self._session.execute(
            select(Traveller.mobile, Traveller.personnummer_index)
            .where(self._scope.holds(Traveller.company_id, Traveller.department_id),
                   Traveller.ended_at.is_(None), Traveller.mobile.is_not(None))).all())

    @property
    def rooms(self) -> list[str]:
        """The departments that the list leads to."""
        return sorted(self._spoken)

    def missing(self) -> list:
        """Those of the departments that the list speaks of who are not in it. Nobody, while there
        is a row of which it cannot be told whose it is."""
        if not self._all_readable:
            return []
        here = self._session.execute(
            select(Traveller.id, Traveller.given_name, Traveller.surname, Traveller.department_id,
                   Traveller.personnummer_index)
            .where(Traveller.company_id == self._company_id, Traveller.ended_at.is_(None),
                   Traveller.department_id.in_(map(UUID, self._spoken)),
                   Traveller.personnummer_index.is_not(None))
            .order_by(Traveller.sort_name))
        return [[traveller.hex, f"{given} {surname}", department.hex]
                for traveller, given, surname, department, index in here
                if index not in self._there]


def _closed(session: Session, department) -> Problem | None:
    """Why its travellers may not be connected to Tjänsteresor."""
    try:
        assortment.check(session, Service.BUSINESS_TRAVEL, department=department, field="limit")
    except Invalid as problem:
        words = {name: str(each) for name, each in problem.values.items()}
        return ("limit", problem.message, words)
    return None
