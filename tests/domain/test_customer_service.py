from datetime import date

import pytest
from sqlalchemy import select

from domain import (
    customer_logins,
    customer_service,
    customers,
    password_resets,
    service_acts,
    service_documents,
)
from domain.audit import Act, Event
from domain.customer_service import Details
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Email
from domain.password_resets import PasswordReset
from domain.service_acts import Kind, ServiceAct, Why
from domain.service_documents import ServiceDocument
from tests.conftest import NOON
from tests.factories import personnummer

PDF = b"%PDF-1.7 ett intyg"


@pytest.fixture
def kajsa(make):
    return make.customer("Kajsa", "Ek", email="kajsa@ek.example")


@pytest.fixture
def by(make):
    return make.actor(make.clerk())


@pytest.fixture
def do(store, db, by):
    def do(verb, *args, **kwargs):
        with store.transaction(db):
            return verb(db, *args, by=by, now=NOON, **kwargs)
    return do


def log(db, customer):
    return {event.act: event for event in db.scalars(
        select(Event).where(Event.chain_id == customer.id))}


def letters(db):
    return [(letter.template, letter.to) for letter in db.scalars(select(Email))]


def as_is(customer, **over):
    return Details(**{name: getattr(customer, name) for name in customer_service.PLAIN}
                   | {"personnummer": None} | over)


def test_who_is_blocked_is_signed_out_and_told_why(db, do, make, kajsa):
    make.customer_login(kajsa, token="kund.hers")
    do(customer_service.block, kajsa, Why("Säljer vidare biljetter."))
    assert customer_logins.of_customer(db, kajsa.id, now=NOON) == []
    assert (kajsa.blocked_at, kajsa.blocked_because) == (NOON, "Säljer vidare biljetter.")
    [letter] = db.scalars(select(Email))
    assert (letter.template, letter.to) == ("customer_blocked", "kajsa@ek.example")
    assert letter.values["reason"] == "Säljer vidare biljetter."
    with pytest.raises(Conflict):
        do(customer_service.block, kajsa, Why("Igen."))


def test_a_block_is_lifted(db, do, kajsa):
    with pytest.raises(Conflict):
        do(customer_service.unblock, kajsa, Why("Inte avstängd."))
    do(customer_service.block, kajsa, Why("Ett misstag."))
    do(customer_service.unblock, kajsa, Why("Vi hade fel."))
    assert (kajsa.blocked_at, kajsa.blocked_because) == (None, "")
    assert {Act.CUSTOMER_BLOCKED, Act.CUSTOMER_UNBLOCKED} <= set(log(db, kajsa))


def test_an_act_needs_a_reason_and_keeps_it_out_of_the_log(db, do, kajsa):
    with pytest.raises(Invalid, match="Skriv varför"):
        do(customer_service.block, kajsa, Why("  "))
    do(customer_service.block, kajsa, Why("Kajsa sa si och så."))
    [act] = service_acts.of_customer(db, kajsa.id)
    assert (act.kind, act.reason, act.by.name) == (
        Kind.BLOCKED, "Kajsa sa si och så.", "Berit Handläggare")
    event = log(db, kajsa)[Act.CUSTOMER_BLOCKED]
    assert (event.by_name, event.details) == ("Berit Handläggare", {})


def test_what_is_wrong_is_corrected_and_the_log_tells_what_but_not_to_what(db, do, kajsa):
    do(customer_service.correct, kajsa, as_is(kajsa, surname="Ek-Ström", mobile="+46701740699"),
       Why("Har gift sig."))
    assert (kajsa.name, kajsa.mobile, kajsa.sort_name) == (
        "Kajsa Ek-Ström", "+46701740699", "ek-ström kajsa")
    assert log(db, kajsa)[Act.CUSTOMER_CORRECTED].details == {"what": "mobile, surname"}
    with pytest.raises(Invalid, match="Inget är ändrat"):
        do(customer_service.correct, kajsa, as_is(kajsa), Why("Inget."))


def test_who_gets_another_address_is_written_to_at_both(db, do, make, kajsa):
    make.customer(email="upptagen@ek.example")
    with pytest.raises(Invalid) as refused:
        do(customer_service.correct, kajsa, as_is(kajsa, email="Upptagen@ek.example"), Why("Fel."))
    assert refused.value.field == "email"
    do(customer_service.correct, kajsa, as_is(kajsa, email="Ny@ek.example"), Why("Fel."))
    assert kajsa.email_key == "ny@ek.example"
    assert sorted(to for _, to in letters(db)) == ["Ny@ek.example", "kajsa@ek.example"]


def test_another_personnummer_is_another_age_and_another_bankid(db, do, make, kajsa):
    with make.store.transaction(db):
        kajsa.bankid_at = NOON
    number = personnummer(4_000)
    do(customer_service.correct, kajsa, as_is(kajsa, personnummer=number), Why("Fel siffra."))
    assert customers.personnummer(db, kajsa) == number
    assert (f"{kajsa.born_on:%Y%m%d}", kajsa.bankid_at) == (number[:8], None)
    child = make.child(number=personnummer(4_002))
    for taken in (personnummer(4_002), customers.personnummer(
            db, customer_service.find(db, child.customer_id))):
        with pytest.raises(Invalid) as refused:
            do(customer_service.correct, kajsa, as_is(kajsa, personnummer=taken), Why("Fel."))
        assert refused.value.field == "personnummer"


def test_a_document_is_sealed_and_opened_for_its_act_alone(db, do, kajsa):
    given = service_documents.read(db, PDF)
    do(customer_service.block, kajsa, Why("Se dokumentet.", given))
    act = db.scalars(select(ServiceAct)).one()
    sealed = db.scalars(select(ServiceDocument.sealed)).one()
    assert PDF not in sealed
    assert service_documents.opened(db, act.id) == given


@pytest.mark.parametrize("content", [b"", b"MZ\x90", b"<html>", b"GIF89a", b" %PDF-1.7"])
def test_what_is_neither_pdf_nor_picture_is_refused(db, content):
    with pytest.raises(Invalid) as refused:
        service_documents.read(db, content)
    assert refused.value.field == "document"


def test_what_is_too_large_is_refused(db):
    with pytest.raises(Invalid, match="större än 5 MB"):
        service_documents.read(db, b"\xff\xd8\xff" + bytes(5_000_000))


def test_who_gets_another_address_is_not_logged_in_to_by_a_link_to_the_one_before(
        db, store, do, kajsa):
    with store.transaction(db):
        password_resets.ask(db, kajsa.email, language="sv", now=NOON)
        secret = password_resets.issue(db, db.scalars(select(PasswordReset.id)).one(), now=NOON)
    do(customer_service.correct, kajsa, as_is(kajsa, email="kajsa@strom.example"), Why("Fel."))
    with pytest.raises(NotFound):
        password_resets.with_secret(db, secret, now=NOON)


@pytest.mark.parametrize("born_on", [date.min, date(1899, 12, 31), date(2026, 11, 21), date.max])
def test_nobody_is_born_tomorrow_or_in_another_age(do, kajsa, born_on):
    with pytest.raises(Invalid) as refused:
        do(customer_service.correct, kajsa, as_is(kajsa, born_on=born_on), Why("Fel."))
    assert refused.value.field == "born_on"
