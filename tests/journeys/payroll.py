"""Karin's work with the payroll: once a month, on the tenth."""
import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

from domain.months import Month, midnight
from sandbox.personas import KARIN


def at_the_payroll(theatre, month: Month):
    """Karin, on the tenth of the month."""
    theatre.world.clock.move_to(midnight(month.first_day) + timedelta(days=9, hours=9))
    return theatre.at_a_desk().signs_in_as(KARIN).opens("/foretag/loneavdrag/")


def makes_the_file(karin) -> dict[str | None, int]:
    """What the payroll program reads: öre by employee number."""
    karin.presses("Gör lönefilen").sees("Lönefilen är klar att hämta")
    with karin.page.expect_download() as fetched:
        karin.page.get_by_role("link", name=re.compile("Hämta lönefilen")).click()
    read = ElementTree.parse(Path(fetched.value.path()))
    return {each.get("anstid"): round(float(each.findtext("belopp")) * 100)
            for each in read.iter("lonetrans")}
