"""The sandbox as a client sees it that is not ours: getswish, unmodified, over a real port."""
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

import pytest
from getswish import SwishClient, SwishError
from getswish.environments import TestCertificates, TestEnvironment

CALLBACK = "https://shop.example/swish"


@pytest.fixture
def client(sandbox, serve):
    url = f"http://127.0.0.1:{serve(sandbox)}/swish-cpcapi/api/"
    return SwishClient(environment=replace(TestEnvironment, base=url),
                       certificates=deepcopy(TestCertificates))


def paid(client, clock, **over):
    payment = client.create_payment(100, CALLBACK, "46712347689", **over)
    clock.at += timedelta(seconds=4)
    return client.retrieve_payment(payment.id)


def test_getswish_is_paid_by_a_number_after_a_while(client, clock):
    payment = client.create_payment(100, CALLBACK, "46712347689", message="Kort",
                                    payee_payment_reference="0123456789")
    assert payment.location.endswith(f"/v1/paymentrequests/{payment.id}")
    assert payment.payment_request_token is None
    assert client.retrieve_payment(payment.id).status == "CREATED"
    clock.at += timedelta(seconds=4)
    paid = client.retrieve_payment(payment.id)
    assert (paid.status, paid.amount, paid.payee_alias) == ("PAID", 100, "1234679304")
    assert paid.payment_reference
    assert paid.date_paid


def test_getswish_gets_a_token_without_a_number_and_cancels(client, stage):
    payment = client.create_payment(49.5, CALLBACK)
    assert stage.swish.opened(payment.payment_request_token)["ore"] == 4_950
    assert client.cancel_payment(payment.id).status == "CANCELLED"
    with pytest.raises(SwishError) as late:
        client.cancel_payment(payment.id)
    assert "RP07" in late.value.errors


@pytest.mark.parametrize("code", ["ACMT03", "RP06", "PA01"])
def test_getswish_meets_the_errors_that_it_orders(client, code):
    with pytest.raises(SwishError) as refused:
        client.create_payment(100, CALLBACK, "46712347689", message=code)
    assert refused.value.errors == {code: refused.value.errors[code]}


def test_getswish_meets_a_second_request_to_the_same_number(client):
    client.create_payment(100, CALLBACK, "46712347689")
    with pytest.raises(SwishError) as refused:
        client.create_payment(100, CALLBACK, "46712347689")
    assert "RP06" in refused.value.errors


def test_getswish_pays_back(client, clock):
    reference = paid(client, clock).payment_reference
    refund = client.create_refund(reference, CALLBACK, "46712347689", 60)
    assert client.retrieve_refund(refund.id).status == "CREATED"
    for status in ("DEBITED", "PAID"):
        clock.at += timedelta(seconds=4)
        assert client.retrieve_refund(refund.id).status == status
    with pytest.raises(SwishError) as refused:
        client.create_refund(reference, CALLBACK, "46712347689", 41)
    assert "RF08" in refused.value.errors
