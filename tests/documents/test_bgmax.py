from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import bgmax
from domain.errors import Invalid
from tests.documents.bank import bgmax_file, deduction, payment

SHAPED = """\
01BGMAX               0120260525173035010331P
050009912346          SEK
200003783511                   655969000000000000100000220000000000100
26Kalles Plåt AB
27Storgatan 2                        12345
28Storåker
29005500001234
21000378351189853                    0000000000000500003200023000011100
26Kalles Plåt AB
200003783511657866 658765 657767     000000000000140000320000000000140
220003783511                   657866000000000000000000220000000000140
220003783511                   658765000000000000000000220000000000140
220003783511                   657767000000000000000000220000000000140
25Betalning med extra refnr
25Tack för hjälpen
26Kalles Plåt AB
15000000000000000000058410000010098232026052500074000000000000190000SEK00000003
050009912346          SEK
200001234567                         000000000000120000130000000000131
26Berits Garn
29005500002222
15000000000000000000058410000010098232026052600075000000000000120000SEK00000001
7000000003000000010000000300000002
"""
"""With all that the manual shows: in two deposits, with several references, a deduction, a payment
without a reference, and lines that are cut at their last character."""


def read(text):
    return bgmax.read(text.encode("iso-8859-1"))


def test_what_is_paid_is_read_with_its_references_and_who_paid():
    told = read(SHAPED)
    assert told.bankgiro == "9912346"
    assert told.written_at == datetime(2026, 5, 25, 15, 30, 35, tzinfo=UTC)
    first, drawn, several, nameless = told.payments
    assert (first.amount_ore, first.references) == (100_000, ("655969",))
    assert (first.payer, first.payer_number) == ("Kalles Plåt AB", "5500001234")
    assert first.paid_on == date(2026, 5, 25)
    assert (drawn.amount_ore, drawn.references) == (-50_000, ("89853",))
    assert several.references == ("657866", "658765", "657767")
    assert several.message == "Betalning med extra refnr\nTack för hjälpen"
    assert (nameless.references, nameless.paid_on) == ((), date(2026, 5, 26))


def test_each_payment_has_a_key_of_its_own():
    keys = [each.key for each in read(SHAPED).payments]
    assert len(set(keys)) == 4
    assert [each.key for each in read(SHAPED).payments] == keys


@pytest.mark.parametrize(("ending", "last"), [("\n", ""), ("\r\n", ""), ("\r\n", "\x1a")])
def test_it_is_read_however_its_lines_end(ending, last):
    assert len(read(SHAPED.replace("\n", ending) + last).payments) == 4


def test_a_bank_may_have_written_it_anew_as_utf_8():
    assert bgmax.read(SHAPED.encode()).payments[0].payer == "Kalles Plåt AB"


@pytest.mark.parametrize(("change", "said"), [
    (lambda text: "", "ingen BgMax-fil"),
    (lambda text: "PK\x03\x04 a spreadsheet", "ingen BgMax-fil"),
    (lambda text: text.replace("331P", "331T"), "ett prov"),
    (lambda text: text[:text.index("70000")], "slutet saknas"),
    (lambda text: text.replace("7000000003", "7000000004"), "antalet poster"),
    (lambda text: text.replace("000000190000SEK", "000000190001SEK"), "Rad 17"),
    (lambda text: text.replace("          SEK", "          EUR", 1), "valuta"),
    (lambda text: text.replace("000000000000100000", "0000000000001OOOOO"), "Rad 3"),
    (lambda text: text.replace("20260526", "20261326"), "Rad 22"),
    (lambda text: text.replace("05000991", "05000551", 1), "flera bankgironummer"),
    (lambda text: text.replace("26Berits", "99Berits"), "Rad 20"),
])
def test_what_is_not_whole_is_refused(change, said):
    with pytest.raises(Invalid) as refusal:
        read(change(SHAPED))
    assert said in str(refusal.value)
    assert refusal.value.field == "file"


def test_a_day_without_payments_is_a_file_too():
    assert list(bgmax.read(bgmax_file()).payments) == []


def test_a_file_of_one_s_own_reads_as_it_was_written():
    told = bgmax.read(bgmax_file(payment(12_345, "10000156"), deduction(45, "10000252")))
    assert [each.amount_ore for each in told.payments] == [12_345, -45]
    assert [each.references for each in told.payments] == [("10000156",), ("10000252",)]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_broken_in_it_it_is_read_or_refused(data):
    lines = SHAPED.encode("iso-8859-1").splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        at = data.draw(st.integers(0, 80))
        lines[place] = lines[place][:at] + data.draw(st.binary(max_size=20)) + lines[place][at + 3:]
    with suppress(Invalid):
        for paid in bgmax.read(b"".join(lines)).payments:
            assert "\0" not in f"{paid.payer}{paid.message}{paid.references}{paid.payer_number}"
