from datetime import UTC, date, datetime

from sqlalchemy import select

from domain import codes, messages
from domain.messages import Sms
from domain.months import days_later
from jobs import business_travel as job
from jobs import code_reminders, letters, outbox
from tests.conftest import NOON

MIDNIGHT = datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_whoever_has_had_the_last_day_has_tjansteresor_no_more_and_nobody_else(portal, clock, make,
                                                                               store, db):
    company = make.company()
    one, other, always = (make.connection(make.traveller(company)) for _ in range(3))
    with store.transaction(db):
        one.to_on, other.to_on = date(2026, 11, 30), date(2026, 12, 1)
    clock.at = MIDNIGHT
    for _ in range(2):
        job.end_past(portal)
    db.expire_all()
    assert [each.ended_at for each in (one, other, always)] == [MIDNIGHT, None, None]


def test_what_was_missed_is_made_good(portal, clock, make, store, db):
    connection = make.connection()
    with store.transaction(db):
        connection.to_on = date(2026, 11, 30)
    clock.at = datetime(2026, 12, 9, 4, tzinfo=UTC)
    job.end_past(portal)
    db.expire_all()
    assert connection.ended_at == clock.at


def test_a_reminder_goes_out_once_and_does_not_say_the_code(portal, clock, make, store, db, stage):
    make.price_list()
    traveller = make.traveller()
    connection = make.connection(traveller)
    with store.transaction(db):
        code = codes.current(db, [connection.id])[connection.id]
        digits = codes.issue(db, code.id, now=NOON)
        messages.sent(messages.about(db, [code.id])[code.id], now=NOON)
    clock.at = days_later(NOON, 6)
    for _ in range(2):
        code_reminders.send(portal)
    outbox.sweep(portal)
    [text] = stage.phones.texts(traveller.mobile)
    assert digits not in text
    for words in ("fre 27 nov", "fre 20 nov", "/resa/allpay"):
        assert words in text
    db.expire_all()
    assert db.scalars(select(Sms.state).where(Sms.template == "allpay_reminder")).all() == ["sent"]


def test_the_reminder_fits_in_two_parts(portal):
    text = letters.sms(portal, "allpay_reminder", "sv", {
        "company": "Åkeriet i Växjö AB", "came": "2026-11-20", "day": "2026-11-27",
        "ask": "Margareta Sjögren-Lindqvist"})
    assert len(text) <= 2 * 153
