"""A newcomer's limit: connected with it, refused over it, asked to have it raised, and buys."""
import re

from domain.months import Month
from sandbox.personas import ELSA, OSKAR

MOBILE = "+46701740612"


def letter(theatre) -> tuple[str, str]:
    """The user name and the code in the text message, as its owner would read them."""
    text = next(text for text in theatre.sandbox.phones.texts(MOBILE) if "/resa/allpay" in text)
    return re.search(r"AP\d{8}", text)[0], re.search(r"\b\d{6}\b", text)[0]


def test_a_newcomer_is_refused_over_the_limit_asks_for_more_and_buys(theatre):
    elsa = theatre.at_a_desk().signs_in_as(ELSA).accepts_the_terms(3)
    elsa.presses("Resenärer").presses("Lägg till resenär")
    elsa.fills(personnummer=OSKAR.personal_number, given_name="Oskar", surname="Dahl",
                mobile=MOBILE, email="oskar@dahls.example", limit="100")
    elsa.presses("Lägg till resenären").sees("Oskar Dahl")
    theatre.work()

    user_name, code = letter(theatre)
    oskar = theatre.on_a_phone().signs_in_as(OSKAR).accepts_the_terms(3)
    oskar.presses("Köp").sees("Du har fått en kod").presses("Registrera Allpay")
    oskar.fills(user_name=user_name, code=code).presses("Registrera")
    oskar.sees("Allpay är registrerat").sees("100 kr av 100 kr").presses("Köp · 42 kr")
    oskar.sees("Biljetten är köpt").sees("Enkelbiljett")

    oskar.presses("Köp").sees("58 kr av 100 kr").sees("mer än du har kvar")
    chooses_a_day(oskar, theatre)
    oskar.presses("Köp · 84 kr").sees("ryms inte").sees("58 kr kvar")
    oskar.presses("Be om mer")
    oskar.fills(ore="300", reason="Två dagar hos kunden i Gränna.",
                until_on=Month.of(theatre.world.clock.now()).last_day.isoformat())
    oskar.presses("Skicka förfrågan").sees("Förfrågan är skickad")
    theatre.work()

    elsa.presses("Tjänsteresor").presses("Förfrågningar").sees("Oskar Dahl").sees("300 kr mer")
    elsa.presses("Bevilja").sees(re.compile("har fått en högre gräns|Avsluta höjningen"))
    theatre.work()

    oskar.presses("Köp").sees("358 kr av 400 kr")
    chooses_a_day(oskar, theatre)
    oskar.presses("Köp · 84 kr").sees("Biljetten är köpt").sees("24-timmarsbiljett")
    oskar.opens("/resa/mina-kop").sees("2 köp, 126 kr")


def chooses_a_day(oskar, theatre) -> None:
    oskar.ticks("product", "day").waits()
    if not theatre.scripts:  # the button says what the last choice cost
        oskar.presses("Köp · 42 kr").sees("kostar 84 kr")
