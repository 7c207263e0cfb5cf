"""A private customer registers, comes in by password and by BankID, and changes address; somebody
who is seventeen sees kindly what waits."""
import re
from datetime import timedelta

from sandbox.personas import OSKAR
from tests.chromium import ALL_JOURNEYS
from tests.factories import born
from tests.journeys.test_company import link_in_mail

pytestmark = ALL_JOURNEYS
PASSWORD = "en mening att minnas"
OLD, NEW = "oskar@brevladan.example", "oskar.dahl@brevladan.example"


def registers(person, theatre, email, number, **names):
    person.opens("/").presses("Till Mina sidor").presses("Registrera dig")
    person.fills(personnummer=number, street="Storgatan 1", postcode="55320", city="Jönköping",
                 mobile="070-174 06 11", email=email, password=PASSWORD, **names)
    person.selects("municipality", "Jönköping")
    for box in ("customer", "travel", "privacy"):
        person.page.locator(f"[name={box}]").check()
    person.presses(re.compile("^Registrera dig$")).sees("Titta i din e-post")
    theatre.work()
    person.opens(link_in_mail(theatre, email, "/mina-sidor/bekrafta/"))
    person.fills(password=PASSWORD).presses("Öppna kontot")
    return person


def logs_in(person, **typed):
    """On the page for it; the head has a link of the same name."""
    person.fills(**typed).page.locator("#form button").click()
    return person.waits()


def test_a_customer_registers_and_comes_in_three_ways(theatre):
    oskar = registers(theatre.on_a_phone(), theatre, OLD, OSKAR.personal_number,
                      given_name="Oskar", surname="Dahl")
    oskar.sees("Hej Oskar").presses("Logga ut").opens("/mina-sidor/konto/")
    logs_in(oskar, email=OLD, password="något annat")
    oskar.sees("E-postadressen eller lösenordet stämmer inte")
    logs_in(oskar, password=PASSWORD).sees("Dina uppgifter")

    oskar.presses("BankID").identifies_as(OSKAR).sees("BankID är kopplat")
    oskar.presses("Logga ut").opens("/mina-sidor/logga-in").identifies_as(OSKAR)
    oskar.sees("Hej Oskar").presses("Konto").presses("Inloggade webbläsare").sees("med BankID")

    oskar.presses("Konto").presses("E-post").fills(email=NEW, current=PASSWORD)
    oskar.presses("Skicka breven").sees("Ett byte av e-postadress väntar")
    theatre.work()
    for address in (NEW, OLD):
        oskar.opens(link_in_mail(theatre, address, "/mina-sidor/e-post/"))
        oskar.presses("Bekräfta bytet")
    oskar.sees(f"Din nya e-postadress är {NEW}").presses("Logga ut")
    logs_in(oskar.opens("/mina-sidor/logga-in"), email=NEW, password=PASSWORD).sees("Hej Oskar")


def test_who_is_seventeen_sees_what_waits(theatre):
    birthday = (theatre.world.clock.now() + timedelta(days=40)).date()
    number = born(birthday.replace(year=birthday.year - 18))
    tove = registers(theatre.on_a_phone(), theatre, "tove@brevladan.example", number,
                     given_name="Tove", surname="Dahl")
    tove.sees("Hej Tove").sees("Du kan handla här från").does_not_see("Handla")
    tove.presses("Konto").presses("Barn på kontot").sees("Inga barn på kontot")
