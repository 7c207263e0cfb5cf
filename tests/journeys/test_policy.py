"""A policy refuses a Saturday, says why, and lets the week's ticket through."""
from datetime import UTC, datetime, time, timedelta

from playwright.sync_api import expect

from domain.months import moment_of, today
from sandbox.personas import AMIR, KARIN

WHY = "Din arbetsgivares policy gäller måndag–fredag 06–19. I dag är det lördag."


def saturday():
    """The next one, at noon."""
    day = today(datetime.now(UTC)) + timedelta(days=1)
    while day.weekday() != 5:
        day += timedelta(days=1)
    return day


def with_a_policy_for_the_week(karin):
    karin.presses("Tjänsteresor").presses("Policy").presses("Lägg till policy")
    karin.fills(name="Veckan", begins="6", ends="19", purpose="Projekt",
                text="Fråga Karin om något är oklart.")
    for day in ("saturday", "sunday"):
        karin.page.locator(f"[name=weekdays][value={day}]").uncheck()
    karin.presses("Lägg till policyn").sees("Måndag–fredag 06–19")
    karin.presses("Gör till förval").sees("gäller nu alla")


def test_a_policy_refuses_saturday(theatre):
    day = saturday()
    theatre.world.clock.move_to(moment_of(day, time(12)))
    karin = theatre.at_a_desk().signs_in_as(KARIN)
    with_a_policy_for_the_week(karin)

    amir = theatre.on_a_phone().signs_in_as(AMIR).presses("Köp")
    amir.sees(WHY).sees("Fråga Karin om något är oklart.")
    expect(amir.page.get_by_role("button", name="Köp ·")).to_have_count(0)
    assert amir.page.locator("[name=product]:enabled").count() == 0
    amir.presses("Betala privat i stället").sees("Mina sidor").opens("/resa/kop")

    amir.page.get_by_text("Åka en annan dag").click()
    amir.fills(valid_from=(day + timedelta(days=2)).isoformat())
    if theatre.scripts:
        amir.page.locator("[name=valid_from]").blur()
    else:
        amir.presses("Visa det du har valt")
    amir.waits().does_not_see(WHY)
    amir.fills(purpose="").presses("Köp · ").sees("Projekt: Fyll i det här.")
    amir.fills(purpose="Norra bron").presses("Köp · ").sees("Biljetten är köpt")
    amir.sees("Gäller från mån").presses("Kvitto").sees("Norra bron").sees("Summa inkl. moms")

    karin.opens("/foretag/tjansteresor/kop").sees("Norra bron")
