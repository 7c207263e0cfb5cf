import pytest

from domain import customer_passwords
from domain.errors import Invalid

OWN = ("asa.oberg@bolaget.example", "Åsa", "Öberg")


@pytest.mark.parametrize("password", [
    "kort", "nio teckn", "x" * 201,
    "1234567890", "aaaaaaaaaaaa", "password123", "qwertyuiop", "abcdefghij",
    "lösenord123", "sommaren2026",
    "asaoberg1970", "Åsa Öberg 1", "asa.oberg@bolaget",
])
def test_what_is_easy_to_guess_is_refused(password):
    with pytest.raises(Invalid) as refusal:
        customer_passwords.check(password, *OWN)
    assert refusal.value.field == "password"


@pytest.mark.parametrize("password", [
    "en mening att minnas", "kaffe på balkongen i juli", "Tr0ub4dor&3xyz", "blåbärssoppan",
    "åsas katt heter Missan"])
def test_what_is_hard_to_guess_is_accepted(password):
    customer_passwords.check(password, *OWN)


def test_a_hash_tells_the_password_and_no_other():
    made = customer_passwords.hashed("en mening att minnas")
    assert customer_passwords.matches(made, "en mening att minnas")
    assert not customer_passwords.matches(made, "en mening att glömma")
    assert "mening" not in made


def test_the_same_letter_from_another_keyboard_is_the_same():
    made = customer_passwords.hashed("en påse potatis")
    assert customer_passwords.matches(made, "en pa\u030ase potatis")


@pytest.mark.parametrize("nothing", [None, "", "not a hash"])
def test_nobody_has_no_password(nothing):
    assert not customer_passwords.matches(nothing, "a password that nobody has")


def test_a_hash_of_another_cost_is_outdated(monkeypatch):
    made = customer_passwords.hashed("en mening att minnas")
    assert not customer_passwords.is_outdated(made)
    monkeypatch.setitem(customer_passwords.COST, "time_cost", 2)
    assert customer_passwords.is_outdated(made)
    assert customer_passwords.matches(made, "en mening att minnas")
