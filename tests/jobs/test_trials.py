"""What is sent by a company that only tries the portal, as it arrives."""
import pytest
from sqlalchemy import select

from domain import application_decisions
from domain.messages import Sms
from domain.outbox import OutboxMessage
from jobs import letters, outbox
from tests.conftest import NOON
from tests.factories import personnummer

APPLICANTS, TYPED = "+46701740606", "+46701740605"


@pytest.fixture
def application(make):
    return make.company_application(number=personnummer(70))


@pytest.fixture
def company(make, application):
    return make.trial(application)


def test_a_text_message_says_that_it_is_a_trial_and_comes_to_the_applicant(portal, make, stage,
                                                                           company):
    traveller = make.traveller(company, mobile=TYPED)
    make.sent_ticket(traveller)
    make.connection(traveller)
    outbox.sweep(portal)
    assert stage.phones.texts(TYPED) == []
    assert len(stage.phones.texts(APPLICANTS)) == 2
    assert all(text.startswith("PROV: ") for text in stage.phones.texts(APPLICANTS))


def test_every_text_message_and_letter_can_say_so():
    silent = [path for path in (letters.TEMPLATES / "sms").glob("[!_]*.txt")
              if '{% extends "sms/_layout.txt" %}' not in path.read_text()]
    silent += [path for path in (letters.TEMPLATES / "emails").glob("*/body.*")
               if f'{{% extends "emails/_layout{path.suffix}" %}}' not in path.read_text()]
    assert silent == []


def test_a_letter_says_to_whom_it_would_have_gone(portal):
    known = {"name": "Rut", "company": "Bolaget AB (prov)", "product": "period_365",
             "price_ore": 690_000, "reason": "Nej.", "trial": "rut@bolaget.example"}
    letter = letters.email(portal, "offer_declined", "sv", known)
    for text in (letter.text, letter.html):
        assert "Annars hade det här gått till rut@bolaget.example." in text
    assert letter.text.startswith("PROV: ")


def test_what_waited_when_the_application_was_decided_is_not_sent(portal, db, store, make, stage,
                                                                  company, application):
    make.sent_ticket(make.traveller(company))
    clerk = make.actor(make.clerk())
    with store.transaction(db):
        application_decisions.decline(db, application, reason="Nej.", by=clerk, now=NOON)
    for message_id in db.scalars(select(OutboxMessage.id)).all():
        outbox.deliver(portal, message_id)
    assert stage.phones.texts(APPLICANTS) == []
    assert db.scalars(select(Sms)).all() == []
