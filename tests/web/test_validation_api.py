import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import recalls
from domain.months import days_later
from domain.products import Product
from domain.validations import Validation
from tests.conftest import NOON
from tests.factories import COUNTY, NOBODY

API = "/api/bob/v3"
TOKEN = {"Authorization": "Bearer the ticket system's"}


class TicketSystem:
    def __init__(self, app):
        self._client = app.test_client()

    def get(self, path, **headers):
        return self._client.get(f"{API}/{path}", headers=headers or TOKEN)

    def post(self, path, body, **headers):
        return self._client.post(f"{API}/{path}", json=body, headers=headers or TOKEN)

    def post_raw(self, path, body):
        return self._client.post(f"{API}/{path}", data=body, content_type="application/json",
                                 headers=TOKEN)


@pytest.fixture
def system(app):
    return TicketSystem(app)


@pytest.fixture
def ticket(make):
    return make.card_ticket(make.card())


def event(**said):
    return {"eventId": "bus-1", "time": "2026-11-20T12:00:00+01:00"} | said


@pytest.mark.parametrize("headers", [
    {"Authorization": ""}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer åäö"},
    {"Authorization": "Basic the ticket system's"}, {"X-BoB-AuthToken": "wrong"}])
@pytest.mark.parametrize("path", ["whitelist", "blacklist"])
def test_without_the_token_nothing_is_told(system, path, headers):
    answer = system.get(path, **headers)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_without_the_token_nothing_is_taken(system, ticket, db):
    assert system.post(f"validation/{ticket.number}", event(), Authorization="x").status_code == 401
    assert system.post("validation", [event()], Authorization="x").status_code == 401
    assert db.scalar(select(Validation)) is None


def test_the_header_of_bob_does_as_well(system):
    assert system.get("whitelist", **{"X-BoB-AuthToken": "the ticket system's"}).status_code == 200


def test_a_portal_without_a_token_has_no_api(system, app, config):
    app.config["PORTAL"] = replace(config, validation_token="")
    assert system.get("whitelist", Authorization="Bearer ").status_code == 404


def test_the_list_tells_what_a_reader_needs_to_know(system, make):
    card = make.card()
    ticket = make.card_ticket(card, Product.FLEX_10_30)
    answer = system.get("whitelist").json
    assert answer["last"] == 1
    assert answer["whitelist"] == [{
        "id": 1, "tokenIssuer": "24", "tokenId": card.number, "frozen": False,
        "ticketId": ticket.number,
        "product": "flex_10_30", "zones": ["181"], "area": None,
        "startsAt": "2026-11-20T07:00:00Z", "activateBy": "2027-11-20T07:00:00Z",
        "minutes": 1440, "priority": 14_400, "activationsLeft": 10, "activatedAt": None,
        "activeUntil": None, "useBy": None, "trial": False}]


def test_a_ticket_for_the_county_names_all_its_zones(system, make):
    make.card_ticket(make.card(), Product.SINGLE, COUNTY)
    [entry] = system.get("whitelist").json["whitelist"]
    assert (entry["zones"], entry["minutes"]) == ([str(zone) for zone in range(181, 189)], 150)


def test_asking_for_more_says_that_the_rest_has_arrived(system, db, ticket):
    last = system.get("whitelist").json["last"]
    db.refresh(ticket)
    assert ticket.available_at is None
    assert system.get(f"whitelist?after={last}").json == {"whitelist": [], "last": last}
    db.rollback()
    db.refresh(ticket)
    assert ticket.available_at == NOON


def test_what_is_recalled_comes_on_the_black_list_once(system, db, store, ticket):
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON)
    first = system.get("blacklist?blacklistEntryId=0").json
    assert [(each["ticketId"], each["reason"]) for each in first["blacklist"]] == [
        (ticket.number, "recalled")]
    assert system.get(f"blacklist?blacklistEntryId={first['last']}").json == {
        "blacklist": [], "last": first["last"]}


@pytest.mark.parametrize("place", ["-1", "x", "1.0", "9" * 40, "٣", "%00"])
def test_a_place_that_is_none_is_refused(system, place):
    assert system.get(f"whitelist?after={place}").status_code == 422
    assert system.get(f"blacklist?blacklistEntryId={place}").status_code == 422


def test_a_tap_starts_the_ticket(system, db, ticket):
    answer = system.post(f"validation/{ticket.number}", event(zone="181", vehicle="buss 4711"))
    assert answer.status_code == 201
    assert answer.json == {
        "eventId": "bus-1", "ticketId": ticket.number, "eventResult": 0, "reason": "ok",
        "activated": True, "activeUntil": days_later(NOON, 30).isoformat()}
    db.refresh(ticket)
    assert ticket.activated_at == NOON


def test_the_same_tap_again_is_answered_the_same(system, ticket):
    first = system.post(f"validation/{ticket.number}", event())
    again = system.post(f"validation/{ticket.number}", event())
    assert (again.status_code, again.json) == (200, first.json)


def test_another_tap_with_the_same_id_is_a_conflict(system, ticket):
    system.post(f"validation/{ticket.number}", event())
    other = system.post(f"validation/{ticket.number}", event(zone=182))
    assert (other.status_code, other.mimetype) == (409, "application/problem+json")


def test_in_another_zone_the_answer_says_so(system, ticket):
    answer = system.post(f"validation/{ticket.number}", event(zone=183)).json
    assert (answer["eventResult"], answer["reason"], answer["activated"]) == (2, "zone", False)


def test_no_vehicle_is_kept(system, db, ticket):
    system.post(f"validation/{ticket.number}", event(zone=181, vehicle="buss 4711"))
    [kept] = db.scalars(select(Validation))
    assert "4711" not in json.dumps([kept.event_id, kept.answer])


@pytest.mark.parametrize("number", ["AAAA-BBBBBB", "nothing", "%00", "å" * 300])
def test_a_ticket_that_is_none_is_told(system, number):
    assert system.post(f"validation/{number}", event()).status_code in (404, 422)


HOSTILE = [
    [], "text", 1, {}, event(eventId=None), event(eventId="x" * 65), event(eventId="å"),
    event(eventId=["1"]), event(time=None), event(time="now"), event(time="2026-11-20T12:00:00"),
    event(time="0001-01-01T00:00:00+14:00"), event(time=1), event(eventResult="x"),
    event(eventResult=-1), event(eventResult=True), event(eventResult=10**30),
    event(zone=1.5), event(zone=[181]), event(zone="9" * 400), event(eventId="\x00"),
    event(time="2027-01-01T00:00:00Z"), event(time="2020-01-01T00:00:00Z")]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: str(body)[:60])
def test_a_body_that_is_none_is_refused_and_starts_nothing(system, db, ticket, body):
    answer = system.post(f"validation/{ticket.number}", body)
    assert (answer.status_code, answer.mimetype) in (
        (422, "application/problem+json"), (400, "application/problem+json"))
    assert answer.json["status"] == answer.status_code
    db.refresh(ticket)
    assert ticket.activated_at is None


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 90_000, b"\xff\xfe", b'{"a":' * 20_000])
def test_what_is_no_json_is_refused(system, ticket, body):
    assert system.post_raw("validation", body).status_code == 400
    assert system.post_raw(f"validation/{ticket.number}", body).status_code == 400


def test_what_is_not_json_by_its_name_is_refused(app):
    answer = app.test_client().post(f"{API}/validation", data="x=1", headers=TOKEN)
    assert (answer.status_code, answer.mimetype) == (415, "application/problem+json")


def test_a_report_is_taken_whole(system, make, db):
    card = make.card()
    tickets = [make.card_ticket(card, Product.SINGLE) for _ in range(3)]
    report = [event(eventId=f"bus-{n}", ticketId=ticket.number, eventResult=0)
              for n, ticket in enumerate(tickets)]
    answer = system.post("validation", report)
    assert answer.status_code == 201
    assert [each["eventId"] for each in answer.json] == ["bus-0", "bus-1", "bus-2"]
    db.rollback()
    for ticket in tickets:
        db.refresh(ticket)
    assert all(ticket.activated_at == NOON for ticket in tickets)


def test_of_a_report_with_a_fault_nothing_is_taken(system, db, ticket):
    good = event(ticketId=ticket.number, eventResult=0)
    for bad in (event(eventId="2", ticketId="AAAA-BBBBBB"), event(eventId="2")):
        assert system.post("validation", [good, bad]).status_code in (404, 422)
    db.refresh(ticket)
    assert (ticket.activated_at, db.scalar(select(Validation))) == (None, None)


@pytest.mark.parametrize("body", [[], {}, [event()] * 1_001])
def test_a_report_of_none_or_too_many_is_refused(system, body):
    assert system.post("validation", body).status_code == 422


def test_a_ride_that_is_reported_late_starts_the_ticket_as_of_then(system, clock, db, ticket):
    clock.at += timedelta(hours=20)
    system.post("validation", [event(ticketId=ticket.number, eventResult=0)])
    db.refresh(ticket)
    assert ticket.activated_at == NOON


def test_no_page_is_told_that_a_card_was_read(system, browser, make, db):
    company = make.company()
    ticket = make.card_ticket(make.card(company))
    browser.log_in(make.admin(company))
    before = browser.get(f"/foretag/skicka-biljett/{ticket.id}").said
    system.post(f"validation/{ticket.number}", event())
    assert browser.get(f"/foretag/skicka-biljett/{ticket.id}").said == before
