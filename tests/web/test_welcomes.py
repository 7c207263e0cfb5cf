"""A traveller from the company's own system signs in the first time."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import scim_users, travellers, welcomes
from domain.messages import Email, Sms
from domain.scim_users import ScimUser
from domain.travellers import Traveller
from jobs import outbox
from sandbox.personas import KARIN
from tests.factories import MORNING, NOBODY
from tests.signing_in import sign_in
from tests.web.scim_client import Scim

MOBILE = {"value": "070-174 06 05", "type": "mobile"}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def scim(app, db, make, company):
    make.sync_key(company)
    return Scim(app, db)


@pytest.fixture
def karin(make):
    """Somebody who can sign in, and is nobody in the company."""
    return make.clerk(given_name="Karin", surname="Lindqvist", number=KARIN.personal_number)


def link(db):
    db.rollback()
    db.expire_all()
    letters = [*db.scalars(select(Email)), *db.scalars(select(Sms))]
    secret = max(letters, key=lambda letter: letter.put_at).values["secret"]
    return f"/resa/valkommen/{secret}"


def personnummer(db, traveller):
    db.rollback()
    db.expire_all()
    sealed = db.get_one(Traveller, traveller.id).personnummer_sealed
    return sealed and db.info["vault"].open(sealed, "personnummer")


def test_a_link_leads_by_bankid_to_being_a_traveller(browser, db, sandbox, scim):
    traveller = scim.traveller(scim.user())
    path = link(db)
    assert "Bolaget AB har registrerat dig som resenär." in browser.get(path).said
    assert sign_in(browser, sandbox, KARIN, next_path=path).location == path
    page = browser.get(path)
    assert "Är du Anna Ek på Bolaget AB?" in page.said
    answer = browser.post(f"{path}/ja")
    assert (answer.status, answer.location) == (303, "/resa/")
    assert personnummer(db, traveller) == KARIN.personal_number
    assert browser.get("/resa/").location.startswith("/villkor")
    assert browser.post(f"{path}/ja").status == 409
    assert "Länken är använd" in browser.get(path).said


def test_the_letter_has_the_link_and_goes_by_text_message_without_an_address(
        db, scim, portal, world, stage):
    scim.user(emails=[], phoneNumbers=[MOBILE])
    path = link(db)
    for message_id in world.queue.rung:
        outbox.deliver(portal, message_id)
    [text] = stage.phones.texts("+46701740605")
    assert text.endswith(f"http://portal.example{path}")
    assert db.scalars(select(Email)).all() == []


def test_nobody_is_invited_who_cannot_be_reached(scim, db):
    scim.user(emails=[])
    assert [*db.scalars(select(Email)), *db.scalars(select(Sms))] == []


@pytest.mark.parametrize(("first", "then"), [
    ({"active": False}, {"active": True}),
    ({"emails": []}, {"emails": [{"value": "anna@bolaget.example"}]})])
def test_one_is_invited_once_there_is_reason_to(scim, db, first, then):
    user_id = scim.user(**first)
    assert db.scalars(select(Email)).all() == []
    for _time in range(2):
        scim.patch(f"/Users/{user_id}", {"op": "replace", "value": then})
    assert db.scalars(select(Email)).one().template == "welcome"


def test_a_link_that_has_run_out_lets_nobody_in(browser, db, sandbox, scim, clock):
    scim.user()
    path = link(db)
    clock.at += timedelta(days=31)
    assert "Länken har gått ut" in browser.get(path).said
    assert sign_in(browser, sandbox, KARIN, next_path=path).location == "/logga-in/okand"


def test_a_new_link_takes_the_place_of_the_old(browser, db, make, company, scim, clock):
    traveller = scim.traveller(scim.user())
    old = link(db)
    clock.at += timedelta(minutes=1)
    browser.log_in(make.admin(company))
    page = browser.get(f"/foretag/resenarer/{traveller.id}")
    assert "Har inte loggat in än" in page.said
    answer = browser.post(f"/foretag/resenarer/{traveller.id}/valkommen")
    assert answer.location == f"/foretag/resenarer/{traveller.id}"
    assert link(db) != old
    assert browser.get(old).status == 404
    assert browser.get(link(db)).status == 200


def test_one_who_has_signed_in_is_not_invited_again(browser, make, company):
    traveller = make.traveller(company)
    browser.log_in(make.admin(company))
    assert browser.post(f"/foretag/resenarer/{traveller.id}/valkommen").status == 409
    assert "Har inte loggat in än" not in browser.get(f"/foretag/resenarer/{traveller.id}").said


@pytest.mark.parametrize("had_left", [False, True])
def test_one_who_was_a_traveller_already_goes_on_as_that_one(browser, db, make, company, scim,
                                                             karin, had_left):
    known = make.traveller(company, "Karin", "Lindqvist", number=KARIN.personal_number,
                           email="old@bolaget.example", mobile=None)
    if had_left:
        with make.store.transaction(db):
            travellers.end(db, db.get_one(Traveller, known.id), by=NOBODY, now=MORNING)
    user_id = scim.user()
    new = scim.traveller(user_id)
    assert browser.log_in(karin, accepted=False).post(f"{link(db)}/ja").status == 303
    db.rollback()
    db.expire_all()
    assert scim.traveller(user_id).id == known.id
    assert db.get_one(Traveller, known.id).ended_at is None
    assert db.get_one(Traveller, known.id).email == "anna.ek@bolaget.example"
    assert db.get_one(Traveller, new.id).ended_at is not None
    scim.patch(f"/Users/{user_id}", {"op": "replace", "value": {"active": False}})
    assert db.get_one(Traveller, known.id).ended_at is not None


def test_two_users_are_not_the_same_person(browser, db, scim, karin, clock):
    scim.user()
    browser.log_in(karin, accepted=False)
    browser.post(f"{link(db)}/ja")
    clock.at += timedelta(minutes=1)
    scim.user("other@bolaget.example")
    answer = browser.post(f"{link(db)}/ja")
    assert (answer.status, "Du är redan resenär hos samma företag." in answer.said) == (409, True)
    assert len(db.scalars(select(ScimUser)).all()) == 2
    assert scim_users.of_traveller(db, db.scalars(select(ScimUser.traveller_id)).first())


def test_a_link_to_nothing_is_not_found(browser, karin, db):
    assert browser.get("/resa/valkommen/nothing").status == 404
    assert browser.log_in(karin, accepted=False).post("/resa/valkommen/x/ja").status == 404
    assert not welcomes.admits(db, "nothing", now=MORNING)
