from tests.journeys.test_leaver import *
from sqlalchemy import select as sel
from domain.deductions import SalaryDeduction
import pytest
def shoot(person, name):
    person.page.wait_for_timeout(200)
    w = person.page.viewport_size["width"]
    person.page.screenshot(path=f"/tmp/shots_payroll/{name}-{w}.png", full_page=True)
    print(name, w, person.page.evaluate("document.documentElement.scrollWidth"))
def test_look(theatre):
    month = Month.of(theatre.world.clock.now()).next
    application = granted(theatre, month)
    for at in (theatre.at_a_desk, lambda: theatre.on_a_phone(color_scheme="dark")):
        theatre.world.clock.move_to(midnight(month.first_day) + timedelta(days=9, hours=9))
        karin = at().signs_in_as(KARIN).opens("/foretag/loneavdrag/")
        shoot(karin, "index")
        if karin.page.viewport_size["width"] > 400:
            karin.presses("Gör lönefilen")
            url = karin.page.url
        else:
            karin.opens(url)
        shoot(karin, "file")
        karin.opens("/foretag/loneavdrag/"); shoot(karin, "after")
        for p in ("installningar/",):
            karin.opens(f"/foretag/loneavdrag/{p}"); shoot(karin, p.replace("/","-"))
        karin.opens(f"/foretag/loneavdrag/ansokan/{application.id}"); shoot(karin, "show")
        karin.opens(f"/foretag/loneavdrag/ansokan/{application.id}/reglering")
        karin.fills(day=month.next.first_day.isoformat()); karin.chooses("Dras månad för månad"); karin.fills(back_on=month.next.next.next.first_day.isoformat()); karin.presses("Visa vad som"); shoot(karin, "settle")
        karin.opens(f"/foretag/resenarer/{amir(theatre).id}/avslut"); shoot(karin, "leave")
