from datetime import timedelta
from uuid import uuid4

import pytest

from domain import carried
from domain.products import Product
from domain.tickets import State
from sandbox.verifier import Refused, opened
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import COUNTY
from tests.web.inspector import code, inspected, jwks

DAY = timedelta(days=1)


@pytest.fixture
def sent(db, store, make):
    """A ticket of the product, and the address that its text message leads to."""
    def sent(product=Product.SINGLE, **ticket):
        sent = make.sent_ticket(product=product, **ticket)
        with store.transaction(db):
            return sent, f"/b/{carried.link(db, sent.id, uuid4())}"
    return sent


@pytest.fixture
def carry(browser, sent):
    """The same, opened on this phone."""
    def carry(*args, **ticket):
        ticket, at = sent(*args, **ticket)
        assert browser.post(f"{at}/telefon").location == at
        return ticket, at
    return carry


def activate(browser, at, data=None):
    return browser.post(f"{at}/aktivering", data)


def test_the_link_shows_the_ticket_to_whoever_holds_the_phone(browser, carry):
    ticket, at = carry()
    page = browser.get(at)
    assert page.status == 200
    assert page.response.headers["Cache-Control"] == "no-store"
    for words in ("Enkelbiljett", "Zon 181 Jönköping", "Rut Resenär", "Vuxen", ticket.number,
                  "Inte aktiverad", "lör 20 nov 2027"):
        assert words in page.said
    assert code(page) is None


def test_a_wrong_link_says_where_the_right_one_is(browser):
    page = browser.get("/b/wrong")
    assert (page.status, "Öppna den ur det senaste sms:et" in page.said) == (404, True)


def test_before_activation_it_says_what_starts_and_when_it_ends(browser, carry):
    _, at = carry()
    page = browser.get(f"{at}/aktivering")
    assert "Biljetten börjar gälla direkt" in page.said
    assert "fre 20 nov 13:00" in page.said
    assert code(browser.get(at)) is None


def test_an_activated_ticket_shows_a_code_that_a_stranger_can_verify(browser, carry, world, db):
    ticket, at = carry()
    assert activate(browser, at).location == at
    page = browser.get(at)
    assert "Aktiv 1 tim 0 min kvar" in page.said
    header, payload = inspected(page, world.ticket_keys.public_keys())
    [kid] = world.ticket_keys.public_keys()
    assert header == {"alg": "ES256", "iid": "24", "kid": kid, "miv": 7,
                      "nbf": "20261120T110000Z", "exp": "20261120T120000Z"}
    assert payload == {"24": [
        {"c_vm": "1", "c_vn": "5", "c_vt": "1", "c_tc": "", "c_md": [{"tid": ticket.number}],
         "p_prod": "Enkelbiljett", "p_area": "Zon 181 Jönköping", "p_zones": ["181"],
         "p_from": "20261120T110000Z", "p_to": "20261120T120000Z", "p_cat": "Vuxen",
         "p_drawn": "20261120T110000Z"}]}


def test_a_county_ticket_names_every_zone(browser, carry, world):
    _, at = carry(Product.DAY, trip=COUNTY)
    activate(browser, at)
    _, payload = inspected(browser.get(at), world.ticket_keys.public_keys())
    assert payload["24"][0]["p_zones"] == [str(zone) for zone in range(181, 189)]


def test_a_double_click_activates_once(browser, carry, clock, db):
    ticket, at = carry()
    key = {"form_key": str(uuid4())}
    activate(browser, at, key)
    clock.at += timedelta(seconds=1)
    assert activate(browser, at, key).location == at
    db.refresh(ticket)
    assert ticket.activated_at == NOON


def test_a_ticket_that_is_active_is_not_started_anew(browser, carry, clock, db):
    ticket, at = carry()
    activate(browser, at)
    clock.at += timedelta(minutes=30)
    assert browser.get(f"{at}/aktivering").location == at
    answer = activate(browser, at)
    assert (answer.status, "redan aktiv" in answer.said) == (409, True)
    db.refresh(ticket)
    assert ticket.active_until == NOON + timedelta(hours=1)


@pytest.mark.parametrize(("later", "left", "seconds"), [
    (timedelta(seconds=1), "59 min kvar", 60), (timedelta(minutes=50), "10 min kvar", 1),
    (timedelta(minutes=59, seconds=30), "mindre än en minut kvar", 31)])
def test_what_is_left_is_told_and_asked_for_again_when_it_is_old(browser, carry, clock, later,
                                                                 left, seconds):
    _, at = carry()
    activate(browser, at)
    clock.at += later
    page = browser.get(at)
    assert left in page.said
    [asks] = [attrs for attrs in page.all("div") if attrs.get("hx-get") == at]
    assert (asks["hx-trigger"], asks["hx-target"]) == (
        f"every {seconds}s, refresh", "closest .face")


def test_the_face_is_fetched_alone_and_stops_asking_when_the_ticket_is_used(browser, carry, clock):
    _, at = carry()
    activate(browser, at)
    clock.at += timedelta(hours=1)
    part = browser.get(at, **FRAGMENT)
    assert (part.whole, part.tags[0]) == (
        False, ("article", {"class": "face", "data-state": "Förbrukad"}))
    assert "Förbrukad" in part.said
    assert (code(part), "hx-get" in part.response.text) == (None, False)


def test_a_flex_ticket_rests_and_is_activated_a_new_day(browser, carry, clock, world, db):
    ticket, at = carry(Product.FLEX_10_30)
    assert "Från nu har du 30 dagar" in browser.get(f"{at}/aktivering").said
    activate(browser, at)
    clock.at += 2 * DAY
    resting = browser.get(at)
    assert "Vilar 9 resdagar kvar" in resting.said
    assert "9 av 10, senast sön 20 dec 12:00" in resting.said
    assert "Aktivera en ny resdag" in resting.said
    activate(browser, at)
    header, _ = inspected(browser.get(at), world.ticket_keys.public_keys())
    assert (header["nbf"], header["exp"]) == ("20261122T110000Z", "20261123T110000Z")
    db.refresh(ticket)
    assert (ticket.state(clock.at), ticket.days_left) == (State.ACTIVE, 8)


def test_a_ticket_that_is_not_valid_yet_says_from_when(browser, carry, db, store):
    ticket, at = carry()
    with store.transaction(db):
        ticket.valid_from = (NOON + 5 * DAY).date()
    page = browser.get(at)
    assert "Gäller från ons 25 nov" in page.said
    assert f"{at}/aktivering" not in page.links()
    assert browser.get(f"{at}/aktivering").location == at
    assert activate(browser, at).status == 409


def test_a_ticket_that_nobody_activated_in_time_says_so(browser, carry, clock, db):
    ticket, at = carry()
    clock.at = ticket.activate_by
    page = browser.get(at)
    assert "Har gått ut" in page.said
    assert "Gick ut klart lör 20 nov 08:00" in page.said
    assert activate(browser, at).status == 409


def test_what_a_signed_code_says_cannot_be_changed(browser, carry, world, db, store):
    ticket, at = carry()
    activate(browser, at)
    db.refresh(ticket)
    changed = ticket.bundle.replace(b"20261120T120000Z", b"20271120T120000Z")
    keys = world.ticket_keys.public_keys()
    with pytest.raises(Refused, match="Signaturen"):
        opened(changed, jwks(keys))
    with store.transaction(db):
        ticket.bundle = changed
    _, payload = inspected(browser.get(at), keys)
    assert payload["24"][0]["p_to"] == "20261120T120000Z"
