"""The inspector reads tickets: valid, expired, forged, a screenshot; also without a network."""
import base64
import io
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import pytest
from PIL import Image, ImageOps
from playwright.sync_api import expect
from sqlalchemy import select

from documents import aztec
from domain import block_list, carried
from domain.block_list import Reason
from domain.products import Extent, Product
from domain.tickets import Ticket
from integrations import key_file
from sandbox.personas import INGRID
from tests import inspecting
from tests.browser import Browser
from tests.chromium import ALL_JOURNEYS, ARGUMENTS, chromium
from tests.documents.symbols import drawn
from tests.documents.test_inspections import damaged, says_the_same
from tests.inspecting import ISSUER, KID, OURS, TABLE
from tests.web.inspector import SVG, code

RULES = Path(__file__).parents[2] / "static" / "inspection-rules.js"
SAFE = "http://127.0.0.1:9/"
JUDGE = """async ([codes, issuers]) => {
    const found = [], from = (code) => Uint8Array.from(atob(code), (sign) => sign.charCodeAt(0));
    for (const { code, blocked, now, zone } of codes) {
        const began = performance.now(), rules = { skew_seconds: 120, fresh_minutes: 5 };
        const trust = { issuers, blocked, rules };
        const said = await inspection.inspect(from(code), trust, { now, zone });
        found.push({ ...said, took: performance.now() - began });
    }
    return found;
}"""


@pytest.fixture
def blank(browser_program):
    """A page with nothing but the rules, where a browser lets signatures be verified."""
    context = browser_program.new_context()
    page = context.new_page()
    page.route(SAFE, lambda route: route.fulfill(body="<title>…</title>", content_type="text/html"))
    page.goto(SAFE)
    page.add_script_tag(path=RULES)
    yield page
    context.close()


def put(page, codes: list[dict]) -> list[dict]:
    """What the browser says of each code."""
    issuers = {ISSUER: [{**key_file.jwk(OURS.public_key()), "kid": KID}]}
    return page.evaluate(JUDGE, [codes, issuers])


def asked(code: bytes, case: dict) -> dict:
    now = inspecting.moment(case.get("now", TABLE["now"]))
    return {"code": base64.b64encode(code).decode(), "blocked": case.get("blocked", {}),
            "now": now.timestamp() * 1000, "zone": case.get("zone")}


def test_the_browser_says_the_same_as_we_do(blank):
    cases = TABLE["cases"]
    said = put(blank, [asked(inspecting.code(case), case) for case in cases])
    assert {case["name"]: (verdict["finding"], verdict["doubts"])
            for case, verdict in zip(cases, said, strict=True)} == {
        case["name"]: (case["finding"], case.get("doubts", [])) for case in cases}


def test_three_hundred_damaged_codes_are_refused_by_the_browser_too(blank):
    chance = random.Random(1)
    codes = [code for code in (damaged(chance) for _ in range(300)) if not says_the_same(code)]
    said = put(blank, [asked(code, {}) for code in codes])
    assert [verdict for verdict in said if verdict["finding"] == "valid"] == []
    assert max(verdict["took"] for verdict in said) < 1_000


# The whole page.

@pytest.fixture
def ticket(theatre) -> Ticket:
    """One that its holder has activated."""
    with theatre.store.session() as db:
        ticket = db.scalars(select(Ticket).where(
            Ticket.activated_at.is_(None), Ticket.recalled_at.is_(None),
            Ticket.valid_from.is_(None), Ticket.mobile != "", Ticket.product == Product.SINGLE,
            Ticket.extent == Extent.ZONES_1)).first()
        with theatre.store.transaction(db):
            token = carried.link(db, ticket.id, uuid4())
    phone = Browser(theatre.app)
    for act in ("telefon", "aktivering"):
        assert phone.post(f"/b/{token}/{act}").status == 303
    svg = unquote(code(phone.get(f"/b/{token}")).removeprefix(SVG))
    theatre.app.config["WTF_CSRF_ENABLED"] = True
    ticket.picture = seen(svg)
    return ticket


def seen(svg: str) -> Image.Image:
    """What a camera sees of a code."""
    picture = drawn(svg).resize((480, 480))
    return ImageOps.expand(picture, 80, 255)


def inspector(theatre):
    ingrid = theatre.on_a_phone().signs_in_as(INGRID).sees("Biljettkontroll")
    assert ingrid.page.url.endswith("/kontroll/")
    return has_keys(ingrid)


def has_keys(ingrid):
    if ingrid.page.evaluate("navigator.onLine") and ingrid._stage.scripts:
        expect(ingrid.page.locator("[data-kept]")).to_have_count(1)
    return ingrid


def reads(ingrid, picture: Image.Image):
    """By a photo, as the phone's own camera takes it."""
    file = io.BytesIO()
    picture.convert("RGB").save(file, "JPEG", quality=70)
    ingrid.page.locator("[name=picture]").set_input_files(
        {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    return ingrid if ingrid._stage.scripts else ingrid.presses("Kontrollera")


def goes_on(theatre, ingrid, **time):
    """So much later the page is opened again."""
    theatre.world.clock.ahead += timedelta(**time)
    return has_keys(ingrid.opens("/kontroll/"))


def headline(ingrid):
    return expect(ingrid.page.locator(".verdict h2"))


@ALL_JOURNEYS
def test_valid_in_another_zone_a_screenshot_expired_blocked_and_forged(theatre, ticket):
    ingrid = reads(inspector(theatre), ticket.picture)
    headline(ingrid).to_have_text("Giltig")
    ingrid.sees(ticket.number).sees("Vuxen").does_not_see(ticket.holder)

    strange = next(number for number in range(181, 189) if str(number) != ticket.zones)
    ingrid.page.locator("[name=zone]").select_option(str(strange))
    headline(reads(ingrid, ticket.picture)).to_have_text(f"Gäller inte i zon {strange}")

    goes_on(theatre, ingrid, minutes=7)
    assert ingrid.page.locator("[name=zone]").input_value() == str(strange)
    ingrid.page.locator("[name=zone]").select_option(ticket.zones)
    headline(reads(ingrid, ticket.picture)).to_have_text("Giltig, men se efter")
    ingrid.sees("annars är det en skärmbild")

    [kid] = theatre.world.ticket_keys.public_keys()
    forged = aztec.svg(inspecting.code({"key": "strange", "header": {"kid": kid}}), title="x")
    headline(reads(ingrid, seen(forged))).to_have_text("Signaturen stämmer inte")
    ingrid.sees("ändrad eller förfalskad").does_not_see("Gäller till")

    goes_on(theatre, ingrid, hours=5)
    headline(reads(ingrid, ticket.picture)).to_contain_text("Har gått ut")

    block(theatre, ticket)
    goes_on(theatre, ingrid)
    headline(reads(ingrid, ticket.picture)).to_have_text("Spärrad: förlorad")


def block(theatre, ticket):
    now = theatre.world.clock.now()
    with theatre.store.session() as db, theatre.store.transaction(db):
        block_list.add(db, ticket.number, reason=Reason.LOST, until=ticket.useless_at, now=now)


@ALL_JOURNEYS
def test_without_a_network_the_phone_reads_by_what_it_has_kept(theatre, ticket):
    if not theatre.scripts:
        pytest.skip("a browser without scripts keeps nothing")
    ingrid = inspector(theatre)
    ingrid.page.wait_for_function("navigator.serviceWorker.controller !== null")
    ingrid.page.context.set_offline(True)
    ingrid.page.reload()
    ingrid.sees("Inget nät. Koderna kontrolleras här i telefonen.").sees("hämtade")
    headline(reads(ingrid, ticket.picture)).to_have_text("Giltig")
    block(theatre, ticket)
    ingrid.fills(text="hej").presses("Kontrollera")
    headline(ingrid).to_have_text("Inte en biljett")

    ingrid.page.clock.set_system_time(datetime.now(UTC) + timedelta(hours=25))
    ingrid.presses("Hämta nya nycklar").sees("för 25 timmar sedan").sees("äldre än 24 timmar")
    ingrid.page.clock.set_system_time(datetime.now(UTC))
    ingrid.page.context.set_offline(False)
    ingrid.presses("Hämta nya nycklar").sees("hämtade").does_not_see("Inget nät")
    headline(reads(ingrid, ticket.picture)).to_have_text("Spärrad: förlorad")
    ingrid.strange[:] = [said for said in ingrid.strange if "ERR_INTERNET_DISCONNECTED" not in said]


@ALL_JOURNEYS
def test_a_code_in_front_of_the_camera_is_read(theatre, ticket, tmp_path):
    if not theatre.scripts:
        pytest.skip("a browser without scripts has no camera")
    film = tmp_path / "camera.y4m"
    plane = ticket.picture.convert("L").resize((640, 640)).tobytes()
    film.write_bytes(b"YUV4MPEG2 W640 H640 F10:1 Ip A1:1 C420jpeg\n"
                     + (b"FRAME\n" + plane + b"\x80" * (2 * 320 * 320)) * 3)
    camera = theatre.program.browser_type.launch(executable_path=chromium(), args=[
        *ARGUMENTS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}"])
    theatre.program = camera
    ingrid = inspector(theatre).presses("Läs med kameran")
    headline(ingrid).to_have_text("Giltig")
    expect(ingrid.page.locator("video")).to_be_hidden()
    theatre.close()
    theatre._people.clear()
    camera.close()
