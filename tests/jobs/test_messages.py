"""Each text message and e-mail reaches its reader once."""
import re
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from sqlalchemy import select

from domain import business_travel, codes, messages, outbox
from domain.identity import token_hash
from domain.messages import Email, Sms, State
from domain.tickets import Ticket
from jobs import outbox as jobs
from sandbox.faults import MAIL_DOWN, MAIL_LOST, MAIL_NEVER, SMS_DOWN
from tests.conftest import NOON
from tests.factories import NOBODY
from tests.jobs.conftest import Death

MOBILE = "+46701740605"


@pytest.fixture
def traveller(make):
    return make.traveller()


def sms_about(store, thing):
    with store.session() as session:
        return messages.about(session, [thing.id])[thing.id]


def deliver_all(portal, clock, *, later=timedelta(hours=2)):
    """Everything that waits, also what has failed or was left by a worker that died."""
    clock.at += later
    jobs.sweep(portal)


def killed(portal, wire, message_id, when):
    """A worker is killed while it sends the message."""
    wire.dies = when
    with pytest.raises(Death):
        jobs.deliver(portal, message_id)
    wire.dies = ""


def test_a_ticket_is_sent_with_a_link_that_opens_it(portal, store, stage, make, traveller):
    ticket = make.sent_ticket(traveller)
    jobs.sweep(portal)
    [text] = stage.phones.texts(MOBILE)
    token = re.search(r"http://portal\.example/b/([\w-]{22})\b", text)[1]
    with store.session() as session:
        assert session.get_one(Ticket, ticket.id).link_hash == token_hash(token)
    sms = sms_about(store, ticket)
    assert (sms.state, sms.values, sms.sent_at) == (State.SENT, None, NOON)
    assert sms.provider_id == stage.phones.messages(MOBILE)[0]["id"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_is_killed_while_it_sends_loses_nothing_and_nothing_is_sent_twice(
        portal, store, stage, wire, make, world, clock, traveller, when):
    ticket = make.sent_ticket(traveller)
    killed(portal, wire, world.queue.rung[0], when)
    assert sms_about(store, ticket).state == State.SENDING
    deliver_all(portal, clock)
    assert len(stage.phones.texts(MOBILE)) == 1
    assert sms_about(store, ticket).provider_id == stage.phones.messages(MOBILE)[0]["id"]


def test_a_message_is_found_however_often_its_workers_are_killed(portal, store, stage, wire, make,
                                                                 world, clock, traveller):
    make.sent_ticket(traveller)
    killed(portal, wire, world.queue.rung[0], "after")
    clock.at += timedelta(minutes=1)
    wire.cut = True
    jobs.sweep(portal)
    wire.cut = False
    deliver_all(portal, clock)
    assert len(stage.phones.texts(MOBILE)) == 1


def test_an_answer_that_was_lost_is_asked_for_before_anything_is_sent_again(portal, stage, wire,
                                                                           make, clock, traveller):
    make.sent_ticket(traveller)
    wire.answers_lost = True
    jobs.sweep(portal)
    wire.answers_lost = False
    deliver_all(portal, clock)
    assert len(stage.phones.texts(MOBILE)) == 1


def test_two_tickets_to_one_phone_are_both_sent_though_the_first_ones_worker_is_killed(
        portal, store, stage, wire, make, world, clock, traveller):
    first, second = make.sent_ticket(traveller), make.sent_ticket(traveller)
    killed(portal, wire, world.queue.rung[0], "after")
    jobs.deliver(portal, world.queue.rung[1])
    deliver_all(portal, clock)
    texts = stage.phones.texts(MOBILE)
    assert sorted(number in text for text in texts for number in (first.number, second.number)) == [
        False, False, True, True]
    ids = {sms["id"] for sms in stage.phones.messages(MOBILE)}
    assert {sms_about(store, each).provider_id for each in (first, second)} == ids


def test_a_message_that_belongs_to_another_row_is_not_taken_for_ones_own(portal, store, stage, wire,
                                                                        make, world, clock):
    """46elks keeps no text of a code, so two codes to one phone look alike to it."""
    first, second = (make.connection(make.traveller()) for _ in range(2))
    killed(portal, wire, world.queue.rung[1], "before")
    jobs.deliver(portal, world.queue.rung[0])
    deliver_all(portal, clock)
    texts = stage.phones.texts(MOBILE)
    assert len(texts) == 2
    assert [sum(each.user_name in text for text in texts) for each in (first, second)] == [1, 1]


def test_the_delivery_report_of_a_message_whose_worker_was_killed_is_enough(portal, store, stage,
                                                                           wire, make, world, clock,
                                                                           traveller):
    ticket = make.sent_ticket(traveller)
    killed(portal, wire, world.queue.rung[0], "after")
    with store.session() as session, store.transaction(session):
        messages.delivery_reported(session, sms_about(store, ticket).id, delivered=True, now=NOON)
    wire.cut = True
    deliver_all(portal, clock)
    assert (sms_about(store, ticket).state, len(stage.phones.texts(MOBILE))) == (
        State.DELIVERED, 1)


def test_the_provider_is_told_where_to_report_and_by_which_key(portal, store, stage, make, wire,
                                                              traveller, monkeypatch):
    asked = []
    monkeypatch.setattr(wire, "handle_request", lambda request, ask=wire.handle_request: (
        asked.append(request.content.decode()), ask(request))[1])
    ticket = make.sent_ticket(traveller)
    jobs.sweep(portal)
    url = f"http://portal.example/aterrapport/sms/{sms_about(store, ticket).id}?key=report-key"
    assert parse_qs(asked[0])["whendelivered"] == [url]


def current_code(db, connection):
    return codes.current(db, [connection.id])[connection.id]


def test_a_code_is_made_when_it_is_sent_and_is_kept_nowhere(portal, store, db, stage, make, clock,
                                                           traveller):
    connection = make.connection(traveller)
    deliver_all(portal, clock, later=timedelta(hours=1))
    [text] = stage.phones.texts(MOBILE)
    digits = re.search(r"\b(\d{6})\b", text.replace(connection.user_name, ""))[1]
    assert stage.phones.messages(MOBILE)[0]["secret"] == 1
    sms = sms_about(store, current_code(db, connection))
    assert (sms.values, digits in str(vars(sms))) == (None, False)
    with store.transaction(db):
        assert codes.redeem(db, connection.id, digits, now=clock.now()) == "redeemed"


def test_a_code_holds_from_when_it_was_sent_not_from_when_it_was_ordered(portal, db, make, clock,
                                                                        traveller):
    connection = make.connection(traveller)
    deliver_all(portal, clock, later=timedelta(days=3))
    assert current_code(db, connection).expires_at == NOON + timedelta(days=10)


def test_a_code_that_was_voided_before_it_was_sent_is_not_sent(portal, store, db, stage, make,
                                                              world, clock, traveller):
    connection = make.connection(traveller)
    voided = sms_about(store, current_code(db, connection))
    with store.transaction(db):
        business_travel.send_new_code(db, connection, by=NOBODY, now=NOON)
    deliver_all(portal, clock)
    assert len(stage.phones.texts(MOBILE)) == 1
    with store.session() as session:
        assert session.get_one(Sms, voided.id).state == State.CANCELLED
        assert outbox.due(session, now=clock.now() + timedelta(days=1), most=9) == []


@pytest.fixture
def email(store, db):
    """An e-mail that waits, and what its row says now."""
    with store.transaction(db):
        email = messages.put_email(
            db, "offer_declined_admin", to="Åsa Öberg <asa@bolaget.example>", now=NOON, name="Åsa",
            traveller="Örjan Älv", product="period_365", price_ore=690000, decided_by="Noor",
            reason="Anställningen är för kort <sex månader>.")

    def now():
        with store.session() as session:
            return session.get_one(Email, email.id)
    return now


def test_an_email_arrives_in_swedish_and_its_words_are_forgotten(mail, stage, email):
    jobs.sweep(mail)
    [letter] = stage.mailbox.mails()
    assert (letter["Subject"], letter["To"]) == (
        "Örjan Älv får ingen 365-dagarsbiljett", "Åsa Öberg <asa@bolaget.example>")
    text, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Skälet är: Anställningen är för kort <sex månader>." in text
    assert "Skälet är: Anställningen är för kort &lt;sex månader&gt;." in html
    assert (email().state, email().values, email().sent_at) == (State.SENT, None, NOON)


def test_an_email_is_sent_once_however_often_it_runs(mail, store, stage, email, db):
    [message_id] = db.scalars(select(outbox.OutboxMessage.id))
    for _ in range(3):
        jobs.deliver(mail, message_id)
    assert len(stage.mailbox.mails()) == 1


def test_a_mail_server_that_is_down_is_tried_again(mail, stage, email, clock):
    stage.faults.turn_on(MAIL_DOWN)
    jobs.sweep(mail)
    assert email().state == State.WAITING
    stage.faults.turn_off(MAIL_DOWN)
    deliver_all(mail, clock)
    assert (email().state, len(stage.mailbox.mails())) == (State.SENT, 1)


def test_an_email_that_may_have_been_sent_can_be_told_by_its_id(mail, stage, email, clock):
    stage.faults.turn_on(MAIL_LOST)
    jobs.sweep(mail)
    stage.faults.turn_off(MAIL_LOST)
    deliver_all(mail, clock)
    assert {letter["Message-ID"] for letter in stage.mailbox.mails()} == {
        f"<{email().id}@portal.example>"}


def test_an_address_that_nobody_has_is_given_up_and_told(mail, db, stage, email):
    stage.faults.turn_on(MAIL_NEVER)
    jobs.sweep(mail)
    assert (email().state, email().problem) == (
        State.FAILED, "the mail server answered 550 to the recipient")
    assert [message.given_up_at for message in outbox.troubled(db)] == [NOON]


def test_an_sms_waits_while_the_provider_is_down_and_the_emails_go_on(mail, stage, email, make,
                                                                     clock):
    stage.faults.turn_on(SMS_DOWN)
    make.sent_ticket()
    jobs.sweep(mail)
    assert (email().state, stage.phones.texts(MOBILE)) == (State.SENT, [])
    stage.faults.turn_off(SMS_DOWN)
    deliver_all(mail, clock)
    assert len(stage.phones.texts(MOBILE)) == 1


def test_no_connection_is_held_while_the_world_takes_its_time(portal, store, make, wire,
                                                              monkeypatch):
    held = []
    monkeypatch.setattr(wire, "handle_request", lambda request, ask=wire.handle_request: (
        held.append(store.engine.pool.checkedout()), ask(request))[1])
    make.session.rollback()
    make.sent_ticket()
    make.session.rollback()
    jobs.sweep(portal)
    assert held == [0]
