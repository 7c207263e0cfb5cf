from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import audit, business_travel, import_undo, messages, traveller_imports, travellers
from domain.access import Scope
from domain.codes import OneTimeCode
from domain.errors import Conflict
from domain.import_pieces import ImportPiece
from domain.messages import Sms
from domain.traveller_imports import State
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.domain.importing import ALVA, BO, CIA, row

LATER = NOON + timedelta(hours=2)


@pytest.fixture
def department(importing):
    return importing.department


@pytest.fixture
def everyone(importing):
    return importing.everyone


@pytest.fixture
def undo(db, store, importing):
    def undo(kept, now=LATER):
        with store.transaction(db):
            traveller_imports.order_undo(db, kept, by=importing.admin, now=now)
            import_undo.undo(db, kept.id, now=now)
        return kept.result
    return undo


@pytest.fixture
def imported(importing):
    def imported(*rows, **how):
        kept = importing.upload(*rows)
        assert importing.carry_out(kept, **how)
        return kept
    return imported


def test_those_who_came_leave_no_trace(db, imported, undo):
    kept = imported(row(mobile="0701740605", limit="500"), row(BO, "Bo"))
    assert (undo(kept)["removed"], kept.state) == (2, State.UNDONE)
    assert db.scalars(select(Traveller)).all() == []
    assert db.scalars(select(OneTimeCode)).all() == []
    assert db.scalars(select(ImportPiece)).all() == []


def test_a_code_that_was_not_sent_yet_is_not(db, imported, undo):
    undo(imported(row(mobile="0701740605", limit="500")))
    [sms] = db.scalars(select(Sms)).all()
    assert (sms.state, sms.values) == (messages.State.CANCELLED, None)


@pytest.mark.parametrize("use", ["ticket", "offer", "allpay", "connected"])
def test_one_whom_something_depends_on_stays_with_the_reason(
        db, store, make, imported, undo, use, everyone):
    kept = imported(row(mobile="0701740605", limit="500" if use == "allpay" else ""),
                    row(BO, "Bo"))
    alva = everyone()[0]
    if use == "ticket":
        make.sent_ticket(alva)
    elif use == "offer":
        make.offer_application(alva)
    elif use == "connected":
        make.connection(alva)
    else:
        with store.transaction(db):
            business_travel.of_traveller(db, alva).registered_at = NOON
    result = undo(kept)
    assert (result["removed"], result["reasons"]) == (1, [["Alva Ek", import_undo.USED]])
    assert [each.name for each in everyone()] == ["Alva Ek"]


def test_those_who_were_changed_are_as_they_were(db, make, department, imported, undo, importing):
    alva = make.traveller(importing.company, "Alva", "Gammal", number=ALVA, employee_number="7")
    connection = make.connection(alva)
    before, room = alva.details, alva.department
    kept = imported(row(surname="Ny", email="ny@x.example", employee_number="8", limit="900"))
    assert (alva.department, connection.limit_ore) == (department, 90_000)
    assert undo(kept)["returned"] == 1
    assert (alva.details, alva.department, connection.limit_ore) == (before, room, 50_000)
    assert alva.sort_name == "gammal alva"


def test_what_somebody_has_changed_since_is_theirs(
        db, store, make, department, imported, undo, importing):
    alva = make.traveller(department=department, given_name="Alva", surname="Gammal", number=ALVA)
    kept = imported(row(surname="Ny", employee_number="8"))
    with store.transaction(db):
        travellers.change(db, alva, department, replace(alva.details, surname="Tredje"),
                          by=importing.admin, now=NOON)
    undo(kept)
    assert (alva.surname, alva.employee_number) == ("Tredje", None)


def test_a_connection_that_was_made_goes_unless_it_is_registered(
        db, store, make, department, imported, undo):
    alva, bo = (make.traveller(department=department, given_name=name, surname="Ek", number=number)
                for name, number in (("Alva", ALVA), ("Bo", BO)))
    kept = imported(row(limit="500"), row(BO, "Bo", limit="500"))
    with store.transaction(db):
        business_travel.of_traveller(db, bo).registered_at = NOON
    result = undo(kept)
    assert business_travel.of_traveller(db, alva) is None
    assert business_travel.of_traveller(db, bo) is not None
    assert result["reasons"] == [["Bo Ek", import_undo.REGISTERED]]


def test_those_who_were_ended_are_back_with_their_connection(
        db, make, department, imported, undo, everyone):
    cia = make.traveller(department=department, given_name="Cia", surname="Ek", number=CIA)
    connection = make.connection(cia, registered=True)
    kept = imported(row(), leavers=True)
    assert (cia.ended_at, connection.ended_at) == (NOON, NOON)
    undo(kept)
    assert (cia.ended_at, connection.ended_at) == (None, None)
    assert [each.name for each in everyone()] == ["Cia Ek"]


def test_one_who_came_back_has_left_again(db, store, make, department, imported, undo, importing):
    alva = make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    with store.transaction(db):
        travellers.end(db, alva, by=importing.admin, now=NOON - timedelta(days=9))
    kept = imported(row(mobile="0701740607"))
    assert alva.ended_at is None
    undo(kept)
    assert (alva.ended_at, alva.mobile) == (NOON - timedelta(days=9), "+46701740605")


def test_one_who_came_back_and_has_a_ticket_since_stays(
        db, store, make, department, imported, undo, importing):
    alva = make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    with store.transaction(db):
        travellers.end(db, alva, by=importing.admin, now=NOON - timedelta(days=9))
    kept = imported(row())
    make.sent_ticket(alva, at=NOON + timedelta(hours=1))
    assert undo(kept)["reasons"] == [["Alva Ek", import_undo.USED]]
    assert alva.ended_at is None


def test_undoing_is_told_for_the_import_and_for_each_who_is_left(
        db, make, department, imported, undo, importing):
    make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    undo(imported(row(surname="Ny"), row(BO, "Bo")))
    [undone] = importing.events(audit.Act.IMPORT_UNDONE)
    assert undone.details == {"department": "Verkstad", "count": 2}
    assert len(importing.events(audit.Act.TRAVELLER_CHANGED)) == 2


def test_it_is_undone_once_and_within_a_day(imported, undo):
    kept = imported(row())
    with pytest.raises(Conflict, match="inte att ångra längre"):
        undo(kept, now=NOON + timedelta(hours=24, seconds=1))
    undo(kept)
    with pytest.raises(Conflict):
        undo(kept)


def test_an_import_is_undone_in_the_company_alone(db, make, imported, undo, everyone):
    other = make.traveller(make.company(), "Alva", "Ek", number=ALVA)
    undo(imported(row()))
    assert everyone() == [other]
    assert travellers.find(db, other.id, within=Scope(other.company_id)) is other
