"""A ticket is sent, opened from the text message and activated; business travel is bought."""
import re
from datetime import timedelta

from playwright.sync_api import expect

from domain.months import Month
from sandbox.personas import ELSA, JOHAN, KARIN

VISITOR = "+46701740621"


def link_to(theatre, mobile: str) -> str:
    """The newest link on a phone, as its owner would press it."""
    text = theatre.sandbox.phones.texts(mobile)[0]
    return re.search(r"http\S+/b/[\w-]+", text)[0]


def test_a_visitor_is_sent_a_ticket_and_activates_it(theatre):
    karin = theatre.at_a_desk().signs_in_as(KARIN)
    karin.presses("Skicka biljett")
    karin.ticks("product", "day").ticks("to", "visitor")
    karin.fills(name="Gäst Öberg", mobile="12")
    karin.sends().sees("mobilnummer")
    karin.fills(mobile="070-174 06 21").sends()
    karin.sees("Biljetten är skickad till Gäst Öberg")

    theatre.work()
    guest = theatre.on_a_phone().opens(link_to(theatre, VISITOR))
    guest.sees("24-timmarsbiljett").sees("Gäst Öberg").sees("Inte aktiverad")
    guest.presses("Öppna på den här telefonen")
    guest.presses("Aktivera").presses("Aktivera nu").sees("Aktiv")
    expect(guest.page.get_by_alt_text("Biljettens kod")).to_be_visible()


def test_a_registered_traveller_is_found_and_sent_a_ticket(theatre):
    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Skicka biljett")
    if theatre.scripts:
        karin.page.locator("[name=search]").press_sequentially("amir had", delay=20)
    else:
        karin.fills(search="amir had").presses("Sök")
    karin.chooses(re.compile("Amir Haddad")).sends()
    karin.sees("har redan fått en likadan biljett").presses("Skicka en biljett ·")
    karin.sees("Beställningen är skickad").sees("Amir Haddad").sees("42 kr")


def test_business_travel_is_connected_bought_refused_over_the_limit_and_starts_over(theatre):
    elsa = theatre.at_a_desk().signs_in_as(ELSA).accepts_the_terms(3)
    elsa.presses("Tjänsteresor").sees("Johan Ek")
    elsa.presses(re.compile("Ek, Johan|Johan Ek"))
    elsa.presses("Avsluta Tjänsteresor").presses("Avsluta Tjänsteresor")
    elsa.presses("Anslut till Tjänsteresor")
    elsa.fills(limit="15001").presses("Anslut och skicka koden").sees("15 000 kr")
    elsa.fills(limit="130").presses("Anslut och skicka koden").sees("Johan Ek")
    theatre.work()
    text = next(text for text in theatre.sandbox.phones.texts("+46701740608")
                if "/resa/allpay" in text)
    user_name, code = re.search(r"AP\d{8}", text)[0], re.search(r"\b\d{6}\b", text)[0]

    johan = theatre.on_a_phone().signs_in_as(JOHAN).presses("Köp")
    johan.presses(re.compile("Registrera"))
    johan.fills(user_name=user_name, code="000000").presses("Registrera").sees("stämmer inte")
    johan.fills(user_name=user_name.lower(), code=code).presses("Registrera")
    johan.opens("/resa/kop").sees("130 kr av 130 kr").ticks("product", "single").waits()
    johan.presses("Köp · 42 kr").sees("Biljetten är köpt").sees("Enkelbiljett")
    johan.opens("/resa/kop").sees("88 kr av 130 kr").ticks("product", "single").waits()
    johan.page.locator("[name=place]").select_option("county")
    if not theatre.scripts:  # the button says what the last choice cost
        johan.presses("Köp · 42 kr").sees("kostar 130 kr")
    johan.waits().presses("Köp · 130 kr").sees("ryms inte").sees("88 kr kvar")

    theatre.world.clock.move_to(
        Month.of(theatre.world.clock.now()).next.start + timedelta(seconds=30))
    johan = theatre.on_a_phone().signs_in_as(JOHAN).opens("/resa/kop")
    johan.sees("130 kr av 130 kr")
    johan.presses("Köp och aktivera").sees("Biljetten är köpt och aktiverad").sees("Aktiv")
    expect(johan.page.get_by_alt_text("Biljettens kod")).to_be_visible()
    johan.opens("/resa/kop").sees("88 kr av 130 kr")
