"""Groups of travellers that tickets are sent to again and again."""
import pytest

from domain import recipient_groups, traveller_lists
from domain.errors import Invalid, NotFound
from domain.traveller_searches import EVERYONE
from tests.conftest import NOON


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def by(make, company):
    return make.actor(make.admin(company))


def save(db, store, by, *travellers, name="Nattskift"):
    with store.transaction(db):
        return recipient_groups.save(db, name, by=by, now=NOON, chosen=traveller_lists.ids(
            db, EVERYONE, within=by.scope, now=NOON, among=[each.id for each in travellers]))


def names(db, group, by):
    return [each.name for each in recipient_groups.members(db, group, within=by.scope)]


def test_a_group_is_saved_renamed_added_to_thinned_out_and_removed(db, store, make, company, by):
    anna, bo, eva = (make.traveller(company, name, "Ek") for name in ("Anna", "Bo", "Eva"))
    group = save(db, store, by, bo, anna)
    with store.transaction(db):
        recipient_groups.add(db, group, [eva.id, bo.id])
        recipient_groups.take_out(db, group, anna)
        recipient_groups.rename(db, group, "  Natt  laget ")
    assert (group.name, names(db, group, by)) == ("Natt laget", ["Bo Ek", "Eva Ek"])
    assert recipient_groups.listed(db, by=by) == [(group, 2)]
    with store.transaction(db):
        recipient_groups.remove(db, group)
    assert recipient_groups.listed(db, by=by) == []


def test_who_has_left_is_not_there(db, store, make, company, by):
    anna, bo = (make.traveller(company, name, "Ek") for name in ("Anna", "Bo"))
    group = save(db, store, by, anna, bo)
    with store.transaction(db):
        anna.ended_at = NOON
    assert (names(db, group, by), recipient_groups.listed(db, by=by)) == (["Bo Ek"], [(group, 1)])


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "nattSKIFT"])
def test_a_name_is_its_own(db, store, make, company, by, name):
    save(db, store, by, make.traveller(company))
    with pytest.raises(Invalid):
        save(db, store, by, make.traveller(company), name=name)


def test_a_group_may_keep_its_name(db, store, make, company, by):
    group = save(db, store, by, make.traveller(company))
    with store.transaction(db):
        recipient_groups.rename(db, group, "NATTSKIFT")
    assert group.name == "NATTSKIFT"


def test_others_do_not_find_it(db, store, make, company, by):
    group = save(db, store, by, make.traveller(company))
    dan = make.actor(make.department_admin(make.department(company)))
    for other in (dan, make.actor(make.admin(make.company("Annat AB")))):
        assert recipient_groups.listed(db, by=other) == []
        with pytest.raises(NotFound):
            recipient_groups.find(db, group.id, by=other)


def test_an_administrator_of_a_department_saves_only_their_own_travellers(db, store, make, company,
                                                                         by):
    workshop = make.department(company)
    dan = make.actor(make.department_admin(workshop))
    own, other = make.traveller(company, department=workshop), make.traveller(company, "Bo", "Ek")
    group = save(db, store, dan, own, other)
    assert names(db, group, by) == ["Rut Resenär"]
    assert recipient_groups.find(db, group.id, by=by) is group


def test_a_page_follows_another(db, store, make, company, by):
    people = [make.traveller(company, f"N{number}", "Ek") for number in range(3)]
    group = save(db, store, by, *people)
    first = recipient_groups.members(db, group, within=by.scope, most=2)
    rest = recipient_groups.members(db, group, within=by.scope,
                                    after=(first[-1].sort_name, first[-1].id))
    assert [each.given_name for each in first + rest] == ["N0", "N1", "N2"]
