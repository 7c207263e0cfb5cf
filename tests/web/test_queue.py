from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from blueprints import queue
from blueprints.queue import LATER, NEVER, TASKS
from domain import messages, outbox, refunds
from domain.audit import Act, Event
from domain.messages import Sms, State
from domain.outbox import Task
from domain.payments import Means, Payment
from integrations.queue import SilentQueue
from jobs import outbox as carrier
from sandbox.phones import REFUSED
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.queries import queries

QUEUE = "/intern/ko/"


@pytest.fixture
def clerk(browser, make):
    return browser.log_in(make.clerk())


@pytest.fixture
def stuck(db, store, world):
    """An e-mail that was refused for good, unless it `away`s: then it is tried again later."""
    def stuck(to="rut@bolaget.example", *, away=False):
        with store.transaction(db):
            messages.put_email(db, "report_made", to=to, now=NOON)
            message = outbox.find(db, db.info["outbox"][-1])
            if away:
                message.attempts = 2
                outbox.failed(message, "the mail server cannot be reached", now=NOON)
            else:
                outbox.give_up(message, "the mail server refused: 550", now=NOON)
        world.queue.rung.clear()
        return message
    return stuck


def due(db, message):
    db.rollback()
    db.refresh(message)
    return message.next_try_at


def test_when_nothing_is_stuck_the_page_says_so(clerk):
    page = clerk.get(QUEUE)
    assert "Inget har fastnat" in page.said
    assert "Utskicken är igång" in page.said


def test_a_refused_message_is_told_in_words_with_the_recipient_masked(clerk, stuck):
    stuck()
    page = clerk.get(QUEUE)
    for words in ("E-brev", "Månadens rapport är klar", "r•••@bolaget.example", "Gick inte",
                  "E-postservern nekade. Kontrollera mottagarens adress.",
                  "the mail server refused: 550"):
        assert words in page.said
    assert "rut@" not in page.response.text


def test_a_message_that_is_tried_again_says_when(clerk, stuck):
    stuck(away=True)
    page = clerk.get(QUEUE)
    assert "2 försök" in page.said
    assert "E-postservern tog inte emot det. Nytt försök fre 20 nov 12:01." in page.said


def test_sending_again_answers_htmx_with_the_row_and_rings(clerk, stuck, world, db):
    message = stuck()
    row = clerk.post(f"{QUEUE}{message.id}/nytt-forsok", headers=FRAGMENT)
    assert (row.status, row.whole, row.tags[0]) == (200, False, ("tr", {
        "id": f"message-{message.id}"}))
    assert "Skickas igen" in row.said
    assert row.all("button") == []
    assert world.queue.rung == [message.id]
    assert due(db, message) == NOON
    event = db.scalars(select(Event).where(Event.act == Act.MESSAGE_RETRIED)).one()
    assert (event.thing_id, event.by_name) == (message.id, "Berit Handläggare")


def test_sending_again_answers_a_plain_browser_with_the_list(clerk, stuck):
    message = stuck()
    assert clerk.post(f"{QUEUE}{message.id}/nytt-forsok").location == QUEUE
    assert "Meddelandet skickas igen." in clerk.get(QUEUE).said


def test_sending_again_what_is_on_its_way_changes_nothing(clerk, stuck, world):
    message = stuck()
    for _ in range(2):
        assert clerk.post(f"{QUEUE}{message.id}/nytt-forsok").status == 303
    assert set(world.queue.rung) == {message.id}


def test_all_can_be_sent_again_at_once(clerk, stuck, world, db):
    two = [stuck(), stuck("anna@bolaget.example", away=True)]
    assert clerk.post(f"{QUEUE}nytt-forsok").location == QUEUE
    assert "2 meddelanden skickas igen." in clerk.get(QUEUE).said
    assert set(world.queue.rung) == {message.id for message in two}


def test_a_refused_text_message_is_really_sent_when_asked_for_again(clerk, make, db, store, world,
                                                                    portal, sandbox):
    make.sent_ticket(make.traveller(mobile=f"+467017406{REFUSED}"))
    [message_id] = world.queue.rung
    carrier.deliver(portal, message_id)
    sms = db.scalars(select(Sms)).one()
    assert sms.state == State.FAILED
    assert "070 ••• •• 97" in clerk.get(QUEUE).said
    with store.transaction(db):
        sms.to = "+46701740605"
    clerk.post(f"{QUEUE}{message_id}/nytt-forsok")
    carrier.deliver(portal, message_id)
    db.refresh(sms)
    assert sms.state == State.SENT
    assert "Inget har fastnat" in clerk.get(QUEUE).said


def test_the_list_takes_as_many_questions_at_three_rows_as_at_one(clerk, stuck, store):
    stuck()
    with queries(store) as at_one:
        clerk.get(QUEUE)
    stuck()
    stuck(away=True)
    with queries(store) as at_three:
        clerk.get(QUEUE)
    assert len(at_one) == len(at_three)


class LonelyQueue(SilentQueue):
    def working(self):
        return {"queue": True, "worker": False, "scheduler": True}


def test_a_queue_that_nobody_works_at_is_told(app, clerk):
    app.extensions["world"] = replace(app.extensions["world"], queue=LonelyQueue())
    assert "Ingen arbetar med kön" in clerk.get(QUEUE).said


def test_a_message_that_is_not_there_is_not_found(clerk):
    assert clerk.post(f"{QUEUE}{uuid4()}/nytt-forsok").status == 404


def test_only_a_clerk_sees_the_queue(browser, make, stuck, world):
    message = stuck()
    browser.log_in(make.admin())
    assert browser.get(QUEUE).status == 403
    assert browser.post(f"{QUEUE}{message.id}/nytt-forsok").status == 403
    assert browser.post(f"{QUEUE}nytt-forsok").status == 403
    assert world.queue.rung == []


def test_money_that_does_not_go_back_says_how_much_of_which_order(clerk, make, db, store):
    order = make.shop_order(make.customer(), paid_with=Means.SWISH)
    with store.transaction(db):
        asked = refunds.ask(db, db.get_one(Payment, order.payment_id), 1_500,
                            reason=refunds.Reason.GOODWILL, by=None, now=NOON)
        outbox.give_up(outbox.find(db, asked.message_id), "RF02", now=NOON)
    page = clerk.get(QUEUE)
    assert "15 kr" in page.said.replace("\N{NO-BREAK SPACE}", " ")
    assert f"Order {order.number}" in page.said
    assert f"/intern/kunder/{order.customer_id}" in page.links()


def test_whatever_gets_stuck_has_words_for_it():
    assert set(TASKS) == set(LATER) == set(NEVER) == set(Task)
    templates = Path(queue.__file__).parents[1] / "templates"
    assert set(queue.LETTERS) == {
        *(each.parent.name for each in templates.glob("emails/*/subject.txt")),
        *(each.stem for each in templates.glob("sms/[!_]*.txt"))}
