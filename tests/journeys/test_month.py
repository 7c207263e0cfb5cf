"""The month closes and is read; the clerk sees what failed and sends it again."""
import re
from datetime import timedelta

import python_calamine

from domain.months import Month
from jobs import reports
from sandbox import faults
from sandbox.personas import BIRGITTA, KARIN


def test_the_month_closes_and_the_administrator_takes_its_files_home(theatre):
    closing = Month.of(theatre.world.clock.now())
    theatre.world.clock.move_to(closing.next.start + timedelta(hours=2))
    reports.make_missing(theatre.portal)
    theatre.work()
    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Rapporter")
    karin.sees("Statistik och rapporter").sees("Ekonomirapporter")
    karin.opens(f"/foretag/rapporter/{closing}").sees("Tjänsteresor").sees("42100")
    total = int(re.sub(r"\D", "", karin.page.locator("dl.figures dd").first.inner_text()))

    theatre.work()
    karin.opens(f"/foretag/rapporter/{closing}")
    with karin.page.expect_download() as excel:
        karin.page.get_by_role("link", name=re.compile("Excel|XLSX")).first.click()
    book = python_calamine.load_workbook(excel.value.path())
    sums = book.get_sheet_by_name("Summor").to_python()
    assert any(total in row for row in sums), (total, sums[-3:])
    with karin.page.expect_download() as pdf:
        karin.page.get_by_role("link", name=re.compile("PDF")).first.click()
    assert pdf.value.path().read_bytes()[:5] == b"%PDF-"
    assert f"/foretag/rapporter/{closing}" in theatre.letter("karin.lindqvist@norrahammars.example")


def test_a_clerk_sees_what_failed_and_sends_it_again(theatre):
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens("/foretag/skicka-biljett/")
    karin.ticks("to", "visitor").fills(name="Gäst Öberg", mobile="070-174 06 22")
    theatre.work()
    theatre.sandbox.faults.turn_on(faults.SMS_DOWN)
    karin.sends()
    [message_id] = theatre.world.queue.rung
    for _ in range(2):
        theatre.work_on(message_id)
        theatre.world.clock.ahead += timedelta(minutes=2)
    theatre.world.queue.rung.clear()
    assert theatre.sandbox.phones.texts("+46701740622") == []

    birgitta = theatre.at_a_desk().signs_in_as(BIRGITTA).sees("inte")
    birgitta.presses(re.compile("^Kö"))
    theatre.sandbox.faults.turn_off(faults.SMS_DOWN)
    birgitta.presses("Skicka alla igen")
    theatre.work()
    assert len(theatre.sandbox.phones.texts("+46701740622")) == 1
