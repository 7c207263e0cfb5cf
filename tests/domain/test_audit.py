import pytest

from domain import audit
from domain.audit import Act
from domain.errors import NotFound
from tests.conftest import NOON


@pytest.fixture
def company(make):
    return make.company()


def test_events_of_one_and_the_same_moment_are_each_read_once(db, store, make, company):
    with store.transaction(db):
        for number in range(12):
            audit.record(db, Act.TRAVELLER_ADDED, None, company_id=company.id, by=None, now=NOON,
                         traveller=str(number))
    read, page = [], audit.latest(db, company_id=company.id, most=5)
    read += page.rows
    while page.after:
        page = audit.latest(db, company_id=company.id, most=5, after=page.after)
        read += page.rows
    assert len(read) == len({event.id for event in read}) == 13  # the first department too
    assert [event.at for event in read] == sorted((event.at for event in read), reverse=True)


def test_a_company_reads_only_its_own(db, make, company):
    make.traveller(make.company())
    [event] = audit.latest(db, company_id=company.id).rows
    assert (event.act, event.details) == (Act.DEPARTMENT_ADDED, {"department": "Huvudavdelning"})


def test_when_a_ticket_is_used_is_not_the_companys_to_read(db, store, make, company):
    traveller = make.traveller(company)
    with store.transaction(db):
        audit.record(db, Act.TICKET_ACTIVATED, traveller.id, company_id=None, by=None, now=NOON)
    acts = [event.act for event in audit.about(db, traveller.id, company_id=company.id)]
    assert acts == [Act.TRAVELLER_ADDED]


def test_an_event_keeps_the_name_of_who_did_it(db, store, make, company):
    actor = make.actor(make.admin(company))
    with store.transaction(db):
        audit.record(db, Act.TRAVELLER_ADDED, None, company_id=company.id, by=actor, now=NOON)
    newest = audit.latest(db, company_id=company.id).rows[0]
    assert (newest.by_name, newest.by_person_id) == ("Åsa Öberg", actor.person_id)


@pytest.mark.parametrize("mark", ["nonsense", "2026|", "0001-01-01T00:00:00|x", "\0"])
def test_a_page_that_is_no_page_is_not_found(db, company, mark):
    with pytest.raises(NotFound):
        audit.latest(db, company_id=company.id, after=mark)
