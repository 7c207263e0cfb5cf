from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import activations, messages, order_sending, sales, sent_tickets
from domain.companies import Company
from domain.messages import Sms
from domain.products import Product
from domain.sales import Recipient
from domain.tickets import Ticket
from jobs import outbox
from tests import files
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY, ONE_ZONE
from tests.queries import queries

ROOT, SENT = "/foretag/skicka-biljett/", "/foretag/skicka-biljett/skickade"


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


def test_the_list_shows_what_was_sent_and_whether_the_message_came(browser, admin, make, store, db,
                                                                   traveller):
    ticket = make.sent_ticket(traveller, Product.DAY, COUNTY)
    with store.transaction(db):
        messages.refused(messages.about(db, [ticket.id])[ticket.id], "no such number")
    page = browser.get(SENT)
    row = page.said.split("Skickad Rut Resenär")[1]
    for words in ("24-timmarsbiljett", "Hela länet", "260 kr", "Kom inte fram", "fre 20 nov 08:00"):
        assert words in row
    assert f"{ROOT}{ticket.id}" in page.links()


def test_an_empty_list_says_how_to_send(browser, admin):
    assert "Ingen biljett är skickad än" in browser.get(SENT).said


def test_older_tickets_are_on_the_next_page(browser, admin, make, traveller):
    for minutes in range(41):
        make.ticket(traveller, at=MORNING - timedelta(minutes=minutes))
    first = browser.get(SENT)
    [older] = {link for link in first.links() if "efter=" in link}
    assert len(first.all("tr")) == 41
    assert len(browser.get(older).all("tr")) == 2
    assert browser.get(f"{SENT}?efter=x").status == 404


def test_the_list_takes_as_many_queries_for_three_as_for_one(browser, admin, make, traveller,
                                                             store):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make.sent_ticket(traveller)
        with queries(store) as asked:
            browser.get(SENT)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.fixture
def failed(make, traveller, store, db, world):
    """A ticket whose message did not arrive."""
    ticket = make.sent_ticket(traveller)
    world.queue.rung.clear()
    with store.transaction(db):
        messages.refused(messages.about(db, [ticket.id])[ticket.id], "no such number")
    return ticket


def test_a_ticket_shows_its_facts_and_its_way_to_the_phone(browser, admin, make, traveller, store,
                                                           db):
    with store.transaction(db):
        ticket = sales.send(db, Product.SINGLE, ONE_ZONE, to=Recipient.registered(traveller),
                              department=traveller.department, by=make.actor(admin), now=NOON)
    page = browser.get(f"{ROOT}{ticket.id}")
    for words in ("Rut Resenär", "070-174 06 05", "42 kr", "2,38 kr", "Åsa Öberg", "1000",
                  ticket.number, "Köpt klart fre 20 nov 12:00 Skickad Levererad återstår"):
        assert words in page.said
    assert "Skicka igen" not in page.said  # it is on its way


def test_the_employer_does_not_see_whether_a_ticket_is_used(browser, admin, failed, store, db):
    unused = browser.get(f"{ROOT}{failed.id}").said
    with store.transaction(db):
        activations.activate(db, failed, now=NOON - timedelta(minutes=5))
    assert browser.get(f"{ROOT}{failed.id}").said == unused


def test_a_failed_message_is_sent_again_to_another_number(browser, admin, failed, db, world, clock):
    clock.at += timedelta(minutes=1)
    answer = browser.post(f"{ROOT}{failed.id}/sms", {"mobile": "070-174 06 08"})
    assert (answer.status, answer.location) == (303, f"{ROOT}{failed.id}")
    newest = db.scalars(select(Sms).order_by(Sms.put_at.desc())).first()
    assert (newest.to, newest.state) == ("+46701740608", messages.State.WAITING)
    assert len(world.queue.rung) == 1
    assert browser.post(f"{ROOT}{failed.id}/sms", {"mobile": "070-174 06 08"}).status == 409


def test_a_wrong_number_is_said_beside_the_field(browser, admin, failed, world):
    page = browser.post(f"{ROOT}{failed.id}/sms", {"mobile": "08-123"})
    assert (page.status, "Det är inte ett mobilnummer." in page.said) == (422, True)
    assert world.queue.rung == []


def test_another_companys_ticket_is_not_found(browser, admin, make):
    ticket = make.sent_ticket(make.traveller(make.company("Annat AB")))
    assert browser.get(f"{ROOT}{ticket.id}").status == 404
    assert browser.post(f"{ROOT}{ticket.id}/sms", {"mobile": "070-174 06 08"}).status == 404


def test_a_ticket_leads_to_what_it_was_sent_with(browser, admin, make, store, db, traveller):
    ticket, order = _sent_with_another(make, store, db, admin, traveller)
    page = browser.get(f"{ROOT}{ticket.id}")
    assert f"{ROOT}ordrar/{order.id}" in page.links()
    assert "skickades med, 2 biljetter" in page.said


def test_an_order_of_other_departments_too_is_not_led_to(browser, admin, make, store, db,
                                                         traveller):
    ticket, order = _sent_with_another(make, store, db, admin, traveller)
    browser.log_in(make.department_admin(traveller.department))
    page = browser.get(f"{ROOT}{ticket.id}")
    assert not any("ordrar" in link for link in page.links())
    assert browser.get(f"{ROOT}ordrar/{order.id}").status == 404


def _sent_with_another(make, store, db, admin, traveller):
    """A ticket, and the order of it and of one to somebody in another department."""
    other = make.traveller(department=make.department(
        db.get_one(Company, traveller.company_id)), given_name="Bo", mobile="+46701740699")
    order = make.order(make.actor(admin), travellers=[traveller, other])
    with store.transaction(db):
        order_sending.send(db, order, agreed_ore=8_400, by=make.actor(admin), now=NOON)
    return db.scalars(select(Ticket).where(Ticket.traveller_id == traveller.id)).one(), order


def test_the_file_tells_what_was_sent_and_never_that_it_is_used(browser, admin, failed, store, db):
    with store.transaction(db):
        activations.activate(db, failed, now=NOON - timedelta(minutes=5))
    assert files.rows(browser, SENT) == [{
        "Skickad": "2026-11-20 08:00", "Till": "Rut Resenär", "Mobilnummer": "070-174 06 05",
        "Biljett": "Enkelbiljett", "Gäller i": "Zon 181 Jönköping", "Pris": "42,00",
        "Tjänst": "Skicka biljett", "Avdelning": "Huvudavdelning", "Referensnummer": "1000",
        "Kostnadsställe": "", "Notering": "", "Biljettnummer": failed.number,
        "Läge": "Kom inte fram", "Återkallad": ""}]


def test_the_file_holds_the_tickets_of_every_page(browser, admin, make, traveller):
    for minutes in range(41):
        make.ticket(traveller, at=MORNING - timedelta(minutes=minutes))
    found = [row["Skickad"] for row in files.rows(browser, SENT)]
    assert (len(found), found) == (41, sorted(found, reverse=True))


def test_the_file_tells_of_the_latest_message_only(browser, admin, make, store, db, failed):
    with store.transaction(db):
        sent_tickets.resend(db, failed, mobile="+46701740609", by=make.actor(admin), now=NOON)
    [row] = files.rows(browser, SENT)
    assert (row["Läge"], row["Mobilnummer"]) == ("På väg", "070-174 06 09")


def test_what_is_typed_and_chosen_narrows_the_list_its_sum_and_its_file(browser, admin, make,
                                                                        company):
    make.sent_ticket(make.traveller(company, "Åke", "Ödman"), Product.DAY)
    make.sent_ticket(make.traveller(company, "Lars", "Ek", mobile="+46701740608"))
    for query in ("q=ödman", "q=070-174 06 05", "biljett=day", "q=åke&lage=under_way",
                  "referens=10&fran=2026-11-20&till=2026-11-20&q=ödman"):
        page = browser.get(f"{SENT}?{query}")
        assert ("Åke Ödman" in page.said, "Lars Ek" in page.said) == (True, False), query
        assert "1 biljett, 84 kr." in page.said
        assert [row["Till"] for row in files.rows(browser, f"{SENT}?{query}")] == ["Åke Ödman"]
    assert "2 biljetter, 126 kr." in browser.get(SENT).said


def test_as_one_types_only_the_list_is_answered(browser, admin, make, traveller):
    make.sent_ticket(traveller)
    answer = browser.get(f"{SENT}?q=rut", **FRAGMENT)
    assert (answer.whole, 'id="tickets"' in answer.response.text) == (False, True)


@pytest.mark.parametrize("query", [
    "q=nobody", "lage=past", "fran=2027-01-01",
    "fran=0001-01-01&till=9999-12-31&q=nobodyx", "q=%00nobodyx",
    "referens=%25"])
def test_when_none_match_it_says_how_to_find_more(browser, admin, make, traveller, query):
    make.sent_ticket(traveller)
    page = browser.get(f"{SENT}?{query}")
    assert (page.status, "Ingen biljett stämmer" in page.said) == (200, True)


@pytest.mark.parametrize("query", [
    "lage=activated", "lage=x", "biljett=x", "avdelning=x", "fran=x&till=0000-00-00", "valda=x"])
def test_a_filter_that_is_none_asks_nothing(browser, admin, make, traveller, query):
    make.sent_ticket(traveller)
    assert "Rut Resenär" in browser.get(f"{SENT}?{query}").said


def test_no_filter_asks_whether_a_ticket_is_used(browser, admin, make, traveller, store, db):
    ticket = make.sent_ticket(traveller)
    unused = browser.get(SENT).said
    with store.transaction(db):
        activations.activate(db, ticket, now=NOON)
    assert browser.get(SENT).said == unused


def test_the_next_page_keeps_the_filters(browser, admin, make, traveller):
    for minutes in range(41):
        make.ticket(traveller, at=MORNING - timedelta(minutes=minutes))
    [older] = {link for link in browser.get(f"{SENT}?q=rut").links() if "efter=" in link
               and "valda" not in link}
    page = browser.get(older)
    assert (len(page.all("tr")), "41 biljetter" in page.said, "q=rut" in older) == (2, True, True)


def test_one_that_did_not_come_is_mended_from_its_row(browser, admin, failed):
    assert f"{ROOT}{failed.id}#form" in browser.get(SENT).links()


@pytest.fixture
def planned(make, traveller, store, db):
    """A ticket whose message goes in a day."""
    ticket = make.ticket(traveller)
    with store.transaction(db):
        ticket.send_at = NOON + timedelta(days=1)
        sales.put_sms(db, ticket, by=NOBODY, now=NOON)
    return ticket


def test_one_that_is_to_go_later_is_changed_before_it_does(browser, admin, planned, db, clock,
                                                           portal, stage):
    at = f"{ROOT}{planned.id}"
    assert "Planerad" in browser.get(SENT).said
    assert f"{at}/andring" in browser.get(at).links()
    page = browser.get(f"{at}/andring")
    assert [field["value"] for field in page.all("input")
            if field.get("type") in ("date", "time")] == ["2026-11-21", "12:00"]
    answer = browser.post(f"{at}/andring", {
        "mobile": "070-174 06 08", "send_on": "2026-11-22", "send_time": "07:30"})
    assert (answer.status, answer.location) == (303, at)
    db.refresh(planned)
    assert planned.send_at == datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
    clock.at = planned.send_at - timedelta(seconds=1)
    outbox.sweep(portal)
    assert stage.phones.texts("+46701740608") == []
    clock.at += timedelta(seconds=1)
    outbox.sweep(portal)
    assert (len(stage.phones.texts("+46701740608")), stage.phones.texts("+46701740605")) == (1, [])


def test_without_a_day_it_goes_at_once(browser, admin, planned, portal, stage):
    browser.post(f"{ROOT}{planned.id}/andring", {"mobile": "070-174 06 05", "send_on": ""})
    outbox.sweep(portal)
    assert len(stage.phones.texts("+46701740605")) == 1


@pytest.mark.parametrize(("typed", "said"), [
    ({"send_on": "2026-11-19"}, "har redan varit"), ({"send_on": "2027-11-19"}, "dagar fram"),
    ({"send_on": "0001-01-01"}, "har redan varit"), ({"send_on": "9999-12-31"}, "dagar fram"),
    ({"send_on": "x"}, "Skriv datumet"),
    ({"send_on": "2026-11-23", "send_time": "25"}, "klockslag"),
    ({"mobile": "08-123"}, "inte ett mobilnummer")])
def test_what_is_wrong_is_said_and_nothing_is_changed(browser, admin, planned, db, typed, said):
    before = planned.send_at
    answer = browser.post(f"{ROOT}{planned.id}/andring", {"mobile": "070-174 06 05"} | typed)
    assert (answer.status, said in answer.said) == (422, True)
    db.refresh(planned)
    assert planned.send_at == before


def test_one_that_is_to_go_later_is_stopped(browser, admin, planned, portal, stage, clock):
    assert "Stoppa biljetten" in browser.get(f"{ROOT}{planned.id}").said
    browser.post(f"{ROOT}{planned.id}/aterkallelse")
    clock.at = planned.send_at
    outbox.sweep(portal)
    assert stage.phones.texts("+46701740605") == []


def test_one_that_has_gone_is_not_changed(browser, admin, failed):
    at = f"{ROOT}{failed.id}/andring"
    assert "Det finns inget att ändra" in browser.get(at).said
    assert browser.post(at, {"mobile": "070-174 06 05"}).status == 409


def test_what_was_sent_together_is_listed_taken_home_and_recalled_together(
        browser, admin, make, store, db, traveller):
    _ticket, order = _sent_with_another(make, store, db, admin, traveller)
    make.sent_ticket(make.traveller(db.get_one(Company, traveller.company_id), "Eva"))
    together = browser.get(f"{ROOT}ordrar/{order.id}")
    for link in (f"{SENT}.csv?bestallning={order.id}",
                 f"{SENT}?bestallning={order.id}&valda=alla"):
        assert link in together.links()
    page = browser.get(f"{SENT}?bestallning={order.id}&valda=alla")
    assert "En beställning" in page.said
    assert ("Bo Resenär" in page.said, "Eva Resenär" in page.said) == (True, False)
    assert SENT in page.links()
    assert len(files.rows(browser, f"{SENT}?bestallning={order.id}")) == 2
    plan = browser.get(f"{SENT}/aterkallelse?bestallning={order.id}&valda=alla")
    assert "2 biljetter återkallas" in plan.said


def test_an_order_of_nonsense_asks_nothing(browser, admin, make, traveller):
    make.sent_ticket(traveller)
    assert "Rut Resenär" in browser.get(f"{SENT}?bestallning=x").said
