"""SCIM as RFC 7644 has it: keys, refusals, searches, versions."""
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import scim_tokens
from domain.audit import Event
from domain.scim_tokens import ScimToken
from tests.factories import MORNING
from tests.queries import queries
from tests.web.scim_client import USER, Scim, enterprise

NOBODYS = "2f6d1c1e-7f0e-4c55-9a51-0d9d6a1d7c11"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def key(make, company):
    return make.sync_key(company)


@pytest.fixture
def scim(app, db, key):
    return Scim(app, db)


# Keys.


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", "Basic the key", "the key",
                                   "Bearer å"])
def test_nothing_opens_without_a_key(app, key, shown):
    for path in ("/Users", "/ServiceProviderConfig", "/nowhere", "/"):
        answer = app.test_client().get(f"/scim/v2{path}", headers={"Authorization": shown})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.get_json()["status"] == "401"


def test_a_key_that_is_revoked_opens_nothing_at_once(scim, make, key, company, db):
    scim.get("/Users")
    assert scim.status == 200
    with make.store.transaction(db):
        scim_tokens.revoke(db, db.get_one(ScimToken, key.id), by=make.actor(make.admin(company)),
                           now=MORNING)
    scim.get("/Users")
    assert scim.status == 401


def test_a_key_works_on_its_last_day_and_not_the_next(app, db, make, company, clock):
    make.sync_key(company, secret="short", last_on=date(2026, 11, 20))
    scim = Scim(app, db, "short")
    scim.get("/Users")
    assert scim.status == 200
    clock.at += timedelta(days=1)
    scim.get("/Users")
    assert scim.status == 401


def test_it_is_told_once_an_hour_that_a_key_is_used(scim, key, db, clock):
    scim.get("/Users")
    first = db.get_one(ScimToken, key.id).used_at
    clock.at += timedelta(minutes=40)
    scim.get("/Users")
    assert db.get_one(ScimToken, key.id).used_at == first
    clock.at += timedelta(minutes=40)
    scim.get("/Users")
    assert db.get_one(ScimToken, key.id).used_at == first + timedelta(minutes=80)


def test_a_key_that_asks_too_often_waits(scim, store):
    rules = store.session.kw["info"]["rules"]
    store.session.kw["info"]["rules"] = replace(rules, scim_requests_per_hour=2)
    for status in (200, 200, 429):
        scim.get("/Users")
        assert scim.status == status
    assert scim.headers["Retry-After"]


def test_the_log_says_which_key_did_it(scim, db):
    scim.user()
    names = set(db.scalars(select(Event.by_name).where(Event.act == "traveller_added")))
    assert names == {"Synkronisering: Entra"}


# Another company's.


def test_another_companys_things_are_not_found_and_not_changed(app, db, make, scim):
    make.sync_key(make.company("Andra AB"), secret="other")
    other = Scim(app, db, "other")
    theirs, group = other.user(), other.group()
    for path in (f"/Users/{theirs}", f"/Groups/{group}"):
        for method, body in (("GET", None), ("DELETE", None),
                             ("PUT", {"schemas": [USER], "userName": "x", "displayName": "x"}),
                             ("PATCH", {"Operations": [
                                 {"op": "replace", "path": "displayName", "value": "x"}]})):
            scim.ask(method, path, body)
            assert scim.status == 404, (method, path)
    assert scim.get("/Users")["totalResults"] == 0
    assert scim.found("Users", f'id eq "{theirs}"') == []
    assert scim.found("Groups", f'members.value eq "{theirs}"') == []
    ours = scim.group("Vår")
    scim.patch(f"/Groups/{ours}", {"op": "add", "path": "members", "value": [{"value": theirs}]})
    assert scim.status == 400
    assert other.get(f"/Users/{theirs}")["active"] is True


def test_two_companies_may_have_the_same_user_name(app, db, make, scim):
    make.sync_key(make.company("Andra AB"), secret="other")
    assert scim.user() != Scim(app, db, "other").user()


# Users.


def test_a_user_name_is_had_by_one_alone_in_any_case(scim):
    scim.user("Anna.Ek@bolaget.example")
    scim.ask("POST", "/Users", {"schemas": [USER], "userName": "anna.ek@BOLAGET.example"})
    assert (scim.status, scim.said["scimType"]) == (409, "uniqueness")
    other = scim.user("bo@bolaget.example")
    scim.patch(f"/Users/{other}", {"op": "replace", "path": "userName",
                                   "value": "ANNA.EK@bolaget.example"})
    assert (scim.status, scim.said["scimType"]) == (409, "uniqueness")


def test_a_user_has_an_address_and_a_version(scim):
    user_id = scim.user()
    assert scim.headers["Location"] == f"http://portal.example/scim/v2/Users/{user_id}"
    assert scim.headers["ETag"] == scim.said["meta"]["version"]
    assert scim.said["meta"]["resourceType"] == "User"
    assert scim.get(f"/Users/{user_id}")["meta"]["version"] == scim.headers["ETag"]


def test_only_who_has_seen_the_latest_version_may_change_it(scim):
    user_id = scim.user()
    seen = scim.headers["ETag"]
    change = {"op": "replace", "path": "name.givenName", "value": "Annika"}
    scim.patch(f"/Users/{user_id}", change, **{"If-Match": seen})
    assert (scim.status, scim.headers["ETag"] != seen) == (200, True)
    for method in ("PUT", "PATCH", "DELETE"):
        scim.ask(method, f"/Users/{user_id}", {"userName": "x"}, **{"If-Match": seen})
        assert scim.status == 412
    scim.patch(f"/Users/{user_id}", change, **{"If-Match": "*"})
    assert scim.status == 200


def test_attributes_are_chosen_and_left_out(scim):
    user_id = scim.user()
    assert set(scim.get(f"/Users/{user_id}?attributes=userName")) == {
        "schemas", "id", "userName"}
    assert "emails" not in scim.get(f"/Users/{user_id}?excludedAttributes=emails")
    [listed] = scim.get("/Users?attributes=emails.value")["Resources"]
    assert listed["emails"] == [{"value": "anna.ek@bolaget.example"}]


def test_who_has_the_latest_version_is_not_sent_it_again(scim):
    user_id = scim.user()
    scim.get(f"/Users/{user_id}", **{"If-None-Match": scim.headers["ETag"]})
    assert (scim.status, scim.said) == (304, {})


def test_a_wish_that_contradicts_itself_is_refused_before_anything_is_done(scim):
    scim.ask("POST", "/Users?attributes=emails&excludedAttributes=name",
             {"schemas": [USER], "userName": "anna"})
    assert scim.status == 400
    assert scim.get("/Users")["totalResults"] == 0


def test_a_list_is_read_page_by_page(scim):
    ids = [scim.user(f"user{number}@bolaget.example") for number in range(5)]
    seen = []
    for start, size in ((1, 2), (3, 2), (5, 1)):
        said = scim.get(f"/Users?startIndex={start}&count=2")
        assert (said["totalResults"], said["itemsPerPage"], said["startIndex"]) == (5, size, start)
        seen += [each["id"] for each in said["Resources"]]
    assert sorted(seen) == sorted(ids)
    assert scim.get("/Users?count=0")["totalResults"] == 5
    assert scim.said["Resources"] == []
    assert len(scim.get("/Users?startIndex=-3&count=1000000")["Resources"]) == 5
    assert scim.get(f"/Users?startIndex={10**30}")["Resources"] == []
    scim.get("/Users?count=many")
    assert scim.status == 400


@pytest.mark.parametrize(("asked", "finds"), [
    ('userName eq "ANNA@bolaget.example"', True), ('userName eq "bo@bolaget.example"', False),
    ('userName sw "anna"', True), ('userName co "BOLAGET"', True), ('userName ew "%"', False),
    ('userName ne "anna@bolaget.example"', False), ('externalId eq "abc"', True),
    ('externalId eq "ABC"', False), ("externalId pr", True), ("externalId eq null", False),
    ('emails.value eq "Anna@Bolaget.example"', True), ('emails eq "anna@bolaget.example"', True),
    ('emails[type eq "work"].value eq "anna@bolaget.example"', True),
    ('emails[type eq "home" and value eq "anna@bolaget.example"]', False),
    ('phoneNumbers.value eq "070-174 06 05"', True), ('displayName eq "anna ek"', True),
    ("active eq true", True), ("active eq false", False), ("active ne true", False),
    ('not (userName sw "b") and (active eq true or externalId eq "x")', True),
    (f'{USER}:userName eq "anna@bolaget.example"', True),
    ('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber eq "17"', True),
    (f'id eq "{NOBODYS}"', False), ('id eq "no id"', False), ('userName eq "\'; DROP--"', False),
])
def test_a_filter_finds(scim, asked, finds):
    scim.user("anna@bolaget.example", externalId="abc", displayName="Anna Ek",
              phoneNumbers=[{"value": "+46701740605", "type": "mobile"}],
              **enterprise(employeeNumber="17"))
    assert bool(scim.found("Users", asked)) == finds, scim.said
    assert scim.status == 200


@pytest.mark.parametrize("asked", [
    'title eq "x"', "userName", "userName eq", 'userName gt "a"', 'userName eq "a" and',
    "active eq 5", 'active co "t"', 'members.value eq "x"', 'id sw "1"', "userName eq 5",
    "meta.created pr", "(" * 500 + "active pr" + ")" * 500, "not (" * 390 + "active pr" + ")" * 390,
    'userName eq "' + "x" * 3000 + '"'])
def test_a_filter_that_is_not_understood_is_refused(scim, asked):
    scim.found("Users", asked)
    if scim.status != 200:  # deep is fine, as long as it can be read
        assert (scim.status, scim.said["scimType"]) == (400, "invalidFilter")
    else:
        assert asked.count("(") > 300


def test_a_search_may_stand_in_a_body(scim):
    user_id, group_id = scim.user(), scim.group("Anna Ek")
    said = scim.ask("POST", "/Users/.search", {"filter": 'userName sw "anna"', "count": 1})
    assert [each["id"] for each in said["Resources"]] == [user_id]
    said = scim.ask("POST", "/.search", {"filter": "id pr"})
    assert {user_id, group_id} < {each["id"] for each in said["Resources"]}
    said = scim.ask("POST", "/.search", {"filter": 'displayName eq "anna ek"', "startIndex": 1})
    assert [each["id"] for each in said["Resources"]] == [group_id]


def test_a_list_takes_as_many_questions_for_three_as_for_one(scim, store):
    def asked():
        with queries(store) as statements:
            for path in ("/Users", "/Groups"):
                scim.get(path)
        return len(statements)

    scim.group("Ett", scim.user("first@bolaget.example"))
    for_one = asked()
    for number in range(3):
        scim.group(f"Grupp {number}", scim.user(f"user{number}@bolaget.example"))
    assert asked() == for_one


# What cannot be kept is refused, and nothing breaks.


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b"5", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"userName": NaN}',
    b'{"userName": 1' + b"0" * 5000 + b"}", b'{"userName": ""}', b'{"userName": " "}', b"{}",
    b'{"userName": null}', b'{"userName": ["a"]}', b'{"userName": "a\\u0000b"}',
    b'{"userName": "a\\ud800b"}', b'{"userName": "a\\nb"}', b'{"userName": "a", "name": "x"}',
    b'{"userName": "a", "emails": "x"}', b'{"userName": "a", "emails": [5]}',
    b'{"userName": "a", "active": "maybe"}', b'{"userName": "a", "schemas": 5}',
    b'{"userName": "a", "displayName": "' + b"x" * 30_000 + b'"}',
    b'{"userName": "' + b"x" * 300 + b'"}', b'{"userName": "a", "externalId": {"a": 1}}',
    b'{"Operations": 5}', b'{"Operations": []}', b'{"Operations": [5]}',
    b'{"Operations": [{"op": "explode", "path": "active"}]}', b'{"Operations": [{"op": "remove"}]}',
    b'{"Operations": [{"op": "replace", "path": "((", "value": 1}]}',
    b'{"Operations": [{"op": "replace", "path": "active", "value": {"a": []}}]}',
    b'{"Operations": [{"op": "replace", "path": "id", "value": "x"}]}',
    b'{"Operations": [{"op": "remove", "path": "userName"}]}',
    b'{"Operations": [{"op": "add", "path": "members", "value": [{"value": "x"}]}]}',
    b'{"displayName": "a", "members": [{"value": "x"}]}', b'{"displayName": "a", "members": 5}',
    b'{"displayName": " "}', b'{"displayName": "' + b"x" * 200 + b'"}',
    b'{"displayName": "a\\u0007"}'])
def test_hostile_bodies_are_refused_and_change_nothing(app, scim, db, body):
    user_id, group_id = scim.user(), scim.group()
    before = scim.get("/Users"), scim.get("/Groups")
    for method, path in (("POST", "/Users"), ("PUT", f"/Users/{user_id}"),
                         ("PATCH", f"/Users/{user_id}"), ("POST", "/Groups"),
                         ("PUT", f"/Groups/{group_id}"), ("PATCH", f"/Groups/{group_id}")):
        answer = app.test_client().open(
            f"/scim/v2{path}", method=method, data=body,
            headers={"Authorization": "Bearer the key", "Content-Type": "application/scim+json"})
        unknown_here = method == "PATCH" and answer.status_code == 200
        assert unknown_here or 400 <= answer.status_code < 500, (method, path, answer.text)
        assert answer.mimetype == "application/scim+json"
    assert (scim.get("/Users"), scim.get("/Groups")) == before


def test_too_much_is_refused(app, scim):
    for path in ("/Users", "/Groups", "/.search"):
        scim.ask("POST", path, {"userName": "x" * 1_100_000})
        assert scim.status == 413


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/Elsewhere", 404), ("GET", "/Users/1/2", 404), ("GET", "/Users/no-id", 404),
    ("GET", f"/Users/{NOBODYS}", 404), ("DELETE", f"/Groups/{NOBODYS}", 404),
    ("DELETE", "/Users", 405), ("POST", "/Schemas", 405), ("POST", f"/Users/{NOBODYS}", 405),
    ("GET", "/Schemas/none", 404), ("GET", "/Schemas?filter=id pr", 403)])
def test_an_address_that_leads_nowhere_is_refused_as_scim_refuses(scim, method, path, status):
    scim.ask(method, path)
    assert scim.status == status


def test_it_says_what_it_supports(scim):
    said = scim.get("/ServiceProviderConfig")
    assert (said["patch"]["supported"], said["bulk"]["supported"], said["sort"]["supported"],
            said["etag"]["supported"], said["filter"]) == (
        True, False, False, True, {"supported": True, "maxResults": 200})
    assert [each["id"] for each in scim.get("/ResourceTypes")["Resources"]] == ["User", "Group"]
    names = {each["name"] for each in scim.get(f"/Schemas/{USER}")["attributes"]}
    assert names == {"userName", "name", "displayName", "active", "emails", "phoneNumbers"}
