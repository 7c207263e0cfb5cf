from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from domain import (
    application_decisions,
    application_status,
    companies,
    departments,
    messages,
    offer_decisions,
    outbox,
    people,
    price_lists,
    reports,
    tickets,
    trial_limits,
    trials,
)
from domain.access import Role, Scope
from domain.applications import State
from domain.audit import Act, Event
from domain.business_travel import Connection
from domain.codes import OneTimeCode
from domain.companies import Company
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Email, Sms
from domain.months import Month
from domain.offers import OfferApplication
from domain.outbox import OutboxMessage, Task
from domain.people import Post
from domain.store import Base
from domain.tickets import Ticket
from domain.travellers import Traveller
from domain.trial_limits import Trial
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY, personnummer

TRIED = [Ticket, OfferApplication, Connection, OneTimeCode, Sms, Trial]


@pytest.fixture
def application(make):
    return make.company_application(number=personnummer(70))


@pytest.fixture
def company(make, application):
    return make.trial(application)


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def decide(store, db):
    def decide(verb, *args, **kwargs):
        with store.transaction(db):
            return verb(db, *args, now=NOON, **kwargs)
    return decide


def count(db, table):
    return db.scalar(select(func.count()).select_from(table))


def try_everything(make, company):
    """One of everything that can be tried."""
    traveller = make.traveller(company, "Rut", "Provsson")
    make.sent_ticket(traveller)
    make.connection(traveller)
    make.granted_offer(traveller)
    make.offer_application(traveller, starts_on=date(2027, 12, 1))
    make.legal_employer(company, "Dotter AB", make.department(company, "Lager"))
    make.admin(company)
    return traveller


def left_of(db, company_id):
    """The tables that still have a row of the company."""
    return {table.name for table in Base.metadata.sorted_tables if "company_id" in table.c
            and db.scalar(select(func.count()).select_from(table)
                          .where(table.c.company_id == company_id))}


def test_the_applicant_gets_a_company_a_department_and_a_post(db, make, company, application):
    assert company.on_trial
    assert (company.name, company.organisation_number) == (
        "Nya Bolaget AB (prov)", application.organisation_number)
    [department] = departments.of_company(db, within=Scope(company.id))
    assert (department.name, department.reference_number) == (departments.FIRST, "4711")
    [admin] = people.administrators(db, company.id)
    assert (admin.name, admin.email) == ("Oskar Dahl", "oskar@nya.example")
    assert make.actor(admin).on_trial
    assert Act.TRIAL_BEGUN in db.scalars(select(Event.act).where(Event.chain_id == company.id))


def test_only_who_has_an_application_that_waits_may_try(db, decide, make, clerk, application):
    with pytest.raises(NotFound):
        decide(trials.begin, by=make.actor(make.clerk(email="bo@lanstrafiken.example")))
    applicant = make.actor(make.applicant(application))
    decide(application_decisions.decline, application, reason="Nej.", by=clerk)
    with pytest.raises(NotFound):
        decide(trials.begin, by=applicant)
    assert count(db, Company) == 0


def test_an_application_is_tried_once(db, decide, make, company):
    [admin] = people.administrators(db, company.id)
    with pytest.raises(Conflict):
        decide(trials.begin, by=make.actor(admin))
    assert count(db, Company) == 1


def test_nobody_tries_who_administers_another_company(db, decide, make, application):
    make.admin(number=personnummer(70))
    with pytest.raises(Conflict):
        decide(trials.begin, by=make.actor(make.applicant(application)))
    assert count(db, Trial) == 0


def test_a_trial_takes_nobodys_organisation_number(db, company, application):
    assert companies.with_number(db, application.organisation_number) is None


def test_a_ticket_is_for_trial_only_while_the_company_tries(db, make, company):
    assert make.sent_ticket(make.traveller(company)).trial
    assert not make.sent_ticket().trial
    assert trial_limits.left(db, trials.find(db, company.id)) == 49


def test_so_many_tickets_can_be_tried_and_no_more(db, store, make, company):
    with store.transaction(db):
        trials.find(db, company.id).tickets = 49
    traveller = make.traveller(company)
    make.sent_ticket(traveller)
    with pytest.raises(Invalid, match="provbiljetter"):
        make.sent_ticket(traveller)
    assert count(db, Ticket) == 1


def test_two_at_once_do_not_pass_the_limit_together(db, store, make, company):
    with store.transaction(db):
        trials.find(db, company.id).tickets = 49
    with store.session() as other:
        trials.find(other, company.id)
        with store.transaction(db):
            assert trial_limits.take_ticket(db, company.id)
        with pytest.raises(Invalid), store.transaction(other):
            trial_limits.take_ticket(other, company.id)


def test_whatever_the_company_sends_comes_to_the_applicant(db, store, make, company):
    traveller = make.traveller(company, mobile="+46701740699", email="rut@annan.example")
    make.sent_ticket(traveller)
    make.connection(traveller)
    offer = make.offer_application(traveller)
    with store.transaction(db):
        offer_decisions.decline(db, offer, reason="Nej.", by=NOBODY, now=NOON)
    assert {(sms.to, sms.values["trial"]) for sms in db.scalars(select(Sms))} == {
        ("+46701740606", "+46701740699")}
    letters = {email.template: email for email in db.scalars(select(Email))}
    assert letters["offer_declined"].to == "oskar@nya.example"
    assert letters["offer_declined"].values["trial"] == "rut@annan.example"


def test_so_many_text_messages_are_sent_and_no_more(db, store, make, company):
    traveller = make.traveller(company)
    with store.transaction(db):
        trials.find(db, company.id).texts = 99
    make.sent_ticket(traveller)
    make.sent_ticket(traveller)
    with store.transaction(db):
        messages.put_each_sms(db, "ticket", [{"to": "+46701740605", "about_id": traveller.id}],
                              company_id=company.id, now=NOON)
    assert sorted(sms.state for sms in db.scalars(select(Sms))) == [
        "cancelled", "cancelled", "waiting"]
    assert len(db.scalars(select(OutboxMessage).where(
        OutboxMessage.task == Task.SEND_SMS)).all()) == 1


def test_so_many_at_once_are_sent_and_no_more(db, store, make, company):
    letters = [{"to": f"+4670174{number:04}", "about_id": company.id} for number in range(103)]
    with store.transaction(db):
        messages.put_each_sms(db, "ticket", letters, company_id=company.id, now=NOON)
    states = [sms.state for sms in db.scalars(select(Sms))]
    assert (states.count("waiting"), states.count("cancelled")) == (100, 3)


def test_who_does_not_try_is_sent_to_as_ever(db, make, company):
    make.sent_ticket(make.traveller())
    [sms] = db.scalars(select(Sms))
    assert (sms.to, "trial" in sms.values) == ("+46701740605", False)


def test_nothing_of_a_trial_is_invoiced(db, store, make, company):
    traveller = make.traveller(company)
    make.sent_ticket(traveller)
    with store.transaction(db):
        report = reports.make(db, company.id, Month.of(MORNING), now=NOON)
    assert (report.tickets, report.gross_ore) == (0, 0)
    assert company.id not in {each for each, _ in reports.missing(
        db, now=NOON + timedelta(days=90))}


def test_an_approved_trial_goes_on_without_what_was_tried(db, decide, make, clerk, company,
                                                          application):
    traveller = try_everything(make, company)
    approved = decide(application_decisions.approve, application, by=clerk)
    assert approved.id == company.id
    assert (approved.name, approved.on_trial, application.company_id) == (
        "Nya Bolaget AB", False, company.id)
    assert [count(db, table) for table in TRIED] == [0] * len(TRIED)
    assert [each.name for each in departments.of_company(db, within=Scope(company.id))] == [
        "Huvudavdelning", "Lager"]
    assert db.get(Traveller, traveller.id).name == "Rut Provsson"
    assert {each.name for each in people.administrators(db, company.id)} == {
        "Oskar Dahl", "Åsa Öberg"}
    assert not make.sent_ticket(traveller).trial


def test_settings_that_were_tried_stay(db, store, decide, clerk, company, application):
    with store.transaction(db):
        company.deduction, company.services = companies.Deduction.GROSS, []
        company.street = "Provgatan 1"
    approved = decide(application_decisions.approve, application, by=clerk)
    assert (approved.deduction, approved.services) == (companies.Deduction.GROSS, [])
    assert approved.street == "Storgatan 1"  # as the clerk has seen it


def test_who_chose_to_begin_anew_does(db, store, decide, make, clerk, company, application):
    try_everything(make, company)
    with store.transaction(db):
        trials.choose(trials.find(db, company.id), keeps=False)
    tried_id = company.id
    approved = decide(application_decisions.approve, application, by=clerk)
    assert approved.id != tried_id
    assert [count(db, table) for table in (Traveller, Company, Post, Department)] == [0, 1, 2, 1]
    assert [each.name for each in people.administrators(db, approved.id)] == ["Oskar Dahl"]


def test_nothing_is_left_of_a_declined_trial_but_its_log(db, decide, make, clerk, company,
                                                        application):
    try_everything(make, company)
    company_id = company.id
    decide(application_decisions.decline, application, reason="Nej.", by=clerk)
    assert left_of(db, company_id) == set()
    assert db.get(Company, company_id) is None
    assert application.state == State.DECLINED
    assert db.scalars(select(Event).where(Event.chain_id == company_id)).all()


def test_who_tried_in_vain_can_be_appointed_elsewhere(db, store, decide, make, clerk, company,
                                                      application):
    [admin] = people.administrators(db, company.id)
    decide(application_decisions.decline, application, reason="Nej.", by=clerk)
    with store.transaction(db):
        people.appoint(db, admin, Role.COMPANY_ADMIN, company_id=make.company().id, now=NOON)
    assert not make.actor(admin).on_trial


def test_no_worker_looks_for_a_message_that_is_gone(db, decide, make, clerk, company, application):
    make.sent_ticket(make.traveller(company))
    theirs = make.sent_ticket()
    decide(application_decisions.approve, application, by=clerk)
    waiting = db.scalars(select(OutboxMessage).where(OutboxMessage.task == Task.SEND_SMS))
    [kept] = db.scalars(select(Sms).where(Sms.about_id == theirs.id))
    assert [message.args["sms_id"] for message in waiting] == [str(kept.id)]


def test_no_worker_looks_for_an_import_that_is_gone(db, store, decide, make, clerk, company,
                                                    application):
    kept = make.traveller_import(make.first_department(company))
    with store.transaction(db):
        outbox.put(db, Task.CHECK_IMPORT, import_id=str(kept.id), now=NOON)
    decide(application_decisions.decline, application, reason="Nej.", by=clerk)
    assert db.scalars(select(OutboxMessage).where(OutboxMessage.task == Task.CHECK_IMPORT)
                      ).all() == []


def test_who_takes_the_application_back_has_nothing_left(db, decide, company, application):
    company_id = company.id
    decide(application_status.withdraw, application)
    assert left_of(db, company_id) == set()


def test_a_corrected_address_is_where_the_letters_go(db, decide, company, application):
    decide(application_status.correct_email, application, "rätt@nya.example", "rätt@nya.example")
    db.expire_all()
    assert trials.find(db, company.id).email == "rätt@nya.example"


def test_what_others_have_is_not_touched(db, decide, make, clerk, company, application):
    other = make.company("Ett annat AB")
    try_everything(make, other)
    before = left_of(db, other.id)
    decide(application_decisions.decline, application, reason="Nej.", by=clerk)
    assert left_of(db, other.id) == before
    assert {"tickets", "travellers", "posts", "sms"} <= before


def test_a_trial_lasts_ninety_days(db, store, company, application):
    for days, there in ((90, 1), (91, 0)):
        with store.transaction(db):
            trials.forget(db, now=MORNING + timedelta(days=days))
        assert count(db, Trial) == there
    assert application.state == State.RECEIVED


def test_the_clerk_is_told_how_much_is_tried(db, make, company, application):
    make.sent_ticket(make.traveller(company))
    waits = make.company_application()
    assert trials.tickets(db, [application.id, waits.id]) == {application.id: 1}


def test_month_so_far_shows_what_is_tried_and_then_forgets_it(db, decide, make, clerk, company,
                                                              application):
    make.sent_ticket(make.traveller(company))

    def sold():
        return sum(part.tickets for part in tickets.month_so_far(
            db, within=Scope(company.id), now=NOON))

    assert sold() == 1
    decide(application_decisions.approve, application, by=clerk)
    assert sold() == 0


def test_the_price_list_stays(db, decide, make, clerk, company, application):
    make.sent_ticket(make.traveller(company))
    decide(application_decisions.decline, application, reason="Nej.", by=clerk)
    assert price_lists.in_force(db, now=NOON) is not None
