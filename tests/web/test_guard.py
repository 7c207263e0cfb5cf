"""What holds for every answer, whichever the view."""
import json
import logging
import re

import pytest

from blueprints.guard import local_path, public
from domain.errors import Conflict, NotAllowed, NotFound, TooMany
from running.logs import JsonFormatter
from tests.browser import FRAGMENT, Browser


def test_a_view_with_no_mark_is_refused(new_app):
    new_app.add_url_rule("/bar", "bare", lambda: "hello")
    answer = new_app.test_client().get("/bar")
    assert (answer.status_code, "hello" in answer.text) == (500, False)


def test_a_public_view_is_open(new_app):
    new_app.add_url_rule("/oppen", "open", public(lambda: "hello"))
    assert new_app.test_client().get("/oppen").text == "hello"


def test_a_stranger_is_asked_to_log_in_and_led_back(browser):
    assert browser.get("/foretag/?a=b").location == "/logga-in?next=/foretag/?a%3Db"
    asked = browser.get("/foretag/", **FRAGMENT)
    assert (asked.status, asked.response.headers["HX-Redirect"]) == (401, "/logga-in")
    followed = browser.get("/foretag/", **FRAGMENT, **{"HX-Boosted": "true"})
    assert followed.response.headers["HX-Redirect"] == "/logga-in?next=/foretag/"


def test_a_person_who_owes_the_terms_is_asked_for_them_first(browser, make):
    browser.log_in(make.admin(), accepted=False)
    assert browser.get("/foretag/").location == "/villkor/godkannande?next=/foretag/"


@pytest.mark.parametrize(("path", "led"), [
    ("/resa/", "/resa/"), ("//evil.example", None), ("https://evil.example", None),
    ("/\\evil.example", None), ("", None), (None, None), ("/a\nb", None)])
def test_nobody_is_led_to_another_site(path, led):
    assert local_path(path) == led


def test_a_form_without_its_token_is_refused_and_htmx_brings_it_in_a_header(app, browser, make):
    browser.log_in(make.admin())
    app.config["WTF_CSRF_ENABLED"] = True
    html = browser.client.get("/foretag/avdelningar/ny").text
    token = re.search(r'"X-CSRFToken": "([^"]+)"', html)[1]
    form = {"name": "Lager", "reference_number": "1", "services": "send_ticket",
            "products": "single"}
    assert browser.post("/foretag/avdelningar/ny", form).status == 400
    sent = browser.post("/foretag/avdelningar/ny", form, headers={"X-CSRFToken": token})
    assert sent.status == 303


def test_a_form_brings_its_token_itself_where_there_are_no_scripts(app, browser, make):
    browser.log_in(make.admin())
    app.config["WTF_CSRF_ENABLED"] = True
    shown = browser.get("/foretag/avdelningar/ny")
    [form] = [each for each in shown.response.text.split("<form")[1:] if 'id="form"' in each]
    [token] = re.findall(r'name="csrf_token" value="([^"]+)"', form)
    sent = browser.post("/foretag/avdelningar/ny", {
        "name": "Lager", "reference_number": "1", "services": "send_ticket", "products": "single",
        "csrf_token": token})
    assert sent.status == 303


def test_the_policy_allows_no_code_and_no_host_but_our_own(browser):
    headers = browser.get("/").response.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert {source for sources in policy.values() for source in sources.split()} == {
        "'none'", "'self'", "data:"}
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "Cookie"} <= set(headers["Vary"].split(", "))


def test_what_is_static_is_kept_for_good_under_a_name_of_its_content(browser):
    page = browser.get("/")
    css = next(link["href"] for link in page.all("link") if "portal.css" in link["href"])
    assert re.search(r"\?v=[0-9a-f]{10}$", css)
    with browser.client.get(css) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(app, browser):
    browser.post("/sprak", {"language": "en"})
    cookie = browser.client.get_cookie("portal")
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")


def test_a_login_that_was_ended_opens_nothing(app, browser, make):
    browser.log_in(make.admin())
    kept = browser.client.get_cookie("portal").value
    assert browser.get("/foretag/").status == 200
    browser.post("/logga-ut")
    browser.client.set_cookie("portal", kept)
    assert browser.get("/foretag/").status == 303


@pytest.mark.parametrize(("error", "status"), [
    (NotFound, 404), (NotAllowed, 403), (Conflict, 409), (TooMany, 429)])
def test_what_the_domain_says_is_said_to_the_person(new_app, error, status):
    def refuse():
        raise error("Det gick inte, %(why)s.", why="för sent")
    new_app.add_url_rule("/nej", "no", public(refuse))
    browser = Browser(new_app)
    page = browser.get("/nej")
    assert (page.status, "Det gick inte, för sent." in page.said) == (status, True)
    fragment = browser.get("/nej", **FRAGMENT)
    assert (fragment.status, fragment.whole) == (status, False)
    assert fragment.response.headers["HX-Retarget"] == "#message"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/finns/inte", "/foretag/resenarer/inte-ett-id",
                                  "/b/%00", "/b/" + "a" * 3000, "/foretag/rapporter/2026-13"])
def test_an_address_that_leads_nowhere_is_answered_kindly(browser, make, method, path):
    browser.log_in(make.admin())
    assert browser._open(method, path).status in (404, 405)


def test_the_language_is_the_persons_own_choice(browser):
    assert browser.get("/").all("html")[0]["lang"] == "sv"
    assert browser.get("/", **{"Accept-Language": "en-GB,en"}).all("html")[0]["lang"] == "en"
    browser.post("/sprak", {"language": "en"})
    assert browser.get("/").all("html")[0]["lang"] == "en"


def test_the_log_tells_the_route_and_never_the_secret_in_it(browser, caplog):
    caplog.set_level(logging.INFO)
    browser.get("/b/a-secret-token")
    line = json.loads(JsonFormatter().format(caplog.records[-1]))
    assert (line["route"], line["status"]) == ("/b/<token>", 404)
    assert "a-secret-token" not in caplog.text


@pytest.mark.parametrize(("address", "status"), [
    ("/foretag/importer/ny", 422), ("/foretag/avdelningar/ny", 413)])
def test_only_who_takes_lists_is_sent_as_much_as_a_list(browser, make, address, status):
    browser.log_in(make.admin())
    assert browser.post(address, {"name": "x" * 2_000_000}).status == status
