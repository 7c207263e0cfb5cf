"""The lists of travellers as files: all of them, and those who are connected to Tjänsteresor."""
from collections.abc import Callable, Iterable, Iterator

from flask import Response
from sqlalchemy import Row

from blueprints import exports
from blueprints.language import _
from blueprints.traveller_search import TravellerSearch
from blueprints.web import actor, db, now
from blueprints.words import word
from documents.listing import Column, Kind
from domain import traveller_lists
from domain import unregistered as waited_for
from domain.identity import show_mobile
from domain.months import today
from domain.standings import State
from domain.travellers import EmploymentForm


def travellers(kind: str, search: TravellerSearch) -> Response:
    columns = [
        Column(_("Efternamn")), Column(_("Förnamn")), Column(_("Personnummer"), width=15),
        Column(_("Avdelning")), Column(_("Referensnummer"), width=16),
        Column(_("Mobilnummer"), width=16), Column(_("E-post"), width=30),
        Column(_("Anställningsnummer"), width=19), Column(_("Fakturamärkning")),
        Column(_("Anställningsform"), width=18), Column(_("Tjänsteresor")),
        Column(_("Kreditgräns"), Kind.MONEY),
        Column(_("Köpt för i månaden"), Kind.MONEY, 19), Column(_("Registrerad"), Kind.DATE),
        Column(_("Sista dag"), Kind.DATE)]
    return _file(kind, _("Resenärer"), columns, search, _travellers)


def connected(kind: str, search: TravellerSearch) -> Response:
    columns = [
        Column(_("Efternamn")), Column(_("Förnamn")), Column(_("Avdelning")),
        Column(_("Referensnummer"), width=16), Column(_("Mobilnummer"), width=16),
        Column(_("Läge")), Column(_("Gräns"), Kind.MONEY), Column(_("Använt"), Kind.MONEY),
        Column(_("Kvar"), Kind.MONEY), Column(_("Ansluten"), Kind.DATE),
        Column(_("Kod beställd"), Kind.MOMENT), Column(_("Koden gäller till"), Kind.MOMENT),
        Column(_("Registrerad"), Kind.DATE)]
    return _file(kind, _("Tjänsteresor"), columns, search, _connected)


Cells = Callable[[Iterable[Row]], Iterator[tuple]]


def _file(kind: str, name: str, columns: list[Column], search: TravellerSearch,
          cells: Cells) -> Response:
    found = traveller_lists.whole(db, search.search, search.order, within=actor().scope, now=now())
    return exports.file(kind, name, columns, lambda: cells(
        db.execute(found, execution_options={"yield_per": exports.ROWS_AT_ONCE})))


def _travellers(rows: Iterable[Row]) -> Iterator[tuple]:
    states, forms = _states(), {None: "", **{each: word(each) for each in EmploymentForm}}
    for (surname, given_name, personnummer, department, reference, mobile, email, number, mark,
         form, state, limit, spent, registered_at, leaves_on, ended_at, *_code) in rows:
        yield (surname, given_name, personnummer, department, reference,
               mobile and show_mobile(mobile), email, number, mark, forms[form], states[state],
               limit, spent, today(registered_at), today(ended_at) if ended_at else leaves_on)


def _connected(rows: Iterable[Row]) -> Iterator[tuple]:
    states = _states()
    for row in rows:
        yield (row.surname, row.given_name, row.department_name, row.reference_number,
               row.mobile and show_mobile(row.mobile), states[row.state], row.limit_ore,
               row.spent_ore, _left(row), row.connected_at and today(row.connected_at),
               row.ordered_at, row.expires_at, row.joined_at and today(row.joined_at))


def _left(row: Row) -> int | None:
    return None if row.raised_ore is None else max(0, row.raised_ore - row.spent_ore)


def unregistered(kind: str) -> Response:
    columns = [
        Column(_("Efternamn")), Column(_("Förnamn")), Column(_("Avdelning")),
        Column(_("Referensnummer"), width=16), Column(_("Mobilnummer"), width=16),
        Column(_("E-post"), width=30), Column(_("Läge")), Column(_("Ansluten"), Kind.DATE),
        Column(_("Kod beställd"), Kind.MOMENT), Column(_("Koden gäller till"), Kind.MOMENT)]
    found = waited_for.whole(db, within=actor().scope, now=now())
    return exports.file(kind, _("Har inte registrerat Allpay"), columns, lambda: _unregistered(
        db.execute(found, execution_options={"yield_per": exports.ROWS_AT_ONCE})))


def _unregistered(rows: Iterable[Row]) -> Iterator[tuple]:
    states = _states()
    for row in rows:
        yield (row.surname, row.given_name, row.department_name, row.reference_number,
               row.mobile and show_mobile(row.mobile), row.email, states[row.state],
               today(row.connected_at), row.ordered_at, row.expires_at)


def _states() -> dict[str | None, str]:
    """Each said once, however many have it."""
    return {None: "", **{state.value: word(state) for state in State}}
