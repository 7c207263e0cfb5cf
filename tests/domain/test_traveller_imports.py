from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain import (
    audit,
    business_travel,
    import_carrying,
    import_checking,
    import_pieces,
    traveller_imports,
    travellers,
)
from domain.access import Scope
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.import_pieces import ImportPiece, What
from domain.import_rows import COLUMNS, Wrong
from domain.messages import Sms
from domain.services import Service
from domain.traveller_imports import State, TravellerImport
from domain.travellers import EmploymentForm, Traveller
from tests.conftest import NOON
from tests.domain.importing import ALVA, BO, CIA, row


@pytest.fixture
def company(importing):
    return importing.company


@pytest.fixture
def department(importing):
    return importing.department


@pytest.fixture
def admin(importing):
    return importing.admin


@pytest.fixture
def upload(importing):
    return importing.upload


@pytest.fixture
def carry_out(importing):
    return importing.carry_out


@pytest.fixture
def everyone(importing):
    return importing.everyone


def kinds(db, kept):
    return {what: count for what, count in import_pieces.counts(db, kept.id).items()
            if count and what != What.CELLS}


def found(db, kept, what):
    return [row for piece in import_pieces.every(db, kept.id, what) for row in piece]


def problems(db, kept):
    return {(row.number, column): message % values
            for row in map(Wrong._make, found(db, kept, What.WRONG))
            for column, message, values in row.problems}


def changes(db, kept):
    return {column: (old, new) for row in found(db, kept, What.CHANGED)
            for column, old, new in row[12]}


# What a list would do.


def test_looking_at_a_list_saves_nobody(db, upload, everyone):
    assert kinds(db, upload(row())) == {What.NEW: 1}
    assert everyone() == []


def test_every_problem_is_told_by_row_and_column(db, upload):
    kept = upload(row("19811218-9875", "", email="alva", mobile="12", limit="mycket"),
                  row(BO, "B" * 101, limit="500"), row(CIA, "", "", department="Finns ej"))
    told = problems(db, kept)
    assert sorted(told) == [
        (2, "email"), (2, "given_name"), (2, "limit"), (2, "mobile"), (2, "personnummer"),
        (3, "given_name"), (4, "department"), (4, "given_name"), (4, "surname")]
    assert told[3, "given_name"] == "Värdet är för långt, högst 100 tecken."
    assert kinds(db, kept) == {What.WRONG: 3}


def test_a_limit_needs_a_mobile_and_may_not_pass_the_highest(db, upload):
    kept = upload(row(limit="500"), row(BO, "Bo", mobile="0701740605", limit="15001"))
    told = problems(db, kept)
    assert told[2, "mobile"] == "Den som ska ha Tjänsteresor behöver ett mobilnummer."
    assert told[3, "limit"].replace("\N{NO-BREAK SPACE}", " ") == (
        "Kreditgränsen ska vara mellan 1 kr och 15 000 kr i månaden.")


def test_a_limit_is_refused_where_the_department_may_not_use_business_travel(
        db, store, department, upload):
    with store.transaction(db):
        department.services = [Service.SEND_TICKET]
    kept = upload(row(mobile="0701740605", limit="500"))
    assert list(problems(db, kept)) == [(2, "limit")]


def test_the_mobile_that_is_there_already_is_enough_for_a_limit(db, make, department, upload):
    make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    assert problems(db, upload(row(limit="500"))) == {}


def test_the_second_of_two_rows_for_one_person_is_wrong(db, upload, carry_out, everyone):
    kept = upload(row(surname="Ny"), row(f"{ALVA[:8]}-{ALVA[8:]}", surname="Nyare"))
    assert problems(db, kept) == {
        (3, "personnummer"): "Samma personnummer står också på rad 2."}
    carry_out(kept)
    assert [each.name for each in everyone()] == ["Alva Ny"]


@pytest.mark.parametrize(("values", "changed"), [
    ({"mobile": "070-174 06 05"}, {}),
    ({"mobile": "070-174 06 06"}, {"mobile": ("+46701740605", "+46701740606")}),
    ({"surname": "Ny", "limit": "900"}, {"surname": ("Ek", "Ny"), "limit": (50_000, 90_000)}),
    ({"limit": "500"}, {}), ({"mobile": "", "email": ""}, {}),
])
def test_what_a_row_changes_is_told_from_old_to_new(db, make, department, upload, values, changed):
    make.connection(make.traveller(department=department, given_name="Alva", surname="Ek",
                                   number=ALVA))
    kept = upload(row(**values))
    assert changes(db, kept) == changed
    assert kinds(db, kept) == {What.CHANGED if changed else What.UNCHANGED: 1}


def test_a_department_is_found_by_its_name_or_its_reference_number(
        db, make, company, department, upload, carry_out, everyone):
    carry_out(upload(row(department="verkstad"), row(BO, "Bo", department="1000"),
                     row(CIA, "Cia")))
    assert [each.department.name for each in everyone()] == [
        "Verkstad", "Huvudavdelning", "Verkstad"]


def test_who_is_missing_from_the_list_is_told_but_not_while_a_row_cannot_be_read(
        db, make, company, department, upload):
    make.traveller(company, "Elsewhere", "Ek")
    make.traveller(department=department, given_name="Cia", surname="Ek", number=CIA)
    assert [name for _, name, _ in found(db, upload(row()), What.MISSING)] == ["Cia Ek"]
    assert found(db, upload(row(), row("nonsense")), What.MISSING) == []
    assert found(db, upload(row(), row(CIA, "")), What.MISSING) == []


def test_what_looks_odd_is_told_and_does_not_stop_the_row(db, make, department, upload):
    make.traveller(department=department, given_name="Rut", surname="Ek", number=CIA)
    kept = upload(row(mobile="0701740605"), row(BO, "Svensson", "Bo"))
    assert [(note[0], note[2]) for note in found(db, kept, What.NOTES)] == [
        (2, "mobile"), (3, "surname")]
    assert kinds(db, kept)[What.NEW] == 2


def test_one_whose_identity_is_protected_keeps_their_alias(db, store, make, department, upload):
    alva = make.traveller(department=department, given_name="Alias", surname="Ett", number=ALVA)
    with store.transaction(db):
        alva.protected = True
    kept = upload(row())
    assert kinds(db, kept)[What.UNCHANGED] == 1
    assert [note[2] for note in found(db, kept, What.NOTES)] == ["surname"]


def test_a_formula_in_a_cell_stays_text(db, upload, carry_out, everyone):
    carry_out(upload(row(invoice_mark="=1+1", given_name="@Alva")))
    [alva] = everyone()
    assert (alva.given_name, alva.invoice_mark) == ("@Alva", "=1+1")


def test_what_cannot_be_written_is_left_out_of_a_value(db, upload, carry_out, everyone):
    carry_out(upload(row(given_name="Al\u00a0va\0", surname="E\u200bk", invoice_mark="a\nb")))
    [alva] = everyone()
    assert (alva.name, alva.invoice_mark) == ("Al va Ek", "a b")


# Department administrators.


@pytest.fixture
def narrow(make, department):
    return make.actor(make.department_admin(department))


def test_somebody_of_another_department_is_a_neutral_problem_to_a_department_admin(
        db, make, company, upload, narrow):
    make.traveller(company, "Hemlig", "Person", number=ALVA)
    kept = upload(row(), by=narrow)
    assert problems(db, kept) == {(2, "personnummer"): "Personen finns redan i företaget."}
    assert "Hemlig" not in str(found(db, kept, What.WRONG))


def test_a_department_admin_imports_into_no_department_but_their_own(db, upload, narrow):
    kept = upload(row(department="Huvudavdelning"), by=narrow)
    assert problems(db, kept) == {(2, "department"): "Det finns ingen avdelning som heter så."}


def test_a_department_admin_does_not_learn_whose_mobile_it_is_elsewhere(
        db, make, company, upload, narrow):
    make.traveller(company, "Hemlig", "Person", mobile="+46701740605")
    assert found(db, upload(row(mobile="0701740605"), by=narrow), What.NOTES) == []


def test_an_import_is_found_by_those_who_see_as_much(db, make, company, department, admin, narrow):
    wide, ours = (make.traveller_import(department, row(), by=by) for by in (admin, narrow))
    assert traveller_imports.find(db, ours.id, within=admin.scope) is ours
    with pytest.raises(NotFound):
        traveller_imports.find(db, wide.id, within=narrow.scope)
    with pytest.raises(NotFound):
        traveller_imports.find(db, ours.id, within=Scope(make.company().id))
    assert traveller_imports.latest(db, within=narrow.scope) == [ours]


# Carrying it out.


def test_rows_become_travellers_of_the_department(
        db, company, department, upload, carry_out, everyone):
    kept = upload(row(mobile="070-174 06 05", email="alva@x.example", employee_number="7"),
                  row(BO, "Bo"))
    assert carry_out(kept)
    alva, bo = everyone()
    assert (alva.name, alva.mobile, alva.email, alva.employee_number, alva.department) == (
        "Alva Ek", "+46701740605", "alva@x.example", "7", department)
    assert (bo.name, bo.mobile, business_travel.of_traveller(db, bo)) == ("Bo Ek", None, None)
    assert db.info["vault"].open(alva.personnummer_sealed, "personnummer") == ALVA
    assert alva.personnummer_masked == f"{ALVA[:8]}-••••"
    assert {alva.import_id, bo.import_id} == {kept.id}


def test_a_new_traveller_is_like_one_who_was_registered(db, make, department, upload, carry_out):
    registered = make.traveller(department=department, given_name="Alva", surname="Ek",
                                number=BO, mobile=None, email=None)
    carry_out(upload(row()))
    db.expire_all()
    [imported] = db.scalars(select(Traveller).where(Traveller.id != registered.id))
    differs = {"id", "personnummer_sealed", "personnummer_index", "personnummer_masked",
               "registered_at", "import_id"}
    for column in set(Traveller.__table__.columns.keys()) - differs:
        assert getattr(imported, column) == getattr(registered, column), column


def test_an_import_is_one_event_and_each_who_changed_has_one(
        db, make, company, department, upload, carry_out, importing):
    make.traveller(department=department, given_name="Cia", surname="Ek", number=CIA)
    carry_out(upload(row(), row(BO, "Bo"), row(CIA, "Cilla")))
    [imported] = importing.events(audit.Act.TRAVELLERS_IMPORTED)
    assert imported.details == {"department": "Verkstad", "count": 3}
    assert [event.details for event in importing.events(audit.Act.TRAVELLER_CHANGED)] == [
        {"traveller": "Cilla Ek"}]
    assert len(importing.events(audit.Act.TRAVELLER_ADDED)) == 1  # Cia, by the factory


def test_a_credit_limit_connects_and_rings_for_the_code(db, upload, carry_out, world, everyone):
    rung = len(world.queue.rung)
    carry_out(upload(row(mobile="0701740605", limit="1 500")))
    [alva] = everyone()
    connection = business_travel.of_traveller(db, alva)
    [sms] = db.scalars(select(Sms)).all()
    assert (connection.limit_ore, sms.to) == (150_000, "+46701740605")
    assert sms.values["user_name"] == connection.user_name
    assert len(world.queue.rung) - rung == 1


def test_a_limit_connects_one_who_was_there_and_changes_that_of_one_connected(
        db, make, department, upload, carry_out):
    alva = make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    bo = make.traveller(department=department, given_name="Bo", surname="Ek", number=BO)
    connection = make.connection(bo)
    assert carry_out(upload(row(limit="700"), row(BO, "Bo", limit="800")))
    assert business_travel.of_traveller(db, alva).limit_ore == 70_000
    assert (business_travel.of_traveller(db, bo), connection.limit_ore) == (connection, 80_000)


def test_a_changed_mobile_is_connected_anew(db, make, company, department, upload, carry_out):
    alva = make.traveller(department=department, given_name="Alva", surname="Ek", number=ALVA)
    connection = make.connection(alva, registered=True)
    carry_out(upload(row(mobile="0701740606")))
    newest = db.scalars(select(Sms).order_by(Sms.put_at.desc())).first()
    assert (connection.registered_at, newest.to) == (None, "+46701740606")


def test_one_of_another_department_moves(db, make, company, department, upload, carry_out):
    alva = make.traveller(company, "Alva", "Ek", number=ALVA)
    kept = upload(row())
    assert changes(db, kept) == {"department": (alva.department_id.hex, department.id.hex)}
    carry_out(kept)
    assert alva.department == department


def test_one_who_had_left_comes_back_as_the_same(db, store, make, company, admin, upload,
                                                 carry_out, everyone):
    alva = make.traveller(company, "Alva", "Ek", number=ALVA)
    with store.transaction(db):
        travellers.end(db, alva, by=admin, now=NOON)
    kept = upload(row())
    assert "ended" in changes(db, kept)
    carry_out(kept)
    assert [each.id for each in everyone()] == [alva.id]


def test_those_who_are_missing_leave_only_when_asked(
        db, make, department, upload, carry_out, everyone):
    make.traveller(department=department, given_name="Cia", surname="Ek", number=CIA)
    carry_out(upload(row()))
    assert [each.name for each in everyone()] == ["Alva Ek", "Cia Ek"]
    carry_out(upload(row()), leavers=True)
    assert [each.name for each in everyone()] == ["Alva Ek"]


def test_the_same_list_twice_changes_nothing(db, upload, carry_out):
    rows = [row(mobile="0701740605", limit="1500"), row(BO, "Bo", invoice_mark="Projekt 7")]
    carry_out(upload(*rows))
    again = upload(*rows)
    assert kinds(db, again) == {What.UNCHANGED: 2}
    with pytest.raises(Conflict, match="inget i listan ändrar något"):
        carry_out(again)


def test_a_list_is_carried_out_once(upload, carry_out):
    kept = upload(row())
    carry_out(kept)
    with pytest.raises(Conflict):
        carry_out(kept)


def test_rows_with_problems_are_left_out_or_stop_it_all_as_one_chooses(
        db, upload, carry_out, everyone):
    kept = upload(row("nonsense"), row(BO, "Bo"))
    with pytest.raises(Invalid, match="rader med fel"):
        carry_out(kept, only_if_all=True)
    assert everyone() == []
    assert carry_out(kept)
    assert [each.name for each in everyone()] == ["Bo Ek"]


# What happens meanwhile.


@pytest.mark.parametrize("meanwhile", ["new", "changed", "unchanged", "archived"])
def test_what_has_changed_since_it_was_shown_is_shown_anew_and_nothing_saved(
        db, store, make, company, department, admin, upload, carry_out, meanwhile,
        everyone, importing):
    number = {"new": CIA}.get(meanwhile, ALVA)
    alva = make.traveller(department=department, given_name="Alva", surname="Ek", number=number)
    surname = "Ny" if meanwhile == "changed" else "Ek"
    kept = upload(row(surname=surname), row(BO, "Bo"))
    if meanwhile == "new":
        make.traveller(company, "Alva", "Annan", number=ALVA)
    with store.transaction(db):
        if meanwhile == "archived":
            db.execute(update(Department).where(Department.id == department.id)
                       .values(archived_at=NOON))
        elif meanwhile != "new":
            travellers.change(db, alva, department, replace(alva.details, surname="Tredje"),
                              by=admin, now=NOON)
    assert not carry_out(kept)
    assert (kept.state, kept.carried_out_at) == (State.CHECKING, None)
    assert "Bo" not in [each.given_name for each in everyone()]
    assert not importing.events(audit.Act.TRAVELLERS_IMPORTED)
    assert kept.problem == traveller_imports.CHANGED_MEANWHILE


def test_two_who_carry_it_out_at_once_import_it_once(db, store, admin, upload, everyone):
    kept = upload(row(mobile="0701740605", limit="1500"))

    def carry_out(_number):
        with store.session() as session:
            try:
                with store.transaction(session):
                    mine = session.get_one(TravellerImport, kept.id)
                    traveller_imports.order(session, mine, by=admin, now=NOON)
                    return import_carrying.carry_out(session, kept.id, now=NOON)
            except Conflict:
                return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(carry_out, range(2))) == [False, True]
    assert len(everyone()) == 1


def test_of_two_lists_at_once_one_waits_and_is_shown_anew(db, store, admin, upload, everyone):
    first, second = (upload(row(surname=surname)) for surname in ("Ett", "Två"))

    def carry_out(kept):
        with store.session() as session, store.transaction(session):
            traveller_imports.order(session, session.get_one(TravellerImport, kept.id), by=admin,
                                    now=NOON)
            return import_carrying.carry_out(session, kept.id, now=NOON)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(carry_out, (first, second))) == [False, True]
    assert len(everyone()) == 1


def test_a_department_of_the_company_is_not_one_of_another(db, make, upload):
    make.department(make.company(), name="Annans")
    assert list(problems(db, upload(row(department="Annans")))) == [(2, "department")]


# Kept, mended, forgotten.


def test_what_is_kept_meanwhile_is_sealed(db, upload):
    upload(row())
    assert not [piece for piece in db.scalars(select(ImportPiece)) if ALVA.encode() in piece.sealed]


def test_a_row_is_mended_and_all_are_checked_again(db, store, admin, upload):
    kept = upload(row("nonsense"), row(BO, "Bo"))
    with store.transaction(db):
        traveller_imports.mend(db, kept, {2: row()}, by=admin, now=NOON)
        import_checking.check(db, kept, iter)
    assert kinds(db, kept) == {What.NEW: 2}
    with store.transaction(db):
        traveller_imports.mend(db, kept, {2: row(BO)}, by=admin, now=NOON)
        import_checking.check(db, kept, iter)
    assert list(problems(db, kept)) == [(3, "personnummer")]


def test_columns_are_each_of_one_kind_and_one_is_the_personnummer(db, store, admin, upload):
    kept = upload(row())
    for columns in (["email", *COLUMNS[1:]], [None, *COLUMNS[1:]], COLUMNS[:2]):
        with pytest.raises(Invalid), store.transaction(db):
            traveller_imports.take_columns_as(db, kept, columns, by=admin, now=NOON)


def test_what_was_never_carried_out_is_forgotten_and_of_the_rest_all_but_the_fact(
        db, store, upload, carry_out):
    done, _left = upload(row()), upload(row(BO, "Bo"))
    carry_out(done)
    with store.transaction(db):
        traveller_imports.forget(db, before=NOON + timedelta(seconds=1), now=NOON)
    assert db.scalars(select(TravellerImport.id)).all() == [done.id]
    assert kinds(db, done) == {What.NEW: 1}
    with store.transaction(db):
        traveller_imports.forget(db, before=NOON, now=NOON + timedelta(hours=25))
    assert (db.scalars(select(ImportPiece)).all(), done.carried_out_at) == ([], NOON)


def test_a_page_of_rows_is_taken_across_pieces(db, store, monkeypatch, department, admin, make):
    monkeypatch.setattr(import_pieces, "ROWS", 3)
    kept = make.traveller_import(department, *((str(n),) for n in range(8)), by=admin)
    page = import_pieces.some(db, kept.id, What.CELLS, 2, 4)
    assert [cells for _, cells in page] == [["2"], ["3"], ["4"], ["5"]]


def test_a_form_of_employment_is_read_and_a_new_one_changes_it(db, upload, carry_out, everyone):
    assert kinds(db, upload(row(employment_form="kanske"))) == {What.WRONG: 1}
    carry_out(upload(row(employment_form="Fast anställd"), row(BO, "Bo")))
    assert [each.employment_form for each in everyone()] == [EmploymentForm.PERMANENT, None]
    carry_out(upload(row(employment_form="visstid"), row(BO, "Bo")))
    assert [each.employment_form for each in everyone()] == [EmploymentForm.FIXED_TERM, None]
