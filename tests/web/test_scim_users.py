"""What Entra and Okta send about employees, and what becomes of the travellers."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import business_travel, offers, people, traveller_changes, travellers
from domain.access import Role
from domain.audit import Act, Event
from domain.messages import Email, Sms
from domain.scim_users import ScimUser
from domain.tickets import Ticket
from domain.travellers import Details, Traveller
from tests.factories import MORNING, NOBODY
from tests.web.scim_client import USER, Scim, enterprise

MOBILE = {"value": "070-174 06 05", "type": "mobile"}


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


def changed_in_the_portal(make, db, traveller, **details):
    with make.store.transaction(db):
        found = db.get_one(Traveller, traveller.id)
        traveller_changes.change(db, found, found.department, Details(
            **vars(found.details) | details), by=NOBODY, now=MORNING)


# As Entra sends it.


def test_entras_test_of_the_connection_finds_nobody(scim):
    said = scim.get('/Users?filter=userName+eq+"9b2c0e0e-7d29-4a9e-8f5b-5f0f9c7f3c11"')
    assert (scim.status, said["totalResults"], said["Resources"]) == (200, 0, [])


def test_entra_creates_a_user(scim, db, company):
    user_id = scim.ask("POST", "/Users", {
        "schemas": [USER, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "externalId": "annaek", "userName": "anna.ek@bolaget.onmicrosoft.example", "active": True,
        "displayName": "Anna Ek", "title": "Montör", "preferredLanguage": "sv-SE",
        "emails": [{"primary": True, "type": "work", "value": "anna.ek@bolaget.example"}],
        "meta": {"resourceType": "User"}, "addresses": [{"type": "work", "country": "SE"}],
        "name": {"formatted": "Anna Ek", "familyName": "Ek", "givenName": "Anna"},
        "phoneNumbers": [{"type": "work", "value": "036-19 95 00"},
                         {"type": "mobile", "value": "+46 70 174 06 05"}],
        **enterprise(employeeNumber="1007", department="Okänd", manager={"value": "x"})})["id"]
    assert (scim.status, scim.said["phoneNumbers"][0]["value"]) == (201, "036-19 95 00")
    traveller = scim.traveller(user_id)
    assert str(traveller.id) == user_id
    assert (traveller.name, traveller.email, traveller.mobile, traveller.employee_number) == (
        "Anna Ek", "anna.ek@bolaget.example", "+46701740605", "1007")
    assert (traveller.company_id, traveller.personnummer_index) == (company.id, None)


@pytest.mark.parametrize("operation", [
    {"op": "Replace", "path": "active", "value": "False"},
    {"op": "replace", "value": {"active": False}}, {"op": "Add", "path": "active", "value": False}])
def test_a_user_who_is_switched_off_leaves_and_comes_back_as_the_same(scim, db, make, operation):
    user_id = scim.user(phoneNumbers=[MOBILE])
    traveller = scim.traveller(user_id)
    make.connection(traveller)
    application = make.offer_application(traveller)
    ticket = make.sent_ticket(traveller)
    scim.patch(f"/Users/{user_id}", operation)
    assert (scim.status, scim.said["active"]) == (200, False)
    assert scim.traveller(user_id).ended_at is not None
    assert business_travel.of_traveller(db, scim.traveller(user_id)) is None
    assert db.get_one(offers.OfferApplication, application.id).state == offers.State.WITHDRAWN
    assert db.get_one(Ticket, ticket.id).recalled_at is None
    scim.patch(f"/Users/{user_id}", {"op": "Replace", "path": "active", "value": "True"})
    assert (scim.said["active"], scim.said["id"]) == (True, user_id)
    assert scim.traveller(user_id).ended_at is None
    assert scim.traveller(user_id).id == traveller.id


def test_entra_patches_what_has_changed(scim, make, company):
    verkstad = make.department(company)
    user_id = scim.user()
    scim.patch(
        f"/Users/{user_id}", {"op": "Replace", "path": "displayName", "value": "Anna Berg"},
        {"op": "Replace", "path": "name.familyName", "value": "Berg"},
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "anna@bolaget.example"},
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "070-174 06 05"},
        {"op": "Add", "path": 'addresses[type eq "work"].country', "value": "SE"},
        {"op": "Add", "value": "VERKSTAD", "path":
         "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"})
    assert scim.status == 200, scim.said
    traveller = scim.traveller(user_id)
    assert (traveller.name, traveller.email, traveller.mobile, traveller.department_id) == (
        "Anna Berg", "anna@bolaget.example", "+46701740605", verkstad.id)


def test_a_user_who_is_deleted_leaves_and_comes_back_by_the_external_id(scim, db):
    user_id = scim.user(externalId="anna")
    scim.ask("DELETE", f"/Users/{user_id}")
    assert scim.status == 204
    assert scim.get(f"/Users/{user_id}")["status"] == "404"
    assert db.scalars(select(Traveller)).one().ended_at is not None
    kept = db.scalars(select(ScimUser)).one()
    assert (kept.user_name, kept.said) == ("", {})
    assert scim.user(externalId="anna") == user_id
    assert db.scalars(select(Traveller)).one().ended_at is None
    scim.ask("DELETE", f"/Users/{user_id}")
    assert scim.user(externalId="somebody else") != user_id


# As Okta sends it.


def test_okta_puts_the_whole_user_and_leaves_alone_what_it_never_said(scim, db, make):
    user_id = scim.user()
    changed_in_the_portal(make, db, scim.traveller(user_id), mobile="+46701740609",
                          invoice_mark="Mark")
    scim.ask("PUT", f"/Users/{user_id}", {
        "schemas": [USER], "id": user_id, "userName": "anna.ek@bolaget.example",
        "name": {"givenName": "Anna", "familyName": "Berg"}, "active": True,
        "emails": [{"primary": True, "value": "anna.ek@bolaget.example", "type": "work"}],
        "groups": [], "password": "Secret1"})
    traveller = scim.traveller(user_id)
    assert (scim.status, traveller.name, traveller.mobile, traveller.invoice_mark) == (
        200, "Anna Berg", "+46701740609", "Mark")
    assert "password" not in scim.said


def test_okta_switches_off_by_a_put_and_a_put_without_active_switches_nobody_on(scim):
    user_id = scim.user()
    for active in ({"active": False}, {}):
        scim.ask("PUT", f"/Users/{user_id}", {
            "schemas": [USER], "userName": "anna.ek@bolaget.example", **active})
        assert (scim.status, scim.said["active"]) == (200, False)
    assert scim.traveller(user_id).ended_at is not None


# Who it is.


@pytest.mark.parametrize("same", [
    {"emails": [{"value": "RUT@bolaget.example"}]}, {"phoneNumbers": [MOBILE]},
    enterprise(employeeNumber="17")])
def test_an_employed_traveller_is_taken_over(scim, db, make, company, same):
    rut = make.traveller(company, email="rut@bolaget.example", employee_number="17",
                         mobile="+46701740605")
    other = {"emails": [], "phoneNumbers": []} | same
    assert scim.user("rut@bolaget.onmicrosoft.example", **other) == str(rut.id)
    assert db.scalars(select(Traveller)).one().personnummer_index is not None
    assert db.scalars(select(Email)).all() == []


def test_one_who_is_linked_already_has_left_or_is_one_of_two_is_not_taken_over(scim, db, make,
                                                                             company):
    linked = scim.user("first@bolaget.example", emails=[{"value": "same@bolaget.example"}])
    assert scim.user("second@bolaget.example",
                     emails=[{"value": "same@bolaget.example"}]) != linked
    make.traveller(company, email=None, mobile="+46701740609")
    make.traveller(company, email=None, mobile="+46701740609")
    scim.user("third@bolaget.example", emails=[],
              phoneNumbers=[MOBILE | {"value": "+46701740609"}])
    assert len(db.scalars(select(Traveller)).all()) == 5


@pytest.mark.parametrize(("said", "name"), [
    ({"name": {"formatted": "Ek, Anna Maria"}}, ("Anna Maria", "Ek")),
    ({"name": None, "displayName": "Anna Maria Ek"}, ("Anna Maria", "Ek")),
    ({"name": {"givenName": "Anna"}}, ("Anna", "–")), ({"name": None}, ("Anna", "Ek")),
    ({"name": {"givenName": " Anna \t", "familyName": "E" * 200}}, ("Anna", "E" * 100))])
def test_there_is_always_a_name(scim, said, name):
    traveller = scim.traveller(scim.user("anna.ek@bolaget.example", **said))
    assert (traveller.given_name, traveller.surname) == name


def test_an_alias_is_never_overwritten_and_no_real_name_is_kept(scim, db, make):
    user_id = scim.user(displayName="Anna Ek")
    changed_in_the_portal(make, db, scim.traveller(user_id), given_name="Kim", surname="Alias",
                          protected=True)
    assert "Anna" not in str(db.scalars(select(ScimUser)).one().said)
    scim.patch(f"/Users/{user_id}", {"op": "replace", "value": {
        "name": {"givenName": "Anna", "familyName": "Berg"}, "displayName": "Anna Berg"}})
    assert scim.said["name"] == {"givenName": "Kim", "familyName": "Alias"}
    assert "displayName" not in scim.said
    assert scim.traveller(user_id).name == "Kim Alias"
    assert "Berg" not in str(db.scalars(select(ScimUser)).one().said)


def test_what_is_changed_in_the_portal_is_told_and_stays_until_the_system_says_else(scim, db, make):
    user_id = scim.user(phoneNumbers=[MOBILE], **enterprise(employeeNumber="1"))
    changed_in_the_portal(make, db, scim.traveller(user_id), surname="Berg", email=None,
                          mobile="+46701740609", employee_number="2")
    said = scim.get(f"/Users/{user_id}")
    assert (said["name"]["familyName"], "emails" in said) == ("Berg", False)
    assert said["phoneNumbers"] == [{"value": "+46701740609", "type": "mobile"}]
    scim.patch(f"/Users/{user_id}", {"op": "replace", "path": "displayName", "value": "A B"})
    traveller = scim.traveller(user_id)
    assert (traveller.surname, traveller.email, traveller.mobile, traveller.employee_number) == (
        "Berg", None, "+46701740609", "2")
    scim.patch(f"/Users/{user_id}", {"op": "remove", "path": "phoneNumbers"})
    assert scim.traveller(user_id).mobile is None


def test_what_is_said_again_does_not_overrule_what_is_changed_in_the_portal(scim, db, make):
    user_id = scim.user(phoneNumbers=[MOBILE])
    said = scim.said
    changed_in_the_portal(make, db, scim.traveller(user_id), surname="Berg",
                          mobile="+46701740609")
    scim.ask("PUT", f"/Users/{user_id}", said)
    traveller = scim.traveller(user_id)
    assert (traveller.surname, traveller.mobile) == ("Berg", "+46701740609")
    with make.store.transaction(db):
        travellers.end(db, db.get_one(Traveller, traveller.id), by=NOBODY, now=MORNING)
    scim.ask("PUT", f"/Users/{user_id}", said)
    assert scim.said["active"] is False
    scim.patch(f"/Users/{user_id}", {"op": "replace", "value": {"active": True}})
    assert scim.said["active"] is True


def test_what_is_said_of_one_who_has_left_holds_when_they_come_back(scim, make, company):
    verkstad = make.department(company)
    user_id = scim.user()
    scim.patch(f"/Users/{user_id}", {"op": "replace", "value": {"active": False}})
    scim.patch(f"/Users/{user_id}", {"op": "replace", "value": {
        "name": {"givenName": "Anna", "familyName": "Berg"}, "phoneNumbers": [MOBILE],
        **enterprise(department="Verkstad")}})
    assert (scim.status, scim.traveller(user_id).surname) == (200, "Ek")
    scim.patch(f"/Users/{user_id}", {"op": "replace", "value": {"active": True}})
    traveller = scim.traveller(user_id)
    assert (traveller.surname, traveller.mobile, traveller.department_id) == (
        "Berg", "+46701740605", verkstad.id)


def test_the_same_said_again_leaves_no_trace_in_the_log(scim, db):
    user_id = scim.user()
    before = len(db.scalars(select(Event.seq)).all())
    scim.ask("PUT", f"/Users/{user_id}", scim.get(f"/Users/{user_id}"))
    assert scim.status == 200, scim.said
    assert len(db.scalars(select(Event.seq)).all()) == before


def test_a_new_number_is_connected_anew(scim, db, make):
    user_id = scim.user(phoneNumbers=[MOBILE])
    make.connection(scim.traveller(user_id), registered=True)
    scim.patch(f"/Users/{user_id}", {
        "op": "replace", "path": 'phoneNumbers[type eq "mobile"].value', "value": "070-174 06 09"})
    assert db.scalars(select(Event).where(Event.act == Act.TRAVEL_RECONNECTED)).all()
    assert "+46701740609" in [sms.to for sms in db.scalars(select(Sms))]


def test_a_number_that_is_not_mobile_is_kept_but_not_used(scim):
    user_id = scim.user(phoneNumbers=[{"value": "036-19 95 00", "type": "work"}, {"value": "x"}])
    assert scim.traveller(user_id).mobile is None
    assert [each["value"] for each in scim.get(f"/Users/{user_id}")["phoneNumbers"]] == [
        "036-19 95 00", "x"]


def test_an_administrator_who_is_switched_off_keeps_the_post(scim, db, make, company):
    karin = make.admin(company, given_name="Karin", surname="Lind")
    number = db.info["vault"].open(karin.personnummer_sealed, "personnummer")
    make.traveller(company, "Karin", "Lind", number=number, email="karin@bolaget.example")
    user_id = scim.user("karin@bolaget.example")
    scim.patch(f"/Users/{user_id}", {"op": "replace", "value": {"active": False}})
    assert karin.id in [each.id for each in people.administrators(db, company.id)]
    assert Role.COMPANY_ADMIN in make.actor(karin).roles


def test_one_whom_the_company_has_ended_is_told_as_inactive(scim, db, make):
    user_id = scim.user()
    with make.store.transaction(db):
        travellers.end(db, db.scalars(select(Traveller)).one(), by=NOBODY, now=MORNING)
    assert scim.get(f"/Users/{user_id}")["active"] is False
    assert scim.found("Users", "active eq false") == [user_id]
