import socket
from traceback import format_exception
from uuid import UUID

import pytest

from integrations.email import Email
from integrations.errors import Fault, Refused, Unknown, Unreachable
from sandbox.faults import MAIL_DOWN, MAIL_LATER, MAIL_LOST, MAIL_NEVER

ROW = UUID("01935a2e-0000-7000-8000-000000000001")
SENDER = "Jönköpings Länstrafik <noreply@jlt.example>"


@pytest.fixture
def port(stage):
    listener = stage.mailbox.listen()
    yield listener.port
    listener.stop()


@pytest.fixture
def email(port):
    return Email("127.0.0.1", port, sender=SENDER, reply_to="foretag@jlt.example")


def letter(email, clock, to="Åsa Öberg <asa@foretaget.example>", subject="Välkommen till resan"):
    return email.compose(id=ROW, to=to, subject=subject, now=clock.now(),
                         text="Hej Åsa!\nمرحبا نور", html="<p>Hej Åsa!</p><p>مرحبا نور</p>")


def test_a_mail_arrives_as_it_was_written(email, clock, stage):
    email.send(letter(email, clock))
    mail, = stage.mailbox.mails()
    assert mail.get_body(("plain",)).get_content() == "Hej Åsa!\nمرحبا نور\n"
    assert mail.get_body(("html",)).get_content() == "<p>Hej Åsa!</p><p>مرحبا نور</p>\n"
    assert {name: mail[name] for name in ("From", "To", "Reply-To", "Subject", "Date",
                                          "Message-ID", "Auto-Submitted")} == {
        "From": SENDER,
        "To": "Åsa Öberg <asa@foretaget.example>",
        "Reply-To": "foretag@jlt.example",
        "Subject": "Välkommen till resan",
        "Date": "Fri, 20 Nov 2026 11:00:00 +0000",
        "Message-ID": f"<{ROW}@jlt.example>",
        "Auto-Submitted": "auto-generated",
    }


def test_a_subject_stays_on_its_line(email, clock):
    message = letter(email, clock, subject="Hej\r\nBcc: alla@foretaget.example")
    assert message["Subject"] == "Hej Bcc: alla@foretaget.example"
    assert "Bcc" not in message


@pytest.mark.parametrize("to", ["", "ingen", "a b@c", "a@b\r\nBcc: c@d"])
def test_what_is_no_address_is_refused(email, clock, to):
    with pytest.raises(Refused) as refused:
        letter(email, clock, to=to)
    assert refused.value.fault is Fault.PERSON


def test_we_log_in_when_there_is_a_user(port, clock, stage):
    email = Email("127.0.0.1", port, "portal", "password", sender=SENDER)
    email.send(letter(email, clock))
    assert [mail["Reply-To"] for mail in stage.mailbox.mails("asa@")] == [SENDER]


def test_a_server_without_the_encryption_we_need_is_refused(port, clock, stage):
    email = Email("127.0.0.1", port, starttls=True, sender=SENDER)
    with pytest.raises(Refused):
        email.send(letter(email, clock))
    assert stage.mailbox.mails() == []


def test_a_closed_port_is_unreachable(clock):
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    email = Email("127.0.0.1", closed, sender=SENDER)
    with pytest.raises(Unreachable) as failure:
        email.send(letter(email, clock))
    assert type(failure.value) is Unreachable


def test_a_server_that_hangs_up_is_unreachable(email, clock, stage):
    stage.faults.turn_on(MAIL_DOWN)
    with pytest.raises(Unreachable) as failure:
        email.send(letter(email, clock))
    assert type(failure.value) is Unreachable


def test_4xx_is_for_later(email, clock, stage):
    stage.faults.turn_on(MAIL_LATER)
    with pytest.raises(Unreachable) as failure:
        email.send(letter(email, clock))
    assert (type(failure.value), failure.value.code) == (Unreachable, "451")
    assert failure.value.reason == "the mail server answered 451 to the recipient"
    assert "asa@foretaget.example" not in "".join(format_exception(failure.value))
    stage.faults.turn_off(MAIL_LATER)
    email.send(letter(email, clock))
    assert len(stage.mailbox.mails()) == 1


def test_5xx_is_for_good(email, clock, stage):
    stage.faults.turn_on(MAIL_NEVER)
    with pytest.raises(Refused) as refused:
        email.send(letter(email, clock))
    assert (refused.value.code, refused.value.fault) == ("550", Fault.PERSON)


def test_a_server_lost_in_the_middle_may_have_taken_the_mail(email, clock, stage):
    stage.faults.turn_on(MAIL_LOST)
    with pytest.raises(Unknown):
        email.send(letter(email, clock))
    assert [mail["Message-ID"] for mail in stage.mailbox.mails()] == [f"<{ROW}@jlt.example>"]
