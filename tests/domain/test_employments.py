from domain import employments
from tests.conftest import NOON
from tests.factories import personnummer


def test_a_person_is_known_by_each_company_that_employs_them(db, store, make):
    number = personnummer(900)
    one, other = make.company("Ett AB"), make.company("Två AB")
    first = make.traveller(one, number=number)
    second = make.traveller(other, number=number)
    make.traveller(other)
    with store.transaction(db):
        second.registered_at = NOON
    actor = make.actor(make.as_person(first))
    assert [(each.company, each.traveller) for each in employments.of_actor(db, actor)] == [
        (one, first), (other, second)]


def test_an_employment_that_has_ended_is_none(db, store, make):
    number = personnummer(900)
    make.traveller(make.company(), number=number)
    left = make.traveller(make.company("Förr AB"), number=number)
    actor = make.actor(make.as_person(left))
    with store.transaction(db):
        left.ended_at = NOON
    assert [each.company.name for each in employments.of_actor(db, actor)] == ["Bolaget AB"]
