from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import audit, business_travel, traveller_imports, travellers
from domain.access import Scope
from domain.departments import Department
from domain.errors import Conflict, NotFound
from domain.traveller_imports import Kind, TravellerImport
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.factories import personnummer

ALVA, BO = personnummer(1001), personnummer(1002)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def department(make, company):
    return make.department(company)


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def upload(db, store, department):
    """Rows of a file, the first of them on row 2."""
    def upload(*rows):
        with store.transaction(db):
            return traveller_imports.upload(db, department, list(enumerate(rows, start=2)),
                                            not_read=[], now=NOON)
    return upload


@pytest.fixture
def carry_out(db, store, department, admin):
    def carry_out(kept):
        with store.transaction(db):
            return traveller_imports.carry_out(db, kept, department, by=admin, now=NOON)
    return carry_out


def row(number=ALVA, given_name="Alva", surname="Ek", **values):
    return {"personnummer": number, "given_name": given_name, "surname": surname, **values}


def kinds(db, kept):
    return [row.kind for row in traveller_imports.check(db, kept)]


def problems(db, kept):
    return {(row.number, column): str(problem) for row in traveller_imports.check(db, kept)
            for column, problem in row.problems.items()}


def test_looking_at_a_file_saves_nobody(db, company, upload):
    assert kinds(db, upload(row())) == [Kind.NEW]
    assert travellers.listed(db, within=Scope(company.id)).rows == []


def test_rows_become_travellers_of_the_department(db, company, department, upload, carry_out):
    kept = upload(row(mobile="070-174 06 05", email="alva@x.example", employee_number="7"),
                  row(BO, "Bo"))
    assert carry_out(kept) == 2
    alva, bo = travellers.listed(db, within=Scope(company.id)).rows
    assert (alva.name, alva.mobile, alva.email, alva.employee_number, alva.department) == (
        "Alva Ek", "+46701740605", "alva@x.example", "7", department)
    assert (bo.name, bo.mobile, business_travel.of_traveller(db, bo)) == ("Bo Ek", None, None)
    newest = audit.latest(db, within=Scope(company.id), most=100).rows
    [imported] = [event for event in newest if event.act == audit.Act.TRAVELLERS_IMPORTED]
    assert imported.details == {"department": "Verkstad", "count": 2}


def test_a_credit_limit_connects_and_rings_for_the_code(db, company, upload, carry_out, world):
    rung = len(world.queue.rung)
    carry_out(upload(row(mobile="0701740605", limit="1 500")))
    [alva] = travellers.listed(db, within=Scope(company.id)).rows
    assert business_travel.of_traveller(db, alva).limit_ore == 150_000
    assert len(world.queue.rung) - rung == 1


def test_the_same_file_twice_changes_nothing(db, upload, carry_out, world):
    rows = [row(mobile="0701740605", limit="1500"), row(BO, "Bo", invoice_mark="Projekt 7")]
    carry_out(upload(*rows))
    events, rung = len(db.scalars(select(audit.Event)).all()), len(world.queue.rung)

    again = upload(*rows)
    assert kinds(db, again) == [Kind.UNCHANGED] * 2
    assert carry_out(again) == 0
    assert (len(db.scalars(select(audit.Event)).all()), len(world.queue.rung)) == (events + 1, rung)


def test_a_file_is_carried_out_once(db, upload, carry_out):
    kept = upload(row())
    carry_out(kept)
    with pytest.raises(Conflict):
        carry_out(kept)
    assert (kept.rows_sealed, traveller_imports.check(db, kept)) == (None, [])


def test_two_who_carry_it_out_at_once_import_it_once(db, store, admin, upload):
    kept = upload(row(mobile="0701740605", limit="1500"))

    def carry_out(_number):
        with store.session() as session:
            try:
                with store.transaction(session):
                    mine = session.get_one(TravellerImport, kept.id)
                    into = session.get_one(Department, kept.department_id)
                    traveller_imports.carry_out(session, mine, into, by=admin, now=NOON)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(carry_out, range(2))) == [False, True]
    assert len(db.scalars(select(Traveller)).all()) == 1


def test_an_empty_cell_leaves_what_is_there(db, make, department, upload, carry_out):
    alva = make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    carry_out(upload(row(surname="Ny", mobile="")))
    assert (alva.name, alva.mobile, alva.email) == (
        "Alva Ny", "+46701740605", "rut@bolaget.example")


@pytest.mark.parametrize(("values", "changes"), [
    ({"mobile": "070-174 06 05"}, []), ({"mobile": "070-174 06 06"}, ["mobile"]),
    ({"surname": "Ny", "limit": "900"}, ["surname", "limit"]), ({"limit": "500"}, []),
])
def test_what_a_row_changes_is_told(db, make, department, upload, values, changes):
    make.connection(make.traveller(department=department, given_name="Alva", surname="Ek",
                                   number=ALVA))
    [checked] = traveller_imports.check(db, upload(row() | values))
    assert (checked.changes, checked.kind) == (changes,
                                               Kind.CHANGED if changes else Kind.UNCHANGED)


def test_a_limit_connects_one_who_was_there_and_changes_that_of_one_connected(
        db, make, department, upload, carry_out):
    alva = make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    bo = make.traveller(department=department, given_name="Bo", surname="Ek", number=BO)
    connection = make.connection(bo)
    assert carry_out(upload(row(limit="700"), row(BO, "Bo", limit="800"))) == 2
    assert business_travel.of_traveller(db, alva).limit_ore == 70_000
    assert (business_travel.of_traveller(db, bo), connection.limit_ore) == (connection, 80_000)


def test_one_of_another_department_moves(db, make, company, department, upload, carry_out):
    alva = make.traveller(company, "Alva", "Ek", number=ALVA)
    kept = upload(row())
    [checked] = traveller_imports.check(db, kept)
    assert (checked.kind, checked.changes) == (Kind.CHANGED, ["department"])
    carry_out(kept)
    assert alva.department == department


def test_one_who_had_left_is_new_and_the_same(db, store, make, company, admin, upload, carry_out):
    alva = make.traveller(company, "Alva", "Ek", number=ALVA)
    with store.transaction(db):
        travellers.end(db, alva, by=admin, now=NOON)
    kept = upload(row())
    assert kinds(db, kept) == [Kind.NEW]
    carry_out(kept)
    assert [row.id for row in travellers.listed(db, within=Scope(company.id)).rows] == [alva.id]


def test_every_problem_is_told_by_row_and_column(db, upload):
    kept = upload(row("19811218-9875", "", email="alva", mobile="12", limit="mycket"),
                  row(BO, "B" * 101, limit="500"), {"personnummer": ALVA})
    told = problems(db, kept)
    assert sorted(told) == [
        (2, "email"), (2, "given_name"), (2, "limit"), (2, "mobile"), (2, "personnummer"),
        (3, "given_name"), (3, "mobile"), (4, "given_name"), (4, "surname")]
    assert told[3, "mobile"] == "Den som ska ha Tjänsteresor behöver ett mobilnummer."
    assert kinds(db, kept) == [Kind.WRONG] * 3


def test_a_limit_above_the_highest_is_told(db, upload):
    [problem] = problems(db, upload(row(mobile="0701740605", limit="15001"))).values()
    assert problem.replace("\N{NO-BREAK SPACE}", " ") == (
        "Kreditgränsen ska vara mellan 1 kr och 15 000 kr i månaden.")


def test_the_mobile_that_is_there_already_is_enough_for_a_limit(db, make, department, upload):
    make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    assert problems(db, upload(row(limit="500"))) == {}


def test_the_second_of_two_rows_for_one_person_is_wrong_and_the_first_is_imported(
        db, make, company, department, upload, carry_out):
    make.traveller(department=department, given_name="Alva", surname="Gammal", number=ALVA)
    kept = upload(row(surname="Ny"), row(f"{ALVA[:8]}-{ALVA[8:]}", surname="Nyare"))
    assert problems(db, kept) == {
        (3, "personnummer"): "Samma personnummer står också på rad 2."}
    assert carry_out(kept) == 1
    assert [row.name for row in travellers.listed(db, within=Scope(company.id)).rows] == ["Alva Ny"]


def test_rows_with_problems_are_left_out_and_the_rest_imported(db, company, upload, carry_out):
    assert carry_out(upload(row("nonsense"), row(BO, "Bo"))) == 1
    assert [row.name for row in travellers.listed(db, within=Scope(company.id)).rows] == ["Bo Ek"]


def test_what_is_kept_meanwhile_is_sealed(upload):
    assert ALVA.encode() not in upload(row()).rows_sealed


def test_what_was_never_carried_out_is_forgotten(db, store, upload, carry_out):
    done, left = upload(row()), upload(row(BO, "Bo"))
    carry_out(done)
    with store.transaction(db):
        traveller_imports.forget(db, before=NOON + timedelta(seconds=1))
    assert db.scalars(select(TravellerImport.id)).all() == [done.id]
    assert left.id != done.id


def test_another_companys_import_is_not_found(db, make, upload):
    with pytest.raises(NotFound):
        traveller_imports.find(db, upload(row()).id, within=Scope(make.company().id))
