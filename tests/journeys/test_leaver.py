"""Somebody leaves the company: at once with what they have not used, or on a day that is known."""
import re
from datetime import date, timedelta

from sqlalchemy import select

from domain import deductions, offer_decisions, offers
from domain.months import Month, midnight, today
from domain.offers import OfferApplication
from domain.products import Extent, Product, Trip
from domain.staff_offers import StaffOffer
from domain.travellers import Traveller
from jobs import leavers
from sandbox.personas import AMIR, KARIN
from tests.chromium import ALL_JOURNEYS
from tests.factories import NOBODY
from tests.journeys.payroll import at_the_payroll, makes_the_file

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


def test_a_leaver_in_month_five_pays_the_rest_of_the_last_salary(theatre):
    """Of twelve months: four files have had theirs, the fifth has all that is left."""
    months = [Month.of(theatre.world.clock.now()).next]
    while len(months) < 6:
        months.append(months[-1].next)
    application, number = granted(theatre, months[0]), amir(theatre).employee_number
    part = application.employee_ore // 12
    for month in months[:4]:
        karin = at_the_payroll(theatre, month)
        assert makes_the_file(karin)[number] in (-part, -part - application.employee_ore % 12)

    karin = at_the_payroll(theatre, months[4]).opens(f"/foretag/resenarer/{amir(theatre).id}")
    karin.presses("Avsluta").sees("Löneavdrag: 8 månader kvar").sees("Dras på den sista lönen")
    karin.chooses("När den sista dagen är slut")
    karin.fills(last_day=months[4].last_day.isoformat()).presses("Avsluta resenären")
    karin.opens("/foretag/loneavdrag/").sees("Rättelse")
    assert makes_the_file(karin)[number] == -8 * part
    karin.opens(f"/foretag/loneavdrag/ansokan/{application.id}")
    karin.sees("Slutar. Resten på en gång").does_not_see("Inte lämnad")

    theatre.world.clock.move_to(midnight(months[5].first_day) + timedelta(minutes=1))
    leavers.carry_out(theatre.portal)
    assert amir(theatre).ended_at is not None
    assert number not in makes_the_file(at_the_payroll(theatre, months[5]))
    with theatre.store.session() as session:
        rows = deductions.of_applications(session, [application.id])[application.id]
        assert sum(row.amount_ore for row in rows) == application.employee_ore


def granted(theatre, starts: Month) -> OfferApplication:
    """Amir has a ticket for a year, from that month on."""
    now = theatre.world.clock.now()
    with theatre.store.session() as session, theatre.store.transaction(session):
        traveller = session.get_one(Traveller, amir(theatre).id)
        offer = session.scalars(select(StaffOffer).where(
            StaffOffer.company_id == traveller.company_id, StaffOffer.is_default)).one()
        application = offers.apply(session, offer, traveller, Product.PERIOD_365,
                                   Trip(Extent.ZONES_1, (181,)), starts_on=starts.first_day,
                                   by=NOBODY, now=now)
        offer_decisions.approve(session, application, by=NOBODY, now=now)
    return application
