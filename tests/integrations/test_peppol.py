from datetime import timedelta

import pytest

from integrations.errors import Refused, Unknown, Unreachable
from integrations.peppol import AccessPoint, Document, FileDrop, Heard, Outcome
from sandbox.faults import PEPPOL_DOWN, PEPPOL_UNKNOWN

XML = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
INVOICE = Document("Invoice", 100_001, "0007:5560000001", XML)


@pytest.fixture
def access_point(wire):
    return AccessPoint("http://sandbox/peppol/ap", "token", sender="0007:2321000057",
                       transport=wire)


def test_what_is_sent_arrives_as_it_was(access_point, stage):
    taken = stage.peppol.find(access_point.send("key", INVOICE))
    assert taken["document"] == XML
    assert (taken["sender"], taken["receiver"]) == ("0007:2321000057", "0007:5560000001")


def test_sent_twice_with_one_key_it_is_one(access_point, stage):
    assert access_point.send("key", INVOICE) == access_point.send("key", INVOICE)
    assert len(stage.peppol.all()) == 1


def test_it_tells_what_becomes_of_it(access_point, stage, clock):
    sent = access_point.send("key", INVOICE)
    assert access_point.look(sent) == Heard(Outcome.QUEUED)
    clock.at += timedelta(seconds=5)
    assert access_point.look(sent) == Heard(Outcome.DELIVERED)
    stage.peppol.answer(sent, "rejected", "Okänd referens")
    stage.peppol.answer(sent, "accepted")
    assert access_point.look(sent) == Heard(Outcome.REJECTED, "Okänd referens")


def test_what_it_knows_nothing_of_is_refused(access_point):
    with pytest.raises(Refused):
        access_point.look("no such message")


@pytest.mark.parametrize("document", [
    Document("Invoice", 1, "0007:5560000001", b"not xml"),
    Document("CreditNote", 1, "0007:5560000001", XML),
    Document("Order", 1, "0007:5560000001", XML),
    Document("Invoice", 1, "mailto:x", XML),
])
def test_what_is_no_invoice_is_refused(access_point, document):
    with pytest.raises(Refused):
        access_point.send("key", document)


def test_a_token_that_is_not_right_is_no_refusal_of_the_invoice(wire):
    stranger = AccessPoint("http://sandbox/peppol/ap", "", sender="0007:2321000057",
                           transport=wire)
    with pytest.raises(Unreachable):
        stranger.send("key", INVOICE)
    with pytest.raises(Unreachable):
        stranger.look("some message")


def test_a_receiver_that_is_not_there_is_refused_by_name(access_point, stage):
    stage.faults.turn_on(PEPPOL_UNKNOWN)
    with pytest.raises(Refused) as refusal:
        access_point.send("key", INVOICE)
    assert refusal.value.code == "unknown_receiver"


def test_an_access_point_that_is_away_is_tried_again(access_point, stage, wire):
    stage.faults.turn_on(PEPPOL_DOWN)
    with pytest.raises(Unreachable):
        access_point.send("key", INVOICE)
    stage.faults.turn_off(PEPPOL_DOWN)
    wire.answers_lost = True
    with pytest.raises(Unknown):
        access_point.send("key", INVOICE)
    wire.answers_lost = False
    access_point.send("key", INVOICE)
    assert len(stage.peppol.all()) == 1


def test_a_file_is_dropped_whole_and_twice_is_once(tmp_path):
    drop = FileDrop(tmp_path)
    for _ in range(2):
        assert drop.send("key", INVOICE) is None
    [file] = tmp_path.iterdir()
    assert file.name == "0007-5560000001_100001_key.xml"
    assert file.read_bytes() == XML


def test_a_folder_that_cannot_be_written_is_told_of_and_tried_again_later(tmp_path):
    with pytest.raises(Unreachable, match="cannot be written"):
        FileDrop(tmp_path / "gone").send("key", INVOICE)


def test_the_receiver_sees_the_invoice_and_answers_on_a_page(sandbox, stage, access_point):
    sent, page = access_point.send("key", INVOICE), sandbox.test_client()
    assert "100001" in page.get("/peppol/").text
    page.post(f"/peppol/{sent}/svar", data={"answer": "rejected", "reason": "Fel <referens>"})
    assert "Fel &lt;referens&gt;" in page.get(f"/peppol/{sent}").text
    assert page.get(f"/peppol/{sent}/dokument").data == XML
    assert page.get("/peppol/none").status_code == 404
