from datetime import date

import pytest
from sqlalchemy import select

from domain.audit import Act, Event
from domain.identity import token_hash
from domain.scim_tokens import ScimToken
from tests.web.scim_client import Scim

KEYS = "/foretag/installningar/synkronisering/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def karin(make, company):
    return make.admin(company, given_name="Karin", surname="Lind")


def tokens(db):
    db.rollback()
    db.expire_all()
    return list(db.scalars(select(ScimToken)))


def test_a_key_is_shown_once_and_only_its_hash_is_kept(app, browser, db, karin):
    shown = browser.log_in(karin).post(f"{KEYS}ny", {"name": "Entra", "last_on": ""})
    [secret] = [each["value"] for each in shown.all("input") if each.get("id") == "secret"]
    [address] = [each["value"] for each in shown.all("input") if each.get("id") == "address"]
    assert (shown.status, len(secret), address) == (200, 43, "http://portal.example/scim/v2")
    [token] = tokens(db)
    assert (token.secret_hash, token.last_on) == (token_hash(secret), None)
    scim = Scim(app, db, secret)
    assert scim.get("/Users")["totalResults"] == 0
    listed = browser.get(KEYS)
    assert secret not in listed.response.text
    for said in ("Entra", "av Karin Lind", "tills vidare", "12:00"):
        assert said in listed.said
    assert "Skapade nyckeln Entra för synkronisering." in browser.get("/foretag/handelser/").said


def test_a_form_that_is_sent_twice_makes_one_key(browser, db, karin):
    form = {"name": "Entra", "form_key": "5c2ab4a1-7d1f-4c51-8b3e-0b54a1b2c3d4"}
    browser.log_in(karin).post(f"{KEYS}ny", form)
    again = browser.post(f"{KEYS}ny", form)
    assert (again.status, again.location, len(tokens(db))) == (303, KEYS, 1)


@pytest.mark.parametrize(("typed", "said"), [
    ({"name": ""}, "Fyll i det här."), ({"last_on": "2026-11-19"}, "Dagen har redan varit."),
    ({"last_on": "2028-12-01"}, "högst två år"), ({"last_on": "snart"}, "Skriv datumet")])
def test_what_is_wrong_with_a_key_is_said_beside_the_field(browser, db, karin, typed, said):
    answer = browser.log_in(karin).post(f"{KEYS}ny", {"name": "Entra", "last_on": ""} | typed)
    assert (answer.status, said in answer.said, tokens(db)) == (422, True, [])


def test_a_key_that_is_revoked_is_listed_no_more(browser, db, make, karin):
    token = make.sync_key(by=karin, last_on=date(2027, 1, 1))
    answer = browser.log_in(karin).post(f"{KEYS}{token.id}/aterkallande")
    assert (answer.status, answer.location) == (303, KEYS)
    listed = browser.get(KEYS)
    assert "fungerar inte längre" in listed.said
    assert "Inget system är kopplat" in listed.said
    assert browser.post(f"{KEYS}{token.id}/aterkallande").status == 409
    assert tokens(db)[0].revoked_at is not None
    assert db.scalars(select(Event).where(Event.act == Act.SYNC_KEY_REVOKED)).one()


def test_a_key_that_has_run_out_is_told(browser, clock, make, company, karin):
    make.sync_key(by=karin, last_on=date(2026, 11, 20))
    assert "har gått ut" not in browser.log_in(karin).get(KEYS).said
    clock.at = clock.at.replace(day=21, hour=1)
    assert "har gått ut" in browser.log_in(make.admin(company)).get(KEYS).said


def test_another_companys_key_is_not_found(browser, make, karin):
    theirs = make.sync_key(make.company("Andra AB"))
    assert browser.log_in(karin).post(f"{KEYS}{theirs.id}/aterkallande").status == 404


def test_the_way_to_the_keys_is_among_the_settings(browser, karin):
    assert KEYS in browser.log_in(karin).get("/foretag/installningar/").links()
