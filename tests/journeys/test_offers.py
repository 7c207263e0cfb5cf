"""The month's offers: one is made, forty apply, and the salaries pay for those who are granted."""
import re

from sqlalchemy import select

from domain import offers
from domain.months import Month
from domain.offers import OfferApplication
from domain.products import Extent, Product, Trip
from domain.staff_offers import StaffOffer
from domain.travellers import Traveller
from sandbox.personas import AMIR, KARIN
from tests.factories import NOBODY
from tests.journeys.payroll import at_the_payroll, makes_the_file

NAME, PRICE_ORE = "Höstens årsbiljett", 690_000
KARINS = "karin.lindqvist@norrahammars.example"
QUEUE = "/foretag/personalerbjudande/"


def test_forty_apply_and_the_salaries_pay_for_those_who_are_granted(theatre):
    karin = theatre.at_a_desk().signs_in_as(KARIN)
    offer = made(theatre, karin)
    amir = theatre.on_a_phone().signs_in_as(AMIR)
    applies(amir)
    refused, asked, *others = colleagues_apply(theatre, offer, 39)

    karin.opens(f"{QUEUE}?erbjudande={offer.id}").sees("40 ansökningar")
    karin.presses(refused.name)
    decides(karin, "Avslå", "avslag-reason", "Du har redan en biljett.", "Avslå ansökan")
    karin.opens(f"{QUEUE}?erbjudande={offer.id}").presses(asked.name)
    decides(karin, "Fråga resenären", "fraga-question", "Räcker en zon?", "Skicka frågan")
    karin.opens(f"{QUEUE}?erbjudande={offer.id}").sees("38 ansökningar")
    karin.presses("Gå igenom och bevilja alla").presses("Bevilja 38 ansökningar")
    karin.sees("38 ansökningar är beviljade.")

    theatre.work()
    assert "har beviljat 38 ansökningar" in theatre.letter(KARINS)
    assert "Du har redan en biljett." in theatre.letter(refused.email)
    assert "Räcker en zon?" in theatre.letter(asked.email)
    amir.opens("/resa/erbjudanden").sees("Beviljad").presses("Visa biljetten")
    amir.sees("365-dagarsbiljett").sees("Gäller från")

    starts = Month.of(theatre.world.clock.now()).next
    paid = makes_the_file(at_the_payroll(theatre, starts))
    assert {paid.get(each.employee_number) for each in others} == {-PRICE_ORE * 9 // 10 // 12}
    assert not {refused.employee_number, asked.employee_number} & set(paid)


def made(theatre, karin) -> StaffOffer:
    """The employer pays a tenth."""
    karin.presses("Personalerbjudande").presses("Erbjudanden").presses("Nytt erbjudande")
    karin.fills(name=NAME, share="10 %").page.locator("main form button.primary").last.click()
    karin.waits().sees("Erbjudandet är tillagt")
    with theatre.store.session() as session:
        return session.scalars(select(StaffOffer).where(StaffOffer.name == NAME)).one()


def applies(amir) -> None:
    """On the phone. Without scripts the cost is read when it is shown again."""
    amir.presses("Erbjudanden").presses("Ansök").chooses(re.compile(NAME))
    for _ in range(2):
        amir.page.locator("main input[name=consent]").check()
        amir.presses("Ansök")
        if "/ansokan" not in amir.page.url:
            break
    amir.sees("Ansökan är skickad till din arbetsgivare")


def colleagues_apply(theatre, offer: StaffOffer, number: int) -> list[Traveller]:
    """They who have never applied before, no two of the same name, and not who decides."""
    now = theatre.world.clock.now()
    with theatre.store.session() as session, theatre.store.transaction(session):
        found = session.scalars(
            select(Traveller).where(
                Traveller.company_id == offer.company_id, Traveller.ended_at.is_(None),
                Traveller.mobile.is_not(None), Traveller.email != KARINS,
                Traveller.leaves_on.is_(None), Traveller.employee_number.is_not(None),
                Traveller.id.not_in(select(OfferApplication.traveller_id)))
            .order_by(Traveller.registered_at, Traveller.id)).all()
        colleagues = list({each.name: each for each in found}.values())[:number]
        kept = session.get_one(StaffOffer, offer.id)
        for each in colleagues:
            offers.apply(session, kept, each, Product.PERIOD_365, Trip(Extent.ZONES_1, (181,)),
                         starts_on=Month.of(now).next.first_day, by=NOBODY, now=now)
    return colleagues


def decides(karin, summary: str, field: str, words: str, button: str) -> None:
    karin.page.locator("main summary", has_text=re.compile(f"^{summary}$")).click()
    karin.page.locator(f"textarea[name={field}]").fill(words)
    karin.presses(button)
