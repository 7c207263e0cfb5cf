"""Whoever follows every link, and types anything into every form, is answered kindly."""
import gzip
import re
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.access import Role
from domain.months import Month
from tests.browser import Page
from tests.chromium import everything
from tests.web import village

START = {Role.COMPANY_ADMIN: "/foretag/", Role.DEPARTMENT_ADMIN: "/foretag/",
         Role.TRAVELLER: "/resa/", Role.CLERK: "/intern/", Role.INSPECTOR: "/kontroll/",
         Role.CUSTOMER: "/mina-sidor/"}
DOORS = set(START.values())
"""The first page has a door for each kind of person, and shows them to all."""
KILOBYTE = 1024
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{22,}|\d{4}-\d\d")
HOSTILE = [
    "", " ", "\0", "\x1b[2J", "a" * 10_000, "'; DROP TABLE people; --", "<script>alert(1)</script>",
    "{{ 7 * 7 }}", "%(x)s", "../../etc/passwd", "=1+1", "-1", "0", "1e309", "99999999999999999999",
    "٠٧٠١٧٤٠٦٠٥", "محمد", "\u202eevil", "😀", "2026-02-30", "9999-12-31", "0001-01-01",
    "19811218-9876", "+46701740605",
]


def pages(browser, start: str) -> dict[str, Page]:
    """Every page that can be reached by links, one of each kind."""
    found: dict[str, Page] = {}
    kinds, todo = set(), [start]
    while todo:
        url = todo.pop()
        path, _, asked = url.partition("?")
        kind = ID.sub("*", path), frozenset(re.findall(r"(\w+)=", asked))
        if kind in kinds:
            continue
        kinds.add(kind)
        page = browser.get(url)
        if url in DOORS and page.status == 403:
            continue
        assert page.status in (200, 303), url
        if page.status == 303:
            todo.append(page.location)
            continue
        found[url] = page
        for link in page.links():
            there = urlsplit(urljoin(url, link))
            if not there.scheme and there.path and not there.path.startswith("/static"):
                todo.append(there.path + (f"?{there.query}" if there.query else ""))
    return found


def forms(page: Page):
    """Each form's address and its fields with what stands in them."""
    inside = None
    for tag, attrs in page.tags:
        if tag == "form":
            inside = (attrs, {})
            yield inside
        elif inside and attrs.get("name") and tag in ("input", "select", "textarea", "button"):
            inside[1].setdefault(attrs["name"], (attrs.get("type", tag), attrs.get("value", "")))


@pytest.fixture
def walker(browser, make, request):
    ours = village.build(make, "Egensson", month=Month(2026, 10))
    clerk = make.clerk()
    make.company_application()
    browser.log_in(village.roles(ours, clerk, make.inspector())[request.param])
    return browser, START[request.param]


EACH_ROLE = pytest.mark.parametrize("walker", Role, indirect=True)


@EACH_ROLE
def test_every_link_leads_to_a_good_page_of_at_most_14_kilobytes(walker):
    found = pages(*walker)
    sizes = {url: len(gzip.compress(page.response.data)) for url, page in found.items()
             if "html" in page.response.content_type}
    assert {url: size for url, size in sizes.items() if size > 14 * KILOBYTE} == {}
    assert len(sizes) >= 5


def test_the_style_sheet_and_the_scripts_are_at_most_30_kilobytes_together(browser):
    page = browser.get("/")
    asked = [attrs.get("href") or attrs.get("src") for tag, attrs in page.tags
             if tag == "script" or (tag == "link" and attrs["rel"] == "stylesheet")]
    sizes = {url: len(gzip.compress(browser.client.get(url, buffered=True).data)) for url in asked}
    css = sum(size for url, size in sizes.items() if ".css" in url)
    assert css <= 8 * KILOBYTE, sizes
    assert sum(sizes.values()) <= 30 * KILOBYTE, sizes


@pytest.mark.parametrize("walker", [Role.COMPANY_ADMIN, Role.TRAVELLER, Role.CLERK,
                                    Role.CUSTOMER], indirect=True)
def test_no_form_breaks_whatever_is_typed_into_it(walker):
    """A department administrator's forms are among those of the company's."""
    browser, start = walker
    for url, page in pages(browser, start).items():
        for attrs, fields in forms(page):
            target = urljoin(url, attrs["action"])
            if target in ("/logga-ut", "/uppdrag/avslut"):  # it would end there
                continue
            for nasty in HOSTILE if everything() else HOSTILE[::4]:
                typed = {name: nasty for name, (kind, _) in fields.items() if kind != "file"}
                method = attrs.get("method", "get").upper()
                sent = {"data": typed} if method == "POST" else {"query_string": typed}
                answer = browser._open(method, target, **sent)
                assert answer.status < 500, (target, nasty)


@EACH_ROLE
@settings(max_examples=15, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_no_address_breaks_whatever_is_asked_of_it(walker, text):
    browser, start = walker
    for name in ("q", "next", "avdelning", "resenar", "fore", "efter"):
        assert browser.client.get(start, query_string={name: text}).status_code < 500
