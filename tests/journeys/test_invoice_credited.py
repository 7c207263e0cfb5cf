"""The month is gone through and closed; one line is wrong, and comes back on a credit note."""
import re
from datetime import timedelta

from domain.months import Month
from jobs import reports
from sandbox.personas import BIRGITTA, KARIN

KARINS = "karin.lindqvist@norrahammars.example"


def amount(person, word: str) -> str:
    """A figure of the page, by the word above it."""
    figure = person.page.locator("dl.figures div").filter(
        has=person.page.get_by_text(word, exact=True))
    return figure.locator("dd").inner_text().splitlines()[0]


def closes(theatre, month: Month) -> None:
    theatre.world.clock.move_to(month.next.start + timedelta(hours=2))
    reports.make_missing(theatre.portal)
    theatre.work()


def test_a_month_is_closed_and_a_line_that_was_wrong_is_credited(theatre):
    month = Month.of(theatre.world.clock.now())
    theatre.world.clock.move_to(month.next.start - timedelta(days=2))
    karin = theatre.at_a_desk().signs_in_as(KARIN).sees("Gå igenom köpen innan fakturan skapas.")
    karin.presses("Granska månaden").sees("Köpen kommer in").sees("Granskas")
    expected = amount(karin, "Blir fakturerat")
    karin.presses("Jag har granskat köpen").sees("Karin Lindqvist granskade köpen")

    closes(theatre, month)
    birgitta = theatre.at_a_desk().signs_in_as(BIRGITTA).opens(f"/intern/manadskorning/{month}")
    birgitta.sees("Månaden är stängd för alla")
    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Läs rapporten")
    karin.sees("Köpen är inne").sees("Granskade").sees(re.compile(r"\d+ fakturor"))
    assert amount(karin, "Inkl. moms") == expected

    karin.page.get_by_role("link", name=re.compile(r"^Faktura \d")).first.click()
    karin.waits().sees("Skickad som e-faktura").sees("OCR-nummer")
    invoice = karin.page.locator("h1").inner_text()
    karin.presses(re.compile("^Fråga ")).fills(words="Vi betalade den själva ombord.")
    karin.presses("Skicka frågan").sees("Kundservice svarar dig med e-post.")
    karin.sees("Väntar på svar")

    birgitta.opens("/intern/").presses("Svara om fakturor").sees("Frågor om fakturor")
    asked = birgitta.page.get_by_role("row").filter(has_text=invoice.removeprefix("Faktura "))
    asked.get_by_role("link").click()
    birgitta.waits().sees("Vi betalade den själva ombord.").chooses("Kreditera")
    birgitta.fills(words="Det stämmer, du får tillbaka hela priset.").presses("Svara kunden")
    birgitta.sees(re.compile(r"Kreditfaktura \d+ på"))
    theatre.work()

    letter = theatre.letter(KARINS)
    assert "du får tillbaka hela priset" in letter
    karin.opens(re.search(r"/foretag/fakturor/\S+", letter)[0])
    karin.sees(f"Krediterar {invoice.lower()}").presses("Visa faktura")
    karin.sees("Krediterad med").sees("Det stämmer, du får tillbaka hela priset.")
