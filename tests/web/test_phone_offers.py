from datetime import date

import pytest
from sqlalchemy import select

from domain import deduction_settlements, deductions, offer_decisions
from domain.card_holdings import Holder
from domain.companies import Deduction
from domain.deduction_settlements import Cause, Happening
from domain.offers import OfferApplication, State
from domain.products import Product
from domain.travellers import EmploymentForm
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import NOBODY, personnummer

OFFERS, APPLY = "/resa/erbjudanden", "/resa/erbjudanden/ansokan"


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture
def me(browser, make, traveller):
    me = make.as_person(traveller)
    browser.log_in(me)
    return me


def apply(browser, **changes):
    typed = {"place": "zones_1 181", "product": "period_365", "consent": "y",
             "starts_on": "2026-12-01", "agreed_ore": "690000"} | changes
    return browser.post(APPLY, {name: value for name, value in typed.items() if value})


def doors(page):
    """Where one may apply from a page."""
    return [link for link in page.links() if link.startswith(APPLY)]


@pytest.fixture
def application(browser, me, db):
    apply(browser)
    return db.scalar(select(OfferApplication))


def test_what_the_employer_offers_is_there_to_apply_for(browser, me):
    page = browser.get(OFFERS)
    assert "365-dagarsbiljett" in page.said
    assert doors(page)


def test_the_form_says_what_it_costs_each_month_and_starts_on_the_next_first(browser, me):
    page = browser.get(APPLY)
    for words in ("365-dagarsbiljett6 900 kr", "Varje månad575 kr",
                  "efter skatt (nettolöneavdrag) i 12 månader, från december 2026",
                  "Jag godkänner att 575 kr dras från min lön varje månad i 12 månader"):
        assert words in page.said
    [starts_on] = [each for each in page.all("input") if each["name"] == "starts_on"]
    assert starts_on["value"] == "2026-12-01"


def test_the_cost_follows_the_place_and_says_what_gross_means(browser, me, make, company, store,
                                                             db):
    offer = make.first_offer(company)
    with store.transaction(db):
        offer.deduction, offer.share_basis_points = Deduction.GROSS, 1_000
    part = browser.get(f"{OFFERS}/avdrag?place=county&product=period_365", **FRAGMENT)
    assert (part.whole, part.all("aside")[0]["id"]) == (False, "sum")
    for words in ("Arbetsgivaren betalar1 390 kr", "Du betalar12 510 kr", "Varje månad1 042,50 kr",
                  "före skatt (bruttolöneavdrag)", "du skattar för biljetten som förmån"):
        assert words in part.said


def test_applying(browser, application, traveller):
    assert (application.traveller_id, application.price_ore, application.starts_on,
            application.state) == (traveller.id, 690_000, date(2026, 12, 1), State.WAITING)
    page = browser.get(OFFERS)
    assert "Ansökan är skickad till din arbetsgivare." in page.said
    assert ("Ansökt klart fre 20 nov 12:00 Beslut senast mån 30 nov Biljett återstår "
            "från tis 1 dec") in page.said
    assert not doors(page)


def test_applying_twice_at_once_is_one_application(browser, me, db):
    key = {"form_key": "5c1f0c52-6e0c-4f6e-9d54-0e5d2b8c7a11"}
    assert [apply(browser, **key).location for _ in range(2)] == [OFFERS, OFFERS]
    assert len(db.scalars(select(OfferApplication)).all()) == 1
    assert apply(browser).status == 409


@pytest.mark.parametrize(("changes", "said"), [
    ({"consent": None}, "Kryssa i att du godkänner det."),
    ({"starts_on": "2026-11-19"}, "Startdagen har redan varit."),
    ({"starts_on": "9999-12-31"}, "Startdagen är för långt fram."),
    ({"starts_on": "1 december"}, "Skriv datumet så här"),
    ({"product": "single"}, "Välj ett av alternativen."),
    ({"place": "zones_2 181 184"}, "Välj ett av alternativen."),
    ({"agreed_ore": "590000"}, "Biljetten kostar 6 900 kr."),
])
def test_what_cannot_be_applied_for_says_why(browser, me, db, changes, said):
    page = apply(browser, **changes)
    assert (page.status, said in page.said) == (422, True)
    assert db.scalars(select(OfferApplication)).all() == []


def test_a_granted_offer_shows_its_ticket_and_what_is_deducted(browser, application, make, store,
                                                               db, company):
    boss = make.actor(make.admin(company))
    with store.transaction(db):
        offer_decisions.approve(db, application, by=boss, now=NOON)
    page = browser.get(OFFERS)
    assert ("gäller från tis 1 dec. 575 kr i månaden dras efter skatt (nettolöneavdrag) från "
            "december 2026 till november 2027.") in page.said
    assert f"/resa/biljetter/{application.ticket_id}" in page.links()
    assert len(deductions.of_applications(db, [application.id])[application.id]) == 12
    assert doors(page)


def test_what_is_paid_once_is_not_said_to_be_paid_each_month(browser, make, store, db, me,
                                                            traveller, company):
    make.staff_offer(company, months=1, share_basis_points=5_000)
    offer = make.staff_offer(company, "Engångs", months=1)
    application = make.offer_application(traveller, offer=offer)
    assert "Du betalar 6 900 kr en gång." in browser.get(OFFERS).said
    assert "betalar 50 %, och resten dras från din lön." in browser.get(OFFERS).said
    with store.transaction(db):
        offer_decisions.approve(db, application, by=NOBODY, now=NOON)
    assert ("6 900 kr dras efter skatt (nettolöneavdrag) i december 2026."
            in browser.get(OFFERS).said)


def test_who_pays_nothing_says_yes_to_no_deduction(browser, make, store, db, me, traveller,
                                                   company):
    with store.transaction(db):
        make.first_offer(company).share_basis_points = 10_000
    assert "Jag vill ha biljetten och vet att jag skattar" in browser.get(APPLY).said
    application = make.offer_application(traveller, by=make.actor(make.admin(company)),
                                         consent=None)
    assert "Jag vill ha biljetten" in browser.get(f"{OFFERS}/{application.id}/medgivande").said
    page = browser.get(OFFERS)
    assert ("betalar hela biljetten." in page.said, "0 kr i månaden" in page.said) == (True, False)


def ticked(page):
    return "checked" in next(each for each in page.all("input") if each.get("name") == "consent")


def test_a_yes_to_one_cost_is_no_yes_to_another(browser, me, make, company):
    """Neither when it is shown as one chooses, nor when the form is refused."""
    other = make.staff_offer(company, share_basis_points=3_000)
    assert ticked(apply(browser, carrier="card"))
    assert not ticked(apply(browser, carrier="card", agreed_ore="680000"))
    assert not ticked(browser.get(
        f"{APPLY}?place=zones_1+181&product=period_365&which={other.id}&consent=y"))


def test_a_refused_offer_shows_the_reason(browser, application, make, store, db, company):
    boss = make.actor(make.admin(company))
    with store.transaction(db):
        offer_decisions.decline(db, application, reason="Du slutar i december.", by=boss, now=NOON)
    page = browser.get(OFFERS)
    assert ("Avslagen gick inte" in page.said, "Du slutar i december." in page.said) == (True, True)


def test_an_application_is_taken_back_once(browser, application, db):
    url = f"{OFFERS}/{application.id}/atertagande"
    assert browser.post(url).location == OFFERS
    db.rollback()  # to see what was saved meanwhile
    db.refresh(application)
    assert application.state == State.WITHDRAWN
    assert browser.post(url).status == 409


def test_another_persons_application_is_not_found(browser, me, make, db):
    other = make.offer_application()
    assert browser.post(f"{OFFERS}/{other.id}/atertagande").status == 404
    assert str(other.id) not in browser.get(OFFERS).response.text
    db.refresh(other)
    assert other.state == State.WAITING


def test_whoever_works_for_two_chooses_whom_to_ask(browser, make, db):
    make.price_list()
    number = personnummer(900)
    companies = [make.company(name) for name in ("Ett AB", "Två AB")]
    mine = [make.traveller(company, number=number) for company in companies]
    browser.log_in(make.as_person(mine[0]))
    assert "Två AB: Årsbiljett" in browser.get(APPLY).said
    for company in companies:
        apply(browser, which=str(make.first_offer(company).id))
    db.rollback()  # to see what was saved meanwhile
    assert set(db.scalars(select(OfferApplication.traveller_id))) == {each.id for each in mine}


def test_the_way_in_from_an_offer_has_it_chosen(browser, me, make, company):
    make.staff_offer(company, "Månadskort", products=(Product.PERIOD_30,), months=1)
    way = doors(browser.get(OFFERS))[1]
    page = browser.get(way)
    for words in ("30-dagarsbiljett690 kr", "En gång690 kr", "en gång, i december 2026"):
        assert words in page.said


def test_what_is_offered_to_others_cannot_be_applied_for(browser, me, make, company, db):
    elsewhere = make.first_offer(make.company("Annat AB"))
    for_others = make.staff_offer(company, employment_forms=(EmploymentForm.HOURLY,))
    for offer in (elsewhere, for_others):
        page = apply(browser, which=str(offer.id))
        assert (page.status, "Välj ett av alternativen." in page.said) == (422, True)
    assert db.scalars(select(OfferApplication)).all() == []


def test_with_a_last_day_one_chooses_among_the_first_days_of_months(browser, me, make, store, db,
                                                                   company):
    offer = make.first_offer(company)
    with store.transaction(db):
        offer.last_apply_day, offer.text = 10, "Fråga Karin."
    page = browser.get(APPLY)
    assert [each["value"] for each in page.all("input") if each["name"] == "first_on"] == [
        "2027-01-01", "2027-02-01", "2027-03-01"]
    for words in ("Ansök senast tors 10 dec för att resa från fre 1 jan 2027.", "Fråga Karin."):
        assert words in page.said
    make.staff_offer(company, "Fritt")
    free = browser.get(f"{doors(browser.get(OFFERS))[1]}&place=county", **FRAGMENT)
    assert [each["value"] for each in free.all("input") if each["name"] == "starts_on"] == [
        "2026-12-01"]
    assert apply(browser, starts_on="", first_on="2026-12-01").status == 422
    assert apply(browser, starts_on="", first_on="2027-02-01").location == OFFERS


def test_the_ticket_may_be_put_on_the_card_that_one_has(browser, me, make, db, company, traveller):
    card = make.card(company, holder=Holder(traveller))
    page = browser.get(APPLY)
    assert card.number in [each.get("value") for each in page.all("input")]
    assert apply(browser, carrier="card", card="").status == 422
    assert apply(browser, carrier="card", card=card.number).location == OFFERS
    assert db.scalar(select(OfferApplication.card_id)) == card.id


def test_an_offer_that_has_changed_meanwhile_is_read_again(browser, me, make, store, db, company):
    offer = make.first_offer(company)
    terms = {"terms": f"{offer.id} {offer.version}"}
    with store.transaction(db):
        offer.months = 6
    page = apply(browser, **terms)
    assert (page.status, "Läs igenom vad det kostar nu" in page.said) == (422, True)
    [field] = [each for each in page.all("input") if each["name"] == "terms"]
    assert apply(browser, terms=field["value"]).location == OFFERS


def test_a_renewal_begins_the_day_after_with_what_was_chosen_before(browser, application, make,
                                                                    store, db, company):
    with store.transaction(db):
        offer_decisions.approve(db, application, by=make.actor(make.admin(company)), now=NOON)
    page = browser.get(f"{APPLY}?fornya={application.id}")
    values = {each["name"]: each["value"] for each in page.all("input") if "value" in each}
    assert (values["starts_on"], values["renews"]) == ("2027-12-01", str(application.id))
    assert browser.get(f"{APPLY}?fornya={make.offer_application().id}").status == 404


def test_a_question_is_answered(browser, application, make, store, db, company):
    boss = make.actor(make.admin(company))
    with store.transaction(db):
        offer_decisions.ask(db, application, question="Fast eller visstid?", by=boss, now=NOON)
    page = browser.get(OFFERS)
    url = f"{OFFERS}/{application.id}/svar"
    assert ("Fast eller visstid?" in page.said, url in page.links()) == (True, True)
    assert browser.post(url, {"answer": " "}).status == 422
    assert browser.post(url, {"answer": "Fast"}).location == OFFERS
    assert "Du svarade: Fast" in browser.get(OFFERS).said
    assert browser.post(url, {"answer": "Fast"}).status == 409


def test_what_an_administrator_applied_for_waits_for_ones_consent(browser, me, make, db, company,
                                                                  traveller):
    boss = make.actor(make.admin(company))
    application = make.offer_application(traveller, by=boss, consent=None)
    url = f"{OFFERS}/{application.id}/medgivande"
    assert url in browser.get(OFFERS).links()
    page = browser.get(url)
    for words in ("Ansökt avÅsa Öberg", "Varje månad575 kr", "efter skatt (nettolöneavdrag)"):
        assert words in page.said
    assert browser.post(url).status == 422
    assert browser.post(url, {"consent": "y"}).location == OFFERS
    db.rollback()  # to see what was saved meanwhile
    db.refresh(application)
    assert application.state == State.WAITING


def test_from_and_to_choose_the_zones_without_scripts_and_as_one_types(browser, me, db):
    page = apply(browser, from_place="Gränna", to_place="Jönköping", act="places", consent="")
    part = browser.get(f"{APPLY}?place=zones_1+181&product=period_365&starts_on=2027-02-01"
                       "&from_place=Gränna&to_place=Jönköping", **FRAGMENT)
    for shown in (page, part):
        assert shown.status == 200
        assert "Gränna → Jönköping: två zoner intill varandra (181 + 183)" in shown.said
        assert [each["value"] for each in shown.all("option") if "selected" in each] == [
            "zones_2 181 183"]
    assert part.whole is False
    assert [each["value"] for each in part.all("input") if each.get("name") == "starts_on"] == [
        "2027-02-01"]
    assert db.scalars(select(OfferApplication)).all() == []


def test_a_rule_of_the_employers_grants_at_once(browser, me, make, company, store, db):
    offer = make.first_offer(company)
    with store.transaction(db):
        offer.auto_below_ore = 700_000
    assert apply(browser).location == OFFERS
    assert "Ansökan är beviljad." in browser.get(OFFERS).said
    assert db.scalar(select(OfferApplication.state)) == State.APPROVED


def test_a_deduction_that_has_changed_is_told_month_by_month(browser, store, db, make, me,
                                                             traveller):
    application = make.granted_offer(traveller)
    with store.transaction(db):
        deduction_settlements.settle(db, application, Happening(Cause.LEFT, date(2026, 12, 31)),
                                     by=NOBODY, now=NOON)
    assert "Löneavdraget har ändrats: december 2026" in browser.get(OFFERS).said
