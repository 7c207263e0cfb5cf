"""What makes the portal's tickets stay on a phone: the service worker, and how it is installed."""
import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

STATIC = Path(__file__).parent.parent.parent / "static"


def given(browser) -> dict:
    script = browser.client.get("/sw.js", buffered=True).text
    return json.loads(re.match(r"const GIVEN = (\{.*\});\n", script)[1])


def test_the_worker_is_served_at_the_root_and_asked_for_each_time(browser):
    answer = browser.client.get("/sw.js", buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_it_keeps_what_a_ticket_is_drawn_with_and_nothing_else(browser):
    shell = given(browser)["shell"]
    assert [url.partition("?")[0] for url in shell] == [
        "/static/portal.css", "/static/icons.svg", "/static/favicon.svg", "/static/phone.js",
        "/utan-nat"]
    assert {browser.client.get(url, buffered=True).status_code for url in shell} == {200}


def test_everything_that_the_kept_page_asks_for_is_kept(browser):
    page = browser.get("/utan-nat")
    asked = {attrs.get("href") or attrs.get("src") for tag, attrs in page.tags
             if tag in ("link", "script", "use", "img")}
    assert {url.partition("#")[0] for url in asked} <= set(given(browser)["shell"])


def test_the_page_without_network_has_no_form_and_no_token(browser):
    page = browser.get("/utan-nat")
    assert "Du är utan nät" in page.said
    assert (page.all("form"), "csrf" in page.response.text.lower()) == ([], False)


def test_its_version_is_that_of_what_it_keeps(browser, monkeypatch):
    before = given(browser)["version"]
    assert given(browser)["version"] == before
    asset = browser.app.jinja_env.globals["asset"]
    monkeypatch.setitem(browser.app.jinja_env.globals, "asset", lambda name: asset(name) + "x")
    assert given(browser)["version"] != before


def test_it_leaves_alone_what_is_not_a_ticket():
    script = (STATIC / "sw.js").read_text()
    assert re.findall(r"\$\{HOME\}([\w/-]+)/", script) == [
        "b", "resa", "mina-sidor/biljetter", "b"]
    assert "foretag" not in script
    assert "kontroll" not in script


def test_the_portal_can_be_installed(browser):
    [link] = [attrs for attrs in browser.get("/").all("link") if attrs["rel"] == "manifest"]
    manifest = json.loads(browser.client.get(link["href"], buffered=True).data)
    assert (manifest["start_url"], manifest["display"]) == ("/resa/", "standalone")
    assert {"name", "short_name", "theme_color", "background_color"} <= manifest.keys()
    assert {(icon["sizes"], icon.get("purpose", "any")) for icon in manifest["icons"]} >= {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}


@pytest.mark.parametrize(("name", "size"), [
    ("icon-192", 192), ("icon-512", 512), ("icon-maskable-512", 512)])
def test_each_icon_is_as_large_as_it_says(browser, name, size):
    picture = browser.client.get(f"/static/{name}.png", buffered=True)
    assert picture.content_type == "image/png"
    assert Image.open(BytesIO(picture.data)).size == (size, size)
