import logging
import ssl
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.identity import parse_personnummer
from integrations import bankid_messages
from integrations.bankid import BankId, Collected, Status, User
from integrations.errors import Fault, Refused, Unknown, Unreachable
from sandbox.faults import BANKID_DOWN
from sandbox.orders import CannotScan
from sandbox.personas import BY_NUMBER, FAILING, KARIN, PAUSING
from tests.sandbox import identify, scan

URL = "http://sandbox/bankid/rp/v6.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"


@pytest.fixture
def bankid(wire):
    return BankId(URL, transport=wire)


@pytest.fixture
def order(bankid):
    return bankid.auth(end_user_ip="192.0.2.1")


def hint(bankid, order):
    return bankid.collect(order.order_ref).hint_code


@pytest.mark.parametrize(("seconds", "code"), [
    (0, "dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8"),
    (1, "949d559bf23403952a94d103e67743126381eda00f0b3cbddbf7c96b1adcbce2"),
    (2, "a9e5ec59cb4eee4ef4117150abc58fad7a85439a6a96ccbecc3668b41795b3f3"),
])
def test_qr_content_is_that_of_bankids_own_example(seconds, code):
    token = "67df3917-fa0d-44e5-b327-edcc928297f8"
    secret = "d28db9a7-4cde-429e-a983-359be676944c"
    assert BankId.qr_content(token, secret, seconds) == f"bankid.{token}.{seconds}.{code}"


def test_an_order_goes_from_waiting_to_complete(bankid, order, stage):
    hints = [hint(bankid, order)]
    ref = scan(stage)["ref"]
    hints.append(hint(bankid, order))
    stage.orders.choose(ref, KARIN)
    hints.append(hint(bankid, order))
    stage.orders.identify(ref)
    assert hints == ["outstandingTransaction", "started", "userSign"]
    assert bankid.collect(order.order_ref) == Collected(
        Status.COMPLETE,
        user=User("197905142381", "Karin Lindqvist", "Karin", "Lindqvist"),
        device_ip="192.0.2.7", bankid_issued_on="2024-02-01")


def test_a_complete_order_is_given_out_once(bankid, order, stage):
    identify(stage, KARIN)
    bankid.collect(order.order_ref)
    with pytest.raises(Refused) as refused:
        bankid.collect(order.order_ref)
    assert (refused.value.code, refused.value.fault) == ("invalidParameters", Fault.OURS)


@pytest.mark.parametrize("persona", FAILING, ids=lambda one: one.hint_code)
def test_each_failing_hint_comes_through(bankid, order, stage, persona):
    ref = scan(stage)["ref"]
    stage.orders.choose(ref, persona)
    assert bankid.collect(order.order_ref) == Collected(Status.FAILED, persona.hint_code)


@pytest.mark.parametrize("persona", PAUSING, ids=lambda one: one.hint_code)
def test_each_pending_hint_comes_through_and_the_order_goes_on(bankid, order, stage, persona):
    ref = scan(stage)["ref"]
    stage.orders.choose(ref, persona)
    assert bankid.collect(order.order_ref) == Collected(Status.PENDING, persona.hint_code)
    stage.orders.go_on(ref)
    stage.orders.identify(ref)
    assert bankid.collect(order.order_ref).user.name == persona.name


def test_three_wrong_codes_lock_the_bankid(bankid, order, stage):
    ref = scan(stage)["ref"]
    stage.orders.choose(ref, KARIN)
    for _ in range(2):
        assert stage.orders.identify(ref, "000000") is False
    assert hint(bankid, order) == "userSign"
    stage.orders.identify(ref, "000000")
    assert hint(bankid, order) == "certificateErr"


def test_an_order_that_nobody_starts_fails_after_30_seconds(bankid, order, clock):
    clock.at += timedelta(seconds=30)
    assert hint(bankid, order) == "outstandingTransaction"
    clock.at += timedelta(seconds=1)
    assert bankid.collect(order.order_ref) == Collected(Status.FAILED, "startFailed")


def test_an_order_that_is_started_and_left_fails_after_three_minutes(bankid, order, stage, clock):
    scan(stage)
    clock.at += timedelta(seconds=181)
    assert bankid.collect(order.order_ref) == Collected(Status.FAILED, "expiredTransaction")


@pytest.mark.parametrize(("outcome", "seconds"), [
    ("complete", 180), ("failed", 300), ("never started", 190),
])
def test_what_became_of_an_order_is_kept_for_minutes_only(bankid, stage, clock, outcome, seconds):
    refs = [bankid.auth(end_user_ip="192.0.2.1").order_ref for _ in range(2)]
    for order in stage.orders.pending():
        if outcome == "complete":
            identify(stage, KARIN, order)
        elif outcome == "failed":
            stage.orders.choose(scan(stage, order)["ref"], FAILING[0])
    clock.at += timedelta(seconds=seconds)
    assert bankid.collect(refs[0]).status is not Status.PENDING
    clock.at += timedelta(seconds=1)
    with pytest.raises(Refused):
        bankid.collect(refs[1])


def test_a_cancelled_order_is_gone_and_cannot_be_cancelled_again(bankid, order):
    bankid.cancel(order.order_ref)
    for again in (bankid.cancel, bankid.collect):
        with pytest.raises(Refused) as refused:
            again(order.order_ref)
        assert refused.value.code == "invalidParameters"


def test_the_app_reads_our_qr_code_for_five_seconds(bankid, order, stage, clock):
    content = BankId.qr_content(order.qr_start_token, order.qr_start_secret, 0)
    clock.at += timedelta(seconds=6)
    with pytest.raises(CannotScan):
        stage.orders.scan(content, device_ip="192.0.2.7")
    clock.at -= timedelta(seconds=1)
    assert stage.orders.scan(content, device_ip="192.0.2.7")["hint_code"] == "started"


def test_the_app_does_not_read_a_qr_code_with_the_wrong_secret(order, stage):
    content = BankId.qr_content(order.qr_start_token, "another secret", 0)
    with pytest.raises(CannotScan):
        stage.orders.scan(content, device_ip="192.0.2.7")


def test_what_the_portal_says_about_the_browser_reaches_bankid(bankid, stage):
    bankid.auth(end_user_ip="2001:db8::1", return_url="http://portal/klar?nonce=1",
                user_agent="x" * 300, referring_domain="portal", device_identifier="abc",
                visible_text="# Företagsportalen\n\nåäö")
    order = stage.orders.pending()[0]
    assert (order["end_user_ip"], order["return_url"], order["text"]) == (
        "2001:db8::1", "http://portal/klar?nonce=1", "# Företagsportalen\n\nåäö")


def test_a_wrong_address_is_our_fault(bankid):
    with pytest.raises(Refused) as refused:
        bankid.auth(end_user_ip="not an address")
    assert refused.value.reason == "BankID refused: invalidParameters: Invalid endUserIp"
    assert refused.value.fault is Fault.OURS


def test_maintenance_is_unreachable_and_named(bankid, stage):
    stage.faults.turn_on(BANKID_DOWN)
    with pytest.raises(Unreachable) as failure:
        bankid.auth(end_user_ip="192.0.2.1")
    assert (type(failure.value), failure.value.code) == (Unreachable, "Maintenance")


def test_a_cut_wire_is_unreachable_and_a_lost_answer_unknown(bankid, wire):
    wire.cut = True
    with pytest.raises(Unreachable) as failure:
        bankid.auth(end_user_ip="192.0.2.1")
    assert type(failure.value) is Unreachable
    wire.cut, wire.answers_lost = False, True
    with pytest.raises(Unknown):
        bankid.auth(end_user_ip="192.0.2.1")


def test_nothing_personal_is_logged_or_shown(bankid, order, stage, caplog):
    caplog.set_level(logging.DEBUG)
    identify(stage, KARIN)
    collected = bankid.collect(order.order_ref)
    said = caplog.text + repr(collected) + repr(order)
    assert "BankID POST collect: 200" in said
    for secret in (KARIN.personal_number, KARIN.surname, order.qr_start_secret):
        assert secret not in said


@pytest.mark.parametrize(("app_url", "user_agent", "opened"), [
    ("bankid:///", WINDOWS, "bankid:///"),
    ("bankid:///", IPHONE, "https://app.bankid.com/"),
    ("http://127.0.0.1:8001/bankid/app", IPHONE, "http://127.0.0.1:8001/bankid/app"),
])
def test_the_app_is_opened_in_the_way_of_the_device(wire, app_url, user_agent, opened):
    url = BankId(URL, app_url=app_url, transport=wire).start_url("a b", user_agent=user_agent)
    assert url == f"{opened}?autostarttoken=a+b&redirect=null"


def test_an_old_app_is_told_where_to_return(bankid):
    url = bankid.start_url("token", return_url="https://portal/klar?nonce=1&x=2")
    assert parse_qs(urlsplit(url).query)["redirect"] == ["https://portal/klar?nonce=1&x=2"]


@pytest.mark.parametrize("certificate", ["own.pem", "own.p12"])
def test_we_show_our_certificate_and_trust_only_theirs(sandbox, serve, certificates, certificate):
    port = serve(sandbox, ssl_context=mutual(certificates))
    bankid = BankId(f"https://localhost:{port}/bankid/rp/v6.0", ca=certificates / "ca.pem",
                    certificate=certificates / certificate, password="qwerty123")
    assert bankid.auth(end_user_ip="192.0.2.1").order_ref


def test_without_a_certificate_bankid_does_not_talk_to_us(sandbox, serve, certificates):
    port = serve(sandbox, ssl_context=mutual(certificates))
    bankid = BankId(f"https://localhost:{port}/bankid/rp/v6.0", ca=certificates / "ca.pem")
    with pytest.raises(Unreachable):
        bankid.auth(end_user_ip="192.0.2.1")


def mutual(certificates):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates / "ca.pem")
    context.load_cert_chain(certificates / "own.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.mark.parametrize(("code", "where", "id"), [
    ("outstandingTransaction", {}, "RFA1"),
    ("outstandingTransaction", {"same_device": True}, "RFA13"),
    ("noClient", {}, "RFA1"),
    ("started", {}, "RFA15A"),
    ("started", {"mobile": True}, "RFA15B"),
    ("userSign", {}, "RFA9"),
    ("userMrtd", {}, "RFA23"),
    ("userCallConfirm", {}, "RFA21"),
    ("somethingNew", {}, "RFA21"),
    ("expiredTransaction", {"failed": True}, "RFA8"),
    ("certificateErr", {"failed": True}, "RFA16"),
    ("userCancel", {"failed": True}, "RFA6"),
    ("cancelled", {"failed": True}, "RFA3"),
    ("startFailed", {"failed": True}, "RFA17B"),
    ("startFailed", {"failed": True, "same_device": True}, "RFA17A"),
    ("userDeclinedCall", {"failed": True}, "RFA22"),
    ("notSupportedByUserApp", {"failed": True}, "RFA22"),
    ("transactionRiskBlocked", {"failed": True}, "RFA22"),
    ("alreadyInProgress", {"failed": True}, "RFA4"),
    ("requestTimeout", {"failed": True}, "RFA5"),
    ("Maintenance", {"failed": True}, "RFA5"),
    ("internalError", {"failed": True}, "RFA5"),
    ("", {"failed": True}, "RFA22"),
])
def test_each_code_has_its_recommended_message(code, where, id):
    asked = {"same_device": False, "mobile": False, "failed": False} | where
    assert BankId.message(code, **asked) == bankid_messages.MESSAGES[id]


def test_all_personas_have_numbers_that_could_be_real():
    assert [parse_personnummer(number) for number in BY_NUMBER] == list(BY_NUMBER)
