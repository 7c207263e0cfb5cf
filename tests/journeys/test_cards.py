"""A ticket on the company's own travel card, tapped on the bus."""
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import departments, recalls, sales, travel_cards
from domain.access import Scope
from domain.card_numbers import make_card, show_card
from domain.people import Person
from domain.products import Extent, Product, Trip
from domain.rules import Rules
from domain.sales import Recipient
from sandbox.personas import BIRGITTA, KARIN
from tests.chromium import ALL_JOURNEYS
from tests.factories import NOBODY

pytestmark = ALL_JOURNEYS

NUMBER, OTHER = (make_card(serial, Rules()) for serial in (99_001, 99_002))
JONKOPING = Trip(Extent.ZONES_1, (181,))


@pytest.fixture
def bus(theatre):
    """Of this portal."""
    theatre.sandbox.bus.connect(theatre.config.base_url, theatre.config.validation_token)
    return theatre.sandbox.bus


def send(theatre, number: str):
    with theatre.store.session() as session, theatre.store.transaction(session):
        karin = session.scalar(select(Person).where(Person.surname == KARIN.surname))
        within = Scope(karin.posts[0].company_id)
        card = travel_cards.find_for_sending(session, number, within=within)
        return sales.send(session, Product.PERIOD_30, JONKOPING,
                          to=Recipient(card.called, "", card.traveller, card=card),
                          department=card.department or departments.of_company(
                              session, within=within)[0],
                          by=NOBODY, now=theatre.world.clock.now()).id


def searches(theatre, person, **typed):
    """As one types; where no scripts run, with the button."""
    person.fills(**typed)
    return person if theatre.scripts else person.presses("Sök")


def taps(theatre, person, number: str, zone: str):
    person.opens(f"{theatre.sandbox_url}/buss/").fills(number=show_card(number))
    person.page.get_by_label("Zon").first.select_option(zone)
    return person.presses("Blippa kortet")


def test_a_30_day_ticket_on_a_company_card_is_tapped_on_the_bus(theatre, bus):
    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Skicka biljett")
    karin.opens("/foretag/resekort/").presses("Lägg till kort")
    karin.fills(number=NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10), name="Busskort 8")
    karin.selects("department", "Konstruktion").presses("Lägg till kortet")
    karin.sees("Kortnumret stämmer inte")
    karin.fills(number=show_card(NUMBER)).presses("Lägg till kortet").sees("Kortet är tillagt")
    searches(theatre, karin.presses("Lämna ut kortet"), sok="amir had")
    karin.presses("Lämna ut till Amir Haddad").sees("Kortet är utlämnat till Amir Haddad")
    page = karin.page.url

    karin.page.locator("main").get_by_role("link", name="Skicka biljett").click()
    karin.waits().ticks("product", "period_30")
    karin.sends().sees("Amir Haddad").presses("Skicka en biljett · 690 kr")
    karin.opens(page).sees("30-dagarsbiljett").sees("På väg till kortet")
    bus.poll()
    karin.opens(page).sees("Finns på kortet")

    amir = theatre.on_a_phone()
    taps(theatre, amir, NUMBER, "183 Gränna").sees("Inte giltig").sees("Gäller inte i den här")
    taps(theatre, amir, NUMBER, "181 Jönköping").sees("Välkommen").sees("Giltig till")
    theatre.world.clock.ahead += timedelta(days=3)
    amir.presses("Kör utan nät").sees("Bussen är utan nät")
    taps(theatre, amir, NUMBER, "181 Jönköping").sees("Välkommen")
    theatre.world.clock.ahead -= timedelta(days=3)
    karin.opens(page).sees("Finns på kortet").does_not_see("aktiverades")


def test_what_is_recalled_or_lost_before_the_tap_is_red(theatre, bus):
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens("/foretag/resekort/lista/")
    karin.selects("department", "Konstruktion")
    karin.fills(rows=f"{NUMBER}\tEtt\n{OTHER}\tTvå\n1234").presses("Lägg till korten")
    karin.sees("Rad 3").sees("16 siffror").chooses(re.compile("Hoppa över rader"))
    karin.presses("Lägg till korten").sees("2 kort är tillagda")
    recalled, passenger = send(theatre, NUMBER), theatre.on_a_phone()
    send(theatre, OTHER)
    bus.poll()
    with theatre.store.session() as session, theatre.store.transaction(session):
        recalls.recall(session, session.get_one(sales.Ticket, recalled), by=NOBODY,
                       now=theatre.world.clock.now())
    taps(theatre, passenger, NUMBER, "181 Jönköping").sees("Biljetten är återkallad")

    searches(theatre, karin.opens("/foretag/resekort/"), q="två").presses(show_card(OTHER))
    karin.page.get_by_text("Spärra kortet", exact=True).click()
    karin.presses("Spärra kortet för gott").sees("Inget på kortet gäller längre")
    taps(theatre, passenger, OTHER, "181 Jönköping").sees("Spärrad")


def test_a_private_card_may_be_loaded_once_a_clerk_has_registered_it(theatre):
    with theatre.store.session() as session:
        company = session.scalar(select(Person).where(Person.surname == KARIN.surname)).posts[0]
        with pytest.raises(travel_cards.Invalid, match="är inte registrerat"):
            travel_cards.find_for_sending(session, NUMBER, within=Scope(company.company_id))
    birgitta = theatre.at_a_desk().signs_in_as(BIRGITTA).presses("Resekort")
    birgitta.presses("Registrera kort")
    birgitta.fills(number=NUMBER, mobile="070-174 06 30", name="Rut Ek")
    birgitta.presses("Registrera kortet").sees("Kortet är registrerat").sees("Rut Ek")
    assert send(theatre, NUMBER)
