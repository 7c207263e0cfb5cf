"""A card that is lost: frozen while it is looked for, blocked when it is not found, and the new one
has what the old one had."""
import re

import pytest
from sqlalchemy import select

from domain.card_numbers import make_card, mask_card, show_card
from domain.parcels import Parcel
from domain.products import Product
from domain.rules import Rules
from sandbox.personas import BIRGITTA
from tests.chromium import ALL_JOURNEYS
from tests.journeys import mina_sidor

pytestmark = ALL_JOURNEYS

LOST, NEW = (make_card(serial, Rules()) for serial in (99_011, 99_012))
CARDS = "/mina-sidor/kort/"


@pytest.fixture
def kajsa(theatre):
    """With a card of her own, a period in use, and money in the purse."""
    who = mina_sidor.customer(theatre, given_name="Kajsa", surname="Kund")
    kajsa = mina_sidor.comes_in(theatre.on_a_phone(), who)
    kajsa.opens(CARDS).presses("Registrera ett kort")
    kajsa.fills(number=show_card(LOST), label="Mitt kort").presses("Registrera kortet")
    kajsa.sees("Kortet är registrerat")
    mina_sidor.has_bought(theatre, LOST, Product.PERIOD_30, purse_ore=15_000)
    return kajsa


def pack(theatre, number: str) -> None:
    with theatre.store.session() as session:
        parcel = session.scalars(select(Parcel).order_by(Parcel.ordered_at.desc())).first()
    birgitta = theatre.at_a_desk().signs_in_as(BIRGITTA).opens("/intern/utskick/")
    birgitta.sees("Lillgatan 2").fills(**{f"card-{parcel.id}-number": show_card(number)})
    birgitta.presses("Spara kortnummer").sees(f"Kort {mask_card(number)} är till Kajsa Kund")
    birgitta.page.locator(f"input[name=chosen][value='{parcel.id}']").check()
    birgitta.presses("Markera som postade").sees("En försändelse är postad")


def test_a_lost_card_is_blocked_and_the_new_one_has_what_was_on_it(theatre, kajsa):
    bus = theatre.on_a_phone()
    mina_sidor.taps(theatre, bus, LOST).sees("Välkommen")
    page = kajsa.opens(CARDS).presses("Mitt kort").sees("150 kr").sees("Aktiverad").page.url

    kajsa.presses("Frys kortet").sees("Kortet är fryst")
    mina_sidor.taps(theatre, bus, LOST).sees("Fryst kort")
    kajsa.presses("Öppna kortet igen").does_not_see("Kortet är fryst sedan")
    mina_sidor.taps(theatre, bus, LOST).sees("Välkommen")

    kajsa.opens(page).presses("Spärra kortet").sees("Det går inte att ångra")
    kajsa.sees("30-dagarsbiljett").sees("Reskassa: 150 kr").presses("Spärra kortet för gott")
    kajsa.sees("Bekräfta att du vill spärra kortet").fills(street="Lillgatan 2")
    kajsa.page.get_by_label("Jag förstår att spärren").check()
    kajsa.presses("Spärra kortet för gott").sees("Kortet är spärrat.").sees("Det nya kortet")
    mina_sidor.taps(theatre, bus, LOST).sees(re.compile("Spärra[dt]"))

    pack(theatre, NEW)
    theatre.work()
    kajsa.opens(CARDS).sees(mask_card(NEW)).presses("Mitt kort")
    kajsa.sees(show_card(NEW)).sees("150 kr").sees("Gäller till")
    mina_sidor.taps(theatre, bus, NEW).sees("Välkommen")
    mina_sidor.taps(theatre, bus, LOST).sees(re.compile("Spärra[dt]"))
    kajsa.opens(page).sees("Kortet kan inte öppnas igen").sees("Reskassa som flyttades")
