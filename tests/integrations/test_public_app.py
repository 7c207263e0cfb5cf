"""The sandbox's app plays the whole journey over the API."""
import hmac
from uuid import UUID

import httpx
import pytest

from domain import api_clients
from running import filling
from sandbox.public_app import CLIENT_ID, SECRET, SIGNED_WITH, PublicApp
from sandbox.store import Store
from tests.conftest import NOON
from tests.sandbox import Wire


@pytest.fixture
def registered(app, clock, make):
    """With the portal, by the command that `run` gives."""
    make._saved(api_clients.register, "Reseappen", secret=SECRET, client_id=UUID(CLIENT_ID),
                by=None, now=NOON)
    return wired(app, clock)


def wired(app, clock):
    public = PublicApp(Store(":memory:"), clock, "http://portal.example")
    public._client = httpx.Client(transport=Wire(app))
    return public


@pytest.fixture
def traveller(registered, make):
    make.price_list()
    connection = make.connection()
    said = registered.register(connection.user_name, make.code(connection))
    assert said.problem == ""
    return registered.travellers()[0]


def test_a_traveller_registers_buys_and_regrets(registered, traveller):
    token = traveller["token"]
    assert traveller["employer"] == "Bolaget AB"
    bought = registered.do("purchases", {"product": "single", "place": "county", "price": 13_000},
                           token)
    assert bought.problem == ""
    assert registered.ask("payment-method", token).body["left"] == 37_000
    again = registered.do(f"purchases/{bought.body['id']}/refund", None, token)
    assert again.body["state"] == "refunded"


def test_what_the_portal_refuses_is_said(registered, make):
    connection = make.connection()
    make.code(connection)
    said = registered.register(connection.user_name, "000000")
    assert said.problem.endswith("4 försök kvar.")


def test_an_app_that_is_not_registered_says_what_to_do(app, clock):
    assert "api-client" in wired(app, clock).ask("payment-method", "x").problem


def test_its_pages_play_it(sandbox, stage, registered, traveller, monkeypatch):
    monkeypatch.setitem(vars(stage), "app", registered)
    pages = sandbox.test_client()
    assert traveller["user_name"] in pages.get("/app/").text
    shown = pages.get(f"/app/{traveller['id']}").text
    assert "Enkelbiljett" in shown
    answer = pages.post(f"/app/{traveller['id']}/kop", data={"place": "zones_1-181",
                                                            "ware": "single 4200"})
    assert answer.status_code == 303
    assert "Visa biljetten" in pages.get(f"/app/{traveller['id']}").text
    assert "ryms inte" in pages.post(f"/app/{traveller['id']}/kop", data={
        "place": "county", "ware": "period_365 1390000"}).text
    assert pages.get("/app/nobody").status_code == 404


def test_a_telling_that_is_not_signed_by_the_portal_is_refused(sandbox, clock):
    body, at = b'{"id": "1"}', str(int(NOON.timestamp()))
    right = hmac.digest(SIGNED_WITH.encode(), at.encode() + b"." + body, "sha256").hex()
    for signature, status in ((f"t={at},v1={right}", 204), (f"t={at},v1={right[1:]}", 401),
                              (f"t=1{at},v1={right}", 401), ("", 401), ("t=x", 401)):
        answer = sandbox.test_client().post("/app/handelser", data=body, headers={
            "Allpay-Signature": signature})
        assert answer.status_code == status, signature


def test_the_portal_and_the_sandbox_agree_on_who_the_app_is():
    assert filling.SANDBOX_APP == CLIENT_ID
