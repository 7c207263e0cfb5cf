import pytest

from domain.scim_said import ENTERPRISE, meant


@pytest.mark.parametrize(("emails", "used"), [
    ([], None), ([{"value": "a@b.se"}], "a@b.se"), ([{"value": "no address"}], None),
    ([{"value": "x"}, {"value": "a@b.se"}], "a@b.se"),
    ([{"value": "home@b.se", "type": "home"}, {"value": "a@b.se", "type": "work"}], "a@b.se"),
    ([{"value": "a@b.se", "type": "home", "primary": True}, {"value": "w@b.se", "type": "work"}],
     "a@b.se"), ([{"type": "work"}], None)])
def test_the_primary_address_is_used_and_else_the_one_at_work(emails, used):
    assert meant({"emails": emails}).email == used


@pytest.mark.parametrize(("numbers", "used"), [
    ([{"value": "036-19 95 00", "type": "work", "primary": True}], None),
    ([{"value": "070-174 06 09", "type": "work", "primary": True},
      {"value": "070-174 06 05", "type": "mobile"}], "+46701740605"),
    ([{"value": "tel:+46-70-174-06-05"}], "+46701740605"), ([{"value": None}], None)])
def test_the_mobile_number_is_used_when_it_is_one(numbers, used):
    assert meant({"phoneNumbers": numbers}).mobile == used


@pytest.mark.parametrize(("said", "name"), [
    ({}, None), ({"displayName": "  "}, None), ({"displayName": "Anna"}, ("Anna", "–")),
    ({"displayName": "Ek, Anna"}, ("Anna", "Ek")),
    ({"name": {"formatted": "Anna Ek"}, "displayName": "X Y"}, ("Anna", "Ek")),
    ({"name": {"familyName": "Ek"}, "displayName": "Anna Berg"}, ("Anna", "Ek")),
    ({"name": {"givenName": "Anna\n\tMaria", "familyName": "Ek"}}, ("Anna Maria", "Ek"))])
def test_a_name_is_made_of_what_is_there(said, name):
    assert meant(said).name == name


def test_what_the_employer_adds_is_on_one_line():
    means = meant({ENTERPRISE: {"employeeNumber": " 17\n", "department": "Öst\tdepå"}})
    assert (means.employee_number, means.department) == ("17", "Öst depå")
