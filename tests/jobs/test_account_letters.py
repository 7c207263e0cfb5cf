"""Every letter about an account of Mina sidor can be written; its link is made when it is sent."""
import re

import pytest
from sqlalchemy import select

from domain import customers, email_changes, password_resets
from domain.email_changes import EmailChange
from domain.messages import Email, State
from domain.password_resets import PasswordReset
from jobs import letters
from jobs import outbox as jobs
from tests.conftest import NOON

KNOWN = {"name": "Kajsa <Kund>", "secret": "a-secret", "days": 7, "hours": 4, "by_number": 1,
         "email": "ny@brevladan.example"}
LINKS = {"customer_confirm": ["bekrafta/a-secret"],
         "customer_known": ["logga-in", "glomt-losenord"], "customer_not_opened": [],
         "customer_unknown": ["registrering"], "customer_reset": ["nytt-losenord/a-secret"],
         "customer_password": ["glomt-losenord"], "customer_bankid": [],
         "customer_email_old": ["e-post/a-secret"], "customer_email_new": ["e-post/a-secret"],
         "customer_email_taken": []}


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", LINKS)
def test_a_letter_says_the_same_as_text_and_as_html_with_its_links(portal, name, language):
    letter = letters.email(portal, name, language, KNOWN)
    assert (letter.subject != "", "\n" in letter.subject) == (True, False)
    links = [f"http://portal.example/mina-sidor/{link}" for link in LINKS[name]]
    assert re.findall(r"http://portal\.example/\S*", letter.text) == links
    assert re.findall(r'href="(http[^"]+)"', letter.html) == links
    assert "<Kund>" not in letter.html


@pytest.fixture
def reset(make, db, store):
    customer = make.customer(email="kajsa@brevladan.example")
    with store.transaction(db):
        password_resets.ask(db, customer.email, language="sv", now=NOON)
    return db.scalars(select(PasswordReset)).one()


def test_the_link_is_made_when_the_letter_is_sent_and_only_its_hash_is_kept(mail, stage, reset,
                                                                            db):
    waiting = db.scalars(select(Email)).one()
    assert "secret" not in waiting.values
    jobs.sweep(mail)
    [letter] = stage.mailbox.mails("kajsa@brevladan.example")
    secret = re.search(r"nytt-losenord/(\S+)", letter.get_body(("plain",)).get_content())[1]
    db.rollback()
    assert password_resets.with_secret(db, secret, now=NOON).id == reset.id
    assert secret.encode() not in db.get(PasswordReset, reset.id).secret_hash


def test_what_is_withdrawn_is_not_sent(mail, stage, make, db, store):
    customer = make.customer()
    with store.transaction(db):
        email_changes.ask(db, customer, "ny@brevladan.example", now=NOON,
                          by=customers.actor_of(customer))
        email_changes.withdraw(db, customer.id)
    jobs.sweep(mail)
    assert stage.mailbox.mails() == []
    db.rollback()
    assert {each.state for each in db.scalars(select(Email))} == {State.CANCELLED}
    assert db.scalars(select(EmailChange)).all() == []
