from datetime import UTC, date, datetime

from sqlalchemy import select

from domain.messages import Email
from jobs import offer_reminders


def test_the_job_writes_each_letter_once(portal, clock, make, db):
    company = make.company()
    make.admin(company)
    make.offer_application(make.traveller(company), starts_on=date(2026, 12, 1))
    clock.at = datetime(2026, 12, 2, 7, 30, tzinfo=UTC)
    offer_reminders.send(portal)
    offer_reminders.send(portal)
    assert sorted(db.scalars(select(Email.template))) == [
        "offer_arrived", "offer_waits", "offers_to_decide"]
