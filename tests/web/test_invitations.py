from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import administrators, invitations
from domain.access import Role
from domain.invitations import Invitation, State
from domain.messages import Email
from domain.people import Person
from sandbox.personas import KARIN, OSKAR
from tests import files
from tests.signing_in import sign_in

NEW = "/foretag/administratorer/inbjudan"
LINK = "/inbjudan/a-secret"
TYPED = {"name": "Oskar Dahl", "email": "oskar@bolaget.example", "role": "company_admin"}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def karin(make, company):
    return make.admin(company, given_name="Karin", surname="Lind", number=KARIN.personal_number)


@pytest.fixture
def invitation(make, karin):
    return make.invitation(karin, name="Oskar Dahl", secret="a-secret")


def state(db, invitation):
    db.rollback()
    db.expire_all()
    return db.get(Invitation, invitation.id).state


def test_somebody_is_invited_by_e_mail(browser, db, company, karin):
    answer = browser.log_in(karin).post(NEW, TYPED)
    assert (answer.status, answer.location) == (303, "/foretag/administratorer/")
    assert "Inbjudan är skickad till oskar@bolaget.example." in browser.get(answer.location).said
    [invitation] = invitations.unanswered(db, company.id)
    assert (invitation.name, invitation.role) == ("Oskar Dahl", Role.COMPANY_ADMIN)
    secret = db.scalars(select(Email)).one().values["secret"]
    assert browser.get(f"/inbjudan/{secret}").status == 200


def test_somebody_is_invited_to_some_departments(browser, db, make, company, karin):
    verkstad = make.department(company)
    browser.log_in(karin).post(NEW, TYPED | {"role": "department_admin",
                                             "departments": [str(verkstad.id)]})
    [invitation] = invitations.unanswered(db, company.id)
    assert [room.department_id for room in invitation.rooms] == [verkstad.id]


@pytest.mark.parametrize(("typed", "said"), [
    ({"email": "oskar"}, "E-postadressen"), ({"name": ""}, "Fyll i det här."),
    ({"role": "department_admin"}, "Välj minst en avdelning."),
    ({"role": "clerk"}, "Välj ett av alternativen."),
    ({"departments": ["00000000-0000-4000-8000-000000000001"]}, "Välj ett av alternativen.")])
def test_what_will_not_do_is_told_and_nobody_is_invited(browser, db, company, karin, typed, said):
    page = browser.log_in(karin).post(NEW, TYPED | typed)
    assert (page.status, said in page.said) == (422, True)
    assert invitations.unanswered(db, company.id) == []


def test_the_link_tells_anyone_who_invites_to_what(browser, make, company, karin):
    make.invitation(karin, make.department(company), name="Oskar Dahl", secret="a-secret")
    page = browser.get(LINK)
    assert page.status == 200
    for said in ("Bli administratör för Bolaget AB", "Karin Lind bjuder in dig.", "Oskar Dahl",
                 "Verkstad", "fre 4 dec"):
        assert said in page.said
    assert f"/logga-in?next={LINK}" in page.links()


def test_somebody_unknown_signs_in_by_it_says_yes_and_begins(browser, sandbox, db, company,
                                                             invitation):
    answer = sign_in(browser, sandbox, OSKAR, next_path=LINK)
    assert answer.location == LINK
    assert "Du tackar ja som Oskar Dahl" in browser.get(LINK).said
    answer = browser.post(f"{LINK}/ja")
    assert (answer.status, answer.location) == (303, "/foretag/")
    assert browser.get("/foretag/").location == "/villkor/godkannande?next=/foretag/"
    db.rollback()
    assert {post.person.name for post in administrators.listed(db, company.id)} == {
        "Karin Lind", "Oskar Dahl"}


def test_opened_again_by_the_same_person_it_leads_to_their_first_page(browser, sandbox, invitation):
    sign_in(browser, sandbox, OSKAR, next_path=LINK)
    browser.post(f"{LINK}/ja")
    assert browser.get(LINK).location == "/foretag/"
    browser.post("/logga-ut")
    assert "Inbjudan är använd" in browser.get(LINK).said


def test_somebody_unknown_may_say_no(browser, sandbox, db, company, invitation):
    sign_in(browser, sandbox, OSKAR, next_path=LINK)
    answer = browser.post(f"{LINK}/nej")
    assert (answer.status, answer.location) == (303, "/")
    assert state(db, invitation) == State.DECLINED
    assert "Svaret blev nej" in browser.get(LINK).said


@pytest.mark.parametrize("path", [
    "/inbjudan/another", "/inbjudan/", "/foretag/", "/inbjudan/a-secret/../..", f"{LINK}/ja"])
def test_no_other_way_lets_somebody_unknown_in(browser, sandbox, db, invitation, path):
    assert sign_in(browser, sandbox, OSKAR, next_path=path).location == "/logga-in/okand"
    assert db.scalar(select(Person).where(Person.surname == "Dahl")) is None


@pytest.mark.parametrize("verb", ["withdraw", "expire", "accept"])
def test_a_link_that_is_over_says_so_and_lets_nobody_in(browser, sandbox, db, store, make, karin,
                                                        clock, invitation, verb):
    said = {"withdraw": "Inbjudan är tillbakatagen", "expire": "Inbjudan har gått ut",
            "accept": "Inbjudan är använd"}[verb]
    with store.transaction(db):
        if verb == "withdraw":
            invitations.withdraw(db, invitation, by=make.actor(karin), now=clock.at)
        if verb == "accept":
            by = make.actor(make.clerk())
            invitations.accept(db, invitation, by=by, now=clock.at)
    if verb == "expire":
        clock.at += timedelta(days=15)
    page = browser.get(LINK)
    assert (page.status, said in page.said) == (200, True)
    assert sign_in(browser, sandbox, OSKAR, next_path=LINK).location == "/logga-in/okand"
    browser.log_in(make.admin(make.company("Annat AB")))
    assert browser.post(f"{LINK}/ja").status == 409
    assert browser.post(f"{LINK}/nej").status == 409


def test_a_link_that_never_was_is_not_found(browser, invitation):
    page = browser.get("/inbjudan/another")
    assert (page.status, "Länken gäller inte." in page.said) == (404, True)


def test_an_administrator_of_another_company_is_told_why_not(browser, db, make, invitation):
    browser.log_in(make.admin(make.company("Annat AB")))
    page = browser.get(LINK)
    assert "Du är redan administratör för ett annat företag" in page.said
    assert [form["action"] for form in page.all("form") if LINK in form["action"]] == []
    assert browser.post(f"{LINK}/ja").status == 409
    assert state(db, invitation) == State.OPEN


def test_a_stranger_cannot_answer(browser, db, invitation):
    assert browser.post(f"{LINK}/ja").location == "/logga-in"
    assert state(db, invitation) == State.OPEN


def test_it_is_sent_again_with_a_new_link(browser, db, karin, invitation):
    answer = browser.log_in(karin).post(f"{NEW}/{invitation.id}/ny-lank")
    assert (answer.status, answer.location) == (303, "/foretag/administratorer/")
    assert browser.get(LINK).status == 404
    db.rollback()
    db.expire_all()
    assert len({each.values["secret"] for each in db.scalars(select(Email))}) == 2


def test_it_is_withdrawn(browser, db, karin, invitation):
    browser.log_in(karin).post(f"{NEW}/{invitation.id}/aterkallande")
    assert state(db, invitation) == State.WITHDRAWN
    assert "Oskar Dahl" not in browser.get("/foretag/administratorer/").said.replace(
        "Inbjudan till Oskar Dahl är tillbakatagen.", "")


def test_another_companys_invitation_is_not_found(browser, make, invitation):
    browser.log_in(make.admin(make.company("Annat AB")))
    for act in ("ny-lank", "aterkallande"):
        assert browser.post(f"{NEW}/{invitation.id}/{act}").status == 404


def test_who_says_yes_works_in_the_new_post_also_when_they_stand_in_elsewhere(browser, make,
                                                                              company, invitation):
    other = make.company("Annat AB")
    rut = make.as_person(make.traveller(other, "Rut", "Ek"))
    make.deputyship(make.admin(other, given_name="Eva"), rut)
    browser.log_in(rut)
    assert "Annat AB" in browser.get("/foretag/").said
    browser.post(f"{LINK}/ja")
    assert "Bolaget AB" in browser.get("/villkor/godkannande").said or \
        "Bolaget AB" in browser.get("/foretag/").said


def test_the_file_tells_who_has_not_answered(browser, karin, invitation):
    browser.log_in(karin)
    [row] = files.table(browser, "/foretag/administratorer/inbjudna.csv")[1:]
    assert row == ["Oskar Dahl", "anna@bolaget.example", "Hela företaget", "2026-11-20 08:00",
                   str(invitation.last_on)]
