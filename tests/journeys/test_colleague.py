"""A colleague asks to be administrator; the company decides; the colleague begins to work."""
from sandbox.personas import ELSA, OSKAR
from tests.chromium import ALL_JOURNEYS
from tests.journeys.test_company import link_in_mail

pytestmark = ALL_JOURNEYS


def test_a_colleague_joins(theatre):
    oskar = theatre.at_a_desk()
    oskar.opens("/").presses("Ansök om företagskonto").presses("Ansök om att bli administratör")
    oskar.fills(organisation_number="559000-0013", given_name="Oskar", surname="Dahl",
                personnummer=OSKAR.personal_number, email="oskar@visingso.example",
                mobile="070-174 06 11", note="Jag sköter växthusen.")
    oskar.presses("Skicka ansökan").sees("Inget företag med det numret har ett konto än")
    oskar.fills(organisation_number="559341-8337").presses("Skicka ansökan")
    oskar.sees("Företagets administratörer avgör ansökan").does_not_see("Visingsö Trädgårdar")
    theatre.work()
    status = link_in_mail(theatre, "oskar@visingso.example", "/ansok/kollega/")
    assert oskar.page.url == status

    elsa = theatre.at_a_desk().signs_in_as(ELSA).accepts_the_terms(3)
    elsa.sees("En kollega vill bli administratör")
    elsa.opens(link_in_mail(theatre, "elsa.nyberg@visingso.example", "/foretag/ansokningar/"))
    elsa.sees("Jag sköter växthusen.").presses("Godkänn")
    elsa.sees("Välj minst en avdelning").chooses("Huvudavdelning").presses("Godkänn")
    elsa.sees("Oskar Dahl är administratör och får ett e-brev.")
    theatre.work()
    assert "/logga-in" in link_in_mail(theatre, "oskar@visingso.example", "/logga-in")

    oskar.opens(status).sees("Du är administratör")
    oskar.signs_in_as(OSKAR).accepts_the_terms(3).sees("Idag").presses("Resenärer").sees("Johan")
