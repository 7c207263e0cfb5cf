import pytest
from sqlalchemy import select

from domain import messages, outbox, queue
from domain.audit import AUTHORITY, Act, Event
from domain.outbox import Task
from tests.conftest import NOON


@pytest.fixture
def give_up(store, db):
    """Give up what is put in the block's transaction."""
    def give_up(put):
        with store.transaction(db):
            put()
            message = outbox.find(db, db.info["outbox"][-1])
            outbox.give_up(message, "refused", now=NOON)
        return message
    return give_up


def seen(db):
    return [(each.template, each.to) for each in queue.stuck(db)]


def test_a_clerk_sees_what_it_is_and_only_so_much_of_to_whom(db, give_up, make):
    about = make.company().id
    give_up(lambda: messages.put_email(db, "report_made", to="rut.ek@bolaget.example", now=NOON))
    give_up(lambda: messages.put_sms(db, "ticket", to="+46701740605", about_id=about,
                                     company_id=about, now=NOON))
    give_up(lambda: messages.put_sms(db, "ticket", to="+4740612345", about_id=about,
                                     company_id=about, now=NOON))
    give_up(lambda: outbox.put(db, Task.WRITE_REPORT, report_id=str(about), now=NOON))
    assert sorted(seen(db), key=str) == sorted([
        ("report_made", "r•••@bolaget.example"), ("ticket", "070 ••• •• 05"),
        ("ticket", "+47 ••• •• 45"), (None, None)], key=str)


def test_sending_again_is_written_down(store, db, give_up, make, world):
    message = give_up(lambda: messages.put_email(db, "report_made", to="a@b.example", now=NOON))
    world.queue.rung.clear()
    clerk = make.actor(make.clerk())
    with store.transaction(db):
        queue.try_again(db, message, by=clerk, now=NOON)
    assert (seen(db), world.queue.rung) == ([], [message.id])
    event = db.scalars(select(Event).where(Event.act == Act.MESSAGE_RETRIED)).one()
    assert (event.thing_id, event.by_person_id, event.chain_id) == (
        message.id, clerk.person_id, AUTHORITY)
