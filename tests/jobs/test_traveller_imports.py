from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain import import_carrying, import_pieces, traveller_imports
from domain.import_pieces import What
from domain.import_rows import COLUMNS
from domain.rules import Rules
from domain.traveller_imports import State, TravellerImport
from domain.travellers import Traveller
from jobs import outbox
from tests.conftest import NOON
from tests.domain.importing import ALVA, BO, CIA, row

ROWS = [row(ALVA), row(BO, "Bo"), row(CIA, "Cia"), row("nonsense"), row(ALVA, "Alva igen")]


class Death(BaseException):
    """The worker is killed: nothing in it can catch this."""


@pytest.fixture
def config(config):
    return replace(config, rules=Rules(import_sync_rows_max=2))


@pytest.fixture
def department(make):
    return make.department(make.company())


@pytest.fixture
def admin(make, department):
    return make.actor(make.department_admin(department))


@pytest.fixture
def uploaded(make, department, admin, monkeypatch):
    monkeypatch.setattr(import_pieces, "ROWS", 2)
    return make.traveller_import(department, *ROWS, by=admin, columns=COLUMNS)


@pytest.fixture
def order(db, store, world, admin):
    """Has it done, and says what a worker is to be rung for."""
    def order(verb, kept, **how):
        world.queue.rung.clear()
        with store.transaction(db):
            verb(db, kept, by=admin, now=NOON, **how)
        [message_id] = world.queue.rung
        return message_id
    return order


@pytest.fixture
def checked(uploaded, order, portal):
    outbox.deliver(portal, order(traveller_imports.order_check, uploaded))
    return uploaded


def seen(store, kept):
    """As whoever looks at the page sees it."""
    with store.session() as session:
        now = session.get_one(TravellerImport, kept.id)
        return now.state, now.done


def counts(db, kept):
    db.rollback()
    return {what: count for what, count in import_pieces.counts(db, kept.id).items() if count}


def test_a_long_list_is_checked_by_the_worker(db, store, checked):
    assert seen(store, checked) == (State.CHECKED, 5)
    assert counts(db, checked) == {What.CELLS: 5, What.NEW: 3, What.WRONG: 2}


def test_whoever_waits_sees_how_far_it_has_come_and_a_killed_worker_is_started_over(
        db, store, portal, uploaded, order, monkeypatch, clock):
    read = import_pieces.rows

    def killed(session, import_id, what, number):
        if number == 2:
            raise Death
        return read(session, import_id, what, number)

    monkeypatch.setattr(import_pieces, "rows", killed)
    message_id = order(traveller_imports.order_check, uploaded)
    with pytest.raises(Death):
        outbox.deliver(portal, message_id)
    assert seen(store, uploaded) == (State.CHECKING, 4)
    monkeypatch.undo()
    clock.at += timedelta(minutes=1)
    outbox.sweep(portal)
    assert seen(store, uploaded) == (State.CHECKED, 5)
    assert counts(db, uploaded) == {What.CELLS: 5, What.NEW: 3, What.WRONG: 2}


def test_a_worker_that_was_overtaken_leaves_it_alone(db, store, portal, uploaded, order,
                                                     monkeypatch):
    """Another check was ordered while this one was asleep."""
    old = order(traveller_imports.order_check, uploaded)
    read = import_pieces.rows

    def slept(session, import_id, what, number):
        session.execute(update(TravellerImport).values(round=TravellerImport.round + 1))
        return read(session, import_id, what, number)

    monkeypatch.setattr(import_pieces, "rows", slept)
    outbox.deliver(portal, old)
    assert seen(store, uploaded)[0] == State.CHECKING


def test_a_long_list_is_carried_out_and_undone_by_the_worker(db, store, portal, checked, order):
    outbox.deliver(portal, order(traveller_imports.order, checked))
    assert seen(store, checked)[0] == State.DONE
    assert len(db.scalars(select(Traveller.id)).all()) == 3
    outbox.deliver(portal, order(traveller_imports.order_undo, checked))
    db.rollback()
    assert (seen(store, checked)[0], db.scalars(select(Traveller.id)).all()) == (State.UNDONE, [])


def test_a_worker_killed_while_it_saves_has_saved_nothing_and_the_next_saves_all(
        db, store, portal, checked, order, monkeypatch, clock):
    def killed(*_args, **_kwargs):
        raise Death

    message_id = order(traveller_imports.order, checked)
    monkeypatch.setattr(import_carrying, "connect", killed)
    with pytest.raises(Death):
        outbox.deliver(portal, message_id)
    assert db.scalars(select(Traveller.id)).all() == []
    db.rollback()
    monkeypatch.undo()
    clock.at += timedelta(minutes=1)
    outbox.sweep(portal)
    outbox.deliver(portal, message_id)
    assert (seen(store, checked)[0], len(db.scalars(select(Traveller.id)).all())) == (
        State.DONE, 3)


def test_a_list_that_was_overtaken_is_checked_anew_by_the_worker(
        db, store, portal, world, make, department, checked, order):
    message_id = order(traveller_imports.order, checked)
    make.traveller(department=department, given_name="Bo", surname="Ek", number=BO)
    world.queue.rung.clear()
    outbox.deliver(portal, message_id)
    assert seen(store, checked) == (State.CHECKING, 0)
    outbox.deliver(portal, world.queue.rung[0])
    assert seen(store, checked)[0] == State.CHECKED
    assert counts(db, checked)[What.NEW] == 2
