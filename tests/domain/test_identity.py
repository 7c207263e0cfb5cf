import phonenumbers
import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import assume, example, given
from hypothesis import strategies as st
from personnummer import personnummer as lib

from domain import identity
from domain.errors import Invalid
from domain.identity import Vault

NUMBER = "197905142381"


@pytest.mark.parametrize("typed", [
    "19790514-2381", "197905142381", "790514-2381", "7905142381", " 19790514 2381 ",
    "790514 2381", "19790514–2381", "19790514−2381", "1979-05-14-2381", "1979 05 14 2381",
    "1979.05.14-2381", "1979/05/14-2381", "19790514\N{NO-BREAK SPACE}2381", "'197905142381",
    "\u202a19790514-2381\u202c", "１９７９０５１４ー２３８１".replace("ー", "-"),
])
def test_a_personnummer_is_read_however_it_is_typed(typed):
    assert identity.parse_personnummer(typed) == NUMBER


def test_a_coordination_number_is_a_personnummer_too():
    assert identity.parse_personnummer("19701063-2391") == "197010632391"


def test_a_plus_makes_a_short_personnummer_a_hundred_years_older():
    assert identity.parse_personnummer("190514+2384") == "191905142384"
    assert identity.parse_personnummer("190514-2384") == "201905142384"


@pytest.mark.parametrize("typed", [
    "", "19790514-2382", "19791314-2381", "Karin", "1979051423811", "197905142381.0",
    "1,97905E+11", "19790514-000", "19790514", "19790514-238", "٧٩٠٥١٤٢٣٨١"])
def test_a_personnummer_that_cannot_be_is_refused(typed):
    with pytest.raises(Invalid):
        identity.parse_personnummer(typed)


def by_the_library(typed):
    try:
        return lib.parse(typed).format(long_format=True)
    except lib.PersonnummerException:
        return None


def answer(parse, typed):
    try:
        return parse(typed)
    except Invalid:
        return None


@given(century=st.sampled_from(["", "18", "19", "20", "00", "99"]), year=st.integers(0, 99),
       month=st.integers(0, 13), day=st.integers(0, 99), sign=st.sampled_from(["", "-", "+"]),
       number=st.integers(0, 999))
@example("20", 0, 2, 29, "-", 123)
@example("19", 0, 2, 29, "-", 123)
@example("", 79, 5, 60, "", 238)
def test_a_personnummer_is_what_the_library_says(century, year, month, day, sign, number):
    most = f"{century}{year:02}{month:02}{day:02}{sign}{number:03}"
    for check in range(10):
        typed = f"{most}{check}"
        assert answer(identity.parse_personnummer, typed) == by_the_library(typed)


def test_a_personnummer_in_a_list_shows_only_the_birthday():
    assert identity.mask_personnummer(NUMBER) == "19790514-••••"


@pytest.mark.parametrize("typed", ["556036-0793", "5560360793", " 16556036-0793", "556036 0793"])
def test_an_organisation_number_is_read_however_it_is_typed(typed):
    assert identity.parse_organisation_number(typed) == "5560360793"


@pytest.mark.parametrize("typed", ["", "556036-0794", "55603607", "Bolaget AB"])
def test_an_organisation_number_that_cannot_be_is_refused(typed):
    with pytest.raises(Invalid):
        identity.parse_organisation_number(typed)


def test_an_organisation_number_is_shown_with_its_hyphen():
    assert identity.show_organisation_number("5560360793") == "556036-0793"


@pytest.mark.parametrize(("typed", "number", "shown"), [
    ("070-174 06 05", "+46701740605", "070-174 06 05"),
    ("0046 70 174 06 05", "+46701740605", "070-174 06 05"),
    ("+46 (0)70 174 06 05", "+46701740605", "070-174 06 05"),
    *((typed, "+46701740605", "070-174 06 05") for typed in (
        "0701740605", "070-1740605", "070 174 06 05", "+46701740605", "0046701740605",
        "46701740605", "701740605", "(070) 174 06 05", "070/1740605", "070.174.06.05",
        "tel:+46701740605", "070–174 06 05", "070\N{NO-BREAK SPACE}1740605", "'0701740605",
        "\u202a070-174 06 05\u202c")),
    ("+47 406 12 345", "+4740612345", "+47 40 61 23 45"),
])
def test_a_mobile_is_read_however_it_is_typed_and_shown_one_way(typed, number, shown):
    assert identity.parse_mobile(typed) == number
    assert identity.show_mobile(number) == shown


@pytest.mark.parametrize(("number", "shown"), [
    ("+46701740605", "070-••• •• 05"), ("+4740612345", "+47 4• •• •• 45")])
def test_a_mobile_number_is_shown_to_whoever_knows_it(number, shown):
    assert identity.mask_mobile(number) == shown


@pytest.mark.parametrize("typed", ["", "12345", "036-10 20 30", "08-123 456 78", "+999 12345678",
                                   "070-BILJETT", "D733-H4SHM3", "07O-174O6O5"])
def test_what_is_no_mobile_is_refused(typed):
    with pytest.raises(Invalid):
        identity.parse_mobile(typed)


@given(st.sampled_from(["", "0", "46", "+46", "0046", "+46 (0)", "46(0)", "+460", "00460", "0(0)"]),
       st.from_regex(r"[167]-?[0-9] ?[0-9]{3}-?[0-9]{2} ?[0-9]{1,3}", fullmatch=True))
@example("46", "701740605")
def test_a_mobile_is_what_the_library_says(before, rest):
    assert answer(identity.parse_mobile, before + rest) == mobile_by_the_library(before + rest)


def mobile_by_the_library(typed):
    try:
        number = phonenumbers.parse(typed, "SE")
    except phonenumbers.NumberParseException:
        return None
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    return (phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            if mobile and phonenumbers.is_valid_number(number) else None)


@given(st.from_regex(r"\+467[0-9]{8}", fullmatch=True))
def test_a_mobile_is_shown_as_the_library_shows_it(number):
    parsed = phonenumbers.parse(number)
    assume(phonenumbers.is_valid_number(parsed))
    assert identity.show_mobile(number) == phonenumbers.format_number(
        parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def test_a_postcode_is_five_digits():
    assert identity.parse_postcode("55320") == identity.parse_postcode("553 20") == "553 20"
    with pytest.raises(Invalid):
        identity.parse_postcode("5532")


@pytest.mark.parametrize("typed", ["åsa@bolaget.example", " a.b+c@x.example "])
def test_an_address_is_taken_as_it_is(typed):
    assert identity.parse_email(typed) == typed.strip()


@pytest.mark.parametrize("typed", ["", "åsa", "a@b", "a b@c.example", "a@b.example, c@d.example",
                                   "<a@b.example>", "a@b..example", "a@" + "b" * 250 + ".example"])
def test_what_is_no_address_is_refused(typed):
    with pytest.raises(Invalid):
        identity.parse_email(typed)


@pytest.fixture
def vault():
    return Vault(b"k" * 32)


def test_what_is_sealed_can_be_opened_only_for_its_purpose_and_by_its_key(vault):
    sealed = vault.seal(NUMBER, "personnummer")
    assert vault.open(sealed, "personnummer") == NUMBER
    for other, purpose in ((vault, "something else"), (Vault(b"j" * 32), "personnummer")):
        with pytest.raises(InvalidTag):
            other.open(sealed, purpose)


def test_a_seal_tells_nothing_and_the_index_finds_again(vault):
    assert vault.seal(NUMBER, "personnummer") != vault.seal(NUMBER, "personnummer")
    assert vault.index(NUMBER) == vault.index(NUMBER)
    assert vault.index(NUMBER) != Vault(b"j" * 32).index(NUMBER)


def test_a_code_is_made_again_the_same_and_is_of_its_owner(vault):
    assert vault.digits("code 1", 6) == vault.digits("code 1", 6)
    assert [len(vault.digits(f"code {number}", 6)) for number in range(200)] == [6] * 200
    assert vault.code_hash("123456", "one") != vault.code_hash("123456", "other")


def test_a_token_is_made_again_the_same_and_fits_in_an_address(vault):
    token = vault.token("ticket link 1")
    assert token == vault.token("ticket link 1") != vault.token("ticket link 2")
    assert len(token) == 22
    assert token.replace("-", "").replace("_", "").isalnum()
