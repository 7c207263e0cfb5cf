import pytest
from cryptography.exceptions import InvalidTag

from domain import identity
from domain.errors import Invalid
from domain.identity import Vault

NUMBER = "197905142381"


@pytest.mark.parametrize("typed", [
    "19790514-2381", "197905142381", "790514-2381", "7905142381", " 19790514 2381 ",
    "19790514–2381", "19790514−2381",
])
def test_a_personnummer_is_read_however_it_is_typed(typed):
    assert identity.parse_personnummer(typed) == NUMBER


def test_a_coordination_number_is_a_personnummer_too():
    assert identity.parse_personnummer("19701063-2391") == "197010632391"


@pytest.mark.parametrize("typed", ["", "19790514-2382", "19791314-2381", "Karin", "1979051423811"])
def test_a_personnummer_that_cannot_be_is_refused(typed):
    with pytest.raises(Invalid):
        identity.parse_personnummer(typed)


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
    ("+47 406 12 345", "+4740612345", "+47 40 61 23 45"),
])
def test_a_mobile_is_read_however_it_is_typed_and_shown_one_way(typed, number, shown):
    assert identity.parse_mobile(typed) == number
    assert identity.show_mobile(number) == shown


@pytest.mark.parametrize("typed", ["", "12345", "036-10 20 30", "08-123 456 78", "+999 12345678"])
def test_what_is_no_mobile_is_refused(typed):
    with pytest.raises(Invalid):
        identity.parse_mobile(typed)


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
