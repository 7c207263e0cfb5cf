"""New prices at New Year: decided beforehand, and asked about where somebody had begun to buy."""
from datetime import date, timedelta

from sqlalchemy import select

from domain.months import Month, midnight
from domain.tickets import Ticket
from sandbox.personas import BIRGITTA, KARIN
from tests.chromium import ALL_JOURNEYS

pytestmark = ALL_JOURNEYS

SINGLE = "Enkelbiljett;En zon;;42,00;6"


def uploads(clerk, name: str, day: date, text: str):
    clerk.opens("/intern/prislistor/ny").fills(name=name, starts_on=day.isoformat())
    clerk.page.set_input_files("[name=file]", {
        "name": "priser.csv", "mimeType": "text/csv", "buffer": text.encode("utf-8-sig")})
    return clerk.presses("Läs listan")


def begins_to_send(admin, name: str, mobile: str):
    admin.opens("/foretag/skicka-biljett/")
    admin.ticks("product", "single").ticks("to", "visitor").waits()
    return admin.fills(name=name, mobile=mobile)


def test_new_prices_begin_at_new_year_and_nobody_pays_what_they_were_not_shown(theatre):
    clock = theatre.world.clock
    new_year = date(Month.of(clock.now()).year + 1, 1, 1)
    clerk = theatre.at_a_desk().signs_in_as(BIRGITTA).presses("Prislistor")
    clerk.page.on("dialog", lambda dialog: dialog.accept())
    clerk.sees("Kommande").presses(f"Provprislista {new_year.year}").presses("Återkalla")
    clerk.sees("är återkallad")

    text = clerk.page.request.get("/intern/prislistor/mall.csv").body().decode("utf-8-sig")
    assert SINGLE in text
    text = text.replace(SINGLE, SINGLE.replace("42,00", "45,00"))
    text = text.replace("En zon;;84,00", "En zon;;åttiofyra")
    uploads(clerk, "Prislista", date(new_year.year - 1, 1, 1), text).sees("tidigast i morgon")
    uploads(clerk, "Prislista för nyår", new_year, text).sees("En rad att rätta")
    clerk.page.locator("[name$=price]").fill("90,00")
    clerk.presses("Spara och granska igen").sees("2 priser ändras").sees("+7,1")
    clerk.presses("Publicera prislistan").sees("Prislista för nyår är publicerad")
    theatre.at_a_desk().opens("/priser").sees("Nya priser från")

    clock.move_to(midnight(new_year) - timedelta(minutes=10))
    karin = theatre.at_a_desk().signs_in_as(KARIN)
    begins_to_send(karin, "Gamla Året", "070-174 06 21").sends()
    karin.sees("Gamla Året")
    begins_to_send(karin, "Nya Året", "070-174 06 22")

    clock.move_to(midnight(new_year) + timedelta(minutes=1))
    karin.sends().sees("Biljetten kostar 45 kr")
    karin.sends().sees("Nya Året")
    theatre.at_a_desk().opens("/priser?fran=Huskvarna&till=Taberg").sees("45 kr")
    with theatre.store.session() as session:
        paid = dict(session.execute(select(Ticket.holder, Ticket.price_ore).where(
            Ticket.holder.in_(["Gamla Året", "Nya Året"]))).all())
    assert paid == {"Gamla Året": 4_200, "Nya Året": 4_500}
