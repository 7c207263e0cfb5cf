import pytest
from sqlalchemy import select

from domain.offers import Consent, OfferApplication, State

INDEX = "/foretag/personalerbjudande/ansok-at/"
OFFERS = "/foretag/personalerbjudande/"


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture
def admin(browser, make, company):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def apply(browser, traveller, **changes):
    return browser.post(f"{INDEX}{traveller.id}", {
        "place": "zones_1 181", "product": "period_365", "consent": "ask",
        "starts_on": "2026-12-01", "agreed_ore": "690000"} | changes)


def test_the_traveller_is_searched_and_chosen(browser, make, admin, company, traveller):
    make.traveller(company, "Noor", "Al-Sayed")
    page = browser.get(f"{INDEX}?q=noor")
    assert ("Noor Al-Sayed" in page.said, "Rut Resenär" in page.said) == (True, False)
    assert f"{INDEX}{traveller.id}" in browser.get(f"/foretag/resenarer/{traveller.id}").links()


def test_what_an_administrator_applies_for_waits_for_the_travellers_consent(browser, admin, db,
                                                                            traveller):
    assert "Den anställda läser: Dras från lönen" in browser.get(f"{INDEX}{traveller.id}").said
    assert apply(browser, traveller).location == OFFERS
    application = db.scalar(select(OfferApplication))
    assert (application.state, application.consent, application.applied_by_id) == (
        State.ASKED, None, admin.id)
    assert "Rut Resenär får frågan i mobilen" in browser.get(OFFERS).said


def test_a_signed_form_waits_for_the_decision_at_once(browser, admin, db, traveller):
    assert apply(browser, traveller, consent="paper").location == OFFERS
    application = db.scalar(select(OfferApplication))
    assert (application.state, application.consent) == (State.WAITING, Consent.PAPER)


def test_what_cannot_be_applied_for_says_why_and_keeps_the_choice(browser, admin, db, traveller):
    page = apply(browser, traveller, consent="paper", starts_on="2026-11-01")
    assert (page.status, "Startdagen har redan varit." in page.said) == (422, True)
    [chosen] = [each for each in page.all("input")
                if each["name"] == "consent" and "checked" in each]
    assert chosen["value"] == "paper"
    assert apply(browser, traveller, consent="").status == 422
    assert db.scalars(select(OfferApplication)).all() == []


def test_whom_no_offer_is_for_cannot_be_applied_for(browser, make, admin, company, store, db,
                                                    traveller):
    offer = make.first_offer(company)
    with store.transaction(db):
        offer.employment_forms = ["permanent"]
    page = apply(browser, traveller)
    assert (page.status, "Inget öppet erbjudande gäller Rut Resenär." in page.said) == (409, True)


def test_another_departments_traveller_is_not_found(browser, make, company, traveller):
    browser.log_in(make.department_admin(make.department(company)))
    assert apply(browser, traveller).status == 404
    assert browser.get(f"{INDEX}{traveller.id}/avdrag").status == 404
