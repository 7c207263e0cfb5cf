from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from sqlalchemy import func, select

from domain.login_orders import LoginOrder
from domain.logins import Login
from integrations.bankid_messages import MESSAGES
from integrations.clock import FrozenClock
from sandbox.faults import BANKID_DOWN
from sandbox.personas import AMIR, BIRGITTA, FAILING, KARIN, OSKAR
from tests.browser import FRAGMENT, Browser
from tests.conftest import NOON
from tests.sandbox import identify, scan
from tests.signing_in import begin, look, sign_in

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
THIS, OTHER = "this", "other"


@pytest.fixture
def clock():
    """One time for the portal and for BankID."""
    return FrozenClock(NOON)


@pytest.fixture
def world(world, clock):
    return replace(world, clock=clock)


@pytest.fixture
def stage(sandbox):
    return sandbox.extensions["sandbox"]


@pytest.fixture
def karin(make):
    return make.admin(number=KARIN.personal_number)


def devices(page):
    return [attrs["value"] for attrs in page.all("button") if attrs.get("name") == "device"]


def message(id):
    return MESSAGES[id].sv


def polled(page):
    return [attrs["hx-get"] for attrs in page.all("div") if "hx-get" in attrs]


def test_the_likelier_way_is_first_and_nobody_is_asked_for_a_number(browser):
    page = browser.get("/logga-in")
    assert devices(page) == [OTHER, THIS]
    assert devices(browser.get("/logga-in", **{"User-Agent": IPHONE})) == [THIS, OTHER]
    assert {field["name"] for field in page.all("input")} == {"csrf_token", "next"}


def test_who_identifies_on_another_device_is_logged_in(browser, sandbox, karin, db, clock):
    answer = sign_in(browser, sandbox, KARIN)
    assert (answer.status, answer.location) == (303, "/foretag/")
    login = db.scalars(select(Login)).one()
    assert (login.person_id, login.expires_at) == (karin.id, clock.at + timedelta(hours=12))
    assert db.scalar(select(func.count()).select_from(LoginOrder)) == 0


@pytest.mark.parametrize(("persona", "first"), [
    (KARIN, "/foretag/"), (BIRGITTA, "/intern/"), (AMIR, "/resa/")])
def test_each_comes_to_the_first_page_of_their_own(browser, sandbox, make, persona, first):
    make.admin(number=KARIN.personal_number)
    make.clerk(number=BIRGITTA.personal_number)
    make.traveller(number=AMIR.personal_number)
    assert sign_in(browser, sandbox, persona).location == first
    assert browser.get("/logga-in").location == first


def test_the_way_leads_back_to_where_one_was_going(browser, sandbox, karin):
    login = browser.get("/foretag/resenarer/?q=x")
    assert login.location == "/logga-in?next=/foretag/resenarer/?q%3Dx"
    [field] = [field for field in browser.get(login.location).all("input")
               if field["name"] == "next"]
    assert sign_in(browser, sandbox, KARIN, next_path=field["value"]).location == field["value"]


@pytest.mark.parametrize("elsewhere", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\r\nX: y"])
def test_the_way_never_leads_elsewhere(browser, sandbox, karin, elsewhere):
    assert sign_in(browser, sandbox, KARIN, next_path=elsewhere).location == "/foretag/"


def test_the_login_has_a_session_of_its_own(browser, sandbox, karin):
    with browser.client.session_transaction() as cookie:
        cookie.update(language="sv", _user_id="planted", csrf_token="planted", left="behind")
    sign_in(browser, sandbox, KARIN)
    with browser.client.session_transaction() as cookie:
        assert {"left", "csrf_token", "login_order"} & set(cookie) == set()
        assert cookie["_user_id"] != "planted"
        assert cookie["language"] == "sv"


def test_the_cookie_tells_nothing_of_the_order(browser, stage):
    begin(browser)
    order = stage.orders.pending()[0]
    with browser.client.session_transaction() as cookie:
        assert len(cookie["login_order"]) == 43
        assert order["ref"] not in str(dict(cookie))


def test_the_code_is_new_each_second_and_its_secret_stays_here(browser, stage, clock):
    begin(browser)
    order = stage.orders.pending()[0]
    for _ in range(3):
        page = look(browser)
        [code] = page.all("img")
        content = stage.orders.qr_content(order["ref"])
        assert code["src"] == segno.make_qr(content, error="l").svg_data_uri(
            border=0, svgclass=None, lineclass=None)
        assert order["qr_start_secret"] not in page.response.text
        assert order["ref"] not in page.response.text


def test_htmx_gets_only_the_code_and_hears_what_is_new(browser, stage):
    begin(browser)
    page = look(browser)
    [again] = polled(page)
    assert page.whole
    fragment = browser.get(again, **FRAGMENT)
    assert not fragment.whole
    assert [attrs["id"] for _, attrs in fragment.tags if "id" in attrs] == ["order"]
    scan(stage)
    look(browser)
    fragment = browser.get(again, **FRAGMENT)
    assert fragment.all("p") == [{"id": "said", "hx-swap-oob": "innerHTML"}]
    assert fragment.said == message("RFA15A")
    assert fragment.all("img") == []


def test_a_login_is_led_on_by_htmx_as_well(browser, stage, karin):
    begin(browser)
    identify(stage, KARIN)
    answer = look(browser, **FRAGMENT)
    assert (answer.status, answer.response.headers["HX-Redirect"]) == (200, "/foretag/")


def test_without_javascript_the_page_asks_again_by_itself(browser):
    begin(browser)
    assert {"http-equiv": "refresh", "content": "2"} in look(browser).all("meta")


def test_bankid_is_asked_at_most_every_two_seconds(browser, stage, clock, karin):
    begin(browser)
    identify(stage, KARIN)
    clock.at += timedelta(seconds=1.9)
    assert browser.get("/logga-in/bankid").status == 200
    clock.at += timedelta(seconds=0.1)
    assert browser.get("/logga-in/bankid").status == 303


@pytest.mark.parametrize("persona", [one for one in FAILING if one.hint_code != "startFailed"],
                         ids=lambda one: one.hint_code)
def test_an_order_that_fails_says_why_and_can_be_begun_again(browser, stage, persona):
    begin(browser, next_path="/foretag/")
    stage.orders.choose(scan(stage)["ref"], persona)
    page = look(browser)
    recommended = {"certificateErr": "RFA16", "expiredTransaction": "RFA8", "userCancel": "RFA6",
                   "cancelled": "RFA3"}
    assert message(recommended.get(persona.hint_code, "RFA22")) in page.said
    assert polled(page) == []
    assert {"type": "hidden", "name": "next", "value": "/foretag/"} in page.all("input")
    begin(browser, next_path="/foretag/")
    assert message("RFA1") in look(browser).said


def test_what_bankid_says_is_said_in_english_to_who_reads_english(browser):
    browser.post("/sprak", {"language": "en"})
    begin(browser)
    assert MESSAGES["RFA1"].en in look(browser).said


def test_a_code_that_nobody_scans_is_renewed_silently_for_two_minutes(browser, stage, clock):
    begin(browser)
    first = stage.orders.pending()[0]["ref"]
    for _ in range(3):
        clock.at += timedelta(seconds=30)
        assert len(look(browser).all("img")) == 1
    assert stage.orders.pending()[0]["ref"] != first
    clock.at += timedelta(seconds=31)
    page = look(browser)
    assert message("RFA17B") in page.said
    assert page.all("img") == []


def test_who_scans_a_renewed_code_is_logged_in(browser, stage, clock, karin):
    begin(browser)
    clock.at += timedelta(seconds=31)
    look(browser)
    identify(stage, KARIN)
    assert look(browser).location == "/foretag/"


def start_app(page, sandbox):
    """What the button on the page does: the app opens. Returns its order."""
    [href] = [href for href in page.links() if "autostarttoken" in href]
    token = parse_qs(urlsplit(href).query)["autostarttoken"][0]
    return sandbox.extensions["sandbox"].orders.start(
        token, redirect="null", device_ip="192.0.2.1")


def finish(stage, order, persona):
    """The person identifies. Returns where the app then leads the browser."""
    stage.orders.choose(order["ref"], persona)
    stage.orders.identify(order["ref"])
    address, path = stage.orders.find(order["ref"])["return_url"].split("/logga-in")
    assert address == "http://portal.example"
    return f"/logga-in{path}"


def test_who_identifies_on_the_same_device_comes_back_and_is_logged_in(browser, sandbox, stage,
                                                                       karin):
    begin(browser, device=THIS)
    page = look(browser)
    assert page.all("img") == []
    assert message("RFA13") in page.said
    back = finish(stage, start_app(page, sandbox), KARIN)
    assert browser.get(back).location == "/logga-in/bankid"
    assert look(browser).location == "/foretag/"


def test_nobody_is_logged_in_by_another_who_identified_for_them(browser, app, sandbox, stage,
                                                                karin, db):
    begin(browser, device=THIS)
    order = start_app(look(browser), sandbox)  # somebody is sent the link, and opens it
    back = finish(stage, order, KARIN)
    assert look(browser).status == 200
    theirs = Browser(app)
    assert theirs.get(back).location == "/logga-in"
    assert "i en annan webbläsare" in theirs.get("/logga-in").said
    assert browser.get("/logga-in/retur?nonce=guessed").location == "/logga-in"
    assert look(browser).status == 200
    assert db.scalars(select(Login)).all() == []


def test_the_page_does_not_give_away_where_the_app_leads_back(browser):
    begin(browser, device=THIS)
    assert "nonce" not in look(browser).response.text


def test_an_app_that_is_not_there_is_told_and_not_waited_for(browser, clock):
    begin(browser, device=THIS)
    clock.at += timedelta(seconds=31)
    page = look(browser)
    assert message("RFA17A") in page.said
    assert polled(page) == []


def test_cancelling_ends_the_order_at_bankid_too(browser, stage):
    begin(browser)
    assert browser.post("/logga-in/avbrott").location == "/logga-in"
    assert stage.orders.pending() == []
    assert "Inloggningen är avbruten." in browser.get("/logga-in").said
    assert look(browser).location == "/logga-in"
    assert browser.post("/logga-in/avbrott").location == "/logga-in"


def test_a_person_whom_nobody_has_registered_is_met_kindly(browser, sandbox, db):
    answer = sign_in(browser, sandbox, OSKAR)
    assert answer.location == "/logga-in/okand"
    page = browser.get(answer.location)
    assert "Du har inget konto än" in page.said
    assert "/ansok" in page.links()
    assert db.scalars(select(Login)).all() == []


def test_when_bankid_is_down_the_page_says_what_to_do(browser, stage):
    stage.faults.turn_on(BANKID_DOWN)
    assert begin(browser, next_path="/foretag/").location == "/logga-in?next=/foretag/"
    page = browser.get("/logga-in")
    assert "Det går inte att logga in med BankID just nu. Vänta en stund" in page.said


def test_an_order_outlives_a_bankid_that_is_down_for_a_while(browser, stage, karin):
    begin(browser)
    stage.faults.turn_on(BANKID_DOWN)
    page = look(browser)
    assert "BankID svarar inte just nu. Vi frågar igen" in page.said
    assert len(polled(page)) == 1
    stage.faults.turn_off(BANKID_DOWN)
    identify(stage, KARIN)
    assert look(browser).location == "/foretag/"


def test_an_order_that_bankid_has_forgotten_is_over(browser, stage):
    begin(browser)
    stage.orders.cancel(stage.orders.pending()[0]["ref"])
    assert message("RFA22") in look(browser).said


def test_orders_from_one_address_are_counted(browser, app):
    most = app.extensions["store"].session().info["rules"].login_tries_per_hour
    for _ in range(most):
        assert begin(browser).status == 303
    answer = begin(browser)
    assert (answer.status, "för många försök" in answer.said) == (429, True)


def test_logging_out_makes_a_copied_cookie_worthless(browser, app, sandbox, karin):
    sign_in(browser, sandbox, KARIN)
    browser.post("/villkor/godkannande", dict.fromkeys(("privacy", "travel", "company"), "y"))
    copy = Browser(app)
    with browser.client.session_transaction() as cookie:
        stolen = dict(cookie)
    with copy.client.session_transaction() as cookie:
        cookie.update(stolen)
    assert copy.get("/foretag/").status == 200
    assert browser.post("/logga-ut").location == "/"
    assert "Du är utloggad." in browser.get("/").said
    assert copy.get("/foretag/").location == "/logga-in?next=/foretag/"
    assert browser.post("/logga-ut").location == "/"


def test_a_login_ends_after_its_hours(browser, sandbox, karin, clock):
    sign_in(browser, sandbox, KARIN)
    clock.at += timedelta(hours=12)
    assert browser.get("/foretag/").location == "/logga-in?next=/foretag/"
