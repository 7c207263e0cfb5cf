"""Which phone shows a ticket: the first that opens it, until it is moved."""
import gzip
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain import carried, holding_codes, holdings
from domain.audit import Act, Event
from domain.companies import Company
from domain.holding_codes import HoldingCode
from domain.holdings import Holding
from domain.products import Product
from jobs import outbox
from tests.browser import FRAGMENT, Browser
from tests.conftest import NOON
from tests.factories import COUNTY
from tests.queries import queries
from tests.web.inspector import code

MOBILE = "+46701740605"
OPEN, ELSEWHERE = "Öppna på den här telefonen", "Biljetten finns på en annan telefon"


@pytest.fixture
def ticket(make):
    return make.sent_ticket(product=Product.DAY, trip=COUNTY)


@pytest.fixture
def at(portal, stage, ticket):
    """Where the link in the text message leads."""
    outbox.sweep(portal)
    return re.search(r"/b/[\w-]{22}$", stage.phones.texts(MOBILE)[0])[0]


@pytest.fixture
def other(app, browser) -> Browser:
    """Another phone."""
    return Browser(app)


@pytest.fixture
def opened(browser, at) -> str:
    browser.post(f"{at}/telefon")
    browser.post(f"{at}/aktivering")
    assert code(browser.get(at))
    return at


def texted(portal, stage) -> str:
    """The code that has come to the phone."""
    outbox.sweep(portal)
    return re.search(r"\b\d{6}\b", stage.phones.texts(MOBILE)[0])[0]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", [
    {}, {"User-Agent": "WhatsApp/2.23.20.0"}, {"User-Agent": "facebookexternalhit/1.1"},
    {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, FRAGMENT])
def test_looking_at_the_link_takes_nothing(browser, db, at, method, headers):
    answer = browser._open(method, at, headers=headers)
    assert (answer.status, db.scalars(select(Holding)).all()) == (200, [])
    assert "Set-Cookie" not in answer.response.headers or (
        "phone=" not in answer.response.headers["Set-Cookie"])


def test_one_press_opens_it_on_this_phone(browser, at):
    page = browser.get(at)
    assert (OPEN in page.said, f"{at}/aktivering" in page.links()) == (True, False)
    answer = browser.post(f"{at}/telefon")
    assert (answer.status, answer.location) == (303, at)
    page = browser.get(at)
    assert (OPEN in page.said, f"{at}/aktivering" in page.links()) == (False, True)


def test_the_phones_secret_is_a_cookie_that_no_script_reads(browser, at):
    cookie = browser.post(f"{at}/telefon").response.headers["Set-Cookie"]
    for words in ("HttpOnly", "SameSite=Lax", "Max-Age=34560000", "Path=/"):
        assert words in cookie
    assert re.match(r"phone=[\w-]{43};", cookie)


@pytest.mark.parametrize("had", ["x", "a" * 42, "a" * 44, "å" * 43, "../" * 14 + "a", ""])
def test_a_secret_that_we_did_not_make_is_not_taken(browser, at, db, had):
    browser.client.set_cookie("phone", had)
    browser.post(f"{at}/telefon")
    assert browser.client.get_cookie("phone").value != had
    assert not db.scalars(select(Holding)).one().is_of(had)


def test_one_phone_has_one_secret_for_all_its_tickets(browser, make, db, store, at):
    with store.transaction(db):
        second = f"/b/{carried.link(db, make.sent_ticket().id, uuid4())}"
    for each in (at, second):
        browser.post(f"{each}/telefon")
    assert len({each.phone_hash for each in db.scalars(select(Holding))}) == 1


def test_another_phone_sees_what_it_is_and_whose_number_but_no_code_and_no_name(other, opened):
    page = other.get(opened)
    for words in ("24-timmarsbiljett", "Hela länet", ELSEWHERE, "070-••• •• 05"):
        assert words in page.said
    for secret in ("Rut Resenär", MOBILE, "070-174 06 05", "kvar", "Aktiv"):
        assert secret not in page.response.text
    assert code(page) is None


def test_another_phone_that_asks_for_a_part_is_shown_no_code(other, opened):
    part = other.get(opened, **FRAGMENT)
    assert (code(part), ELSEWHERE in part.said) == (None, True)


def test_another_phone_can_neither_take_activate_nor_keep_it(other, browser, at, db, ticket):
    browser.post(f"{at}/telefon")
    assert other.post(f"{at}/telefon").location == at
    assert other.get(f"{at}/aktivering").location == at
    assert other.post(f"{at}/aktivering").status == 409
    assert other.get(f"{at}/sparad").status == 404
    db.refresh(ticket)
    assert ticket.activated_at is None
    assert ELSEWHERE in other.get(at).said


def test_a_phone_that_has_lost_its_cookie_is_another_phone(browser, opened):
    browser.client.delete_cookie("phone")
    assert (code(browser.get(opened)), ELSEWHERE in browser.get(opened).said) == (None, True)


def test_a_code_to_the_number_moves_it_and_the_first_phone_is_dead_at_once(
        browser, other, opened, portal, stage):
    assert other.post(f"{opened}/kod").location == f"{opened}/flytt"
    page = other.get(f"{opened}/flytt")
    assert "Vi skickar en kod till 070-••• •• 05. Den gäller i 10 minuter." in page.said
    digits = texted(portal, stage)
    answer = other.post(f"{opened}/flytt", {"code": f" {digits[:3]} {digits[3:]} "})
    assert (answer.status, answer.location) == (303, opened)
    assert code(other.get(opened))
    assert (code(browser.get(opened)), ELSEWHERE in browser.get(opened).said) == (None, True)
    assert browser.get(f"{opened}/sparad").status == 404


def test_a_wrong_code_says_how_many_tries_are_left_and_the_fifth_locks_it(
        other, opened, portal, stage, db):
    other.post(f"{opened}/kod")
    assert "Ingen kod gäller just nu" in other.post(f"{opened}/flytt", {"code": "000000"}).said
    digits = texted(portal, stage)
    wrong = "000000" if digits != "000000" else "111111"
    page = other.post(f"{opened}/flytt", {"code": wrong})
    assert (page.status, "Du har 4 försök kvar" in page.said) == (422, True)
    for typed in ("", "٠٧٠١٧٤", "'; --", "1" * 20):
        assert other.post(f"{opened}/flytt", {"code": typed}).status == 422
    for _ in range(4):
        other.post(f"{opened}/flytt", {"code": wrong})
    assert "Koden är låst" in other.post(f"{opened}/flytt", {"code": digits}).said
    assert code(other.get(opened)) is None


def test_an_old_code_is_told_of(other, opened, portal, stage, clock):
    other.post(f"{opened}/kod")
    digits = texted(portal, stage)
    clock.at += timedelta(minutes=10)
    assert "Koden har gått ut" in other.post(f"{opened}/flytt", {"code": digits}).said


def test_the_texts_are_few_and_the_tries_are_counted_by_address(other, opened, store):
    answers = [other.post(f"{opened}/kod").status for _ in range(4)]
    assert answers == [303, 303, 303, 429]
    tries = [other.post(f"{opened}/flytt", {"code": "000000"}).status for _ in range(100)]
    assert (tries[0], tries[-1]) == (422, 429)


def test_the_text_message_with_the_code_says_what_it_does(other, opened, portal, stage):
    other.post(f"{opened}/kod")
    digits = texted(portal, stage)
    assert stage.phones.texts(MOBILE)[0] == (
        f"Kod {digits} flyttar din 24-timmarsbiljett till en annan telefon. Gäller i 10 minuter. "
        "Visa den inte för någon.")


def test_a_code_that_another_has_followed_is_not_sent(portal, stage, store, db, ticket):
    with store.transaction(db):
        holding_codes.order(db, ticket, now=NOON)
        holding_codes.order(db, ticket, now=NOON)
    outbox.sweep(portal)
    assert len([text for text in stage.phones.texts(MOBILE) if "flyttar" in text]) == 1
    assert len(db.scalars(select(HoldingCode)).all()) == 2


def test_a_moved_ticket_is_told_of_in_no_companys_log(browser, other, opened, portal, stage, db,
                                                      ticket):
    other.post(f"{opened}/kod")
    other.post(f"{opened}/flytt", {"code": texted(portal, stage)})
    moved = db.scalars(select(Event).where(Event.act == Act.TICKET_MOVED)).all()
    assert [event.chain_id == ticket.company_id for event in moved] == [False]


def test_the_employer_sees_nothing_of_phones_and_codes(app, other, at, make, db, portal, stage,
                                                       ticket):
    admin = Browser(app).log_in(make.admin(db.get_one(Company, ticket.company_id)))

    def seen() -> list[str]:
        return [admin.get(url).said for url in (
            f"/foretag/resenarer/{ticket.traveller_id}", "/foretag/handelser/", "/foretag/",
            f"/foretag/skicka-biljett/{ticket.id}")]

    before = seen()
    assert all("Rut Resenär" in page for page in (before[0], before[3]))
    Browser(app).post(f"{at}/telefon")
    other.post(f"{at}/kod")
    other.post(f"{at}/flytt", {"code": texted(portal, stage)})
    assert "Rut Resenär" in other.get(at).said
    assert seen() == before


def test_the_link_of_a_registered_traveller_leads_to_signing_in(other, opened, ticket):
    assert f"/resa/biljetter/{ticket.id}" in other.get(opened).links()


def test_a_recalled_ticket_is_neither_opened_nor_moved(browser, other, at, db, store, ticket):
    browser.post(f"{at}/telefon")
    with store.transaction(db):
        ticket.recalled_at = NOON
    assert "går inte att använda längre" in other.get(at).said
    assert other.post(f"{at}/kod").status == 409
    assert OPEN not in browser.get(at).said


def test_the_kept_page_has_the_code_and_no_token_no_form_and_nobody(browser, opened):
    page = browser.get(f"{opened}/sparad")
    assert code(page)
    assert "Sparad 12:00, utan nät." in page.said
    assert (page.all("form"), "csrf" in page.response.text.lower()) == ([], False)
    assert page.response.headers["X-Useless-At"] == "2027-11-21T07:00:00+00:00"
    assert opened in page.links()


def test_the_kept_page_of_one_that_is_not_activated_says_that_it_takes_network(browser, at):
    browser.post(f"{at}/telefon")
    page = browser.get(f"{at}/sparad")
    assert "Det behövs nät för att aktivera biljetten" in page.said
    assert f"{at}/aktivering" not in page.links()


def test_a_ticket_page_with_its_code_is_at_most_14_kilobytes(browser, opened):
    for url in (opened, f"{opened}/sparad"):
        assert len(gzip.compress(browser.get(url).response.data)) <= 14 * 1024, url


def test_a_page_takes_few_queries(browser, opened, store):
    with queries(store) as asked:
        browser.get(opened)
    assert len(asked) <= 6


def test_released_it_is_the_next_phones(browser, other, opened, db, store, ticket):
    with store.transaction(db):
        holdings.release(db, ticket.id)
    other.post(f"{opened}/telefon")
    assert code(other.get(opened))
    assert code(browser.get(opened)) is None
