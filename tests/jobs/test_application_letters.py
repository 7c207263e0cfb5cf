"""Every e-mail about an application can be written, in both languages."""
import re

import pytest

from jobs import letters

KNOWN = {"name": "Kim", "company": "Bolaget & Co", "applicant": "Kim <Kollega>",
         "secret": "a-secret", "promised": "2026-11-27", "application_id": "an-id",
         "request_id": "an-id", "text": "Vem är <ni>?", "reason": "Fel <nummer>"}
LINKS = {"application_received": "/ansok/a-secret", "application_link": "/ansok/a-secret",
         "application_question": "/ansok/a-secret",
         "application_arrived": "/intern/ansokningar/an-id",
         "application_answered": "/intern/ansokningar/an-id",
         "application_approved": "/logga-in", "application_declined": "/ansok",
         "application_withdrawn": None, "join_received": "/ansok/kollega/a-secret",
         "join_arrived": "/foretag/ansokningar/an-id", "join_approved": "/logga-in",
         "join_declined": None}


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", LINKS)
def test_a_letter_says_the_same_as_text_and_as_html_with_its_link(portal, name, language):
    letter = letters.email(portal, name, language, KNOWN)
    assert (letter.subject != "", "\n" in letter.subject) == (True, False)
    links = [f"http://portal.example{LINKS[name]}"] if LINKS[name] else []
    assert re.findall(r"http://portal\.example/\S*", letter.text) == links
    assert re.findall(r'href="(http[^"]+)"', letter.html) == links
    for typed in ("<Kollega>", "<ni>", "<nummer>"):
        assert typed not in letter.html


@pytest.mark.parametrize(("name", "said"), [
    ("application_question", "Vem är <ni>?"), ("application_answered", "Vem är <ni>?"),
    ("application_declined", "Fel <nummer>"), ("join_declined", "Fel <nummer>")])
def test_what_somebody_wrote_stands_in_the_letter(portal, name, said):
    assert said in letters.email(portal, name, "sv", KNOWN).text
