"""An administrator goes away for a week; a colleague stands in, and everything says for whom."""
import re
from datetime import timedelta

from domain.months import midnight, today
from sandbox.personas import AMIR, KARIN, OSKAR
from tests.chromium import ALL_JOURNEYS

pytestmark = ALL_JOURNEYS

KARINS, AMIRS = "karin.lindqvist@norrahammars.example", "amir.haddad@norrahammars.example"


def test_a_deputy_for_a_week(theatre):
    now = theatre.world.clock.now()
    last = today(now) + timedelta(days=6)
    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Inställningar")
    karin.presses("Ställföreträdare").presses("Utse ställföreträdare")
    karin.fills(search="Amir")
    if not theatre.scripts:
        karin.presses("Sök")
    karin.sees("Amir Haddad").chooses(re.compile("Amir Haddad"))
    karin.fills(first_on=today(now).isoformat(), last_on=last.isoformat())
    karin.presses("Utse ställföreträdare").sees("Amir Haddad är utsedd till ställföreträdare.")
    theatre.work()
    assert "ställföreträdare för Karin Lindqvist" in theatre.letter(AMIRS)

    amir = theatre.at_a_desk().signs_in_as(AMIR).accepts_the_terms(1)
    amir.sees("Du arbetar för Karin Lindqvist.").presses("Personalerbjudande")
    row = amir.page.locator("main tr", has_text="Noor Al-Sayed")
    row.get_by_role("button", name=re.compile("^Bevilja")).click()
    amir.waits().sees(re.compile("[Bb]eviljad"))
    amir.presses("Inställningar").does_not_see("Bjud in")
    karin.presses("Händelser").sees("Beviljade Noor Al-Sayed").sees(
        "Amir Haddad för Karin Lindqvist")

    theatre.world.clock.move_to(midnight(last + timedelta(days=1)))
    amir = theatre.at_a_desk().signs_in_as(AMIR)
    amir.opens("/foretag/").sees("Du har inte tillgång")
    karin = theatre.at_a_desk().signs_in_as(KARIN)
    karin.opens("/foretag/stallforetradare/").sees("Sara Holm").does_not_see("Amir Haddad")


def test_somebody_unknown_is_invited_and_becomes_an_administrator(theatre):
    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Inställningar")
    karin.presses("Administratörer").presses("Bjud in administratör")
    karin.fills(name="Oskar Dahl", email="oskar@dahls.example").chooses("Vissa avdelningar")
    karin.chooses("Gjuteri").presses("Skicka inbjudan")
    karin.sees("Inbjudan är skickad till oskar@dahls.example.")
    theatre.work()

    words = theatre.letter("oskar@dahls.example").split()
    [link] = [word for word in words if "/inbjudan/" in word]
    oskar = theatre.at_a_desk().opens(link).sees("Karin Lindqvist bjuder in dig.")
    oskar.presses("Logga in med BankID").identifies_as(OSKAR)
    oskar.sees("Du tackar ja som Oskar Dahl").presses("Tacka ja").accepts_the_terms(3)
    oskar.sees("Idag").presses("Avdelningar").sees("Gjuteri").does_not_see("Montering")
    theatre.work()
    assert "Oskar Dahl har tackat ja" in theatre.letter(KARINS)
