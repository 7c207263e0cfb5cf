"""What is said of each code: the table that the browser's script is put to as well, and then ten
thousand codes that somebody has damaged or made up."""
import io
import random
import time
import zlib
from base64 import urlsafe_b64encode
from datetime import timedelta

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from documents import aztec, mtb, pictures
from documents.inspections import Trust, from_text, inspect
from domain.block_list import Reason
from domain.inspections import ADVICE, RESULTS, SENTENCES, Doubt, Finding
from domain.rules import Rules
from sandbox import verifier
from tests import inspecting
from tests.documents.symbols import drawn
from tests.inspecting import ISSUER, KID, OURS, TABLE
from tests.web.inspector import jwks

KEYS = {KID: OURS.public_key()}
NOW = inspecting.moment(TABLE["now"])
GENUINE = inspecting.code({})


def read(code: bytes, *, blocked=(), zone=None, now=NOW):
    listed = {number: Reason(reason) for number, reason in dict(blocked).items()}
    trust = Trust({ISSUER: KEYS}, listed)
    return inspect(code, trust, zone=zone, now=now, rules=Rules())


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_it_is_said_of(case):
    now = inspecting.moment(case.get("now", TABLE["now"]))
    verdict = read(inspecting.code(case), blocked=case.get("blocked", {}), zone=case.get("zone"),
                   now=now)
    assert verdict.finding == case["finding"]
    assert list(verdict.doubts) == case.get("doubts", [])
    assert (verdict.ticket is None) == (verdict.result in (1, 5))


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_a_verifier_that_shares_nothing_with_us_agrees(case):
    now = inspecting.moment(case.get("now", TABLE["now"]))
    accepted, _ = verifier.verify(inspecting.code(case), jwks(KEYS), case.get("blocked", {}), now,
                                  case.get("zone"))
    wrapped = case["name"] == "a key twice in the container"  # around what the issuer signed
    assert accepted == (case["finding"] == "valid" or wrapped)


def test_everything_that_can_be_found_is_told_in_words():
    assert set(RESULTS) == set(SENTENCES) == set(ADVICE) == set(Finding)
    assert {case["finding"] for case in TABLE["cases"]} == set(Finding)
    assert [finding for finding in Finding if RESULTS[finding] == 0] == [Finding.VALID]


def test_an_old_code_is_a_doubt_and_never_a_refusal():
    late = read(GENUINE, now=NOW + timedelta(hours=5))
    assert (late.valid, late.doubts) == (True, (Doubt.OLD_CODE,))


# Ten thousand that nobody issued.

def damaged(chance: random.Random) -> bytes:
    """A genuine code, with something done to it that changes what it says."""
    container = bytearray(zlib.decompress(GENUINE))
    parts = inspecting.signed({})
    match chance.randrange(8):
        case 0:
            at = chance.randrange(len(container))
            container[at] ^= chance.randrange(1, 256)
        case 1:
            at = chance.randrange(len(container))
            del container[at:at + chance.randrange(1, 40)]
        case 2:
            at = chance.randrange(len(container))
            container[at:at] = chance.randbytes(chance.randrange(1, 40))
        case 3:
            index = chance.randrange(3)
            parts[index] = bytes(chance.sample(list(parts[index]), len(parts[index])))
            return inspecting.container(parts)
        case 4:
            other = {"ticket": {"zones": [str(chance.randrange(184, 189))]}, "key": "strange",
                     "kid": "ours"}
            parts[chance.randrange(1, 3)] = inspecting.signed(other)[chance.randrange(1, 3)]
            return zlib.compress(inspecting.container(parts))
        case 5:
            code = bytearray(GENUINE)
            code[chance.randrange(len(code))] ^= 1 << chance.randrange(8)
            return bytes(code)
        case 6:
            head = bytes([chance.choice((0x5a, 0x5b, 0x7b, 0x9b, 0xbb, 0x9f, 0xbf, 0xdb))])
            container[:chance.randrange(1, 20)] = head + chance.randbytes(8)
        case 7:
            return b"\x78" + chance.randbytes(chance.randrange(400))
    code = bytes(container)
    return zlib.compress(code) if chance.random() < 0.5 else code


def says_the_same(code: bytes) -> bool:
    """Whether it is the genuine bundle in another wrapping: a byte of zlib's or of CBOR's that
    means nothing."""
    try:
        bundle = mtb.read(mtb.decompress(code))
    except mtb.NotGenuine:
        return False
    return bundle.signed == mtb.read(zlib.decompress(GENUINE)).signed


@pytest.mark.parametrize("seed", range(10))
def test_no_damaged_code_is_accepted_and_none_stops_us(seed):
    chance = random.Random(seed)
    codes = [damaged(chance) for _ in range(1_000)]
    accepted = [code for code in codes if read(code).valid and not says_the_same(code)]
    assert accepted == []
    keys = jwks(KEYS)
    assert [code for code in codes if verifier.verify(code, keys, (), NOW)[0]
            and not says_the_same(code)] == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.binary(max_size=80),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner,
                                                                max_size=4), max_leaves=12)
FAST = settings(max_examples=400, deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@FAST
@given(VALUES, st.booleans())
def test_whatever_a_key_of_ours_signs_has_a_verdict(said, whole):
    payload = {ISSUER: [said]} if whole else {ISSUER: said}
    parts = inspecting.signed({}, payload)
    read(inspecting.container(parts))
    verifier.verify(inspecting.container(parts), jwks(KEYS), (), NOW)


@FAST
@given(VALUES, VALUES, VALUES)
def test_whatever_stands_in_the_three_places_is_refused(header, payload, signature):
    def carried(value):
        return value if isinstance(value, bytes) else cbor2.dumps(value)
    code = inspecting.container([carried(header), carried(payload), carried(signature)])
    assert not read(code).valid
    assert not verifier.verify(code, jwks(KEYS), (), NOW)[0]


@FAST
@given(st.binary(max_size=600))
def test_any_bytes_are_refused(code):
    assert not read(code).valid
    assert not verifier.verify(code, jwks(KEYS), (), NOW)[0]


def test_a_verdict_takes_no_time_whatever_is_read():
    worst = [inspecting.code(case) for case in TABLE["cases"]] + [
        b"\xbf" + b"\x60\x60" * 2_000, b"\x9f" * 4_090, bytes(4_096), b"\xa1" * 4_000,
        zlib.compress(zlib.compress(bytes(4_000_000)))]
    began = time.perf_counter()
    for code in worst:
        read(code)
    assert time.perf_counter() - began < 2


# Text and pictures.

@pytest.mark.parametrize("written", [
    lambda text: text, lambda text: text + "==", lambda text: f"  {text[:40]}\r\n{text[40:]}\n",
    lambda text: text.replace("-", "+").replace("_", "/")])
def test_a_code_is_read_as_text_however_it_was_copied(written):
    text = urlsafe_b64encode(GENUINE).decode().rstrip("=")
    assert from_text(written(text)) == GENUINE


@pytest.mark.parametrize("text", ["", "   ", "é", "a", "hej hej!", "A" * 20_000])
def test_text_that_stands_for_nothing_is_told_apart(text):
    assert from_text(text) is None


def picture(code=GENUINE, kind="PNG", **changes) -> bytes:
    image, file = drawn(aztec.svg(code, title="Biljett")), io.BytesIO()
    image = ImageOps.expand(image, 60, 255)
    for change, value in changes.items():
        image = getattr(image, change)(value)
    image.save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("seen", [
    picture(), picture(kind="JPEG"), picture(kind="WEBP"), picture(rotate=90),
    picture(quantize=4), picture(convert="1"),
    picture(resize=(2_400, 2_400)), picture(convert="RGB"), picture(convert="P")],
    ids=["png", "jpeg", "webp", "turned", "four greys", "bits", "large", "colour", "palette"])
def test_the_code_in_a_picture_is_found(seen):
    assert pictures.codes(seen) == [GENUINE]


def test_a_code_drawn_on_nothing_is_found():
    image = drawn(aztec.svg(GENUINE, title="Biljett")).convert("RGBA")
    image.putalpha(image.convert("L").point(lambda level: 255 - level))
    file = io.BytesIO()
    image.save(file, "PNG")
    assert pictures.codes(file.getvalue()) == [GENUINE]


def test_a_picture_without_a_code_has_none():
    file = io.BytesIO()
    Image.new("L", (400, 300), 200).save(file, "PNG")
    assert pictures.codes(file.getvalue()) == []


def huge() -> bytes:
    file = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("data", [
    b"", b"hej", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0" + bytes(99), b"<svg/>", b"%PDF-1.7",
    huge(), bytes(pictures.MAX_BYTES + 1)],
                         ids=["nothing", "text", "png", "jpeg", "svg", "pdf", "huge", "heavy"])
def test_what_is_no_picture_or_too_big_is_refused(data):
    with pytest.raises(pictures.Unreadable):
        pictures.codes(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_damaged_picture_is_a_picture_or_it_is_not(kind):
    chance, whole = random.Random(kind), picture(kind=kind)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.randrange(1, 20)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        del data[chance.randrange(len(data) // 2, len(data) + 1):]
        try:
            found = pictures.codes(bytes(data))
        except pictures.Unreadable:
            continue
        assert all(code == GENUINE or not read(code).valid for code in found)
        verifier.verify(bytes(data), jwks(KEYS), (), NOW)
