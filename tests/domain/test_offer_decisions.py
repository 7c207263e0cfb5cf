from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import (
    audit,
    deductions,
    offer_decisions,
    offer_plans,
    offer_queue,
    offers,
    people,
    trial_limits,
)
from domain.access import Principal, Role, Scope
from domain.companies import Deduction
from domain.errors import Conflict, Invalid, NotAllowed
from domain.messages import Email, Sms
from domain.offer_doubts import Doubt
from domain.offer_queue import Search
from domain.offers import OfferApplication, State
from domain.products import Product
from domain.rules import rules
from domain.services import Service
from domain.tickets import Ticket
from tests.conftest import NOON
from tests.factories import COUNTY, NOBODY
from tests.queries import queries

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


def told(db, template):
    return [mail.values for mail in db.scalars(select(Email).where(Email.template == template)
                                               .order_by(Email.to))]


def sent(db):
    return list(db.scalars(select(Ticket)))


def approve(store, db, application, by, now=NOON):
    with store.transaction(db):
        return offer_decisions.approve(db, application, by=by, now=now)


def everything(company):
    return offer_queue.ids(Search(), within=Scope(company.id), now=NOON)


def plan(db, company, by, now=NOON):
    return offer_plans.plan(db, everything(company), by=by, now=now)


def approve_all(store, db, company, by, *, also=(), mark=None, now=NOON):
    mark = mark or plan(db, company, by, now).mark
    with store.transaction(db):
        return offer_decisions.approve_all(db, everything(company), also=also, mark=mark, by=by,
                                           now=now)


# One.


def test_approving_sends_the_ticket_and_tells_both(make, store, db, admin, traveller):
    application = make.offer_application(traveller, starts_on=DECEMBER)
    assert approve(store, db, application, admin)
    [ticket] = sent(db)
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


def test_the_ticket_goes_to_the_card_that_was_asked_for_and_no_message_with_it(make, store, db,
                                                                               company, admin):
    traveller = make.traveller(company, mobile=None)
    card = make.card(company)
    approve(store, db, make.offer_application(traveller, card=card), admin)
    [ticket] = sent(db)
    assert (ticket.card_id, ticket.mobile, db.scalars(select(Sms)).all()) == (card.id, "", [])


def test_a_card_that_somebody_else_has_got_since_gets_no_ticket(make, store, db, company, admin,
                                                                traveller):
    card = make.card(company)
    application = make.offer_application(traveller, card=card)
    with store.transaction(db):
        card.traveller_id = make.traveller(company).id
    with pytest.raises(Invalid) as refused:
        approve(store, db, application, admin)
    assert (refused.value.field, sent(db)) == ("card", [])


def test_a_card_that_two_want_for_different_places_gets_one_of_them(make, store, db, company,
                                                                   admin):
    card = make.card(company)
    first = make.offer_application(make.traveller(company), card=card)
    make.offer_application(make.traveller(company), card=card, trip=COUNTY,
                           at=NOON + timedelta(minutes=1))
    other = make.offer_application(make.traveller(company))
    assert {case.application for case in plan(db, company, admin).clear} == {first, other}
    assert len(approve_all(store, db, company, admin)) == 2


def test_the_salary_pays_what_the_employer_does_not_in_as_many_months_as_the_offer_says(
        make, store, db, company, admin, traveller):
    offer = make.staff_offer(company, share_basis_points=3_000, months=10,
                             deduction=Deduction.GROSS)
    application = make.offer_application(traveller, starts_on=DECEMBER, offer=offer)
    approve(store, db, application, admin)
    rows = deductions.of_applications(db, [application.id])[application.id]
    assert [row.amount_ore for row in rows] == [48300] * 10
    assert {(row.employer_ore, row.deduction) for row in rows} == {(20700, Deduction.GROSS)}
    assert (rows[0].month_on, rows[-1].month_on) == (DECEMBER, date(2027, 9, 1))


def test_a_start_that_has_passed_when_it_is_approved_is_today(make, store, db, admin, traveller):
    application = make.offer_application(traveller, starts_on=date(2026, 11, 25))
    later = datetime(2026, 12, 2, 8, tzinfo=NOON.tzinfo)
    approve(store, db, application, admin, later)
    [ticket] = sent(db)
    assert ticket.valid_from == date(2026, 12, 2)
    [first, *_] = deductions.of_applications(db, [application.id])[application.id]
    assert first.month_on == DECEMBER


def test_a_price_that_has_changed_since_is_not_granted(make, store, db, admin, traveller):
    application = make.offer_application(traveller)
    with store.transaction(db):
        application.price_ore -= 100
    with pytest.raises(Conflict):
        approve(store, db, application, admin)
    assert (application.state, sent(db)) == (State.WAITING, [])


def test_what_is_decided_cannot_be_decided_again(make, store, db, admin, traveller):
    application = make.offer_application(traveller)
    approve(store, db, application, admin)
    with pytest.raises(Conflict):
        approve(store, db, application, admin)
    with pytest.raises(Conflict), store.transaction(db):
        offers.withdraw(db, application, by=admin, now=NOON)
    assert sent(db) == [application.ticket]


def test_two_administrators_at_once_decide_once(make, store, company, admin, traveller):
    application_id, company_id = make.offer_application(traveller).id, company.id

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


def test_declining_gives_the_reason_and_sends_nothing(make, store, db, admin, traveller):
    application = make.offer_application(traveller)
    with store.transaction(db):
        offer_decisions.decline(db, application, reason="Provanställd", by=admin, now=NOON)
    assert (application.state, application.reason) == (State.DECLINED, "Provanställd")
    assert [letter["reason"] for letter in told(db, "offer_declined")] == ["Provanställd"]
    assert sent(db) == []


def test_a_question_waits_for_its_answer(make, store, db, company, admin, traveller):
    application = make.offer_application(traveller)
    with store.transaction(db):
        offer_decisions.ask(db, application, question="Hela länet?", by=admin, now=NOON)
    assert (application.state, told(db, "offer_asked")[0]["question"]) == (
        State.ASKED, "Hela länet?")
    assert plan(db, company, admin).clear == []
    with store.transaction(db):
        offers.answer(db, application, "Ja.", by=NOBODY, now=NOON)
    [case] = plan(db, company, admin).doubtful
    assert case.doubts == (Doubt.ANSWERED,)


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
        offer_decisions.decline(db, application, reason="Nej", by=actor, now=NOON)
    with pytest.raises(NotAllowed), store.transaction(db):
        offer_decisions.ask(db, application, question="Vad?", by=actor, now=NOON)
    [left_out] = plan(db, company, actor).left_out
    assert (application.state, left_out.application) == (State.WAITING, application)


def test_each_step_is_recorded_once_on_the_traveller(make, store, db, company, admin, traveller):
    approve(store, db, make.offer_application(traveller), admin)
    events = audit.about(db, traveller.id, company_id=company.id)
    assert [event.act for event in events if event.act.startswith("offer")] == [
        "offer_approved", "offer_applied"]


# Two pairs of eyes.


@pytest.fixture
def dear(make, company, traveller):
    """An application that two have to say yes to."""
    offer = make.staff_offer(company, second_eyes_above_ore=500_000)
    return make.offer_application(traveller, offer=offer)


def test_above_the_sum_a_second_person_says_yes_too(make, store, db, company, admin, dear):
    other = make.actor(make.admin(company, given_name="Bo", email="bo@bolaget.example"))
    assert not approve(store, db, dear, admin)
    assert (dear.state, sent(db)) == (State.WAITING, [])
    assert len(told(db, "offers_second_yes")) == 1
    with pytest.raises(NotAllowed):
        approve(store, db, dear, admin)
    assert approve(store, db, dear, other)
    assert (dear.decided_by_id, len(sent(db))) == (other.person_id, 1)


def test_who_stands_in_for_the_first_is_no_second(make, store, db, company, admin, dear):
    approve(store, db, dear, admin)
    first = Principal(admin.person_id, admin.name, admin.personnummer_index)
    deputy = replace(make.actor(make.admin(company, given_name="Bo")), on_behalf_of=first)
    with pytest.raises(NotAllowed):
        approve(store, db, dear, deputy)


def test_a_question_takes_the_first_yes_back(make, store, db, admin, dear):
    approve(store, db, dear, admin)
    with store.transaction(db):
        offer_decisions.ask(db, dear, question="Varför?", by=admin, now=NOON)
    assert dear.first_yes_by_id is None


# Rules.


@pytest.fixture
def ruled(make, company):
    return make.staff_offer(company, auto_below_ore=700_000)


def by_rule(store, db, application):
    with store.transaction(db):
        return offer_decisions.by_rule(db, application, now=NOON)


def test_a_rule_grants_by_itself_and_each_use_is_logged(make, store, db, company, admin, traveller,
                                                        ruled):
    application = make.offer_application(traveller, offer=ruled)
    assert by_rule(store, db, application)
    assert (application.state, application.decided_by_id) == (State.APPROVED, None)
    assert letters(db) == [("offer_approved", "rut@bolaget.example")]
    event = audit.about(db, traveller.id, company_id=company.id)[0]
    assert (event.act, event.by_name, event.details["offer"], event.details["below_ore"]) == (
        "offer_granted_by_rule", "", "Kontoret", 700_000)


def test_a_rule_leaves_what_there_is_to_look_at_to_the_administrators(make, store, db, admin,
                                                                      traveller, ruled):
    application = make.offer_application(traveller, offer=ruled)
    with store.transaction(db):
        traveller.leaves_on = date(2027, 1, 31)
    assert not by_rule(store, db, application)
    assert (application.state, letters(db)) == (
        State.WAITING, [("offer_arrived", "asa@bolaget.example")])


def test_a_rule_never_takes_the_place_of_two(make, store, db, company, admin, traveller):
    offer = make.staff_offer(company, auto_below_ore=700_000, second_eyes_above_ore=100_000)
    assert not by_rule(store, db, make.offer_application(traveller, offer=offer))


def test_a_rule_with_no_ticket_left_to_try_with_leaves_it_to_the_administrators(make, store, db):
    company = make.trial()
    offer = make.staff_offer(company, auto_below_ore=700_000)
    application = make.offer_application(make.traveller(company), offer=offer)
    with store.transaction(db):
        trial_limits.of_company(db, company.id).tickets = rules(db).trial_tickets_max
    assert not by_rule(store, db, application)
    assert (application.state, sent(db)) == (State.WAITING, [])


# Many.


def test_many_are_granted_in_one_act_with_one_letter_to_each_administrator(make, store, db, company,
                                                                           admin):
    applications = [make.offer_application(make.traveller(company)) for _ in range(3)]
    assert len(approve_all(store, db, company, admin)) == 3
    assert {each.state for each in applications} == {State.APPROVED}
    assert sorted(each.ticket_id for each in applications) == sorted(t.id for t in sent(db))
    assert [(letter["count"], letter["price_ore"], letter["first_ore"])
            for letter in told(db, "offers_granted_admin")] == [(3, 2_070_000, 172_500)]
    assert len(told(db, "offer_approved")) == len(db.scalars(select(Sms)).all()) == 3
    events = [each for person in applications
              for each in audit.about(db, person.traveller_id, company_id=company.id)]
    assert [each.act for each in events].count("offer_approved") == 3


def test_the_preview_sums_the_months_and_what_the_employer_pays(make, db, company, admin):
    half = make.staff_offer(company, share_basis_points=5_000, months=2)
    make.offer_application(make.traveller(company), starts_on=DECEMBER, offer=half)
    make.offer_application(make.traveller(company), starts_on=DECEMBER, offer=half)
    sums = offer_plans.sums(plan(db, company, admin).clear)
    assert (sums.price_ore, sums.employer_ore) == (1_380_000, 690_000)
    assert [(str(month), ore) for month, ore in sums.months] == [
        ("2026-12", 345_000), ("2027-01", 345_000)]


def test_what_there_are_doubts_of_is_granted_only_when_it_is_ticked(make, store, db, company,
                                                                    admin):
    good, leaving = [make.offer_application(make.traveller(company)) for _ in range(2)]
    with store.transaction(db):
        leaving.traveller.leaves_on = date(2027, 3, 31)
    [case] = plan(db, company, admin).doubtful
    assert (case.application, case.doubts) == (leaving, (Doubt.LEAVING,))
    approve_all(store, db, company, admin)
    assert (good.state, leaving.state) == (State.APPROVED, State.WAITING)
    approve_all(store, db, company, admin, also=[leaving.id])
    assert leaving.state == State.APPROVED


def test_whoever_has_a_ticket_that_may_hold_still_is_looked_at(make, store, db, company, admin,
                                                              traveller):
    approve(store, db, make.offer_application(traveller, starts_on=DECEMBER), admin)
    make.offer_application(traveller, starts_on=date(2027, 11, 1))
    [case] = plan(db, company, admin).doubtful
    assert case.doubts == (Doubt.RUNNING,)


def test_a_renewal_from_the_day_after_is_clear(make, store, db, company, admin, traveller):
    later = NOON + timedelta(days=350)
    approve(store, db, make.offer_application(traveller, starts_on=DECEMBER), admin)
    make.offer_application(traveller, starts_on=date(2027, 12, 1), at=later)
    assert len(plan(db, company, admin, later).clear) == 1


def test_nothing_is_granted_when_the_list_is_another_than_the_one_that_was_shown(make, store, db,
                                                                                 company, admin):
    make.offer_application(make.traveller(company))
    mark = plan(db, company, admin).mark
    make.offer_application(make.traveller(company))
    with pytest.raises(Invalid):
        approve_all(store, db, company, admin, mark=mark)
    assert sent(db) == []


def test_more_than_so_many_are_not_granted_at_once(make, store, db, company, admin):
    db.info["rules"] = replace(db.info["rules"], offers_at_once_max=2)
    applications = [make.offer_application(make.traveller(company)) for _ in range(3)]
    assert plan(db, company, admin).more
    approve_all(store, db, company, admin)
    assert [each.state for each in applications].count(State.WAITING) == 1


def test_a_company_that_is_stopped_grants_nothing(make, store, db, company, admin):
    application = make.offer_application(make.traveller(company))
    with store.transaction(db):
        company.stops_at = NOON
    with pytest.raises(Invalid):
        approve(store, db, application, admin)


def test_a_department_administrator_decides_and_hears_of_theirs_alone(make, store, db, company,
                                                                      admin):
    ours, others = make.department(company), make.department(company, "Lager", "3000")
    head = make.department_admin(ours)
    mine = make.offer_application(make.traveller(company, department=ours))
    theirs = make.offer_application(make.traveller(company, department=others))
    scope = make.actor(head).scope
    seen = offer_queue.ids(Search(), within=scope, now=NOON)
    found = offer_plans.plan(db, seen, by=make.actor(head), now=NOON)
    assert [case.application for case in found.clear] == [mine]
    approve(store, db, theirs, admin)
    assert ("offer_approved_admin", "dan@bolaget.example") not in letters(db)


def test_as_many_questions_are_asked_of_three_as_of_one(make, db, company, admin, store):
    def asked(more):
        for _ in range(more):
            make.offer_application(make.traveller(company))
        db.expunge_all()
        with queries(store) as made:
            plan(db, company, admin)
        return len(made)

    assert asked(1) == asked(2)


def test_the_first_to_be_decided_comes_first_and_the_last_decided(make, store, db, company, admin):
    late, soon, done = (make.offer_application(make.traveller(company), starts_on=day)
                        for day in (date(2027, 2, 1), DECEMBER, DECEMBER))
    approve(store, db, done, admin)
    found = offer_queue.listed(db, Search(show=offer_queue.Show.ALL), within=Scope(company.id),
                               now=NOON)
    assert found.rows == [soon, late, done]
    assert offers.waiting_count(db, within=Scope(company.id)) == 2


def test_parts_that_are_not_even_pay_the_rest_first():
    application = OfferApplication(employee_ore=1_090_000, months=12)
    assert application.parts == [90837] + [90833] * 11
