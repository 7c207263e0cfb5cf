import logging
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from flask import Flask, request

from integrations.errors import Refused, Unknown, Unreachable
from integrations.sms import Delivery, Report, Sms
from sandbox.faults import SMS_DOWN
from sandbox.phones import parts
from tests.sandbox import Wire

NUMBER = "+46701740605"


@pytest.fixture
def sms(wire):
    return Sms("http://sandbox/46elks/a1", "user", "password", sender="JLT", transport=wire)


@pytest.fixture
def portal():
    """What takes delivery reports: remembers them, and answers as told."""
    app = Flask("portal")
    app.reports, app.answers = [], []

    @app.post("/sms-rapport")
    def take():
        app.reports.append(Sms.report(request.form))
        return "", app.answers.pop(0) if app.answers else 204

    return app


@pytest.fixture
def deliver(portal, stage):
    with httpx.Client(transport=Wire(portal)) as client:
        yield lambda: stage.phones.report(client)


def test_a_message_reaches_the_phone(sms, stage):
    id = sms.send(NUMBER, "Hej! Din biljett: http://portal/b/x åäö")
    message, = stage.phones.messages(NUMBER)
    assert (message["id"], message["sender"]) == (id, "JLT")
    assert stage.phones.texts(NUMBER) == ["Hej! Din biljett: http://portal/b/x åäö"]


def test_a_number_that_is_refused_is_refused_for_good(sms, stage):
    with pytest.raises(Refused) as refused:
        sms.send("+46701740697", "Hej")
    assert refused.value.code == "403"
    assert refused.value.reason == "46elks refused: Sending to this number is not allowed"
    assert stage.phones.texts("+46701740697") == []


@pytest.mark.parametrize(("to", "text"), [("0701740605", "Hej"), (NUMBER, "")])
def test_what_46elks_cannot_send_is_refused(sms, to, text):
    with pytest.raises(Refused):
        sms.send(to, text)


def test_a_number_in_a_refusal_is_not_repeated():
    app = Flask("elks")
    app.post("/sms")(lambda: (f"Invalid number {NUMBER}", 403))
    with pytest.raises(Refused) as refused:
        Sms("http://elks", "u", "p", sender="JLT", transport=Wire(app)).send(NUMBER, "Hej")
    assert refused.value.reason == "46elks refused: Invalid number …"


def test_without_a_user_nothing_is_sent(wire):
    with pytest.raises(Refused) as refused:
        Sms("http://sandbox/46elks/a1", "", "", sender="JLT", transport=wire).send(NUMBER, "Hej")
    assert refused.value.code == "401"


def test_46elks_away_is_unreachable_and_nothing_was_sent(sms, stage, wire):
    stage.faults.turn_on(SMS_DOWN)
    with pytest.raises(Unreachable) as failure:
        sms.send(NUMBER, "Hej")
    assert type(failure.value) is Unreachable
    wire.cut = True
    with pytest.raises(Unreachable) as failure:
        sms.send(NUMBER, "Hej")
    assert type(failure.value) is Unreachable
    assert stage.phones.texts(NUMBER) == []


def test_a_closed_port_is_unreachable(serve, sandbox):
    port = serve(sandbox)
    with pytest.raises(Unreachable) as failure:
        Sms(f"http://127.0.0.1:{port - 1 if port > 1025 else 1}", "u", "p", sender="JLT").send(
            NUMBER, "Hej")
    assert type(failure.value) is Unreachable


def test_after_a_lost_answer_46elks_knows_whether_it_was_sent(sms, stage, wire, clock):
    assert sms.sent_since(NUMBER, clock.now()) == []
    wire.answers_lost = True
    with pytest.raises(Unknown):
        sms.send(NUMBER, "Hej")
    wire.answers_lost = False
    message, = stage.phones.messages(NUMBER)
    assert sms.sent_since(NUMBER, clock.now()) == [message["id"]]


def test_a_message_from_before_or_to_another_does_not_count(sms, clock):
    sms.send(NUMBER, "Hej")
    sms.send("+46701740606", "Hej")
    clock.at += timedelta(minutes=1)
    sms.send("+46701740606", "Hej")
    assert sms.sent_since(NUMBER, clock.now()) == []


def test_a_message_that_says_something_else_does_not_count_when_the_text_is_asked_for(sms, clock):
    ticket = sms.send(NUMBER, "Din biljett")
    assert sms.sent_since(NUMBER, clock.now(), text="Din kod") == []
    assert sms.sent_since(NUMBER, clock.now(), text="Din biljett") == [ticket]
    secret = sms.send(NUMBER, "Din kod", secret=True)
    assert sms.sent_since(NUMBER, clock.now(), text="Din kod") == [secret]


def test_all_that_was_sent_is_found_the_newest_first(sms, clock):
    ids = []
    for _ in range(230):
        clock.at += timedelta(seconds=1)
        ids.append(sms.send(NUMBER, "Hej"))
    assert sms.sent_since(NUMBER, clock.now() - timedelta(seconds=200)) == ids[:23:-1]


def test_a_secret_text_is_on_the_phone_but_not_in_46elks_log(sms, stage, wire):
    sms.send(NUMBER, "Koden är 123456", secret=True)
    with httpx.Client(transport=wire, auth=("user", "password")) as client:
        history = client.get("http://sandbox/46elks/a1/sms").json()
    assert [message.get("message") for message in history["data"]] == [None]
    assert stage.phones.texts(NUMBER) == ["Koden är 123456"]


def test_the_history_is_paged_backwards(sms, wire, clock):
    ids = []
    for minute in range(3):
        clock.at += timedelta(minutes=minute)
        ids.append(sms.send(NUMBER, "Hej"))
    with httpx.Client(transport=wire, auth=("user", "password")) as client:
        url = "http://sandbox/46elks/a1/sms"
        first = client.get(url, params={"limit": 2}).json()
        second = client.get(url, params={"limit": 2, "start": first["next"]}).json()
    assert [message["id"] for message in first["data"] + second["data"]] == ids[::-1]
    assert "next" not in second


def test_delivery_is_reported_as_it_happens(sms, portal, deliver, clock):
    id = sms.send(NUMBER, "Hej", report_url="http://portal/sms-rapport?nyckel=1")
    deliver()
    assert portal.reports == [
        Report(id, Delivery.SENT), Report(id, Delivery.DELIVERED, clock.now())]


@pytest.mark.parametrize(("number", "course"), [
    ("+46701740699", [Delivery.SENT, Delivery.FAILED]), ("+46701740698", [Delivery.SENT]),
])
def test_some_numbers_are_never_reached(sms, portal, deliver, number, course):
    sms.send(number, "Hej", report_url="http://portal/sms-rapport")
    deliver()
    assert [report.state for report in portal.reports] == course


def test_a_report_that_is_not_taken_comes_again_later(sms, portal, deliver, clock):
    portal.answers = [500, 204, 204]
    sms.send(NUMBER, "Hej", report_url="http://portal/sms-rapport")
    deliver()
    clock.at += timedelta(seconds=1)
    deliver()
    deliver()
    assert [report.state for report in portal.reports] == [
        Delivery.SENT, Delivery.DELIVERED, Delivery.SENT]


def test_a_report_that_is_never_taken_is_given_up(sms, stage, portal, deliver, clock):
    portal.answers = [404] * 100
    sms.send("+46701740698", "Hej", report_url="http://portal/sms-rapport")
    for _ in range(10):
        deliver()
        clock.at += timedelta(hours=1)
    assert len(portal.reports) == 5
    assert stage.phones.messages("+46701740698")[0]["status"] == "sent"


@pytest.mark.parametrize("form", [{}, {"id": "s1"}, {"id": "s1", "status": "burnt"},
                                  {"id": "s1", "status": "delivered", "delivered": "today"}])
def test_what_is_not_a_report_is_refused(form):
    with pytest.raises(Refused):
        Sms.report(form)


@pytest.mark.parametrize("written", ["2026-11-20T11:00:00Z", "2026-11-20T11:00:00.000000"])
def test_the_time_of_delivery_is_utc_however_written(written):
    report = Sms.report({"id": "s1", "status": "delivered", "delivered": written})
    assert report.delivered_at == datetime(2026, 11, 20, 11, tzinfo=UTC)


@pytest.mark.parametrize(("text", "count"), [
    ("å" * 160, 1), ("å" * 161, 2), ("€" * 80, 1), ("€" * 81, 2), ("ś" * 70, 1), ("ś" * 71, 2),
    ("🎫" * 35, 1), ("🎫" * 36, 2),
])
def test_a_text_takes_the_parts_that_its_alphabet_asks_for(text, count):
    assert parts(text) == count


def test_no_number_and_no_text_is_logged(sms, caplog, clock):
    caplog.set_level(logging.DEBUG)
    sms.send(NUMBER, "Koden är 123456", secret=True)
    sms.sent_since(NUMBER, clock.now())
    assert "46elks POST sms: 200" in caplog.text
    assert "46elks GET sms: 200" in caplog.text
    assert "740605" not in caplog.text
    assert "123456" not in caplog.text
