"""Groups as departments, as Entra and Okta send them."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.audit import Act, Event
from domain.departments import Department
from tests.web.scim_client import GROUP, Scim, enterprise


@pytest.fixture
def company(make, db):
    """Its first department is older than those that a test makes."""
    company = make.company()
    with make.store.transaction(db):
        make.first_department(company).created_at -= timedelta(days=1)
    return company


@pytest.fixture
def scim(app, db, make, company):
    make.sync_key(company)
    return Scim(app, db)


@pytest.fixture
def first(make, company):
    return make.first_department(company)


def members(scim, group_id):
    return {each["value"] for each in scim.get(f"/Groups/{group_id}").get("members", [])}


def test_the_departments_are_groups(scim, first, make, company):
    verkstad = make.department(company)
    make.archived(make.department(company, "Nedlagd"))
    assert {each["displayName"] for each in scim.get("/Groups")["Resources"]} == {
        first.name, verkstad.name}


def test_a_group_becomes_a_department_with_the_first_ones_reference_number(scim, db, first):
    anna = scim.user()
    group_id = scim.group("Depån i Öst", anna)
    department = scim.traveller(anna).department
    assert (str(department.id), department.name, department.reference_number) == (
        group_id, "Depån i Öst", first.reference_number)
    assert scim.said["members"] == [{"value": anna, "type": "User",
                                     "$ref": f"http://portal.example/scim/v2/Users/{anna}"}]
    moved = db.scalars(select(Event).where(Event.act == Act.TRAVELLER_MOVED)).one()
    assert moved.details["traveller"] == "Anna Ek"


@pytest.mark.parametrize("name", ["Huvudavdelning", " huvudavdelning "])
def test_two_groups_have_not_the_same_name(scim, first, name):
    scim.ask("POST", "/Groups", {"schemas": [GROUP], "displayName": name})
    assert (scim.status, scim.said["scimType"]) == (409, "uniqueness")
    group_id = scim.group()
    scim.patch(f"/Groups/{group_id}", {"op": "replace", "path": "displayName", "value": name})
    assert (scim.status, scim.said["scimType"]) == (409, "uniqueness")


def test_okta_renames_a_group_with_its_id_in_the_value(scim, db):
    group_id = scim.group()
    scim.patch(f"/Groups/{group_id}", {"op": "replace", "value": {
        "id": group_id, "displayName": "Nya depån"}})
    assert (scim.status, scim.said["displayName"]) == (200, "Nya depån")


def test_members_come_and_go_one_by_one(scim, first):
    anna, bo = scim.user(), scim.user("bo@bolaget.example")
    group_id = scim.group()
    scim.patch(f"/Groups/{group_id}", {"op": "Add", "path": "members",
                                       "value": [{"value": anna}, {"value": bo}]})
    assert members(scim, group_id) == {anna, bo}
    scim.patch(f"/Groups/{group_id}", {"op": "remove", "path": f'members[value eq "{anna}"]'})
    assert members(scim, group_id) == {bo}
    scim.patch(f"/Groups/{group_id}", {"op": "Remove", "path": "members",
                                       "value": [{"value": bo}]})
    assert members(scim, group_id) == set()
    assert members(scim, first.id) == {anna, bo}
    scim.patch(f"/Groups/{group_id}", {"op": "replace", "path": "members",
                                       "value": [{"value": anna}]})
    assert members(scim, group_id) == {anna}
    scim.ask("PUT", f"/Groups/{group_id}", {"schemas": [GROUP], "displayName": "Depån",
                                            "members": [{"value": bo, "display": "Bo"}]})
    assert (members(scim, group_id), members(scim, first.id)) == ({bo}, {anna})


def test_a_user_is_in_one_group_at_a_time(scim):
    anna = scim.user()
    one, other = scim.group("Ett", anna), scim.group("Två", anna)
    assert (members(scim, one), members(scim, other)) == (set(), {anna})
    assert scim.found("Groups", f'members[value eq "{anna}"]') == [other]


def test_nobody_leaves_the_first_department_for_nowhere(scim, first):
    anna = scim.user()
    scim.patch(f"/Groups/{first.id}", {"op": "remove", "path": "members"})
    assert (scim.status, members(scim, first.id)) == (200, {anna})


def test_one_who_has_left_is_in_no_group(scim):
    anna = scim.user()
    group_id = scim.group("Depån", anna)
    scim.patch(f"/Users/{anna}", {"op": "replace", "value": {"active": False}})
    assert members(scim, group_id) == set()


def test_a_group_that_is_deleted_is_archived_and_its_members_move(scim, db, first):
    anna = scim.user()
    group_id = scim.group("Depån", anna)
    scim.ask("DELETE", f"/Groups/{group_id}")
    assert scim.status == 204
    assert scim.get(f"/Groups/{group_id}")["status"] == "404"
    assert members(scim, first.id) == {anna}
    archived = db.scalars(select(Department).where(Department.name == "Depån")).one()
    assert archived.archived_at is not None


def test_a_group_is_kept_that_is_the_last_one_or_has_others_in_it(scim, first, make, company):
    scim.ask("DELETE", f"/Groups/{first.id}")
    assert scim.status == 409
    verkstad = make.department(company)
    make.traveller(company, department=verkstad)
    scim.ask("DELETE", f"/Groups/{verkstad.id}")
    assert scim.status == 409


def test_a_department_that_a_user_is_said_to_be_in_moves_them_once(scim, make, company, first):
    verkstad = make.department(company, "Verkstad", "2000")
    anna = scim.user(**enterprise(department="2000"))
    assert scim.traveller(anna).department_id == verkstad.id
    group_id = scim.group("Depån", anna)
    assert scim.get(f"/Users/{anna}")["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
                                      ]["department"] == "Depån"
    scim.ask("PUT", f"/Users/{anna}", {"userName": "anna.ek@bolaget.example",
                                       **enterprise(department="2000")})
    assert members(scim, group_id) == {anna}
    scim.ask("PUT", f"/Users/{anna}", {"userName": "anna.ek@bolaget.example",
                                       **enterprise(department="Huvudavdelning")})
    assert scim.traveller(anna).department_id == first.id
    scim.ask("PUT", f"/Users/{anna}", {"userName": "anna.ek@bolaget.example",
                                       **enterprise(department="Okänd")})
    assert scim.traveller(anna).department_id == first.id


def test_a_group_is_found_by_its_name_in_any_case(scim):
    group_id = scim.group("Depån i Öst")
    for asked, finds in (('displayName eq "DEPÅN I ÖST"', True), ('displayName sw "depån"', True),
                         ('displayName eq "x" or id pr', True), ('displayName eq "x"', False),
                         ("externalId pr", False)):
        assert (group_id in scim.found("Groups", asked)) == finds, asked
    assert "members" not in scim.get("/Groups?excludedAttributes=members")["Resources"][0]
