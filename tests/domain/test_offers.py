from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import audit, deductions, offers, people
from domain.access import Role, Scope
from domain.companies import Deduction
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.messages import Email, Sms
from domain.offers import OfferApplication, State
from domain.products import Product
from domain.services import Service
from domain.tickets import Ticket
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY, ONE_ZONE

DECEMBER = date(2026, 12, 1)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


def letters(db):
    return sorted((mail.template, mail.to) for mail in db.scalars(select(Email)))


def sent(db):
    return list(db.scalars(select(Ticket)))


def approve(store, db, application, by, now=NOON):
    with store.transaction(db):
        return offers.approve(db, application, by=by, now=now)


def test_applying_freezes_the_price_and_tells_the_administrators(make, db, company, admin,
                                                                  traveller):
    application = make.offer_application(traveller, starts_on=DECEMBER)
    assert (application.state, application.price_ore) == (State.WAITING, 690000)
    assert offers.waiting(db, within=Scope(company.id)) == [application]
    assert letters(db) == [("offer_arrived", "asa@bolaget.example")]


def test_one_may_wait_for_one_answer_at_a_time(make, traveller):
    make.offer_application(traveller)
    with pytest.raises(Conflict):
        make.offer_application(traveller)


def test_two_applications_at_once_are_one(make, store, traveller):
    make.price_list()
    traveller_id = traveller.id

    def apply(_):
        with store.session() as session:
            theirs = session.get_one(Traveller, traveller_id)
            try:
                with store.transaction(session):
                    offers.apply(session, theirs, Product.PERIOD_365, ONE_ZONE, by=NOBODY,
                                 starts_on=DECEMBER, now=NOON)
            except Conflict:
                return 0
            return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(apply, range(4))) == 1


@pytest.mark.parametrize(("product", "starts_on", "field"), [
    (Product.SINGLE, DECEMBER, "product"), (Product.PERIOD_365, date(2026, 11, 19), "starts_on")])
def test_what_is_not_offered_is_refused_beside_its_field(make, db, traveller, product, starts_on,
                                                         field):
    make.price_list()
    with pytest.raises(Invalid) as refused:
        offers.apply(db, traveller, product, ONE_ZONE, starts_on=starts_on, by=NOBODY, now=NOON)
    assert refused.value.field == field


def test_without_a_mobile_there_is_nowhere_to_send_a_ticket(make, db, company):
    make.price_list()
    with pytest.raises(Invalid):
        offers.apply(db, make.traveller(company, mobile=None), Product.PERIOD_365, ONE_ZONE,
                     starts_on=DECEMBER, by=NOBODY, now=NOON)


def test_approving_sends_the_ticket_and_tells_both(make, store, db, admin, traveller):
    application = make.offer_application(traveller, starts_on=DECEMBER)
    ticket = approve(store, db, application, admin)
    assert (application.state, application.ticket, application.decided_at) == (
        State.APPROVED, ticket, NOON)
    assert (ticket.service, ticket.product, ticket.valid_from, ticket.price_ore) == (
        Service.STAFF_OFFER, Product.PERIOD_365, DECEMBER, 690000)
    assert [sms.about_id for sms in db.scalars(select(Sms))] == [ticket.id]
    assert letters(db) == [
        ("offer_approved", "rut@bolaget.example"), ("offer_approved_admin", "asa@bolaget.example"),
        ("offer_arrived", "asa@bolaget.example")]


def test_a_decision_is_written_in_the_travellers_own_language(make, store, db, admin, traveller):
    person = make.as_person(traveller)
    with store.transaction(db):
        people.speak(db, person.id, "en")
    approve(store, db, make.offer_application(traveller), admin)
    theirs = Email.about_id == traveller.id
    assert db.scalars(select(Email.language).where(theirs)).all() == ["en"]
    assert db.scalars(select(Sms.language)).all() == ["en"]


def test_the_salary_pays_in_equal_parts_from_the_month_that_the_ticket_starts_in(
        make, store, db, company, admin, traveller):
    with store.transaction(db):
        company.deduction = Deduction.GROSS
    application = make.offer_application(traveller, starts_on=DECEMBER)
    approve(store, db, application, admin)
    rows = deductions.of_applications(db, [application.id])[application.id]
    assert [row.amount_ore for row in rows] == [57500] * 12
    assert (rows[0].month_on, rows[-1].month_on) == (DECEMBER, date(2027, 11, 1))
    assert {row.deduction for row in rows} == {Deduction.GROSS}


def test_a_start_that_has_passed_when_it_is_approved_is_today(make, store, db, admin, traveller):
    application = make.offer_application(traveller, starts_on=date(2026, 11, 25))
    later = datetime(2026, 12, 2, 8, tzinfo=NOON.tzinfo)
    assert approve(store, db, application, admin, later).valid_from == date(2026, 12, 2)
    [first, *_] = deductions.of_applications(db, [application.id])[application.id]
    assert first.month_on == DECEMBER


def test_a_price_that_has_changed_since_is_not_granted(make, store, db, admin, traveller):
    application = make.offer_application(traveller)
    with store.transaction(db):
        application.price_ore -= 100
    with pytest.raises(Conflict):
        approve(store, db, application, admin)
    assert (application.state, sent(db)) == (State.WAITING, [])


def test_declining_gives_the_reason_and_sends_nothing(make, store, db, admin, traveller):
    application = make.offer_application(traveller)
    with store.transaction(db):
        offers.decline(db, application, reason="Provanställd", by=admin, now=NOON)
    assert (application.state, application.reason) == (State.DECLINED, "Provanställd")
    mail = db.scalar(select(Email).where(Email.template == "offer_declined"))
    assert (mail.to, mail.values["reason"]) == ("rut@bolaget.example", "Provanställd")
    assert sent(db) == []


def test_nobody_decides_their_own(make, store, db, company):
    traveller = make.traveller(company)
    person = make.as_person(traveller)
    with store.transaction(db):
        people.appoint(db, person, Role.COMPANY_ADMIN, company_id=company.id, now=NOON)
    application, actor = make.offer_application(traveller), make.actor(person)
    assert application.is_own(actor)
    with pytest.raises(NotAllowed):
        approve(store, db, application, actor)
    with pytest.raises(NotAllowed), store.transaction(db):
        offers.decline(db, application, reason="Nej", by=actor, now=NOON)
    assert application.state == State.WAITING


def test_what_is_decided_cannot_be_decided_again(make, store, db, admin, traveller):
    application = make.offer_application(traveller)
    approve(store, db, application, admin)
    with pytest.raises(Conflict):
        approve(store, db, application, admin)
    with pytest.raises(Conflict), store.transaction(db):
        offers.withdraw(db, application, by=admin, now=NOON)
    assert sent(db) == [application.ticket]


def test_two_administrators_at_once_decide_once(make, store, company, admin, traveller):
    application_id = make.offer_application(traveller).id
    company_id = company.id

    def decide(_):
        with store.session() as session:
            theirs = offers.find(session, application_id, within=Scope(company_id))
            try:
                approve(store, session, theirs, admin)
            except Conflict:
                return 0
            return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(decide, range(4))) == 1
    with store.session() as session:
        assert len(sent(session)) == 1


def test_one_may_withdraw_and_apply_again(make, store, db, company, traveller):
    application = make.offer_application(traveller)
    with store.transaction(db):
        offers.withdraw(db, application, by=NOBODY, now=NOON)
    again = make.offer_application(traveller)
    assert offers.waiting(db, within=Scope(company.id)) == [again]
    assert offers.decided(db, within=Scope(company.id)) == [application]


def test_the_oldest_waits_first_and_the_last_decided_is_seen_first(make, store, db, company, admin):
    first, second, third = [make.offer_application(make.traveller(company)) for _ in range(3)]
    with store.transaction(db):
        second.applied_at = MORNING - timedelta(days=1)
    assert offers.waiting(db, within=Scope(company.id))[0] == second
    assert offers.waiting_count(db, within=Scope(company.id)) == 3
    for hour, application in enumerate((third, first)):
        approve(store, db, application, admin, NOON + timedelta(hours=hour))
    assert offers.decided(db, within=Scope(company.id)) == [first, third]


def test_a_stranger_finds_no_application(make, db, company, traveller):
    application = make.offer_application(traveller)
    assert offers.find(db, application.id, within=Scope(company.id)) == application
    assert offers.find_own(db, application.id, traveller_ids=[traveller.id]) == application
    with pytest.raises(NotFound):
        offers.find(db, application.id, within=Scope(make.company("Annat AB").id))
    with pytest.raises(NotFound):
        offers.find_own(db, application.id, traveller_ids=[make.traveller().id])


def test_each_step_is_recorded_on_the_traveller(make, store, db, company, admin, traveller):
    approve(store, db, make.offer_application(traveller), admin)
    events = audit.about(db, traveller.id, company_id=company.id)
    assert [event.act for event in events if event.act.startswith("offer")] == [
        "offer_approved", "offer_applied"]


def test_a_price_that_cannot_be_split_evenly_pays_the_rest_first():
    application = OfferApplication(price_ore=1_090_000)
    assert application.parts(12) == [90837] + [90833] * 11
