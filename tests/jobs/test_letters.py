"""Every e-mail of the offers, the reports and the administrators can be written, in both
languages."""
import re

import pytest

from jobs import letters

KNOWN = {
    "name": "Åsa", "traveller": "Rut <Resenär>", "product": "period_365", "price_ore": 690000,
    "company": "Bolaget & Co", "decided_by": "Karin", "starts_on": "2026-12-01",
    "part_ore": 57500, "months": 12, "first_month": "2026-12", "reason": "För <tidigt>",
    "month": "2026-10", "tickets": 312, "gross_ore": 4_500_000, "inviter": "Karin <Lind>",
    "last_on": "2026-12-04", "secret": "a-secret", "person": "Anna <Ek>", "holder": "Karin",
    "deputy": "Dan <Lund>", "by": "Karin", "first_on": "2026-11-30", "ore": 30_000,
    "until": "2026-11-27", "number": "K7QF-2M9XD4", "card": "•• 0035", "day": "2027-02-18",
    "count": 2, "labels": "Mitt, Skolkortet", "address": "Rut <Resenär>, 553 20 Jönköping",
    "missing_on": "2026-12-01", "promised_on": "2026-11-27", "outcome": "replaced",
    "words": "För <tidigt>", "amount_ore": 22_000, "answer": "Ja <tack>",
    "travellers": [{"name": "Rut <Resenär>", "spent_ore": 95_000, "limit_ore": 100_000}],
    "departments": [{"name": "Verkstad", "spent_ore": 500_000, "limit_ore": 500_000}]}
KNOWN |= {"first_ore": 172_500, "question": "Hela <länet>?", "said_by": "Karin", "late": 1,
          "decide_by": "2026-11-30", "application": "5a", "on_card": 0}
KNOWN |= {"back": 0, "invoices": 2, "invoice_number": 100_001, "invoice_id": "5a"}
NAMES = ["deduction_settled", "invoice_answered",
         "offers_granted_admin", "offers_declined_admin", "offer_asked", "offers_second_yes",
         "offers_to_decide", "offer_waits", "offer_renewal",
         "offer_consent", "offer_answered",
         "offer_arrived", "offer_approved", "offer_approved_admin", "offer_declined",
         "offer_declined_admin", "report_made", "invitation", "invitation_accepted",
         "deputy_named", "deputy_ended", "raise_asked", "limit_digest", "own_ticket_reminder",
         "parcel_posted", "parcel_answer", "purse_load_reminder"]


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_letter_says_the_same_as_text_and_as_html_with_one_link(portal, name, language):
    letter = letters.email(portal, name, language, KNOWN)
    assert (letter.subject != "", "\n" in letter.subject) == (True, False)
    [link] = re.findall(r"http://portal\.example/\S+", letter.text)
    assert re.findall(r'href="(http[^"]+)"', letter.html) == [link]
    assert f'<html lang="{language}">' in letter.html
    assert "<Resenär>" not in letter.html
    assert "<tidigt>" not in letter.html
    assert letter.text.endswith("Jönköpings Länstrafik\n0771-444 333 · kundservice@jlt.example")


@pytest.mark.parametrize(("name", "subject"), [
    ("offer_arrived", "Rut <Resenär> ansöker om en 365-dagarsbiljett"),
    ("offer_approved", "Du får din 365-dagarsbiljett"),
    ("report_made", "Ekonomirapport oktober 2026"),
    ("invitation", "Karin <Lind> bjuder in dig som administratör för Bolaget & Co"),
    ("deputy_named", "Du är ställföreträdare för Karin mån 30 nov 2026–fre 4 dec 2026")])
def test_a_subject_says_what_it_is_about(portal, name, subject):
    assert letters.email(portal, name, "sv", KNOWN).subject == subject


def test_what_a_traveller_is_told_of_a_granted_offer(portal):
    text = letters.email(portal, "offer_approved", "sv", KNOWN).text
    assert "Biljetten kommer i ett sms och börjar gälla tis 1 dec 2026." in text
    assert "575 kr i månaden i 12 månader, från december 2026." in text.replace("\xa0", " ")


@pytest.mark.parametrize(("name", "known", "said"), [
    ("offer_approved", {"months": 1}, "ett löneavdrag på 575 kr i december 2026."),
    ("offer_approved_admin", {"months": 1}, "Löneavdraget är 575 kr, en gång i december 2026."),
    ("offers_granted_admin", {"first_ore": 0}, "Lönerna betalar ingenting.")])
def test_a_letter_says_what_is_paid_once_or_not_at_all(portal, name, known, said):
    assert said in letters.email(portal, name, "sv", KNOWN | known).text.replace("\xa0", " ")


def test_what_an_administrator_reads_of_who_is_near_their_limit(portal):
    text = letters.email(portal, "limit_digest", "sv", KNOWN).text.replace("\xa0", " ")
    assert "- Rut <Resenär> har använt 950 kr av 1 000 kr\n" in text
    assert "- Verkstad har använt allt, 5 000 kr\n" in text


RAISED = {"company": "Bolaget AB", "ore": 30_000, "until": "2026-11-27", "limit_ore": 130_000,
          "reason": "Ta tåget", "spent_ore": 104_000, "month": "2026-11"}


@pytest.mark.parametrize(("name", "said"), [
    ("raise_granted", "Bolaget AB har höjt din gräns med 300 kr till och med fre 27 nov 2026, till "
                      "1 300 kr i månaden. Köp biljett: http://portal.example/resa/kop"),
    ("raise_refused", "Bolaget AB höjer inte din gräns med 300 kr. Skäl: Ta tåget"),
    ("raise_ended", "Bolaget AB har avslutat höjningen av din gräns med 300 kr. Det du har köpt "
                    "gäller som vanligt."),
    ("limit_warning", "Jönköpings Länstrafik: du har använt 1 040 kr av 1 300 kr för tjänsteresor "
                      "i november 2026. Räcker det inte? Be om mer: http://portal.example/resa/hojning"),
    ("limit_used", "Jönköpings Länstrafik: du har använt hela din gräns för tjänsteresor i "
                   "november 2026, 1 300 kr. Be om mer: http://portal.example/resa/hojning"),
])
def test_what_a_traveller_is_told_of_their_limit(portal, name, said):
    assert letters.sms(portal, name, "sv", RAISED).replace("\xa0", " ") == said
    assert letters.sms(portal, name, "en", RAISED)


@pytest.mark.parametrize(("card", "said"), [
    ("•• 0035", "På resekortet •• 0035 finns en biljett som inte har börjat användas"),
    ("", "Du har en biljett i mobilen som inte är aktiverad")])
def test_a_private_customer_is_reminded_of_what_a_card_or_the_phone_carries(portal, card, said):
    letter = letters.email(portal, "own_ticket_reminder", "sv", KNOWN | {"card": card})
    assert letter.subject == "Börja använda din biljett senast tors 18 feb 2027"
    assert said in letter.text


@pytest.mark.parametrize(("outcome", "said"), [
    ("replaced", "Ett nytt, med allt som fanns på det, postas senast fre 27 nov 2026."),
    ("arrived", "kortet på väg eller har kommit fram"),
    ("refunded", "220 kr för resekortet")])
def test_what_a_customer_is_answered_about_a_parcel(portal, outcome, said):
    text = letters.email(portal, "parcel_answer", "sv",
                         KNOWN | {"outcome": outcome, "reason": "missing"}).text
    assert said in text.replace("\xa0", " ")
    assert "\n\nFör <tidigt>\n\nhttp" in text


def test_who_says_that_a_card_is_damaged_is_not_told_that_it_is_on_its_way(portal):
    text = letters.email(portal, "parcel_answer", "sv",
                         KNOWN | {"outcome": "arrived", "reason": "damaged"}).text
    assert "Vi skickar inget nytt kort" in text
    assert "på väg" not in text
