import socket

import httpx
import pytest

from integrations.errors import Refused, Unreachable
from integrations.webhooks import Webhooks, is_public

SAID = {"signature": "t=1,v1=00", "event_id": "1"}


def leads_to(monkeypatch, *addresses):
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, **_: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses])


def answering(status, asked):
    def answer(request):
        asked.append(request)
        return httpx.Response(status, headers={"Location": "http://127.0.0.1/"})
    return httpx.MockTransport(answer)


def test_what_is_looked_at_is_what_is_connected_to(monkeypatch):
    leads_to(monkeypatch, "93.184.215.14")
    asked = []
    Webhooks(transport=answering(204, asked)).post("https://app.example/a?b=1", b"{}", **SAID)
    [request] = asked
    assert str(request.url) == "https://93.184.215.14/a?b=1"
    assert request.headers["Host"] == "app.example"
    assert request.extensions["sni_hostname"] == "app.example"
    assert (request.headers["Allpay-Signature"], request.headers["Allpay-Event"]) == (
        "t=1,v1=00", "1")


@pytest.mark.parametrize("addresses", [
    ["127.0.0.1"], ["10.0.0.1"], ["192.168.1.1"], ["169.254.169.254"], ["100.64.0.1"], ["0.0.0.0"],
    ["::1"], ["fd00::1"], ["fe80::1%eth0"], ["::ffff:10.0.0.1"], ["2002:7f00:1::"], ["224.0.0.1"],
    ["93.184.215.14", "127.0.0.1"]], ids=str)
def test_an_address_that_leads_into_a_private_network_is_refused(monkeypatch, addresses):
    leads_to(monkeypatch, *addresses)
    asked = []
    with pytest.raises(Refused):
        Webhooks(transport=answering(204, asked)).post("https://app.example/", b"{}", **SAID)
    assert asked == []


def test_what_is_not_https_is_refused():
    with pytest.raises(Refused):
        Webhooks(transport=answering(204, [])).post("http://app.example/", b"{}", **SAID)


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 429, 500, 503])
def test_another_answer_than_2xx_is_to_be_told_later_and_leads_nowhere(monkeypatch, status):
    leads_to(monkeypatch, "93.184.215.14")
    asked = []
    with pytest.raises(Unreachable):
        Webhooks(transport=answering(status, asked)).post("https://app.example/", b"{}", **SAID)
    assert len(asked) == 1


def test_gone_is_never_told_again(monkeypatch):
    leads_to(monkeypatch, "93.184.215.14")
    with pytest.raises(Refused):
        Webhooks(transport=answering(410, [])).post("https://app.example/", b"{}", **SAID)


def test_a_name_that_leads_nowhere_is_tried_later(monkeypatch):
    def nowhere(*_args, **_kwargs):
        raise socket.gaierror
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(Unreachable):
        Webhooks().post("https://app.example/", b"{}", **SAID)


def test_a_sandbox_may_be_near():
    asked = []
    Webhooks(near=True, transport=answering(204, asked)).post("http://127.0.0.1:8001/app", b"{}",
                                                              **SAID)
    assert str(asked[0].url) == "http://127.0.0.1:8001/app"


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:400f::1"])
def test_the_world_is_public(address):
    assert is_public(address)


