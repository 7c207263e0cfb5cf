from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update

from domain import (
    activations,
    block_list,
    carried,
    messages,
    recalls,
    reissues,
    sales,
    sent_tickets,
    tickets,
)
from domain.access import Scope
from domain.audit import Act, Event
from domain.errors import Conflict, Invalid
from domain.messages import Sms
from domain.months import days_later
from domain.products import Product
from domain.recalls import Why
from domain.sales import Recipient
from domain.services import Service
from domain.tickets import State, Ticket
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY, ONE_ZONE

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
def ticket(make):
    return make.sent_ticket()


@pytest.fixture
def company(make):
    return make.company()


def recall(db, store, ticket, now=NOON):
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=now)


def activate(db, store, ticket, now=NOON):
    with store.transaction(db):
        activations.activate(db, ticket, now=now)


def holder(db, ticket):
    return db.get_one(Traveller, ticket.traveller_id)


def test_a_recalled_ticket_can_be_used_for_nothing(db, store, ticket):
    recall(db, store, ticket)
    assert (ticket.state(NOON), ticket.may_activate(NOON)) == (State.RECALLED, False)
    with pytest.raises(Conflict, match="återkallad"):
        activate(db, store, ticket)


def test_a_recall_is_told_in_the_log_with_what_is_credited(db, store, ticket):
    recall(db, store, ticket)
    [event] = db.scalars(select(Event).where(Event.act == Act.TICKET_RECALLED))
    assert (event.thing_id, event.department_id) == (ticket.id, ticket.department_id)
    assert event.details == {"holder": "Rut Resenär", "product": "single", "price_ore": 4_200}


def test_a_message_that_nobody_has_begun_to_send_is_not_sent(db, store, ticket):
    recall(db, store, ticket)
    sms = db.scalar(select(Sms))
    assert (sms.state, sms.values) == (messages.State.CANCELLED, None)


def test_what_is_activated_is_not_recalled(db, store, ticket):
    activate(db, store, ticket)
    with pytest.raises(Conflict, match="redan aktiverad"):
        recall(db, store, ticket)
    assert ticket.state(NOON) == State.ACTIVE


def test_twice_is_a_conflict(db, store, ticket):
    recall(db, store, ticket)
    with pytest.raises(Conflict, match="redan återkallad"):
        recall(db, store, ticket)


def test_a_ticket_may_be_recalled_for_thirty_days(db, store, ticket):
    over = days_later(MORNING, 30)
    assert recalls.may_recall(db, ticket, now=over - timedelta(seconds=1))
    with pytest.raises(Conflict, match="kan inte återkallas längre"):
        recall(db, store, ticket, now=over)


@pytest.mark.parametrize("service", [Service.BUSINESS_TRAVEL, Service.STAFF_OFFER])
def test_only_what_the_company_has_sent_is_recalled(db, store, make, service):
    ticket = make.ticket(service=service)
    with pytest.raises(Conflict):
        recall(db, store, ticket)


def test_whether_it_may_be_recalled_does_not_tell_whether_it_is_used(db, store, ticket):
    activate(db, store, ticket)
    assert recalls.may_recall(db, ticket, now=NOON)


def test_an_activation_just_before_wins_over_the_recall(db, store, ticket):
    with store.session() as other:
        seen = other.get(Ticket, ticket.id)
        assert seen.activated_at is None
        other.rollback()
        activate(db, store, ticket)
        with pytest.raises(Conflict), store.transaction(other):
            recalls.recall(other, seen, by=NOBODY, now=NOON)
    db.refresh(ticket)
    assert ticket.recalled_at is None


def test_an_activation_that_read_the_ticket_before_it_was_recalled_is_refused(db, store, ticket):
    with pytest.raises(Conflict, match="hann före"), store.transaction(db):
        db.refresh(ticket)
        db.execute(update(Ticket).values(recalled_at=NOON, version=Ticket.version + 1)
                   .execution_options(synchronize_session=False))
        activations.activate(db, ticket, now=NOON)


def test_a_recalled_ticket_is_not_sent_again_and_lies_with_the_used_ones(db, store, make, ticket):
    with store.transaction(db):
        messages.refused(messages.about(db, [ticket.id])[ticket.id], "no such number")
    recall(db, store, ticket)
    sms = messages.about(db, [ticket.id])[ticket.id]
    assert not sent_tickets.may_resend(ticket, sms, now=NOON)
    later = make.ticket(holder(db, ticket))
    assert carried.by_travellers(db, [ticket.traveller_id], now=NOON) == [later, ticket]


def test_the_month_so_far_is_less_what_is_recalled(db, store, make, ticket):
    make.sent_ticket(holder(db, ticket))
    old = make.sent_ticket(holder(db, ticket), at=MORNING - timedelta(days=25))
    recall(db, store, ticket)
    recall(db, store, old)
    sums = tickets.month_so_far(db, within=Scope(ticket.company_id), now=NOON)
    assert (sums[0].tickets, sums[0].gross_ore) == (1, 0)


def test_a_recall_and_an_activation_at_once_do_one_thing(db, store, ticket):
    db.rollback()
    ready = Barrier(2)

    def attempt(verb, **kwargs) -> bool:
        with store.session() as session:
            try:
                ready.wait()
                with store.transaction(session):
                    verb(session, session.get_one(Ticket, ticket.id), now=NOON, **kwargs)
            except Conflict:
                return False
        return True

    with ThreadPoolExecutor(2) as threads:
        recalled = threads.submit(attempt, recalls.recall, by=NOBODY)
        activated = threads.submit(attempt, activations.activate)
    db.refresh(ticket)
    assert recalled.result() != activated.result()
    assert (bool(ticket.recalled_at), bool(ticket.activated_at)) == (
        recalled.result(), activated.result())


def planned(db, *tickets, now=NOON):
    chosen = select(Ticket.id).where(Ticket.id.in_([each.id for each in tickets]))
    return recalls.plan(db, chosen, now=now)


def test_a_plan_tells_what_is_recalled_what_is_not_and_why(db, store, make, ticket):
    recalled, offer = make.sent_ticket(), make.ticket(service=Service.STAFF_OFFER)
    old = make.sent_ticket(at=MORNING - timedelta(days=30))
    recall(db, store, recalled)
    plan = planned(db, ticket, recalled, offer, old)
    assert (plan.tickets, plan.sum_ore) == ([ticket], ticket.price_ore)
    assert plan.left_out == {Why.RECALLED: [recalled], Why.OFFER: [offer], Why.TOO_OLD: [old]}


def test_a_plan_does_not_tell_whether_a_ticket_is_used(db, store, ticket):
    before = planned(db, ticket)
    activate(db, store, ticket)
    assert planned(db, ticket).mark == before.mark


def test_of_many_those_that_are_used_are_told_and_the_others_recalled(db, store, make, ticket):
    used = make.sent_ticket()
    activate(db, store, used)
    with store.transaction(db):
        outcome = recalls.carry_out(db, planned(db, ticket, used), by=NOBODY, now=NOON)
    assert (outcome.recalled, outcome.in_use, outcome.first) == ([ticket], [used], [])
    assert (outcome.sum_ore, recalls_told(db)) == (ticket.price_ore, [ticket.id])
    db.expire_all()
    assert [each.state(NOON) for each in (ticket, used)] == [State.RECALLED, State.ACTIVE]


def test_of_more_than_may_be_at_once_the_rest_are_left_for_another_time(db, store, make, company):
    sent = [make.sent_ticket(make.traveller(company), at=NOON - timedelta(minutes=minutes))
            for minutes in (1, 2, 3)]
    db.info["rules"] = replace(db.info["rules"], recalls_at_once_max=2)
    every = select(Ticket.id)
    first = recalls.plan(db, every, now=NOON)
    assert (list(first.tickets), first.more) == (sent[:2], True)
    with store.transaction(db):
        recalls.carry_out(db, first, by=NOBODY, now=NOON)
    second = recalls.plan(db, every, now=NOON)
    assert (list(second.tickets), second.more) == (sent[2:], False)


def test_what_another_has_recalled_meanwhile_is_told_apart(db, store, ticket):
    plan = planned(db, ticket)
    recall(db, store, ticket)
    with store.transaction(db):
        outcome = recalls.carry_out(db, plan, by=NOBODY, now=NOON)
    assert (outcome.recalled, outcome.in_use, outcome.first) == ([], [], [ticket])


def test_one_that_is_to_be_sent_later_may_be_stopped_until_thirty_days_after(db, store, ticket):
    with store.transaction(db):
        ticket.send_at = days_later(NOON, 60)
    assert recalls.last_moment(db, ticket) == days_later(NOON, 90)
    recall(db, store, ticket, now=days_later(NOON, 59))
    assert messages.about(db, [ticket.id])[ticket.id].state == messages.State.CANCELLED


@pytest.fixture
def sixteen(store):
    """Sixteen who do each their thing at the same moment; a thing that came too late is False."""
    ready = Barrier(16)

    def attempt(number, act):
        with store.session() as session:
            try:
                ready.wait()
                with store.transaction(session):
                    return act(session, number)
            except (Conflict, Invalid):
                return False

    def at_once(act):
        with ThreadPoolExecutor(16) as threads:
            return [each.result() for each in
                    [threads.submit(attempt, number, act) for number in range(16)]]
    return at_once


def in_all(db, company_id):
    return {ticket.id: ticket for ticket in db.scalars(select(Ticket).where(
        Ticket.company_id == company_id).execution_options(populate_existing=True))}


def test_sixteen_who_recall_the_same_tickets_recall_each_once(db, make, company, sixteen):
    traveller = make.traveller(company)
    sent = [make.sent_ticket(traveller).id for _ in range(20)]
    db.rollback()

    def recall_some(session, number):
        chosen = sent[number % 4:] if number % 2 else sent[::-1][number % 3:]
        plan = recalls.plan(session, select(Ticket.id).where(Ticket.id.in_(chosen)), now=NOON)
        return [each.id for each in recalls.carry_out(session, plan, by=NOBODY, now=NOON).recalled]

    recalled = [id for some in sixteen(recall_some) for id in some or []]
    assert sorted(recalled) == sorted(sent)
    assert recalls_told(db) == sorted(sent)
    assert len(block_list.active(db, now=NOON)) == 20
    assert {sms.state for sms in db.scalars(select(Sms))} == {messages.State.CANCELLED}
    [part, *_] = tickets.month_so_far(db, within=Scope(company.id), now=NOON)
    assert (part.tickets, part.gross_ore) == (0, 0)


def test_sixteen_senders_recallers_and_travellers_at_once_agree(db, make, store, company, sixteen):
    """Four send, four recall, four activate, and four make anew, over and over, the same tickets:
    whatever came first, each ticket has had one fate, and the sums are those of the tickets."""
    traveller = make.traveller(company)
    old = [make.sent_ticket(traveller).id for _ in range(4)]
    by, company_id, traveller_id = make.actor(make.admin(company)), company.id, traveller.id
    db.rollback()

    def act(session, number):
        ticket = session.get_one(Ticket, old[number % 4])
        match number // 4:
            case 0:
                to = session.get_one(Traveller, traveller_id)
                return sales.send(session, Product.SINGLE, ONE_ZONE, to=Recipient.registered(to),
                                  department=to.department, by=by, now=NOON).id
            case 1:
                chosen = select(Ticket.id).where(Ticket.company_id == company_id)
                plan = recalls.plan(session, chosen, now=NOON)
                outcome = recalls.carry_out(session, plan, by=by, now=NOON)
                return [each.id for each in outcome.recalled]
            case 2:
                activations.activate(session, ticket, now=NOON)
                return ticket.id
            case _:
                reissues.reissue(session, ticket, text=True, by=by, now=NOON)
                return ticket.id

    done = sixteen(act)
    sent, recalled, activated, anew = (done[start:start + 4] for start in (0, 4, 8, 12))
    found = in_all(db, company_id)
    assert all(sent)
    assert set(found) == {*old, *sent}  # none is lost, and none is sent twice
    recalled = [id for some in recalled for id in some or []]
    assert sorted(recalled) == sorted(id for id, each in found.items() if each.recalled_at)
    assert {id for id in activated if id} == {id for id, each in found.items() if each.activated_at}
    assert set(recalled).isdisjoint(id for id in activated if id)
    assert recalls_told(db) == sorted(recalled)

    blocked = {each.number: block_list.Reason.RECALLED for each in found.values()
               if each.recalled_at}
    former = {each.number: block_list.Reason.LOST for id in anew if id
              for each in reissues.of_ticket(db, found[id])}
    assert len(former) == len([id for id in anew if id])
    assert block_list.active(db, now=NOON) == blocked | former
    left = [each for each in found.values() if not each.recalled_at]
    [part, *_] = tickets.month_so_far(db, within=Scope(company.id), now=NOON)
    assert (part.tickets, part.gross_ore) == (len(left), sum(each.price_ore for each in left))
    month = sent_tickets.summed(db, within=Scope(company.id), now=NOON)
    assert month.gross_ore - month.recalled_ore == part.gross_ore


def test_sixteen_who_send_one_again_send_one_message_for_each_that_was_told(db, make, store,
                                                                            company, sixteen):
    ticket = make.sent_ticket(make.traveller(company))
    with store.transaction(db):
        messages.refused(messages.about(db, [ticket.id])[ticket.id], "no such number")
    id, mobile = ticket.id, ticket.mobile
    db.rollback()

    def act(session, number):
        found = session.get_one(Ticket, id)
        if number % 2:
            recalls.recall(session, found, by=NOBODY, now=LATER)
        else:
            sent_tickets.resend(session, found, mobile=mobile, by=NOBODY, now=LATER)
        return True

    done = sixteen(act)
    assert sum(done[1::2]) == 1
    texts = db.scalars(select(Sms).where(Sms.about_id == ticket.id)).all()
    assert sum(done[::2]) <= 1
    assert len(texts) == 1 + sum(done[::2])
    assert not [sms for sms in texts if sms.state == messages.State.WAITING]


def recalls_told(db):
    return sorted(db.scalars(select(Event.thing_id).where(Event.act == Act.TICKET_RECALLED)))
