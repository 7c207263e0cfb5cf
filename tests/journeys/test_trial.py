"""A company applies, tries the portal while it waits, and goes on with what it has put in."""
import re

from playwright.sync_api import expect

from domain.companies import with_number
from sandbox.personas import BIRGITTA, OSKAR
from tests.chromium import ALL_JOURNEYS
from tests.factories import personnummer
from tests.journeys.test_tickets import link_to

pytestmark = ALL_JOURNEYS

OSKARS, TYPED = "+46701740611", "+46701740612"


def apply(oskar):
    oskar.opens("/ansok").fills(
        company_name="Dahls Bageri AB", organisation_number="556012-5790", street="Kungsgatan 2",
        postcode="57331", city="Tranås", reference_number="4711",
        invoice_email="faktura@dahls.example", given_name="Oskar", surname="Dahl",
        personnummer=OSKAR.personal_number, email="oskar@dahls.example", mobile="070-174 06 11")
    oskar.page.locator("select[name=size]").select_option("10")
    oskar.chooses("Jag intygar").presses("Skicka ansökan").sees("Granskas")


def test_a_company_is_tried_and_goes_on_when_it_is_approved(theatre):
    oskar = theatre.at_a_desk()
    apply(oskar)
    oskar.presses("Prova medan du väntar").sees("Logga in")
    oskar.signs_in_as(OSKAR).sees("upp till 50 provbiljetter")
    oskar.presses("Prova medan du väntar").accepts_the_terms(3)
    oskar.sees("Provläge:").sees("50 provbiljetter kvar")

    oskar.presses("Resenärer").presses("Lägg till resenär")
    oskar.fills(personnummer=personnummer(40), given_name="Siv", surname="Åkerö",
                mobile="070-174 06 12").presses("Lägg till resenären").sees("Siv Åkerö")
    oskar.presses("Skicka biljett").chooses(re.compile("Siv Åkerö"))
    oskar.sends().sees("Biljetten är skickad till Siv Åkerö")
    oskar.sees("49 provbiljetter kvar")

    theatre.work()
    assert theatre.sandbox.phones.texts(TYPED) == []
    [text] = theatre.sandbox.phones.texts(OSKARS)
    assert text.startswith("PROV: Dahls Bageri AB (prov) skickar dig en biljett")
    siv = theatre.on_a_phone().opens(link := link_to(theatre, OSKARS))
    siv.presses("Öppna på den här telefonen").presses("Aktivera")
    siv.presses("Aktivera nu").sees("Aktiv")
    expect(siv.page.get_by_text("PROV", exact=True)).to_be_visible()
    siv.sees("Ingen biljettkontroll godtar den")

    birgitta = theatre.at_a_desk().signs_in_as(BIRGITTA).presses("Ansökningar")
    birgitta.sees("Provar, 1 biljett").presses("Dahls Bageri AB").presses("Godkänn")
    birgitta.sees("Dahls Bageri AB är godkänt")

    oskar.opens("/foretag/").does_not_see("Provläge")
    oskar.presses("Resenärer").sees("Åkerö").does_not_see("(prov)")
    oskar.opens("/foretag/skicka-biljett/skickade").does_not_see("Siv Åkerö")
    siv.opens(link).sees("Länken öppnar ingen biljett")
    with theatre.store.session() as db:
        assert with_number(db, "5560125790").name == "Dahls Bageri AB"


def test_who_is_declined_has_nothing_left(theatre):
    oskar = theatre.at_a_desk()
    apply(oskar)
    oskar.signs_in_as(OSKAR).presses("Prova medan du väntar").accepts_the_terms(3)
    oskar.presses("Vad det betyder").chooses("Rensa allt").presses("Spara valet")
    oskar.sees("Ditt val är sparat")

    birgitta = theatre.at_a_desk().signs_in_as(BIRGITTA).presses("Ansökningar")
    birgitta.presses("Dahls Bageri AB")
    birgitta.page.get_by_text("Avslå ansökan").click()
    birgitta.fills(reason="Organisationsnumret stämmer inte.").presses("Avslå")
    birgitta.sees("är avslagen")
    oskar.opens("/prova/").sees("inget att prova")
