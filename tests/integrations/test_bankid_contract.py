"""The sandbox as a client sees it that is not ours: pybankid, over a real port."""
import httpx
import pytest
from bankid import BankIDClient
from bankid.exceptions import AlreadyInProgressError, InvalidParametersError

from sandbox.personas import AMIR, KARIN
from tests.sandbox import identify, scan

pytestmark = pytest.mark.filterwarnings("ignore:`cert=:DeprecationWarning")


@pytest.fixture
def url(sandbox, serve):
    return f"http://127.0.0.1:{serve(sandbox)}/bankid/rp/v6.0"


@pytest.fixture
def client(url, certificates):
    own = str(certificates / "own.pem")
    client = BankIDClient(certificates=(own, own), test_server=True)
    for name in ("auth", "sign", "collect", "cancel"):
        setattr(client, f"_{name}_endpoint", f"{url}/{name}")
    with client.client:
        yield client


def test_pybankid_identifies_a_person(client, stage, clock):
    order = client.authenticate("192.0.2.1", user_visible_data="Logga in")
    content = client.generate_qr_code_content(
        order["qrStartToken"], clock.now().timestamp(), order["qrStartSecret"])
    assert content.startswith(f"bankid.{order['qrStartToken']}.")
    assert client.collect(order["orderRef"])["hintCode"] == "outstandingTransaction"
    identify(stage, KARIN)
    answer = client.collect(order["orderRef"])
    assert answer["status"] == "complete"
    assert answer["completionData"]["user"] == {
        "personalNumber": "197905142381", "name": "Karin Lindqvist",
        "givenName": "Karin", "surname": "Lindqvist"}
    with pytest.raises(InvalidParametersError):
        client.collect(order["orderRef"])


def test_pybankid_signs_and_cancels(client, stage):
    order = client.sign("192.0.2.1", "Jag godkänner", requirement={"pinCode": True})
    assert scan(stage)["text"] == "Jag godkänner"
    assert client.cancel(order["orderRef"]) is True
    with pytest.raises(InvalidParametersError):
        client.cancel(order["orderRef"])


def test_pybankid_meets_an_order_already_in_progress_and_both_fall(client):
    only_amir = {"personalNumber": AMIR.personal_number}
    first = client.authenticate("192.0.2.1", requirement=only_amir)
    with pytest.raises(AlreadyInProgressError):
        client.authenticate("192.0.2.1", requirement=only_amir)
    assert client.collect(first["orderRef"]) == {
        "orderRef": first["orderRef"], "status": "failed", "hintCode": "cancelled"}


@pytest.mark.parametrize(("method", "path", "content", "status", "code"), [
    ("POST", "auth", {"content": "{}", "headers": {
        "Content-Type": "application/json; charset=utf-8"}}, 415, "unsupportedMediaType"),
    ("POST", "auth", {"data": {"endUserIp": "192.0.2.1"}}, 415, "unsupportedMediaType"),
    ("POST", "auth", {"json": {}}, 400, "invalidParameters"),
    ("POST", "auth", {"json": ["192.0.2.1"]}, 400, "invalidParameters"),
    ("POST", "auth", {"json": {"endUserIp": 1}}, 400, "invalidParameters"),
    ("POST", "auth", {"json": {"endUserIp": "::1", "userVisibleData": "å"}},
     400, "invalidParameters"),
    ("POST", "auth", {"json": {"endUserIp": "::1", "userVisibleData": "YQ==" * 376}},
     400, "invalidParameters"),
    ("POST", "auth", {"json": {"endUserIp": "::1", "web": {"userAgent": "x" * 257}}},
     400, "invalidParameters"),
    ("POST", "auth", {"json": {"endUserIp": "::1", "requirement": {"personalNumber": "1"}}},
     400, "invalidParameters"),
    ("POST", "sign", {"json": {"endUserIp": "::1"}}, 400, "invalidParameters"),
    ("POST", "collect", {"json": {"orderRef": "unknown"}}, 400, "invalidParameters"),
    ("POST", "elsewhere", {"json": {}}, 404, "notFound"),
    ("GET", "auth", {"headers": {"Content-Type": "application/json"}}, 405, "methodNotAllowed"),
])
def test_the_sandbox_refuses_as_bankid_does(url, method, path, content, status, code):
    answer = httpx.request(method, f"{url}/{path}", trust_env=False, **content)
    assert (answer.status_code, answer.json()["errorCode"]) == (status, code)
