import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain import audit, audit_proof
from domain.access import Scope
from domain.audit import Act
from domain.errors import NotFound
from tests.conftest import NOON


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def record(db, store, company):
    def record(*names, by=None, department_id=None):
        with store.transaction(db):
            for name in names:
                audit.record(db, Act.TRAVELLER_ADDED, None, company_id=company.id, by=by, now=NOON,
                             department_id=department_id, traveller=name)
    return record


def test_events_of_one_and_the_same_moment_are_each_read_once_the_last_first(db, record, company):
    record(*map(str, range(12)))
    read, page = [], audit.latest(db, within=Scope(company.id), most=5)
    read += page.rows
    while page.after:
        page = audit.latest(db, within=Scope(company.id), most=5, after=page.after)
        read += page.rows
    assert [event.seq for event in read] == list(range(13, 0, -1))  # the first department too


def test_a_company_reads_only_its_own(db, make, company):
    make.traveller(make.company())
    [event] = audit.latest(db, within=Scope(company.id)).rows
    assert (event.act, event.details) == (Act.DEPARTMENT_ADDED, {"department": "Huvudavdelning"})


def test_some_departments_read_only_their_own(db, make, record, company):
    verkstad = make.department(company)
    record("alla")
    record("deras", department_id=verkstad.id)
    own = Scope(company.id, frozenset({verkstad.id}))
    assert [event.details for event in audit.latest(db, within=own).rows] == [
        {"traveller": "deras"}, {"department": "Verkstad"}]


def test_when_a_ticket_is_used_is_not_the_companys_to_read(db, store, make, company):
    traveller = make.traveller(company)
    with store.transaction(db):
        audit.record(db, Act.TICKET_ACTIVATED, traveller.id, company_id=None, by=None, now=NOON)
    acts = [event.act for event in audit.about(db, traveller.id, company_id=company.id)]
    assert acts == [Act.TRAVELLER_ADDED]


def test_an_event_keeps_the_name_of_who_did_it(db, make, record, company):
    actor = make.actor(make.admin(company))
    record("Alva", by=actor)
    newest = audit.latest(db, within=Scope(company.id)).rows[0]
    assert (newest.by_name, newest.by_person_id) == ("Åsa Öberg", actor.person_id)


def test_what_a_rolled_back_transaction_recorded_never_happened(db, store, record, company):
    with pytest.raises(ZeroDivisionError), store.transaction(db):
        audit.record(db, Act.TRAVELLER_ADDED, None, company_id=company.id, by=None, now=NOON)
        raise ZeroDivisionError
    record("Alva")
    assert len(audit.latest(db, within=Scope(company.id)).rows) == 2


@pytest.mark.parametrize("mark", ["nonsense", "-1", "1e3", "٣", "9" * 16, ""])
def test_a_page_that_is_no_page_is_not_found(mark):
    with pytest.raises(NotFound):
        audit.seq(mark)


# The chain.


@pytest.fixture
def verdict(db, company):
    def verdict():
        db.rollback()
        return next(each for each in audit_proof.verify(db) if each.chain_id == company.id)
    return verdict


def test_an_unbroken_chain_is_proved_to_its_end(record, verdict):
    record("Åsa", "Émilie", "محمد")
    assert (verdict().length, verdict().broken_at) == (4, None)


@pytest.mark.parametrize("statement", [
    "UPDATE event_log SET by_name = 'nobody'", "DELETE FROM event_log"])
def test_the_database_refuses_to_change_the_log_or_to_take_from_it(db, record, statement):
    record("Alva")
    with pytest.raises(DBAPIError, match="the log only grows"):
        db.execute(text(statement))
    db.rollback()


@pytest.fixture
def unguarded(db):
    """As one who has taken the triggers away."""
    def execute(statement):
        if db.get_bind().dialect.name == "postgresql":
            db.execute(text("ALTER TABLE event_log DISABLE TRIGGER USER"))
        else:
            for verb in ("update", "delete"):
                db.execute(text(f"DROP TRIGGER event_log_refuses_{verb}"))
        db.execute(text(statement))
        if db.get_bind().dialect.name == "postgresql":
            db.execute(text("ALTER TABLE event_log ENABLE TRIGGER USER"))
        db.commit()
    return execute


@pytest.mark.parametrize(("statement", "broken_at"), [
    ("UPDATE event_log SET by_name = 'nobody' WHERE seq = 2", 2),
    ("UPDATE event_log SET details = '{}' WHERE seq = 3", 3),
    ("DELETE FROM event_log WHERE seq = 2", 2),
    ("DELETE FROM event_log WHERE seq = 4", 4),
])
def test_what_is_changed_or_taken_away_is_missed(record, verdict, unguarded, statement, broken_at):
    record("Alva", "Bo", "Cai")
    unguarded(statement)
    assert verdict().broken_at == broken_at
