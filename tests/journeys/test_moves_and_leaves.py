"""A customer moves, corrects the address, reads what is known of them, and leaves; afterwards
nothing tells who it was, and the clerks can read that it was forgotten."""
import json
from datetime import timedelta

from domain.card_numbers import make_card, show_card
from domain.customers import Customer
from domain.rules import Rules
from jobs import retention
from sandbox.personas import BIRGITTA
from tests.chromium import ALL_JOURNEYS
from tests.factories import PASSWORD
from tests.journeys import mina_sidor
from tests.remains import remains

pytestmark = ALL_JOURNEYS

CARD = make_card(99_021, Rules())
ACCOUNT = "/mina-sidor/konto/"
WHO = {"given_name": "Kajsalena", "surname": "Zetterkvist", "email": "kajsalena@zetter.example"}
TRACES = [*WHO.values(), "Knastervägen", "Flyttgatan 9", "Mitt röda kort"]


def test_a_customer_moves_and_then_leaves(theatre):
    who = mina_sidor.customer(theatre, street="Knastervägen 7", **WHO)
    kajsa = mina_sidor.comes_in(theatre.on_a_phone(), who)
    kajsa.opens("/mina-sidor/kort/").presses("Registrera ett kort")
    kajsa.fills(number=show_card(CARD), label="Mitt röda kort").presses("Registrera kortet")
    mina_sidor.has_bought(theatre, CARD, purse_ore=5_000)

    kajsa.opens(ACCOUNT).presses("Ändra uppgifterna").fills(street="Flyttgatan 9")
    kajsa.presses("Spara").sees("Flyttgatan 9").does_not_see("Knastervägen")

    birgitta = theatre.at_a_desk().signs_in_as(BIRGITTA).opens("/intern/kunder/")
    birgitta.fills(q=show_card(CARD)).presses("Sök").presses("Kajsalena Zetterkvist")
    birgitta.sees("Flyttgatan 9").sees("50 kr").presses("Rätta uppgifter")
    birgitta.fills(surname="Zetterkvist Ek", reason="Har gift sig.").presses("Spara")
    birgitta.sees("Uppgifterna är rättade").sees("Har gift sig.")
    theatre.work()
    assert "har rättat uppgifter" in theatre.letter(WHO["email"])

    kajsa.opens(ACCOUNT).presses("Allt vi vet om dig").sees("Zetterkvist Ek")
    kajsa.page.get_by_text("Vad kundcenter har gjort åt dig").click()
    kajsa.sees("Har gift sig.")
    with kajsa.page.expect_download() as download:
        kajsa.page.get_by_role("link", name="Hämta allt som en fil").click()
    known = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert (known["account"][0]["street"], known["cards"][0]["number"]) == ("Flyttgatan 9", CARD)

    kajsa.presses("Ta bort kontot").sees("50 kr i reskassa").fills(current=PASSWORD)
    kajsa.presses("Ta bort kontot").sees("Kryssa i rutan")
    kajsa.page.locator("[name=acknowledged]").check()
    kajsa.fills(current=PASSWORD).presses("Ta bort kontot").sees("Ditt konto är borttaget")
    theatre.work()
    assert "är borttaget" in theatre.letter(WHO["email"])
    kajsa.opens("/mina-sidor/logga-in").fills(email=WHO["email"], password=PASSWORD)
    kajsa.page.locator("#form button").click()
    kajsa.waits().sees("stämmer inte")

    theatre.world.clock.ahead += timedelta(days=1)
    retention.forget_old(theatre.portal)
    with theatre.store.session() as session:
        assert remains(session, TRACES) == {}
        assert session.get_one(Customer, who.id).deleted_at
    birgitta.signs_in_as(BIRGITTA).opens("/intern/kunder/").fills(q="Zetterkvist").presses("Sök")
    birgitta.sees("Ingen kund stämmer").presses("Gallring").sees("Brev och meddelanden: ")
