"""A ticket on a phone: without network, and on another phone when the first one is lost."""
import re

import pytest
from playwright.sync_api import expect

from sandbox.personas import AMIR, KARIN
from tests.chromium import ALL_JOURNEYS
from tests.journeys.test_tickets import VISITOR, link_to

pytestmark = ALL_JOURNEYS
OPEN = "Öppna på den här telefonen"
UNUSED = "Enkelbiljett"


WITH_SCRIPTS = pytest.mark.parametrize("scripts", [True], ids=["scripts"])
"""Without them the browser itself says that it has no network."""


def sent_to_a_visitor(theatre) -> str:
    """The link to a day ticket that Karin has sent."""
    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Skicka biljett")
    karin.ticks("product", "day").ticks("to", "visitor")
    karin.fills(name="Gäst Öberg", mobile="070-174 06 21").sends()
    if not theatre.scripts:  # what it costs is said before it is sent
        karin.sends()
    karin.sees("Biljetten är skickad")
    theatre.work()
    return link_to(theatre, VISITOR)


def activated(guest) -> None:
    guest.presses("Aktivera").presses("Aktivera nu").sees("Aktiv")
    expect(guest.page.get_by_alt_text("Biljettens kod")).to_be_visible()


def test_a_ticket_is_shown_without_network_until_it_ends(theatre):
    link = sent_to_a_visitor(theatre)
    guest = theatre.on_a_phone().opens(link).sees("Gäst Öberg").presses(OPEN)
    activated(guest)
    if not theatre.scripts:  # an honest second, and a stop that rides on
        guest.sees("Hämtad")
        assert re.search(r"\d\d:\d\d:\d\d", guest.page.locator(".live").inner_text())
        return
    assert_it_moves(guest)
    kept(guest, link)

    guest.without_network()
    guest.page.reload()
    guest.sees(re.compile(r"Sparad \d\d:\d\d, utan nät")).sees("Gäst Öberg").sees("kvar")
    expect(guest.page.get_by_alt_text("Biljettens kod")).to_be_visible()
    assert_it_moves(guest)
    guest.opens(f"{link}/aktivering").sees("Det behövs nät för att aktivera")
    guest.presses("24-timmarsbiljett").sees("Sparad")
    guest.page.clock.install()
    guest.page.clock.run_for("24:00:01")
    guest.sees("Förbrukad")
    expect(guest.page.get_by_alt_text("Biljettens kod")).to_have_count(0)


@WITH_SCRIPTS
def test_what_cannot_be_done_without_network_is_refused_kindly(theatre):
    link = sent_to_a_visitor(theatre)
    guest = theatre.on_a_phone().opens(link).presses(OPEN).sees("Inte aktiverad")
    kept(guest, link)
    guest.presses("Aktivera").without_network()
    guest.presses("Aktivera nu").sees("Kontrollera nätet och försök igen")
    guest.with_network().presses("Aktivera nu").sees("Aktiv")


def test_a_lost_phone_shows_the_ticket_no_more_once_it_is_moved(theatre):
    link = sent_to_a_visitor(theatre)
    lost = theatre.on_a_phone().opens(link).presses(OPEN)
    activated(lost)

    found = theatre.on_a_phone().opens(link).sees("finns på en annan telefon")
    found.sees("070-••• •• 21").does_not_see("Gäst Öberg")
    expect(found.page.get_by_alt_text("Biljettens kod")).to_have_count(0)
    found.presses("Skicka en kod").fills(code="000000").presses("Flytta").sees("Ingen kod gäller")
    theatre.work()
    found.fills(code="000000").presses("Flytta").sees("4 försök kvar")
    found.fills(code=code_on(theatre, VISITOR)).presses("Flytta").sees("Gäst Öberg")
    expect(found.page.get_by_alt_text("Biljettens kod")).to_be_visible()

    lost.page.reload()
    lost.sees("finns på en annan telefon")
    expect(lost.page.get_by_alt_text("Biljettens kod")).to_have_count(0)


def test_whoever_signs_in_on_a_new_phone_moves_their_ticket_without_a_code(theatre):
    lost = theatre.on_a_phone().signs_in_as(AMIR)
    ticket = lost.presses(UNUSED).presses("Aktivera").presses("Aktivera nu").sees("Aktiv").page.url
    expect(lost.page.get_by_alt_text("Biljettens kod")).to_be_visible()

    found = theatre.on_a_phone().signs_in_as(AMIR).opens(ticket)
    found.sees("finns på en annan telefon").presses("Flytta hit").sees("Aktiv")
    expect(found.page.get_by_alt_text("Biljettens kod")).to_be_visible()
    lost.page.reload()
    lost.sees("finns på en annan telefon")
    expect(lost.page.get_by_alt_text("Biljettens kod")).to_have_count(0)


def test_the_ticket_of_a_lost_phone_is_made_anew_and_carried_on_another(theatre):
    lost = theatre.on_a_phone().signs_in_as(AMIR)
    ticket = lost.presses(UNUSED).presses("Aktivera").presses("Aktivera nu").sees("Aktiv").page.url
    former = number_on(lost)

    found = theatre.on_a_phone().signs_in_as(AMIR).opens(ticket).presses("Min telefon är borta")
    found.presses("Gör biljetten på nytt").sees("Biljetten är gjord på nytt")
    found.presses(OPEN).sees("Aktiv")
    expect(found.page.get_by_alt_text("Biljettens kod")).to_be_visible()
    assert number_on(found) != former
    lost.page.reload()
    lost.sees("finns på en annan telefon")


@WITH_SCRIPTS
def test_what_a_phone_has_kept_of_a_person_goes_when_they_sign_out(theatre):
    amir = theatre.on_a_phone().signs_in_as(AMIR).presses(UNUSED)
    amir.presses("Aktivera").presses("Aktivera nu").sees("Aktiv")
    ticket = amir.page.url
    kept(amir, ticket)
    amir.presses("Logga ut").sees("Du är utloggad").without_network()
    amir.opens(ticket).sees("Du är utan nät").does_not_see("Enkelbiljett")


def number_on(person) -> str:
    return re.search(r"[0-9A-Z]{4}-[0-9A-Z]{6}", person.page.locator("main").inner_text())[0]


def assert_it_moves(guest) -> None:
    """The second that it shows is not the one that it showed."""
    clock = guest.page.locator(".live time")
    expect(clock).not_to_have_text(clock.inner_text())


def kept(guest, link: str) -> None:
    """Wait until the phone has a copy."""
    guest.page.wait_for_function(
        "async (link) => Boolean(await caches.match(new URL(link).pathname, {ignoreVary: true}))",
        arg=link)


def code_on(theatre, mobile: str) -> str:
    return re.search(r"\b\d{6}\b", theatre.sandbox.phones.texts(mobile)[0])[0]
