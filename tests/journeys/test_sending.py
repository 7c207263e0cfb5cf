"""Five visitors by a pasted list, later, one number wrong, mended, one recalled."""
from datetime import datetime, timedelta

from playwright.sync_api import expect

from domain.months import STOCKHOLM, moment_of, today
from jobs import outbox
from sandbox.personas import KARIN
from tests.chromium import ALL_JOURNEYS

pytestmark = ALL_JOURNEYS

LIST = """Amal Hassan; 070-174 07 01
Bo Öst; 070-174 07
محمد العلي; 070-174 07 03
Lost Phone; 070-174 07 99
Eva Ny; 070-174 07 05"""


def nine_another_day(theatre) -> datetime:
    """So late that whoever is signed in now is not any longer, whatever the hour is."""
    day = today(theatre.world.clock.now()) + timedelta(days=2)
    return moment_of(day, datetime(2026, 1, 1, 9).time())


def test_five_visitors_by_a_list_later_one_mended_one_recalled(theatre):
    later = nine_another_day(theatre)
    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Skicka biljett")
    karin.ticks("product", "day").ticks("to", "list").fills(rows=LIST)
    for folded in ("Egen rad i sms:et", "Skicka sms:et senare"):
        karin.page.get_by_text(folded, exact=True).first.click()
    karin.fills(greeting="Välkommen på onsdag.", send_time="09:00",
                send_on=later.astimezone(STOCKHOLM).date().isoformat())
    expect(karin.page.locator("#sum button").first).to_have_text(
        "Granska listan" if theatre.scripts else "Skicka", use_inner_text=True)
    karin.sends().sees("En mottagare behöver rättas")
    karin.page.locator("[name=r2-value]").fill("070-174 07 02")
    karin.presses("Spara rättelserna").sees("Skicka 5 biljetter · 420 kr")
    karin.presses("Skicka 5 biljetter").sees("På väg")
    karin.page.go_back()
    karin.page.goto(karin.page.url)
    karin.does_not_see("Inget är skickat än")
    order = karin.page.url

    theatre.work()
    assert theatre.sandbox.phones.texts("+46701740702") == []
    theatre.world.clock.move_to(later + timedelta(minutes=1))
    outbox.sweep(theatre.portal)
    theatre.work()
    [text] = theatre.sandbox.phones.texts("+46701740702")
    assert "Välkommen på onsdag." in text

    karin.signs_in_as(KARIN).opens(order).sees("Ett sms kom inte fram")
    karin.presses("Rätta och skicka igen").fills(mobile="070-174 07 04").presses("Skicka igen")
    theatre.work()
    assert "Välkommen" not in theatre.sandbox.phones.texts("+46701740704")[0]
    karin.opens(order).does_not_see("Ett sms kom inte fram")
    karin.presses("Eva Ny").presses("Återkalla biljetten").presses("Återkalla biljetten")
    karin.opens(order).sees("Återkallad")
    guest = theatre.on_a_phone().opens(_link(theatre, "+46701740705"))
    guest.sees("Återkallad")
    expect(karin.page.locator("dl.figures")).to_contain_text("84 kr krediteras")


def _link(theatre, mobile: str) -> str:
    return next(word for word in theatre.sandbox.phones.texts(mobile)[0].split() if "/b/" in word)
