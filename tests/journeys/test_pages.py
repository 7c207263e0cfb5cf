"""Every page of the demo in a real browser, as each role: WCAG by axe-core, at a desk in the light
and on a phone in the dark; all of it within reach of the keyboard alone, which always shows where
it is; nothing wider than a narrow phone; nothing asked of another host."""
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, expect
from sqlalchemy import select

from domain import customers, people
from domain.access import Role
from domain.products import Product
from domain.tickets import Ticket
from domain.travel_cards import TravelCard
from sandbox.personas import AMIR, BIRGITTA, INGRID, KAJSA, KARIN, Persona
from tests.browser import Browser
from tests.chromium import everything
from tests.databases import SERVER
from tests.journeys.conftest import PHONE, SCREEN

AXE = Path(__file__).parent.parent / "axe.min.js"
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{22,}|\d{4}-\d\d")
NARROW = {"width": 320, "height": 640}
PUBLIC = ["/", "/ansok", "/ansok/kollega", "/logga-in", "/mina-sidor/",
          "/mina-sidor/registrering/brev", "/mina-sidor/glomt-losenord/brev",
          "/villkor/personuppgifter", "/villkor/foretag", "/finns-inte", "/b/finns-inte"]
INSPECTION = "/kontroll/"
"""Goes on fetching when it has been drawn."""
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

EITHER_VIEW = pytest.mark.parametrize(("viewport", "scheme"), [(SCREEN, "light"), (PHONE, "dark")],
                                      ids=["desk", "phone"])

pytestmark = [
    pytest.mark.skipif(not everything(), reason="every page where E2E_REQUIRED=1"),
    pytest.mark.skipif(bool(SERVER), reason="a page looks the same on either database"),
]


@pytest.fixture
def scripts() -> bool:
    return True


def signed_in(theatre, persona: Persona | tuple, **options):
    """A page of the persona's, who signed in without our watching it."""
    client = Browser(theatre.app)
    with theatre.store.session() as session:
        person = (customers.with_email(session, persona[0]) if persona is KAJSA else
                  people.with_personnummer(session, persona.personal_number))
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
        if kind in kinds or re.search(r"\.(csv|json|pdf|xlsx)$|logga-ut", kind):
            continue
        kinds.add(kind)
        if not shows(page, url):
            continue
        yield url
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        here = urlsplit(page.url)
        todo += [link for link in links if link.startswith(f"{here.scheme}://{here.netloc}/")]


def shows(page, url: str) -> bool:
    """Whether it is a page; a file is saved instead."""
    try:
        page.goto(url, wait_until="networkidle" if INSPECTION in url else "load")
    except Error as wrong:
        if "Download is starting" not in wrong.message:
            raise
        return False
    return True


def troubles(page, viewport) -> list[str]:
    """What stands in somebody's way on the page."""
    page.add_script_tag(path=AXE)
    found = page.evaluate(VIOLATIONS)
    if viewport is SCREEN:
        page.keyboard.press("Tab")  # from now on focus is shown as to who uses the keyboard
        return found + page.evaluate(OUT_OF_REACH)
    page.set_viewport_size(NARROW)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("wider than 320 px")
    page.set_viewport_size(PHONE)
    return found


@pytest.mark.parametrize(("persona", "start"), [
    (None, PUBLIC), (KARIN, ["/foretag/"]), (AMIR, ["/resa/"]), (BIRGITTA, ["/intern/"]),
    (INGRID, [INSPECTION]), (KAJSA, ["/mina-sidor/", "/mina-sidor/kassa/"])],
    ids=["stranger", *(role.value for role in (Role.COMPANY_ADMIN, Role.TRAVELLER, Role.CLERK,
                                               Role.INSPECTOR, Role.CUSTOMER))])
@EITHER_VIEW
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
        if found := troubles(page, viewport):
            wrong[url] = found
    context.close()
    assert (wrong, strange) == ({}, [])
    assert seen >= 4


@EITHER_VIEW
def test_a_ticket_can_be_used_by_everyone_before_and_while_it_is_valid(theatre, viewport, scheme):
    context = signed_in(theatre, AMIR, viewport=viewport, color_scheme=scheme)
    page, wrong = context.new_page(), {}
    at = f"/resa/biljetter/{sent(theatre, AMIR.name)}"
    for place in (at, f"{at}/aktivering", f"{at}/borta"):
        assert page.goto(place).ok
        wrong[place] = troubles(page, viewport)
    page.goto(f"{at}/aktivering")
    page.get_by_role("button", name="Aktivera nu").click()
    expect(page.get_by_alt_text("Biljettens kod")).to_be_visible()
    wrong["active"] = troubles(page, viewport)
    page.goto(f"{at}/sparad")
    wrong["kept"] = troubles(page, viewport)
    context.close()
    assert {where: found for where, found in wrong.items() if found} == {}


@EITHER_VIEW
def test_a_card_and_what_was_sent_to_it_can_be_used_by_everyone(theatre, viewport, scheme):
    with theatre.store.session() as db:
        card = db.scalars(select(TravelCard).join(Ticket, Ticket.card_id == TravelCard.id)
                          .where(TravelCard.company_id.is_not(None))).first()
        ticket = db.scalars(select(Ticket).where(Ticket.card_id == card.id)).first()
    context = signed_in(theatre, KARIN, viewport=viewport, color_scheme=scheme)
    page, wrong = context.new_page(), {}
    for url in (f"/foretag/resekort/{card.id}", f"/foretag/resekort/{card.id}/innehavare",
                f"/foretag/skicka-biljett/{ticket.id}",
                f"/foretag/skicka-biljett/?kort={card.number}"):
        assert page.goto(url).ok
        if found := troubles(page, viewport):
            wrong[url] = found
    context.close()
    assert wrong == {}


@EITHER_VIEW
def test_a_verdict_can_be_read_by_everyone(theatre, viewport, scheme):
    context = signed_in(theatre, INGRID, viewport=viewport, color_scheme=scheme)
    page = context.new_page()
    page.goto(INSPECTION, wait_until="networkidle")
    page.locator("[name=text]").fill("hej")
    page.get_by_role("button", name="Kontrollera").click()
    expect(page.locator(".verdict h2")).to_have_text("Inte en biljett")
    found = troubles(page, viewport)
    context.close()
    assert found == []


def sent(theatre, name: str):
    """A ticket of somebody's that waits to be used."""
    with theatre.store.session() as db:
        return db.scalars(select(Ticket.id).where(
            Ticket.holder == name, Ticket.product == Product.SINGLE,
            Ticket.activated_at.is_(None), Ticket.recalled_at.is_(None))).first()
