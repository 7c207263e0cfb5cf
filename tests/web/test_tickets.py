import gzip
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain import travellers
from domain.services import Service
from domain.tickets import Ticket
from domain.travellers import Details
from tests.browser import FRAGMENT
from tests.factories import MORNING, NOBODY, personnummer

NEW, SENT = "/foretag/skicka-biljett/", "/foretag/skicka-biljett/skickade"


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def admin(browser, make, company):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


def typed(traveller=None, **values):
    to = {"to": "registered", "traveller": str(traveller.id)} if traveller else {
        "to": "visitor", "name": "Gunilla Gäst", "mobile": "070-174 06 05"}
    return {"place": "zones_1 181", "product": "single", "agreed_ore": "4200", "search": "",
            "valid_from": "", "department": ""} | to | values


def only(db):
    """The one ticket there is."""
    [ticket] = db.scalars(select(Ticket))
    return ticket


def chosen(page) -> set[str]:
    return {attrs["value"] for attrs in page.all("input") + page.all("option")
            if "checked" in attrs or "selected" in attrs}


def test_the_four_steps_and_the_sum_are_there_from_the_start(browser, admin):
    page = browser.get(NEW)
    assert re.findall(r"[1-4](?:Vad|Vem|När|Referens)\b", page.said) == [
        "1Vad", "2Vem", "3När", "4Referens"]
    assert "Skicka biljett · 42\N{NO-BREAK SPACE}kr" in page.text
    assert "Varav moms 2,38\N{NO-BREAK SPACE}kr" in page.text


def test_the_button_says_no_price_that_scripts_would_have_to_change(browser, admin):
    whole, shown = browser.get(NEW), browser.post(NEW, typed(act="price"))
    assert '<span class="scripted">Skicka biljett · 42' in whole.response.text
    assert "För varje biljett42" in whole.said
    assert ("scripted" in shown.response.text, "Summa42" in shown.said) == (False, True)


def test_sending_to_a_traveller(browser, admin, traveller, db, world):
    answer = browser.post(NEW, typed(traveller))
    assert (answer.status, answer.location) == (303, SENT)
    assert "Biljetten är skickad till Rut Resenär." in browser.get(SENT).said
    ticket = only(db)
    assert (ticket.traveller_id, ticket.holder, ticket.mobile) == (traveller.id, "Rut Resenär",
                                                                   "+46701740605")
    assert (ticket.price_ore, ticket.service, ticket.sold_by_id) == (4_200, Service.SEND_TICKET,
                                                                     admin.id)
    assert len(world.queue.rung) == 1


def test_sending_to_a_visitor(browser, admin, db):
    assert browser.post(NEW, typed(valid_from="2026-12-24")).status == 303
    ticket = only(db)
    assert (ticket.traveller_id, ticket.holder, ticket.mobile, ticket.valid_from) == (
        None, "Gunilla Gäst", "+46701740605", date(2026, 12, 24))


def test_the_form_sent_twice_sends_one_ticket(browser, admin, traveller, db):
    form = typed(traveller, form_key=str(uuid4()))
    assert [browser.post(NEW, form).location for _ in range(2)] == [SENT, SENT]
    assert only(db).holder == "Rut Resenär"


@pytest.mark.parametrize(("place", "product", "agreed", "area"), [
    ("zones_2 181 183", "day", "16000", None), ("county", "flex_20_60", "202000", None),
    ("border kalmar", "period_30", "172000", "kalmar")])
def test_every_kind_of_place_can_be_sold(browser, admin, db, place, product, agreed, area):
    assert browser.post(NEW, typed(place=place, product=product,
                                   agreed_ore=agreed)).status == 303
    assert (only(db).trip.key, only(db).area) == (place, area)


@pytest.mark.parametrize("changes", [
    {"place": "zones_2 181 184", "agreed_ore": "8000"}, {"place": "nowhere"}, {"product": "gold"},
    {"product": "period_30_youth"},
    {"to": "everyone"}, {"department": str(uuid4())}])
def test_what_is_not_among_the_choices_is_refused(browser, admin, db, changes):
    page = browser.post(NEW, typed(**changes))
    assert (page.status, "Välj ett av alternativen." in page.said) == (422, True)
    assert db.scalars(select(Ticket)).all() == []


def test_what_is_not_sold_for_a_place_says_so(browser, admin):
    form = typed(place="border kalmar", product="flex_10_30")
    page = browser.post(NEW, form)
    assert (page.status, "Den biljetten säljs inte för det området." in page.said) == (422, True)


@pytest.mark.parametrize("agreed", ["", "4100", "x"])
def test_a_price_that_was_not_shown_is_shown_first(browser, admin, db, agreed):
    page = browser.post(NEW, typed(place="county", agreed_ore=agreed))
    assert page.status == 422
    assert "Biljetten kostar 130\N{NO-BREAK SPACE}kr. Fortsätt om det stämmer." in page.text
    [button] = [attrs for attrs in page.all("button") if attrs.get("name") == "agreed_ore"]
    assert button["value"] == "13000"
    assert browser.post(NEW, typed(place="county", agreed_ore="13000")).status == 303


def test_bad_input_is_said_beside_its_field_and_what_was_typed_stands(browser, admin, world):
    page = browser.post(NEW, typed(name="", mobile="08-123", valid_from="2026-11-19"))
    assert page.status == 422
    values = {attrs["name"]: attrs.get("value") for attrs in page.all("input")}
    assert (values["mobile"], values["valid_from"]) == ("08-123", "2026-11-19")
    assert "Namn: Fyll i det här." in page.said
    assert "Mobilnummer: Det är inte ett mobilnummer." in page.said
    assert world.queue.rung == []


def test_a_day_that_has_been_is_refused_by_the_rules(browser, admin):
    page = browser.post(NEW, typed(valid_from="2026-11-19"))
    assert (page.status, "Startdagen har redan varit." in page.said) == (422, True)


def test_what_is_typed_for_the_other_kind_of_recipient_does_not_matter(browser, admin, traveller,
                                                                       db):
    assert browser.post(NEW, typed(traveller, name="", mobile="08-1")).status == 303
    assert only(db).traveller_id == traveller.id


def test_a_registered_traveller_has_to_be_chosen(browser, admin):
    page = browser.post(NEW, typed(to="registered"))
    assert (page.status, "Sök efter resenären och välj i listan." in page.said) == (422, True)


def test_a_traveller_without_a_phone_is_refused_with_what_to_do(browser, admin, make, company):
    page = browser.post(NEW, typed(make.traveller(company, mobile=None)))
    assert (page.status, "Resenären har inget mobilnummer. Lägg till det först." in page.said) == (
        422, True)


def test_the_department_that_pays(browser, admin, make, company, db, clock):
    workshop = make.department(company)
    welder = make.traveller(company, department=workshop)
    paid = []
    for form in (typed(welder), typed(mobile="070-174 06 06"),
                 typed(mobile="070-174 06 07", department=str(workshop.id))):
        clock.at += timedelta(seconds=1)
        browser.post(NEW, form)
        db.rollback()  # to see what was saved meanwhile
        paid.append(db.scalar(select(Ticket.reference_number)
                              .order_by(Ticket.sold_at.desc()).limit(1)))
    assert paid == ["2000", "1000", "2000"]


def test_another_companys_traveller_is_not_found(browser, admin, make, db):
    stranger = make.traveller(make.company("Annat AB"))
    assert browser.get(f"{NEW}?resenar={stranger.id}").status == 404
    assert browser.post(NEW, typed(stranger)).status == 404
    assert db.scalars(select(Ticket)).all() == []


def test_the_traveller_in_the_address_is_chosen_already(browser, admin, traveller):
    assert str(traveller.id) in chosen(browser.get(f"{NEW}?resenar={traveller.id}"))
    assert browser.get(f"{NEW}?resenar=x").status == 200


def test_a_search_shows_who_matches_and_keeps_who_is_chosen(browser, admin, make, company,
                                                            traveller):
    bo = make.traveller(company, "Bo", "Lind")
    make.traveller(make.company("Annat AB"), "Bo", "Främling")
    found = browser.get(f"{NEW}resenarer?search=bo&traveller={traveller.id}", **FRAGMENT)
    assert (found.whole, found.tags[0]) == (False, ("div", {"id": "found"}))
    assert [attrs["value"] for attrs in found.all("input")] == [str(traveller.id), str(bo.id)]
    assert chosen(found) == {str(traveller.id)}


def test_a_search_that_finds_nobody_says_what_to_do(browser, admin):
    assert "Ingen resenär stämmer." in browser.get(f"{NEW}resenarer?search=xyz", **FRAGMENT).said


def test_without_javascript_a_search_keeps_everything_that_was_typed(browser, admin, make,
                                                                     company, db):
    bo = make.traveller(company, "Bo", "Lind")
    page = browser.post(NEW, typed(act="search", search="lind", place="county", product="day",
                                   valid_from="2026-12-24"))
    assert (page.status, page.whole) == (200, True)
    values = [attrs.get("value") for attrs in page.all("input")]
    assert {str(bo.id), "lind", "2026-12-24", "Gunilla Gäst"} <= set(values)
    assert {"county", "day", "visitor"} <= chosen(page)
    assert "Skicka biljett · 260\N{NO-BREAK SPACE}kr" in page.text
    assert db.scalars(select(Ticket)).all() == []


def test_the_sum_and_the_prices_follow_what_is_chosen(browser, admin):
    total = browser.get(f"{NEW}pris?place=county&product=flex_10_30", **FRAGMENT)
    assert (total.whole, total.all("aside")[0]["id"]) == (False, "sum")
    assert "Skicka biljett · 1\N{NO-BREAK SPACE}080\N{NO-BREAK SPACE}kr" in total.text
    assert "10 resdagar inom 30 dagar" in total.said
    prices = browser.get(f"{NEW}priser?place=border+kalmar&product=day", **FRAGMENT)
    assert (prices.whole, prices.all("section")[0]["id"]) == (False, "prices")
    assert prices.said.count("säljs inte här") == 2
    assert chosen(prices) == {"day"}


@pytest.mark.parametrize("query", ["", "?place=x&product=y", "?place=county&product=\0"])
def test_a_price_of_nonsense_is_a_dash(browser, admin, query):
    assert browser.get(f"{NEW}pris{query}", **FRAGMENT).status == 200


def test_400_travellers_weigh_no_more_than_one(browser, admin, make, company, store, db):
    department = make.first_department(company)
    with store.transaction(db):
        for number in range(400):
            travellers.register(db, department, personnummer(1000 + number), Details(
                "Nils", f"Nilsson{number}", None, "+46701740605"), by=NOBODY, now=MORNING)
    for url in (NEW, f"{NEW}resenarer?search=nils"):
        assert len(gzip.compress(browser.get(url).response.data)) < 8 * 1024
