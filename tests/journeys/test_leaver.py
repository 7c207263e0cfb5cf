"""Somebody leaves the company: at once with what they have not used, or on a day that is known."""
import re
from datetime import date, timedelta

from sqlalchemy import select

from domain.months import midnight, today
from domain.travellers import Traveller
from jobs import leavers
from sandbox.personas import AMIR, KARIN
from tests.chromium import ALL_JOURNEYS

pytestmark = ALL_JOURNEYS


def link_in_sms(theatre, number: str) -> str:
    return re.search(r"http\S+/b/\S+", theatre.sandbox.phones.texts(number)[0])[0]


def amir(theatre) -> Traveller:
    with theatre.store.session() as session:
        index = session.info["vault"].index(AMIR.personal_number)
        return session.scalar(select(Traveller).where(Traveller.personnummer_index == index))


def test_a_leaver_is_told_of_before_and_what_is_unused_is_recalled(theatre):
    traveller = amir(theatre)
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens(f"/foretag/resenarer/{traveller.id}")
    karin.sees("Amir Haddad").sees("Meddelanden")
    karin.page.get_by_role("main").get_by_role("link", name="Skicka biljett").click()
    karin.waits().sends().sees("har redan fått en likadan biljett")
    karin.presses("Skicka en biljett ·").sees("Beställningen är skickad")
    theatre.work()
    link = link_in_sms(theatre, traveller.mobile)

    phone = theatre.on_a_phone().signs_in_as(AMIR)
    phone.presses("Jag").presses("Vad din arbetsgivare ser").sees("En biljett kan återkallas")

    karin.opens(f"/foretag/resenarer/{traveller.id}").presses("Avsluta")
    karin.sees("Det här upphör").sees("Det här finns kvar").sees("Tjänsteresor: inga fler köp")
    karin.chooses(re.compile("^Återkalla biljetter")).presses("Avsluta resenären")
    karin.sees("Amir Haddad är avslutad")
    karin.opens(f"/foretag/resenarer/{traveller.id}").sees("Återkallad").sees("Avslutad")

    guest = theatre.on_a_phone().opens(link)
    guest.sees("Avsändaren har återkallat biljetten")
    phone.opens("/resa/kop")
    assert phone.page.locator("text=Köp biljett ·").count() == 0


def test_a_last_day_that_is_known_is_taken_back_or_comes(theatre):
    traveller, last_day = amir(theatre), today(theatre.world.clock.now()) + timedelta(days=14)
    at = f"/foretag/resenarer/{traveller.id}"
    karin = theatre.at_a_desk().signs_in_as(KARIN)
    plan(karin, at, last_day)
    karin.sees("Slutar, med").presses("Ta tillbaka").sees("Amir Haddad slutar inte")
    plan(karin, at, last_day)

    theatre.world.clock.move_to(midnight(last_day + timedelta(days=1)) - timedelta(minutes=1))
    leavers.carry_out(theatre.portal)
    assert amir(theatre).ended_at is None
    theatre.world.clock.ahead += timedelta(minutes=2)
    leavers.carry_out(theatre.portal)
    assert amir(theatre).ended_at is not None
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens(at)
    karin.sees("Avslutad").sees("Portalen")


def plan(karin, at: str, last_day: date) -> None:
    karin.opens(at).presses("Avsluta").chooses("När den sista dagen är slut")
    karin.fills(last_day=last_day.isoformat()).presses("Avsluta resenären")
