"""Sending to many: the draft, the doubts, the one button, and what became of each."""
import gzip
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain import messages, order_sending
from domain.messages import Sms
from domain.ticket_orders import State, TicketOrder
from domain.tickets import Ticket
from tests.browser import FRAGMENT, id_in
from tests.conftest import NOON
from tests.queries import queries
from tests.web.test_tickets import typed

NEW, ORDERS = "/foretag/skicka-biljett/", "/foretag/skicka-biljett/ordrar/"
FIVE = "\n".join(f"Gäst {number}; 070-174 06 {number:02}" for number in range(1, 6))


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
def by(make, admin):
    return make.actor(admin)


def draft(browser, rows=FIVE, **values) -> str:
    answer = browser.post(NEW, typed(to="list", rows=rows, **values))
    assert answer.status == 303, answer.said
    return answer.location


def send(browser, url, agreed=21_000, **values):
    form = {"agreed_ore": agreed, "form_key": str(uuid4())} | values
    return browser.post(f"{url}/sandning", form)


def sent(db) -> list[Ticket]:
    db.rollback()
    db.expire_all()
    return list(db.scalars(select(Ticket).order_by(Ticket.id)))


def test_a_pasted_list_is_shown_and_sent_with_one_button(browser, admin, db):
    url = draft(browser, note="Kurs")
    page = browser.get(url)
    assert "Skicka 5 biljetter · 210\N{NO-BREAK SPACE}kr" in page.text
    assert "Inget är skickat än." in page.said
    assert "Kurs" in page.said
    assert sent(db) == []
    assert send(browser, url).location == url
    assert [each.holder for each in sent(db)] == [f"Gäst {number}" for number in range(1, 6)]
    assert "Gäst 3" in browser.get(url).said


def test_the_button_pressed_again_sends_nothing_more(browser, admin, db):
    url, key = draft(browser), str(uuid4())
    for form_key in (key, key, str(uuid4())):
        assert send(browser, url, form_key=form_key).location == url
    assert len(sent(db)) == 5


def test_the_form_sent_twice_is_one_draft(browser, admin, db):
    form = typed(to="list", rows=FIVE, form_key=str(uuid4()))
    first, second = (browser.post(NEW, form).location for _ in range(2))
    assert first == second
    assert db.scalar(select(func.count()).select_from(TicketOrder)) == 1


def test_another_sum_than_what_is_due_is_shown_first(browser, admin, db):
    page = send(browser, draft(browser), agreed=100)
    assert (page.status, "kostar 210" in page.said) == (422, True)
    assert sent(db) == []


def test_wrong_rows_are_mended_in_place_or_left_out(browser, admin, db):
    url = draft(browser, "Anna; 12\nBo; 08-1\nEva; 070-174 06 05")
    page = browser.get(url)
    assert "2 mottagare behöver rättas eller hoppas över först." in page.said
    assert "agreed_ore" not in page.response.text
    values = {"r1-name": "Anna Ek", "r1-value": "070-174 06 06", "r2-name": "Bo",
              "r2-value": "08-1", "r2-skip": "y"}
    assert browser.post(f"{url}/rattelser", values).location == url
    assert "Skicka 2 biljetter" in browser.get(url).said
    send(browser, url, 8_400)
    assert [(each.holder, each.mobile) for each in sent(db)] == [
        ("Anna Ek", "+46701740606"), ("Eva", "+46701740605")]


def test_what_was_mended_wrong_stands_as_it_was_typed(browser, admin):
    url = draft(browser, "Anna; 12\nEva; 070-174 06 05")
    browser.post(f"{url}/rattelser", {"r1-name": "Anna Ek", "r1-value": "070-1"})
    page = browser.get(url)
    values = {attrs.get("name"): attrs.get("value") for attrs in page.all("input")}
    assert (values["r1-name"], values["r1-value"]) == ("Anna Ek", "070-1")


def test_all_that_are_wrong_and_all_that_are_there_twice_are_left_out(browser, admin):
    url = draft(browser, "Anna; 070-174 06 05\nAnna E; 0701740605\nBo; 1")
    assert "Ett mobilnummer står flera gånger i listan" in browser.get(url).said
    for which in ("fel", "dubbla"):
        browser.post(f"{url}/utelamnade", {"vilka": which})
    page = browser.get(url)
    assert "Skicka en biljett · 42" in page.said
    assert "flera gånger" not in page.said
    browser.post(f"{url}/mottagare/2")
    assert "Skicka 2 biljetter" in browser.get(url).said


def test_a_single_traveller_with_a_period_ticket_is_shown_the_line_on_benefit_tax(
        browser, admin, make, company, db):
    answer = browser.post(NEW, typed(make.traveller(company), product="period_30",
                                     agreed_ore="82500"))
    assert answer.location.startswith(ORDERS)
    assert "skattepliktig förmån" in browser.get(answer.location).said
    assert sent(db) == []


def test_several_travellers_a_department_and_a_saved_group(browser, admin, make, company, db):
    anna, bo = (make.traveller(company, name, "Ek", mobile=mobile) for name, mobile in (
        ("Anna", "+46701740605"), ("Bo", "+46701740606")))
    url = browser.post(NEW, typed(anna) | {
        "traveller": [str(anna.id), str(bo.id)]}).location
    assert "2 mottagare" in browser.get(url).said
    answer = browser.post(f"{url}/grupp", {"name": "Nattskift"})
    assert answer.location == url
    assert browser.post(f"{url}/grupp", {"name": "nattskift"}).status == 422
    [group] = [attrs["value"] for attrs in browser.get(NEW).all("option")
               if attrs["value"].startswith("grupp:")]
    for whole in (group, f"avdelning:{anna.department_id}"):
        url = browser.post(NEW, typed(to="registered", whole=whole)).location
        assert "2 mottagare" in browser.get(url).said


def test_several_visitors_have_rows_of_their_own_without_javascript(browser, admin):
    page = browser.post(NEW, typed(act="row"))
    assert {"name2", "mobile2"} <= {attrs.get("name") for attrs in page.all("input")}
    form = typed(name2="Bo Ek", mobile2="12", visitors="2")
    refused = browser.post(NEW, form)
    assert (refused.status, "Mobilnummer 2:" in refused.said) == (422, True)
    url = browser.post(NEW, form | {"mobile2": "070-174 06 06"}).location
    assert "2 mottagare" in browser.get(url).said


def test_travel_cards(browser, admin, make, company, db):
    card = make.card(company, name="Pool 1")
    url = browser.post(NEW, typed(to="card", cards=f"{card.number}\n1234")).location
    assert "Pool 1" in browser.get(url).said
    browser.post(f"{url}/rattelser", {"r2-value": "1234", "r2-skip": "y"})
    send(browser, url, 4_200)
    [ticket] = sent(db)
    assert (ticket.card_id, ticket.mobile) == (card.id, "")
    assert db.scalars(select(Sms)).all() == []
    assert "Resekort" in browser.get(url).said


def test_a_file_is_read_as_what_is_pasted(browser, admin):
    form = typed(to="list", file=(BytesIO("Namn;Mobil\nØystein;+47 406 12 345".encode()), "a.csv"))
    url = browser.post(NEW, form, content_type="multipart/form-data").location
    assert "Øystein" in browser.get(url).said


@pytest.mark.parametrize(("values", "said"), [
    ({"rows": ""}, "klistra in rader."), ({"rows": "\n"}, "Listan är tom."),
    ({"rows": "A; 0701740605\n" * 5_001}, "fler än 5000"),
    ({"rows": "%PDF-1.4"}, "PDF"), ({"rows": '"a;b'}, "citattecken"),
    ({"quantity": "0"}, "mellan 1 och 20"), ({"quantity": "x"}, "Skriv antalet med siffror."),
    ({"send_time": "12:00"}, "Välj också vilken dag"), ({"send_on": "2026-11-19"}, "redan varit"),
    ({"send_on": "2027-11-19"}, "högst 90 dagar"), ({"send_on": "2026-12-01", "send_time": "25"},
                                                   "Skriv klockslaget"),
    ({"greeting": "x" * 200}, "för lång"), ({"greeting": "a\x01"}, "tecken")])
def test_what_cannot_be_is_refused_with_a_sentence(browser, admin, db, values, said):
    page = browser.post(NEW, typed(to="list", **({"rows": FIVE} | values)))
    assert (page.status, said in page.said) == (422, True), page.said
    assert db.scalars(select(TicketOrder)).all() == []


def test_hostile_names_are_text(browser, admin):
    page = browser.get(draft(browser, "<script>alert(1)</script>; 070-174 06 05\n"
                                      "محمد العلي; 070-174 06 06\n=1+1; 070-174 06 07"))
    assert "<script>alert(1)</script>" in page.said
    assert "محمد العلي" in page.said
    assert "3 mottagare" in page.said


def test_later_with_a_line_of_ones_own(browser, admin, db):
    url = draft(browser, greeting="Välkommen.", send_on="2026-12-01", send_time="23:30")
    assert "Sms:et kommer på natten" in browser.get(url).said
    send(browser, url)
    assert {each.send_at.isoformat() for each in sent(db)} == {"2026-12-01T22:30:00+00:00"}


def test_an_hour_that_the_clocks_skip_is_the_one_after(browser, make, company, clock):
    clock.at = datetime(2027, 3, 1, 12, tzinfo=UTC)
    browser.log_in(make.admin(company))
    page = browser.get(draft(browser, send_on="2027-03-28", send_time="02:30"))
    assert "Sms:et skickassön 28 mars 03:30" in page.said


@pytest.mark.parametrize(("day", "said"), [
    ("0001-01-01", "Den tiden har redan varit"), ("9999-12-31", "högst 90 dagar fram")])
def test_a_day_beyond_all_calendars_is_refused_like_any_other(browser, admin, day, said):
    page = browser.post(NEW, typed(send_on=day, send_time="00:10"))
    assert (page.status, said in page.said) == (422, True)


def test_a_failed_one_is_mended_and_sent_again_in_place(browser, admin, store, db, clock):
    url = draft(browser)
    send(browser, url)
    lost = sent(db)[2]
    with store.transaction(db):
        messages.refused(messages.about(db, [lost.id])[lost.id], "no such number")
    assert "Ett sms kom inte fram" in browser.get(url).said
    page = browser.get(f"{url}?visa=fel")
    assert "Gäst 3" in page.said
    assert "Gäst 2" not in page.said
    clock.at += timedelta(minutes=1)
    again = f"{url}/biljetter/{lost.id}"
    assert browser.post(again, {"mobile": "12"}).status == 422
    assert browser.post(again, {"mobile": "070-174 06 77"}).location == url
    assert sent(db)[2].mobile == "+46701740677"
    assert "Ett sms kom inte fram" not in browser.get(url).said


def test_a_big_order_shows_how_far_it_has_come_and_then_what_became_of_it(
        browser, admin, store, db, clock, monkeypatch):
    monkeypatch.setattr(order_sending, "AT_ONCE", 25)
    url = draft(browser, "\n".join(f"G{each}; 07017{each:05}" for each in range(60)))
    send(browser, url, 60 * 4_200)
    order_id = id_in(url)
    page = browser.get(url)
    assert "Biljetterna skickas 0 / 60" in page.said
    assert "every 1s" in page.response.text
    with store.transaction(db):
        order_sending.carry_on(db, order_id, now=NOON)
    assert "25 / 60" in browser.get(url, **FRAGMENT).said
    for _ in range(3):
        with store.transaction(db):
            order_sending.carry_on(db, order_id, now=NOON)
    done = browser.get(url, **FRAGMENT)
    assert done.response.headers["HX-Refresh"] == "true"
    first = browser.get(url)
    [more] = [link for link in first.links() if "efter=" in link]
    assert "G59" in browser.get(more).said
    assert "G59" not in first.said


def test_a_draft_of_5_000_is_light_and_asks_no_more_than_one_of_two(browser, admin, make, by,
                                                                    store):
    small = make.order(by, ("A", "070-174 06 05"), ("B", "1"))
    large = make.order(by, *((f"Gäst Nummer {n}", f"07{20_000_000 + n * 7}" if n % 9 else "x")
                             for n in range(5_000)))
    asked, pages = [], [f"{ORDERS}{order.id}" for order in (small, large)]
    browser.get(pages[0])
    for url in pages:
        with queries(store) as seen:
            page = browser.get(url)
        asked.append(len(seen))
        assert len(gzip.compress(page.response.data)) < 14 * 1024
    assert asked[0] == asked[1]


def test_the_list_of_orders_and_removing_a_draft(browser, admin, db):
    url = draft(browser)
    assert "Utkast" in browser.get(ORDERS).said
    assert browser.post(f"{url}/borttagning").location == NEW
    assert browser.get(url).status == 404
    send(browser, other := draft(browser))
    page = browser.get(ORDERS)
    assert "210" in page.said
    assert other in page.links()
    assert db.scalar(select(TicketOrder.state)) == State.SENT


def test_nobody_else_sees_the_draft(browser, admin, make, company):
    url = draft(browser)
    for other in (make.admin(company, given_name="Bo"), make.admin(make.company("Annat AB"))):
        browser.log_in(other)
        for path in ("", "/sandning", "/rattelser", "/utelamnade", "/grupp", "/borttagning"):
            ask = browser.post if path else browser.get
            assert ask(url + path, **({"data": {}} if path else {})).status == 404


def test_a_changed_traveller_is_seen_before_anything_is_sent(browser, admin, make, company, store,
                                                             db):
    anna, bo = (make.traveller(company, name, "Ek", mobile=mobile) for name, mobile in (
        ("Anna", "+46701740605"), ("Bo", "+46701740606")))
    url = browser.post(NEW, typed(anna) | {
        "traveller": [str(anna.id), str(bo.id)]}).location
    with store.transaction(db):
        bo.ended_at = NOON + timedelta(seconds=1)
    assert send(browser, url, 8_400).location == url
    assert "Några uppgifter har ändrats" in browser.get(url).said
    assert sent(db) == []


def test_groups_are_changed_on_their_own_page(browser, admin, make, company, db):
    anna, bo, eva = (make.traveller(company, name, "Ek", mobile=f"+4670174060{number}")
                     for number, name in enumerate(("Anna", "Bo", "Eva")))
    url = browser.post(NEW, typed(anna) | {
        "traveller": [str(anna.id), str(bo.id)]}).location
    browser.post(f"{url}/grupp", {"name": "Nattskift"})
    index = browser.get(f"{NEW}grupper/")
    [group] = [link for link in index.links() if "/grupper/" in link and len(link) > 60]
    assert browser.post(group, {"name": ""}).status == 422
    browser.post(group, {"name": "Natten"})
    assert "Eva Ek" in browser.get(f"{group}?q=eva").said
    browser.post(f"{group}/resenarer/{eva.id}")
    browser.post(f"{group}/resenarer/{anna.id}/borttagning")
    page = browser.get(group)
    assert "Natten" in page.said
    assert "Bo Ek" in page.said
    assert "Eva Ek" in page.said
    browser.post(f"{group}/borttagning")
    assert "Ingen grupp är sparad än" in browser.get(f"{NEW}grupper/").said
