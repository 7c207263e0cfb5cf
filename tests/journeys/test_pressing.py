"""What is pressed right after typing is what was meant, though an answer comes in between."""
import re

import pytest
from playwright.sync_api import expect

from sandbox.personas import KARIN
from tests.chromium import ALL_JOURNEYS
from tests.journeys.person import PATIENCE

pytestmark = [
    ALL_JOURNEYS,
    pytest.mark.parametrize("scripts", [True], ids=["scripts"]),  # else nothing comes in between
]


def types_and_presses(person, field: str, text: str, button, *, asked: str) -> None:
    """The answer to what is typed comes while the button is down."""
    page, waiting = person.page, []
    page.route(re.compile(asked), lambda route: waiting.append(route))
    page.locator(field).press_sequentially(text)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    page.mouse.move(box["x"] + 8, box["y"] + box["height"] / 2)
    page.mouse.down()
    for _moment in range(PATIENCE // 20):
        if not waiting:
            page.wait_for_timeout(20)
    with page.expect_response(re.compile(asked)):
        waiting[-1].continue_()
    page.wait_for_timeout(150)
    page.mouse.up()
    person.waits()


def test_a_row_is_pressed_right_after_typing_in_a_filter(theatre):
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens("/foretag/skicka-biljett/skickade")
    types_and_presses(karin, "[name=q]", "Ewa",
                      karin.page.get_by_role("link", name="Ewa Kowalska", exact=True),
                      asked=r"skickade\?.*q=Ewa")
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
    types_and_presses(karin.waits(), "#quantity", "3",
                      karin.page.get_by_role("button", name="Skicka biljett ·"), asked="/pris")
    karin.sees("kostar 126 kr").presses("Skicka 3 biljetter ·").sees("är gjord")
