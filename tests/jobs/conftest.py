"""The sandbox's clock is the portal's, so that what was sent can be looked for by the time."""
from dataclasses import replace

import pytest

from integrations.clock import FrozenClock
from integrations.email import Email
from integrations.sms import Sms
from tests.conftest import NOON
from tests.sandbox import Wire, fresh


@pytest.fixture
def clock():
    return FrozenClock(NOON)


@pytest.fixture
def sandbox(clock):
    return fresh(clock)


@pytest.fixture
def stage(sandbox):
    return sandbox.extensions["sandbox"]


class Death(BaseException):
    """The worker is killed: nothing in it can catch this."""


ASKING = ("POST", "PUT")


class Line(Wire):
    """The wire to 46elks and the others. `dies`: the worker that sends is killed "before" or
    "after" they have what it sent."""

    dies = ""

    def handle_request(self, request):
        if self.dies == "before" and request.method in ASKING:
            raise Death
        response = super().handle_request(request)
        if self.dies == "after" and request.method in ASKING:
            raise Death
        return response


@pytest.fixture
def wire(sandbox):
    return Line(sandbox)


@pytest.fixture
def world(world, clock, wire):
    return replace(world, clock=clock, sms=Sms(
        "http://sandbox/46elks/a1", "user", "password", sender="JLT", transport=wire))


@pytest.fixture
def mail(stage, world, portal):
    """The portal with a mail server to send by."""
    listener = stage.mailbox.listen()
    email = Email("127.0.0.1", listener.port, sender="Portalen <no-reply@portal.example>",
                  reply_to="foretag@jlt.example")
    yield replace(portal, world=replace(world, email=email))
    listener.stop()
