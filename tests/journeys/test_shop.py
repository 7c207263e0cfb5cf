"""Two cards by Swish, packed, posted and on the account; one is topped up by card, and pays on a
bus."""
import re

import pytest
from sqlalchemy import select

from domain.card_numbers import make_card, mask_card, show_card
from domain.parcels import Parcel
from domain.rules import Rules
from sandbox.personas import BIRGITTA
from tests.journeys import mina_sidor

OWN, WORK = (make_card(serial, Rules()) for serial in (99_021, 99_022))
SHOP, CARDS = "/mina-sidor/butik/", "/mina-sidor/kort/"


@pytest.fixture
def kim(theatre):
    """Has an account with nothing on it."""
    return mina_sidor.customer(theatre, given_name="Kim", surname="Kund")


def pays_by_swish(person) -> None:
    """In the app on the same device, which leads back."""
    person.page.get_by_role("link", name="Öppna Swish").click()
    person.page.get_by_role("button", name="Godkänn").click()
    person.page.wait_for_url("**/mina-sidor/kop/*")


def packs(theatre, customer, *numbers: str) -> None:
    with theatre.store.session() as session:
        parcels = session.scalars(select(Parcel).where(Parcel.customer_id == customer.id)).all()
    birgitta = theatre.at_a_desk().signs_in_as(BIRGITTA).opens("/intern/utskick/")
    birgitta.fills(**{f"card-{parcel.id}-number": show_card(number)
                      for parcel, number in zip(parcels, numbers, strict=True)})
    birgitta.presses("Spara kortnummer")
    for parcel in parcels:
        birgitta.page.locator(f"input[name=chosen][value='{parcel.id}']").check()
    birgitta.presses("Markera som postade").sees("2 försändelser är postade")


def test_two_cards_are_ordered_and_one_of_them_pays_on_a_bus(theatre, kim):
    kund = theatre.on_a_phone()
    kund.opens(SHOP).presses("Nytt resekort").fills(label="Mitt kort")
    kund.presses("Lägg i varukorgen").presses("Fortsätt handla").presses("Nytt resekort")
    kund.fills(label="Jobbet", purse="100").presses("Lägg i varukorgen").sees("140 kr")
    mina_sidor.comes_in(kund, kim)

    kund.opens("/mina-sidor/varukorg/").sees("Jobbet").presses("Till kassan")
    kund.sees("ingen ångerrätt").sees("Storgatan 1").presses("Betala 140 kr")
    pays_by_swish(kund)
    kund.sees("köpet är betalt").sees("Packas")
    order = kund.page.url
    theatre.work()
    assert "Summa inkl. moms: 140,00" in theatre.letter(kim.email).replace("\xa0", " ")

    packs(theatre, kim, OWN, WORK)
    theatre.work()
    kund.opens(order).sees("Postat")
    kund.opens(CARDS).sees(mask_card(OWN)).sees(mask_card(WORK)).presses("Mitt kort")

    kund.presses("Ladda reskassan").fills(purse="300")
    kund.presses("Lägg i varukorgen").presses("Till kassan").chooses("Bankkort")
    kund.presses("Betala 300 kr")
    kund.page.wait_for_url(re.compile(re.escape(theatre.sandbox_url)))
    kund.page.get_by_role("button", name="Betala", exact=True).click()
    kund.page.wait_for_url("**/mina-sidor/kop/*")
    kund.sees("köpet är betalt").sees("På kortet")

    bus = theatre.on_a_phone()
    theatre.sandbox.bus.connect(theatre.config.base_url, theatre.config.validation_token)
    bus.opens(f"{theatre.sandbox_url}/buss/")
    bus.page.locator("#purse").fill(show_card(OWN))
    bus.presses("Betala enkelbiljett").sees("Välkommen")
    kund.opens(CARDS).presses("Mitt kort").sees("258 kr")
