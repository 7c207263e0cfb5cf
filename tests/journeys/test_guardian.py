"""A guardian registers a child and the child's card, and learns when the child may go by
Närtrafik."""
from datetime import date, timedelta

from domain.card_numbers import make_card, show_card
from domain.months import today
from domain.products import Product
from domain.rules import Rules
from tests.chromium import ALL_JOURNEYS
from tests.factories import born
from tests.journeys import mina_sidor

pytestmark = ALL_JOURNEYS

NUMBER = make_card(99_021, Rules())
NARTRAFIK = "/mina-sidor/nartrafik/"


def test_a_child_may_go_by_nartrafik_three_days_after_the_first_ride(theatre):
    now = theatre.world.clock.now()
    guardian = mina_sidor.comes_in(theatre.on_a_phone(), mina_sidor.customer(theatre))
    guardian.opens("/mina-sidor/barn/").presses("Lägg till barn")
    guardian.fills(given_name="Kim", surname="Kund",
                   personnummer=born(date(today(now).year - 9, 3, 1)))
    guardian.presses("Spara").sees("Kim Kund")
    guardian.opens(NARTRAFIK).sees("Kim Kund har inget kort")
    guardian.opens("/mina-sidor/kort/").presses("Registrera ett kort")
    guardian.fills(number=show_card(NUMBER), label="Skolkortet").selects("child", "Kim Kund")
    guardian.presses("Registrera kortet").sees("Kortet är registrerat")

    mina_sidor.has_bought(theatre, NUMBER, Product.PERIOD_30_YOUTH)
    guardian.opens(NARTRAFIK).sees("Nej, Kim Kund får inte åka").sees("är inte aktiverad")
    mina_sidor.taps(theatre, theatre.on_a_phone(), NUMBER).sees("Välkommen")

    for days, said in ((2, "Nej, Kim Kund får inte åka"), (3, "Ja, Kim Kund får åka")):
        guardian.fills(dag=(today(now) + timedelta(days=days)).isoformat()).presses("Visa")
        guardian.sees(said)
    guardian.sees("020-77 76 66")
