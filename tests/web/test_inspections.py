import base64
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import unquote
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import event

from documents import aztec
from documents.inspections import from_text
from domain import block_list, carried
from domain.block_list import Reason
from domain.products import Product
from integrations.ticket_keys import TicketKeys
from sandbox import verifier
from tests import inspecting
from tests.browser import Browser
from tests.conftest import NOON
from tests.documents.symbols import drawn
from tests.factories import born
from tests.web.inspector import SVG, code, jwks

AT = "/kontroll/"


@pytest.fixture
def inspector(browser, make) -> Browser:
    return browser.log_in(make.inspector())


@pytest.fixture
def phone(app, make, db, store):
    """A phone that shows the code of an active ticket, and which ticket that is."""
    ticket = make.sent_ticket()
    with store.transaction(db):
        at = f"/b/{carried.link(db, ticket.id, uuid4())}"
    phone = Browser(app)
    phone.post(f"{at}/telefon")
    phone.post(f"{at}/aktivering")
    return lambda: code(phone.get(at)), ticket


@pytest.fixture
def shown(phone):
    """The picture that an inspector takes of it."""
    show, ticket = phone
    return lambda: (picture(unquote(show().removeprefix(SVG))), ticket)


def picture(svg: str) -> bytes:
    file = io.BytesIO()
    drawn(svg).resize((600, 600)).save(file, "PNG")
    return file.getvalue()


def read(inspector, seen=None, **fields):
    files = {"picture": (io.BytesIO(seen), "kod.png")} if seen else {}
    return inspector.post(AT, {"zone": "", "text": "", **fields, **files},
                          content_type="multipart/form-data")


def headline(page) -> str:
    return " ".join(re.search(r"<h2>(?:<svg.*?</svg>)?(.*?)</h2>", page.response.text, re.S)[1]
                    .split())


def test_a_valid_ticket_is_said_to_be_with_what_it_says_and_not_whose_it_is(inspector, shown):
    seen, ticket = shown()
    page = read(inspector, seen)
    assert (page.status, headline(page)) == (200, "Giltig")
    assert 'class="verdict good"' in page.response.text
    for words in ("Enkelbiljett", "Zon 181 Jönköping", "Vuxen", "fre 20 nov 13:00", ticket.number):
        assert words in page.said
    for secret in (ticket.holder, ticket.mobile, ticket.department_name):
        assert secret not in page.said


@pytest.mark.parametrize(("product", "said"), [
    (Product.PERIOD_30_STUDENT, "Be att få se ett giltigt studentkort."),
    (Product.PERIOD_30_YOUTH, "Be att få se legitimation")])
def test_what_not_everybody_may_have_is_valid_with_a_word_on_what_to_ask_for(
        app, inspector, make, product, said):
    customer = make.customer(number=born(date(2007, 5, 1)))
    ticket = make.own_ticket(customer, product)
    phone, at = Browser(app).log_in_customer(customer), f"/mina-sidor/biljetter/{ticket.id}"
    phone.post(f"{at}/telefon")
    phone.post(f"{at}/aktivering")
    found = read(inspector, picture(unquote(code(phone.get(at)).removeprefix(SVG))))
    assert (headline(found), said in found.said) == ("Giltig", True)


@pytest.mark.parametrize(("later", "said"), [
    (1, "Har gått ut 13:00"), (11, "Har gått ut 13:00"), (13, "Har gått ut fre 20 nov 13:00")])
def test_a_ticket_that_ended_is_said_to_have_and_when(browser, make, shown, clock, later, said):
    seen, _ = shown()
    clock.at += timedelta(hours=later)
    assert headline(read(browser.log_in(make.inspector()), seen)) == said


def test_the_zone_is_asked_for_and_remembered(inspector, shown):
    seen, _ = shown()
    assert headline(read(inspector, seen, zone="184")) == "Gäller inte i zon 184"
    assert '<option selected value="184">' in inspector.get(AT).response.text
    assert headline(read(inspector, seen, zone="181")) == "Giltig"


@pytest.mark.parametrize(("reason", "said"), [
    (Reason.RECALLED, "Spärrad: återkallad"), (Reason.LOST, "Spärrad: förlorad")])
def test_a_blocked_ticket_is_refused_with_the_reason(inspector, shown, store, db, reason, said):
    seen, ticket = shown()
    with store.transaction(db):
        block_list.add(db, ticket.number, reason=reason, until=ticket.useless_at, now=NOON)
    assert headline(read(inspector, seen)) == said


def test_a_screenshot_is_valid_but_the_inspector_is_told_to_look(inspector, shown, clock):
    seen, _ = shown()
    clock.at += timedelta(minutes=6)
    page = read(inspector, seen)
    assert (page.status, headline(page)) == (200, "Giltig, men se efter")
    assert 'class="verdict warn"' in page.response.text
    assert "Koden ritades 12:00. Se efter att klockan under den går" in page.said


def test_the_code_is_drawn_anew_each_minute(phone, clock):
    show, _ = phone
    first = show()
    clock.at += timedelta(seconds=30)
    assert show() == first
    clock.at += timedelta(seconds=30)
    assert show() != first


def test_when_a_key_is_taken_away_the_phone_gets_a_code_that_another_has_signed(
        app, phone, world, tmp_path):
    show, _ = phone
    app.extensions["world"] = replace(world, ticket_keys=TicketKeys.make(tmp_path / "new.pem"))
    keys = app.extensions["world"].ticket_keys.public_keys()
    seen = verifier.symbol(drawn(unquote(show().removeprefix(SVG))))
    assert verifier.verify(seen, jwks(keys), (), NOON) == (True, "Giltig till 13:00")


def test_a_code_is_read_as_text_too(inspector, world):
    said = inspecting.code({"key": "strange", "kid": "ours"})
    text = base64.urlsafe_b64encode(said).decode()
    assert from_text(text) == said
    page = read(inspector, text=text)
    assert headline(page) == "Okänd nyckel"
    assert "Hämta nya nycklar" in page.said


@pytest.mark.parametrize("case", ["a trial ticket", "another authority's ticket", "a greeting"])
def test_what_is_no_ticket_of_ours_is_said_in_words(inspector, case):
    [case] = [each for each in inspecting.TABLE["cases"] if each["name"] == case]
    page = read(inspector, picture(aztec.svg(inspecting.code(case), title="x")))
    assert headline(page) == {"trial": "Provbiljett: godtas inte", "no_ticket": "Inte en biljett",
                              "unknown_issuer": "Okänd utfärdare"}[case["finding"]]


@pytest.mark.parametrize(("seen", "fields", "said"), [
    (b"hej", {}, "Bilden går inte att läsa."), (None, {}, "Välj en bild, eller klistra in"),
    (None, {"text": "hej på dig!"}, "klistra in kodens text"),
    (None, {"text": "aGVq", "zone": "999"}, "Not a valid choice")])
def test_what_cannot_be_read_is_said_beside_its_field(inspector, seen, fields, said):
    page = read(inspector, seen, **fields)
    assert page.status == 422
    assert 'class="error"' in page.response.text
    assert said in page.said or "zone" in fields


def test_a_picture_without_a_code_is_said_so(inspector):
    page = read(inspector, blank())
    assert (page.status, "Det finns ingen biljettkod i bilden." in page.said) == (422, True)


def blank() -> bytes:
    file = io.BytesIO()
    Image.new("L", (300, 300), 255).save(file, "PNG")
    return file.getvalue()


def test_the_basis_holds_public_keys_and_blocked_numbers_and_nothing_more(inspector, world, store,
                                                                          db):
    with store.transaction(db):
        for number, until in (("K7QF-2M9XD4", NOON + timedelta(days=1)), ("OLD", NOON)):
            block_list.add(db, number, reason=Reason.LOST, until=until, now=NOON)
    answer = inspector.get("/kontroll/underlag").response
    assert answer.json == {
        "made_at": "2026-11-20T11:00:00+00:00", "language": "sv",
        "issuers": {"24": world.ticket_keys.jwks()["keys"]},
        "blocked": {"K7QF-2M9XD4": "lost"},
        "rules": {"skew_seconds": 120, "fresh_minutes": 5, "stale_hours": 24}}
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_this_page_may_use_a_camera_and_a_reader_in_webassembly(inspector):
    here, elsewhere = inspector.get(AT).response.headers, inspector.get("/").response.headers
    assert "script-src 'self' 'wasm-unsafe-eval';" in here["Content-Security-Policy"]
    assert "camera=(self)" in here["Permissions-Policy"]
    assert "script-src 'self';" in elsewhere["Content-Security-Policy"]
    assert "camera=()" in elsewhere["Permissions-Policy"]
    assert "unsafe-inline" not in here["Content-Security-Policy"]


def test_only_this_page_loads_the_reader(inspector):
    def scripts(url):
        return " ".join(attrs["src"] for attrs in inspector.get(url).all("script"))
    assert "zxing" in scripts(AT)
    assert "zxing" not in scripts("/") + scripts("/villkor/personuppgifter")


def test_the_worker_serves_the_pages_below_its_address(browser):
    answer = browser.get("/kontroll/utan-nat.js").response
    assert answer.mimetype == "text/javascript"
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]


def test_a_clerk_may_inspect_and_an_administrator_may_not(app, make):
    clerk = Browser(app).log_in(make.clerk()).get("/intern/")
    assert AT in clerk.links()
    assert Browser(app).log_in(make.clerk()).get(AT).status == 200
    assert Browser(app).log_in(make.admin()).get(AT).status == 403
    assert Browser(app).get(AT).location == "/logga-in?next=/kontroll/"


def test_reading_a_ticket_writes_nothing(inspector, shown, store):
    seen, _ = shown()
    written = []
    event.listen(store.engine, "before_cursor_execute",
                 lambda _c, _cur, statement, *_: written.append(statement))
    read(inspector, seen)
    assert {each.split()[0] for each in written} <= {"SELECT", "BEGIN"}
