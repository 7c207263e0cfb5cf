from datetime import timedelta
from uuid import uuid4

import pytest

from domain import application_letters, application_questions, application_queue, messages
from domain.applications import State
from tests.conftest import NOON
from tests.web.test_walk import HOSTILE, forms


@pytest.fixture
def application(make):
    return make.company_application()


@pytest.fixture
def url(db, application):
    return f"/ansok/{application_letters.secret(db, application)}"


@pytest.fixture
def asked(make, store, db, application):
    clerk = make.actor(make.clerk())
    with store.transaction(db):
        application_questions.ask(db, application, "Vilken ort?", by=clerk, now=NOON)


def send(browser, url, **typed):
    return browser.post(url, {"form_key": str(uuid4())} | typed)


def fresh(db, application):
    db.rollback()
    db.refresh(application)
    return application


def letter(db, application):
    db.rollback()
    return messages.latest_email(db, application.id)


def test_the_page_says_who_has_it_since_when_and_by_when(browser, url):
    page = browser.get(url).said
    assert "Ansökan finns hosJönköpings Länstrafik" in page
    assert "senast fre 27 nov" in page


def test_the_clerk_who_has_it_is_called_by_the_first_name(browser, url, make, store, db,
                                                          application):
    clerk = make.clerk()
    with store.transaction(db):
        application_queue.hand_over(db, application, clerk.id, by=make.actor(clerk), now=NOON)
    page = browser.get(url).said
    assert "Berit, Jönköpings Länstrafik" in page
    assert "Handläggare" not in page


def test_the_page_is_kept_from_search_engines_and_from_other_sites(browser, url):
    page = browser.get(url)
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert page.response.headers["Referrer-Policy"] == "same-origin"
    assert page.response.headers["Cache-Control"] == "no-store"


def test_a_question_is_answered_on_the_page(browser, url, asked, application, db):
    assert "Vilken ort?" in browser.get(url).said
    answer = send(browser, f"{url}/svar", **{"svar-text": "Habo"})
    assert (answer.status, answer.location) == (303, url)
    page = browser.get(url).said
    assert "svaret har kommit fram" in page
    assert "Habo" in page
    assert fresh(db, application).state == State.RECEIVED


def test_an_empty_answer_is_refused(browser, url, asked, application, db):
    page = send(browser, f"{url}/svar", **{"svar-text": ""})
    assert (page.status, "Fyll i det här." in page.said) == (422, True)
    assert fresh(db, application).state == State.NEEDS_INFORMATION


def test_without_a_question_an_answer_is_a_conflict(browser, url):
    assert send(browser, f"{url}/svar", **{"svar-text": "Habo"}).status == 409


def test_a_new_letter_can_be_asked_for_until_the_hour_is_used_up(browser, url, db, application):
    for _ in range(db.info["rules"].letters_per_hour):
        answer = browser.post(f"{url}/brev")
        assert (answer.status, answer.location) == (303, url)
    assert letter(db, application).template == "application_link"
    assert browser.post(f"{url}/brev").status == 429


def test_a_letter_that_did_not_arrive_is_told(browser, url, store, db, application):
    assert "kom inte fram" not in browser.get(url).said
    with store.transaction(db):
        messages.refused(messages.latest_email(db, application.id), "550 no such user")
    page = browser.get(url)
    assert "E-brevet kom inte fram" in page.said
    assert "550" not in page.said


def test_a_mistyped_address_is_corrected_and_gets_the_letter(browser, url, db, application):
    typed = {"adress-email": "oscar@nya.example", "adress-again": "oscar@nya.example"}
    answer = send(browser, f"{url}/adress", **typed)
    assert (answer.status, answer.location) == (303, url)
    assert fresh(db, application).email == "oscar@nya.example"
    assert letter(db, application).to == "oscar@nya.example"


@pytest.mark.parametrize(("email", "again", "sentence"), [
    ("oscar", "oscar", "E-postadressen ska se ut så här"),
    ("oscar@nya.example", "oscar@nye.example", "De två adresserna är inte lika.")])
def test_an_address_that_is_not_typed_alike_twice_is_refused(browser, url, db, application, email,
                                                             again, sentence):
    page = send(browser, f"{url}/adress", **{"adress-email": email, "adress-again": again})
    assert (page.status, sentence in page.said) == (422, True)
    assert fresh(db, application).email == "oskar@nya.example"


def test_an_application_is_withdrawn(browser, url, db, application):
    answer = browser.post(f"{url}/aterkallelse")
    assert (answer.status, answer.location) == (303, url)
    assert "inget mer händer med den" in browser.get(url).said
    assert fresh(db, application).state == State.WITHDRAWN
    for act in ("aterkallelse", "brev"):
        assert browser.post(f"{url}/{act}").status == 409


@pytest.mark.parametrize("act", ["svar", "brev", "adress", "aterkallelse"])
def test_a_link_that_opens_nothing_changes_nothing(browser, act):
    assert send(browser, f"/ansok/guessed/{act}").status == 404


def test_the_promise_that_rested_is_told_anew(browser, url, asked, world):
    assert "väntar på ditt svar" in browser.get(url).said
    world.clock.at += timedelta(days=3)
    send(browser, f"{url}/svar", **{"svar-text": "Habo"})
    assert "senast mån 30 nov" in browser.get(url).said


@pytest.mark.parametrize("at", ["", "/svar", "/adress"])
def test_nothing_breaks_whatever_is_typed(browser, url, asked, at):
    kinds = forms(browser.get(url)) if at else forms(browser.get("/ansok"))
    names = {name for _, fields in kinds for name in fields}
    for nasty in HOSTILE:
        target = url + at if at else "/ansok"
        assert browser.post(target, dict.fromkeys(names, nasty)).status < 500, nasty
