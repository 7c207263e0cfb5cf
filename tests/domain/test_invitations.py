from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import administrators, audit, invitations, logins
from domain.access import Role, Scope
from domain.audit import Act
from domain.errors import Conflict, Invalid, NotFound
from domain.invitations import State
from domain.messages import Email
from tests.conftest import NOON
from tests.factories import MORNING, personnummer


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def karin(make, company):
    return make.admin(company, given_name="Karin", surname="Lind", email="karin@bolaget.example")


@pytest.fixture
def anna(make, store, db):
    """Somebody whom BankID knows and nobody else."""
    with store.transaction(db):
        logins.begin(db, personnummer(900), given_name="Anna", surname="Ek", token="anna",
                     language="sv", invited=True, now=NOON)
    return logins.actor(db, "anna", now=NOON)


def accept(store, db, invitation, by, now=NOON):
    with store.transaction(db):
        return invitations.accept(db, invitation, by=by, now=now)


def letters(db):
    return [(each.template, each.to) for each in db.scalars(select(Email).order_by(Email.put_at))]


def acts(db, company):
    return [event.act for event in audit.latest(db, within=Scope(company.id)).rows]


def test_an_invitation_is_sent_and_only_a_hash_of_its_secret_is_kept(db, make, karin):
    invitation = make.invitation(karin, secret="a secret")
    assert letters(db) == [("invitation", "anna@bolaget.example")]
    assert b"a secret" not in invitation.secret_hash
    assert invitations.with_secret(db, "a secret") == invitation
    with pytest.raises(NotFound):
        invitations.with_secret(db, "another")


def test_it_can_be_answered_until_the_fourteenth_day_is_over_in_sweden(db, make, karin):
    invitation = make.invitation(karin)
    assert invitation.last_on == date(2026, 12, 4)
    over = datetime(2026, 12, 4, 23, tzinfo=UTC)
    assert invitations.admits(db, "a secret", now=over - timedelta(seconds=1))
    assert not invitations.admits(db, "a secret", now=over)


def test_the_days_are_swedish_also_when_the_clocks_change(db, make, karin):
    invitation = make.invitation(karin, at=datetime(2026, 10, 20, 21, 30, tzinfo=UTC))
    assert invitation.last_on == date(2026, 11, 3)
    over = datetime(2026, 11, 3, 23, tzinfo=UTC)
    assert invitations.admits(db, "a secret", now=over - timedelta(seconds=1))
    assert not invitations.admits(db, "a secret", now=over)


def test_who_says_yes_is_an_administrator_and_the_inviter_is_told(store, db, make, company, karin,
                                                                  anna):
    verkstad = make.department(company)
    invitation = make.invitation(karin, verkstad)
    accept(store, db, invitation, anna)
    assert (invitation.state, invitation.person_id, invitation.answered_at) == (
        State.ACCEPTED, anna.person_id, NOON)
    post = administrators.own(db, anna.person_id)
    assert (post.role, [room.department_id for room in post.rooms], post.person.email) == (
        Role.DEPARTMENT_ADMIN, [verkstad.id], "anna@bolaget.example")
    assert letters(db)[-1] == ("invitation_accepted", "karin@bolaget.example")
    assert acts(db, company)[:2] == [Act.ADMINISTRATOR_ADDED, Act.INVITATION_SENT]


def test_it_is_answered_once(store, db, make, karin, anna):
    invitation = make.invitation(karin)
    accept(store, db, invitation, anna)
    assert not invitations.admits(db, "a secret", now=NOON)
    with pytest.raises(Conflict):
        accept(store, db, invitation, make.actor(make.as_person(make.traveller())))


def test_who_says_no_is_nothing(store, db, make, company, karin, anna):
    invitation = make.invitation(karin)
    with store.transaction(db):
        invitations.decline(db, invitation, by=anna, now=NOON)
    assert (invitation.state, administrators.own(db, anna.person_id)) == (State.DECLINED, None)
    assert acts(db, company)[0] == Act.INVITATION_DECLINED


def test_what_has_run_out_is_not_accepted(store, db, make, karin, anna):
    with pytest.raises(Conflict):
        accept(store, db, make.invitation(karin), anna, NOON + timedelta(days=15))


def test_what_is_withdrawn_is_not_accepted_also_when_it_had_run_out(store, db, make, karin, anna):
    invitation = make.invitation(karin)
    with store.transaction(db):
        invitations.withdraw(db, invitation, by=make.actor(karin), now=NOON + timedelta(days=30))
    assert invitation.state == State.WITHDRAWN
    with pytest.raises(Conflict):
        accept(store, db, invitation, anna)


def test_sent_again_the_old_link_opens_nothing_and_the_time_starts_over(store, db, make, karin):
    invitation = make.invitation(karin, secret="old")
    by = make.actor(karin)
    with store.transaction(db):
        invitations.send_again(db, invitation, secret="new", by=by, now=NOON + timedelta(days=10))
    with pytest.raises(NotFound):
        invitations.with_secret(db, "old")
    assert invitations.with_secret(db, "new").last_on == date(2026, 12, 14)
    assert len(letters(db)) == 2


def test_an_address_that_is_invited_already_is_told_so(make, karin):
    make.invitation(karin)
    with pytest.raises(Invalid) as refused:
        make.invitation(karin, email="ANNA@bolaget.example", secret="another")
    assert refused.value.field == "email"


def test_an_administrator_of_another_company_cannot_say_yes(store, db, make, karin):
    elsewhere = make.actor(make.admin(make.company("Annat AB")))
    invitation = make.invitation(karin)
    with pytest.raises(Conflict, match="ett annat företag"):
        accept(store, db, invitation, elsewhere)
    assert invitation.state == State.OPEN


def test_an_administrator_of_the_same_company_is_one_already(store, db, make, company, karin):
    with pytest.raises(Conflict, match="redan administratör för Bolaget AB"):
        accept(store, db, make.invitation(karin), make.actor(make.admin(company)))


def test_departments_that_have_been_archived_are_not_given(store, db, make, company, karin, anna):
    verkstad, lager = make.department(company), make.department(company, "Lager")
    both, one = make.invitation(karin, verkstad, lager), make.invitation(
        karin, lager, email="b@bolaget.example", secret="b")
    make.archived(lager)
    with pytest.raises(Conflict):
        accept(store, db, one, anna)
    accept(store, db, both, anna)
    assert make.actor(administrators.own(db, anna.person_id).person).departments == {verkstad.id}


def test_two_who_say_yes_at_once_are_one_administrator(store, db, make, company, karin):
    invitation_id, company_id = make.invitation(karin).id, company.id
    those = [make.actor(make.as_person(make.traveller(company))) for _ in range(4)]
    db.rollback()

    def say_yes(by):
        with store.session() as session:
            try:
                with store.transaction(session):
                    invitation = invitations.find(session, invitation_id, within=Scope(company_id))
                    invitations.accept(session, invitation, by=by, now=NOON)
            except Conflict:
                return 0
            return 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(say_yes, those)) == 1
    assert len(administrators.listed(db, company_id)) == 2


def test_those_without_an_answer_are_listed_also_when_they_have_run_out(store, db, make, company,
                                                                        karin, anna):
    old = make.invitation(karin, at=MORNING - timedelta(days=30))
    new = make.invitation(karin, email="ny@bolaget.example", secret="new")
    accepted = make.invitation(karin, email="ja@bolaget.example", secret="yes")
    accept(store, db, accepted, anna)
    assert invitations.unanswered(db, company.id) == [new, old]


def test_another_companys_invitation_is_not_found(db, make, karin):
    with pytest.raises(NotFound):
        invitations.find(db, make.invitation(karin).id, within=Scope(make.company("Annat AB").id))


def test_one_is_forgotten_when_its_last_day_is_long_past(store, db, make, company, karin):
    make.invitation(karin, make.department(company), at=MORNING - timedelta(days=30))
    kept = make.invitation(karin, email="ny@bolaget.example", secret="new")
    with store.transaction(db):
        invitations.forget(db, before=date(2026, 12, 4))
    assert db.scalars(select(invitations.Invitation)).all() == [kept]
