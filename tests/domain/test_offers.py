from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import audit, offers
from domain.access import Scope
from domain.card_holdings import Holder
from domain.companies import Deduction
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Email
from domain.offers import Consent, State
from domain.products import Extent, Product
from domain.staff_offers import StaffOffer
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.factories import COUNTY, NOBODY, ONE_ZONE

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


def asked(store, db, application, question="Fast eller visstid?"):
    with store.transaction(db):
        application.state, application.question = State.ASKED, question


def test_applying_freezes_what_each_pays_and_tells_the_administrators(make, db, company, admin,
                                                                      traveller):
    offer = make.staff_offer(company, share_basis_points=3_000, months=10,
                             deduction=Deduction.GROSS)
    application = make.offer_application(traveller, offer=offer)
    assert (application.state, application.price_ore) == (State.WAITING, 690_000)
    assert (application.employer_ore, application.employee_ore) == (207_000, 483_000)
    assert (application.parts, application.deduction) == ([48_300] * 10, Deduction.GROSS)
    assert (application.consent, application.applied_by_id) == (Consent.PORTAL, None)
    assert application.decide_by == date(2026, 11, 30)
    assert letters(db) == [("offer_arrived", "asa@bolaget.example")]


def test_what_the_offer_says_later_changes_nothing_that_is_applied_for(make, store, db, company,
                                                                       traveller):
    application = make.offer_application(traveller)
    with store.transaction(db):
        application.offer.share_basis_points, application.offer.months = 5_000, 1
    assert (application.employee_ore, len(application.parts)) == (690_000, 12)


def test_one_may_wait_for_one_answer_at_a_time(make, store, db, traveller):
    application = make.offer_application(traveller)
    asked(store, db, application)
    with pytest.raises(Conflict):
        make.offer_application(traveller)


def test_two_applications_at_once_are_one(make, store, company, traveller):
    make.price_list()
    traveller_id, offer_id = traveller.id, make.first_offer(company).id

    def apply(_):
        with store.session() as session:
            theirs = session.get_one(Traveller, traveller_id)
            offer = session.get_one(StaffOffer, offer_id)
            try:
                with store.transaction(session):
                    offers.apply(session, offer, theirs, Product.PERIOD_365, ONE_ZONE, by=NOBODY,
                                 starts_on=DECEMBER, now=NOON)
            except Conflict:
                return 0
            return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(apply, range(4))) == 1


@pytest.mark.parametrize(("product", "trip", "starts_on", "field"), [
    (Product.SINGLE, ONE_ZONE, DECEMBER, "product"),
    (Product.PERIOD_365, COUNTY, DECEMBER, "place"),
    (Product.PERIOD_365, ONE_ZONE, date(2026, 11, 19), "starts_on")])
def test_what_is_not_offered_is_refused_beside_its_field(make, company, traveller, product, trip,
                                                         starts_on, field):
    offer = make.staff_offer(company, extents=(Extent.ZONES_1,))
    with pytest.raises(Invalid) as refused:
        make.offer_application(traveller, offer=offer, product=product, trip=trip,
                               starts_on=starts_on)
    assert refused.value.field == field


def test_without_a_mobile_the_ticket_needs_a_card(make, company):
    bare = make.traveller(company, mobile=None)
    with pytest.raises(Invalid):
        make.offer_application(bare)
    card = make.card(company)
    assert make.offer_application(bare, card=card).card == card


def test_somebody_elses_card_is_refused(make, company, traveller):
    other = make.card(company, holder=Holder(make.traveller(company)))
    with pytest.raises(Invalid) as refused:
        make.offer_application(traveller, card=other)
    assert refused.value.field == "card"


def test_an_administrator_may_apply_and_the_traveller_then_consents(make, store, db, company,
                                                                    admin, traveller):
    application = make.offer_application(traveller, by=admin, consent=None)
    assert (application.state, application.applied_by_id) == (State.ASKED, admin.person_id)
    assert letters(db) == [("offer_consent", "rut@bolaget.example")]
    with store.transaction(db):
        offers.consent(db, application, by=NOBODY, now=NOON)
    assert (application.state, application.consent) == (State.WAITING, Consent.PORTAL)
    assert letters(db)[0] == ("offer_arrived", "asa@bolaget.example")
    with pytest.raises(Conflict):
        offers.consent(db, application, by=NOBODY, now=NOON)


def test_a_form_on_paper_is_consent_and_waits_at_once(make, db, admin, traveller):
    application = make.offer_application(traveller, by=admin, consent=Consent.PAPER)
    assert (application.state, application.applied_by_id) == (State.WAITING, admin.person_id)
    [event] = [each for each in audit.about(db, traveller.id, company_id=traveller.company_id)
               if each.act.startswith("offer")]
    assert event.act == audit.Act.OFFER_APPLIED_FOR


def test_an_answer_makes_it_wait_again_and_reaches_the_administrators(make, store, db, admin,
                                                                      traveller):
    application = make.offer_application(traveller)
    with pytest.raises(Conflict):
        offers.answer(db, application, "Fast", by=NOBODY, now=NOON)
    asked(store, db, application)
    with store.transaction(db):
        offers.answer(db, application, "Fast", by=NOBODY, now=NOON)
    assert (application.state, application.answer, application.answered_at) == (
        State.WAITING, "Fast", NOON)
    mail = db.scalar(select(Email).where(Email.template == "offer_answered"))
    assert (mail.values["question"], mail.values["answer"]) == ("Fast eller visstid?", "Fast")


def test_one_may_withdraw_also_what_is_asked_about_and_apply_again(make, store, db, traveller):
    application = make.offer_application(traveller)
    asked(store, db, application)
    with store.transaction(db):
        offers.withdraw(db, application, by=NOBODY, now=NOON)
    again = make.offer_application(traveller, at=NOON + timedelta(hours=1))
    assert [each.state for each in offers.of_travellers(db, [traveller.id])] == [
        State.WAITING, State.WITHDRAWN]
    assert again.state == State.WAITING


def test_a_stranger_finds_no_application(make, db, company, traveller):
    application = make.offer_application(traveller)
    assert offers.find(db, application.id, within=Scope(company.id)) == application
    assert offers.find_own(db, application.id, traveller_ids=[traveller.id]) == application
    with pytest.raises(NotFound):
        offers.find(db, application.id, within=Scope(make.company("Annat AB").id))
    with pytest.raises(NotFound):
        offers.find_own(db, application.id, traveller_ids=[make.traveller().id])


@pytest.mark.parametrize(("share", "pays"), [
    ({"share_ore": 100_000}, 100_000), ({"share_ore": 900_000}, 690_000),
    ({"share_basis_points": 3_333}, 229_977), ({"share_basis_points": 10_000}, 690_000)])
def test_an_employer_pays_a_sum_or_a_share_and_never_more_than_the_price(share, pays):
    assert StaffOffer(**{"share_basis_points": 0} | share).employer_ore(690_000) == pays
