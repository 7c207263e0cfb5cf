from dataclasses import replace
from datetime import timedelta

import pytest

from blueprints.desk import SHOWN
from domain import application_questions, messages, outbox
from integrations.queue import RqQueue
from tests.browser import Browser
from tests.conftest import NOON

DESK = "/intern/"


@pytest.fixture
def clerk(browser, make):
    return browser.log_in(make.clerk())


def get_stuck(db, store, address="rut@bolaget.example"):
    with store.transaction(db):
        messages.put_email(db, "report_made", to=address, now=NOON)
        message = outbox.find(db, db.info["outbox"][-1])
        outbox.give_up(message, "the mail server refused: 550", now=NOON)


def tasks(page):
    return sum(attrs.get("class") == "task" for attrs in page.all("li"))


def test_with_nothing_to_do_the_clerk_is_told_so(clerk):
    page = clerk.get(DESK)
    assert "Inget väntar på dig" in page.said
    assert tasks(page) == 0


def test_what_waits_is_there_with_the_way_to_decide_it(clerk, make):
    application = make.company_application()
    page = clerk.get(DESK)
    assert tasks(page) == 1
    for words in ("Nya Bolaget AB", "Oskar Dahl ansökte fre 20 nov", "svar senast fre 27 nov"):
        assert words in page.said
    assert f"/intern/ansokningar/{application.id}" in page.links()


def test_what_is_late_is_marked_and_counted(clerk, make, world):
    make.company_application()
    world.clock.at += timedelta(hours=11)
    assert "Försenat" not in clerk.get(DESK).said
    world.clock.at += timedelta(days=8)
    page = Browser(clerk.app).log_in(make.clerk(number="197001012391")).get(DESK)
    assert "Försenat sedan fre 27 nov" in page.said
    assert "en försenad" in page.said


def test_what_is_due_today_is_marked_and_counted(clerk, make):
    make.company_application(at=NOON - timedelta(days=7))
    page = clerk.get(DESK).said
    assert "svar i dag" in page
    assert "Svar i dag1" in page


def test_a_long_queue_is_shown_in_part_with_the_way_to_the_rest(clerk, make):
    for _ in range(SHOWN + 1):
        make.company_application()
    page = clerk.get(DESK)
    assert tasks(page) == SHOWN
    assert f"Se alla {SHOWN + 1} ansökningar" in page.said


def test_what_waits_for_the_applicant_is_only_counted(clerk, make, db, store):
    application, by = make.company_application(), make.actor(make.clerk(number="197001012391"))
    with store.transaction(db):
        application_questions.ask(db, application, "Vem?", by=by, now=NOON)
    page = clerk.get(DESK)
    assert (tasks(page), "Väntar på den sökande1" in page.said) == (0, True)


def test_what_is_stuck_comes_first(clerk, make, db, store):
    make.company_application()
    get_stuck(db, store)
    page = clerk.get(DESK)
    assert tasks(page) == 2
    assert page.said.index("En sak har fastnat på väg ut") < page.said.index("Nya Bolaget AB")
    assert "/intern/ko/" in page.links()


def test_a_queue_that_is_gone_is_told(clerk, app, world):
    app.extensions["world"] = replace(world, queue=RqQueue("redis://127.0.0.1:9"))
    assert "Kön svarar inte" in clerk.get(DESK).said


def test_only_a_clerk_has_a_desk(browser, make):
    assert browser.log_in(make.admin()).get(DESK).status == 403
