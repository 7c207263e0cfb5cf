"""Every page of the demo in a real browser, as each role: WCAG by axe-core, at a desk in the light
and on a phone in the dark; all of it within reach of the keyboard alone, which always shows where
it is; nothing wider than a narrow phone; nothing asked of another host."""
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from domain import people
from domain.access import Role
from sandbox.personas import AMIR, BIRGITTA, KARIN, Persona
from tests.browser import Browser
from tests.chromium import everything
from tests.databases import SERVER
from tests.journeys.conftest import PHONE, SCREEN

AXE = Path(__file__).parent.parent / "axe.min.js"
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{22,}|\d{4}-\d\d")
NARROW = {"width": 320, "height": 640}
PUBLIC = ["/", "/ansok", "/ansok/kollega", "/logga-in", "/mina-sidor/",
          "/villkor/personuppgifter", "/villkor/foretag", "/finns-inte", "/b/finns-inte"]
VIOLATIONS = """async () => (await axe.run()).violations.map(found =>
    found.id + ": " + found.nodes.map(node => node.target.join(" ")).join(", "))"""

OUT_OF_REACH = """() => {
    const outlined = style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const wrong = [];
    for (const part of document.querySelectorAll(
            "a[href], button, input:not([type=hidden]), select, textarea, summary")) {
        if (part.disabled || !part.checkVisibility({visibilityProperty: true})) continue;
        part.focus({preventScroll: true});
        let shown = false;
        for (let at = part; at && !shown; at = at.parentElement)
            shown = outlined(getComputedStyle(at));
        if (document.activeElement !== part || part.tabIndex < 0) wrong.push("no key reaches ");
        else if (!shown) wrong.push("no focus is seen on ");
        else continue;
        wrong.push(wrong.pop() + part.outerHTML.slice(0, 80));
    }
    return wrong;
}"""


pytestmark = [
    pytest.mark.skipif(not everything(), reason="every page where E2E_REQUIRED=1"),
    pytest.mark.skipif(bool(SERVER), reason="a page looks the same on either database"),
]


@pytest.fixture
def scripts() -> bool:
    return True


def signed_in(theatre, persona: Persona, **options):
    """A page of the persona's, who signed in without our watching it."""
    client = Browser(theatre.app)
    with theatre.store.session() as session:
        person = people.with_personnummer(session, persona.personal_number)
    client.log_in(person)
    theatre.app.config["WTF_CSRF_ENABLED"] = True
    context = theatre.program.new_context(
        base_url=theatre.config.base_url, locale="sv-SE", bypass_csp=True, **options)
    context.add_cookies([{"name": "portal", "value": client.client.get_cookie("portal").value,
                          "url": theatre.config.base_url}])
    return context


def addresses(page, start: list[str]):
    """Opens one page of each kind that links lead to, and tells its address."""
    kinds, todo = set(), list(start)
    while todo:
        url = todo.pop(0)
        kind = ID.sub("*", urlsplit(url).path)
        if kind in kinds or re.search(r"\.(csv|pdf|xlsx)$|logga-ut", kind):
            continue
        kinds.add(kind)
        page.goto(url)
        yield url
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        here = urlsplit(page.url)
        todo += [link for link in links if link.startswith(f"{here.scheme}://{here.netloc}/")]


@pytest.mark.parametrize(("persona", "start"), [
    (None, PUBLIC), (KARIN, ["/foretag/"]), (AMIR, ["/resa/"]), (BIRGITTA, ["/intern/"])],
    ids=["stranger", *(role.value for role in (Role.COMPANY_ADMIN, Role.TRAVELLER, Role.CLERK))])
@pytest.mark.parametrize(("viewport", "scheme"), [(SCREEN, "light"), (PHONE, "dark")],
                         ids=["desk", "phone"])
def test_every_page_can_be_used_by_everyone(theatre, persona, start, viewport, scheme):
    options = {"viewport": viewport, "color_scheme": scheme}
    context = (signed_in(theatre, persona, **options) if persona else
               theatre.program.new_context(base_url=theatre.config.base_url, locale="sv-SE",
                                           bypass_csp=True, **options))
    page, strange = context.new_page(), []
    page.on("request", lambda request: strange.append(request.url)
            if not request.url.startswith((theatre.config.base_url, "data:")) else None)
    page.on("pageerror", lambda error: strange.append(str(error)))
    wrong, seen = {}, 0
    for url in addresses(page, start):
        seen += 1
        page.add_script_tag(path=AXE)
        found = page.evaluate(VIOLATIONS)
        if viewport is SCREEN:
            page.keyboard.press("Tab")  # from now on focus is shown as to who uses the keyboard
            found += page.evaluate(OUT_OF_REACH)
        else:
            page.set_viewport_size(NARROW)
            if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append("wider than 320 px")
            page.set_viewport_size(PHONE)
        if found:
            wrong[url] = found
    context.close()
    assert (wrong, strange) == ({}, [])
    assert seen >= 4
