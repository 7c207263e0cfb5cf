"""What is pressed right after typing is what was meant, though an answer comes in between."""
import re

import pytest
from playwright.sync_api import expect

from sandbox.personas import KARIN
from tests.chromium import ALL_JOURNEYS

pytestmark = [
    ALL_JOURNEYS,
    pytest.mark.parametrize("scripts", [True], ids=["scripts"]),  # else nothing comes in between
]


def presses_while(person, button, answer: str) -> None:
    """The answer comes while the button is down."""
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    person.page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    with person.page.expect_response(re.compile(answer)):
        person.page.mouse.down()
    person.page.wait_for_timeout(150)
    person.page.mouse.up()
    person.waits()


def test_a_row_is_pressed_right_after_typing_in_a_filter(theatre):
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens("/foretag/skicka-biljett/skickade")
    karin.page.locator("[name=q]").press_sequentially("Ewa")
    presses_while(karin, karin.page.get_by_role("link", name="Ewa Kowalska", exact=True),
                  r"skickade\?.*q=Ewa")
    expect(karin.page.locator("h1")).to_have_text("Ewa Kowalska")


def test_the_list_is_not_asked_for_again_when_the_filter_is_left(theatre):
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens("/foretag/skicka-biljett/skickade")
    with karin.page.expect_response(re.compile("q=Ewa")):
        karin.page.locator("[name=q]").press_sequentially("Ewa")
    karin.waits()
    asked = []
    karin.page.on("request", lambda request: asked.append(request.url))
    karin.page.locator("#q").blur()
    karin.page.wait_for_timeout(500)
    assert asked == []


def test_the_tickets_are_sent_on_right_after_typing_how_many(theatre):
    karin = theatre.at_a_desk().signs_in_as(KARIN).presses("Skicka biljett")
    karin.ticks("to", "visitor").waits()
    karin.fills(name="Gäst Öberg", mobile="070-174 06 21")
    with karin.page.expect_response(re.compile("/pris")):
        karin.page.locator("#quantity").press("Control+A")
    karin.waits().page.locator("#quantity").press_sequentially("3")
    presses_while(karin, karin.page.get_by_role("button", name="Skicka biljett ·"), "/pris")
    karin.sees("kostar 126 kr").presses("Skicka 3 biljetter ·").sees("är gjord")
