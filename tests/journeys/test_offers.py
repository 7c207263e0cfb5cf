"""A traveller applies for a year's ticket; the administrator grants it, or refuses."""
import re

from sandbox.personas import AMIR, KARIN, NOOR

AMIRS, KARINS = "amir.haddad@norrahammars.example", "karin.lindqvist@norrahammars.example"


def test_a_staff_offer_is_applied_for_and_granted(theatre):
    amir = theatre.on_a_phone().signs_in_as(AMIR).presses("Erbjudanden").presses("Ansök")
    amir.presses("Ansök").sees("avdrag")
    amir.page.locator("main input[type=checkbox]").check()
    amir.presses("Ansök").sees("Ansökan är skickad till din arbetsgivare")
    theatre.work()
    assert "Amir Haddad" in theatre.letter(KARINS)

    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Personalerbjudande")
    row = karin.page.locator("li.task", has_text="Amir Haddad")
    row.get_by_role("button", name=re.compile("^Bevilja")).click()
    karin.waits().sees(re.compile("[Bb]eviljad"))

    theatre.work()
    assert theatre.mail(AMIRS)["subject"] == "Du får din 365-dagarsbiljett"
    assert "Amir Haddad" in theatre.letter(KARINS)
    amir.opens("/resa/erbjudanden").sees("575 kr i månaden").presses("Visa biljetten")
    amir.sees("365-dagarsbiljett").sees("Gäller från")


def test_a_staff_offer_is_refused_with_the_reason(theatre):
    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Personalerbjudande")
    row = karin.page.locator("li.task", has_text="Noor Al-Sayed")
    row.locator("summary").click()
    row.locator("textarea").fill("Du har redan en biljett.")
    row.get_by_role("button", name="Avslå ansökan").click()
    karin.waits().sees(re.compile("[Aa]vslag"))
    theatre.work()

    noor = theatre.on_a_phone().signs_in_as(NOOR).presses("Erbjudanden")
    noor.sees("Du har redan en biljett.")
    assert "Du har redan en biljett." in theatre.letter(
        "noor.al-sayed@norrahammars.example")
