"""Many text messages with few transactions, each of them once."""
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import codes, messages, outbox, recalls
from domain.codes import Outcome
from domain.messages import Sms, State
from domain.outbox import OutboxMessage
from jobs import outbox as jobs
from jobs import sms_batches
from tests.conftest import NOON
from tests.factories import NOBODY
from tests.jobs.conftest import Death
from tests.queries import queries


def mobiles(number):
    return [f"+4670174{each:04}" for each in range(number)]


def tickets(make, number, company=None):
    company = company or make.company()
    return [make.sent_ticket(make.traveller(company, mobile=mobile)) for mobile in mobiles(number)]


def states(store) -> set:
    with store.session() as session:
        return set(session.scalars(select(Sms.state)))


def undone(store) -> int:
    with store.session() as session:
        return len(session.scalars(select(OutboxMessage.id).where(
            OutboxMessage.done_at.is_(None))).all())


def arrived(stage) -> list[str]:
    return [sms["recipient"] for sms in stage.phones.history(to=None, before=None, after=None,
                                                             limit=1_000)]


def test_a_batch_takes_few_transactions_and_each_has_a_link_of_its_own(portal, store, stage, make,
                                                                       world):
    tickets(make, 40)
    with queries(store) as asked:
        jobs.deliver_each(portal, world.queue.rung)
    assert len([each for each in asked if each.startswith("BEGIN")]) <= 5
    assert sorted(arrived(stage)) == mobiles(40)
    assert len({text for mobile in mobiles(40) for text in stage.phones.texts(mobile)}) == 40
    assert (states(store), undone(store)) == ({State.SENT}, 0)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_is_killed_in_the_middle_loses_nothing_and_nothing_is_sent_twice(
        portal, store, stage, wire, make, world, clock, when, monkeypatch):
    tickets(make, 12)
    answer, count = wire.handle_request, iter(range(1_000))

    def dying(request):
        if request.method == "POST" and next(count) == 7:
            wire.dies = when
        return answer(request)

    monkeypatch.setattr(wire, "handle_request", dying)
    with pytest.raises(Death):
        jobs.deliver_each(portal, world.queue.rung)
    wire.dies = ""
    assert undone(store) == 12
    clock.at += timedelta(minutes=1)
    jobs.sweep(portal)
    assert sorted(arrived(stage)) == mobiles(12)
    assert (states(store), undone(store)) == ({State.SENT}, 0)


def test_what_is_not_begun_in_time_is_let_go_and_rung_for_again(portal, store, stage, wire, make,
                                                                world, clock, monkeypatch):
    tickets(make, 10)
    answer = wire.handle_request

    def slow(request):
        clock.at += timedelta(seconds=3)
        return answer(request)

    monkeypatch.setattr(wire, "handle_request", slow)
    rung = list(world.queue.rung)
    jobs.deliver_each(portal, rung)
    assert len(arrived(stage)) == 4
    assert len(world.queue.rung[len(rung):]) == 6
    with store.session() as session:
        waiting = session.scalars(select(Sms).where(Sms.sent_at.is_(None))).all()
        assert {(sms.state, sms.sending_at) for sms in waiting} == {(State.WAITING, None)}
    monkeypatch.undo()
    jobs.sweep(portal)
    assert sorted(arrived(stage)) == mobiles(10)


def test_one_that_is_refused_stops_no_other(portal, store, stage, make, world):
    company = make.company()
    tickets(make, 3, company)
    make.sent_ticket(make.traveller(company, mobile="+46701740697"))
    jobs.deliver_each(portal, world.queue.rung)
    assert sorted(arrived(stage)) == mobiles(3)
    assert states(store) == {State.SENT, State.FAILED}
    with store.session() as session:
        assert [each.given_up_at for each in outbox.troubled(session)] == [NOON]


def test_while_the_provider_is_away_all_are_tried_again(portal, store, stage, wire, make, world,
                                                        clock):
    tickets(make, 3)
    wire.cut = True
    jobs.deliver_each(portal, world.queue.rung)
    wire.cut = False
    assert (arrived(stage), undone(store)) == ([], 3)
    clock.at += timedelta(minutes=1)
    jobs.sweep(portal)
    assert sorted(arrived(stage)) == mobiles(3)


def test_a_ticket_that_was_recalled_meanwhile_is_not_sent(portal, store, db, stage, make, world):
    first, *_ = tickets(make, 3)
    with store.transaction(db):
        recalls.recall(db, first, by=NOBODY, now=NOON)
    jobs.deliver_each(portal, world.queue.rung)
    assert sorted(arrived(stage)) == mobiles(3)[1:]
    assert undone(store) == 0


def test_a_delivery_report_that_is_quicker_than_the_batch_stands(portal, store, make, wire, world,
                                                                monkeypatch):
    made = tickets(make, 3)
    answer = wire.handle_request

    def report(request):
        with store.session() as session, store.transaction(session):
            for ticket, delivered in zip(made[:2], (True, False), strict=True):
                sms = messages.about(session, [ticket.id])[ticket.id]
                messages.delivery_reported(session, sms.id, delivered=delivered, now=NOON)
        return answer(request)

    monkeypatch.setattr(wire, "handle_request", report)
    jobs.deliver_each(portal, world.queue.rung)
    with store.session() as session:
        about = messages.about(session, [ticket.id for ticket in made])
    assert [about[ticket.id].state for ticket in made] == [
        State.DELIVERED, State.FAILED, State.SENT]
    assert all(about[ticket.id].provider_id for ticket in made)


def test_two_messages_about_one_ticket_and_codes_go_one_by_one(portal, store, db, stage, make,
                                                               world):
    ticket = make.sent_ticket()
    with store.transaction(db):
        messages.put_sms(db, "ticket", to="+46701740606", about_id=ticket.id, now=NOON,
                         company_id=ticket.company_id, number=ticket.number, company="Bolaget AB",
                         product="single")
    make.connection(make.traveller())
    with store.session() as session:
        assert sms_batches.fit(session, world.queue.rung) == []
    jobs.deliver_each(portal, world.queue.rung)
    assert len(arrived(stage)) == 3


def test_codes_take_few_transactions_and_each_opens_its_own(portal, store, stage, make, world):
    company = make.company()
    codes_of = {mobile: make.connection(make.traveller(company, mobile=mobile))
                for mobile in mobiles(30)}
    with queries(store) as asked:
        jobs.deliver_each(portal, world.queue.rung)
    assert len([each for each in asked if each.startswith("BEGIN")]) <= 5
    assert (states(store), undone(store)) == ({State.SENT}, 0)
    for mobile, connection in codes_of.items():
        [text] = stage.phones.texts(mobile)
        digits = re.search(r"\b\d{6}\b", text).group()
        with store.session() as session, store.transaction(session):
            assert codes.redeem(session, connection.id, digits, now=NOON) == Outcome.REDEEMED
    assert {sms["secret"] for sms in stage.phones.history(to=None, before=None, after=None,
                                                          limit=100)} == {True}


def test_a_code_that_was_voided_meanwhile_is_not_sent(portal, store, db, stage, make, world):
    company = make.company()
    first, *_ = [make.connection(make.traveller(company, mobile=mobile)) for mobile in mobiles(3)]
    with store.transaction(db):
        codes.void(db, first.id, now=NOON)
    jobs.deliver_each(portal, world.queue.rung)
    assert sorted(arrived(stage)) == mobiles(3)[1:]
    assert undone(store) == 0


def test_two_texts_that_cannot_be_told_apart_are_not_in_one_batch(portal, store, db, make, world):
    """The provider is asked after a crash what it took for a number, and keeps no codes."""
    mine, theirs = (make.connection(make.traveller(make.company(), mobile=mobiles(1)[0]))
                    for _ in range(2))
    other = make.connection(make.traveller(mobile=mobiles(2)[1]))
    sms_of = messages.about(db, [each.id for each in codes.current(
        db, [mine.id, theirs.id, other.id]).values()])
    alone = sms_of[codes.current(db, [other.id])[other.id].id]
    [fits] = sms_batches.fit(db, world.queue.rung)
    assert db.get_one(OutboxMessage, fits).args == {"sms_id": str(alone.id)}
