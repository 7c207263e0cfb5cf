from datetime import timedelta

import pytest

from domain import acceptances, terms, travellers
from domain.errors import NotFound
from domain.terms import Kind
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY, personnummer
from tests.queries import queries


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def accept(store, db, make):
    def accept(person, kinds=(Kind.TRAVEL,), *, at=NOON):
        with store.transaction(db):
            terms.accept(db, kinds, by=make.actor(person), now=at)
        return person
    return accept


def listed(db, company, **asked):
    return [(each.name, each.kind) for each in acceptances.listed(db, company.id, **asked).rows]


def test_the_companys_own_are_listed_the_newest_first(db, make, company, accept):
    accept(make.as_person(make.traveller(company, "Rut", "Ek")))
    accept(make.admin(company, given_name="Karin", surname="Lind"), [Kind.COMPANY],
           at=NOON + timedelta(hours=1))
    accept(make.admin(make.company("Annat AB")))
    assert listed(db, company) == [("Karin Lind", "company"), ("Rut Ek", "travel")]


def test_who_has_left_is_not_the_companys_to_follow(store, db, make, company, accept):
    traveller = make.traveller(company)
    accept(make.as_person(traveller))
    with store.transaction(db):
        travellers.end(db, traveller, by=NOBODY, now=MORNING)
    assert listed(db, company) == []


def test_what_a_traveller_is_elsewhere_is_not_told(db, make, company, accept):
    make.traveller(company, "Rut", "Ek", number=personnummer(1))
    rut = make.admin(make.company("Annat AB"), given_name="Rut", surname="Ek",
                     number=personnummer(1))
    accept(rut, [Kind.TRAVEL, Kind.COMPANY])
    assert listed(db, company) == [("Rut Ek", "travel")]


def test_a_traveller_is_called_what_the_company_calls_them(db, make, company, accept):
    make.traveller(company, "Skyddad", "Person", number=personnummer(1))
    accept(make.person("Rut", "Hemlig", number=personnummer(1)))
    assert listed(db, company) == [("Skyddad Person", "travel")]


def test_a_name_is_found_by_its_parts_in_any_case(db, make, company, accept):
    accept(make.as_person(make.traveller(company, "Åsa", "Östlund")))
    accept(make.admin(company, given_name="Örjan", surname="Åberg"))
    assert listed(db, company, search="ÖST åsa") == [("Åsa Östlund", "travel")]
    assert listed(db, company, search="åberg") == [("Örjan Åberg", "travel")]
    assert listed(db, company, search="%") == []


def test_older_ones_are_a_page_away_and_each_is_listed_once(db, make, company, accept):
    for number in range(3):
        accept(make.as_person(make.traveller(company, f"nr {number}", number=None)),
               [Kind.TRAVEL, Kind.PRIVACY])
    seen, page = [], acceptances.listed(db, company.id, most=2)
    seen += page.rows
    while page.after:
        page = acceptances.listed(db, company.id, most=2, after=page.after)
        seen += page.rows
    assert len({each.id for each in seen}) == len(seen) == 6


@pytest.mark.parametrize("mark", ["x", "2026-11-20|x", "x|" + 8 * "0", "0001-01-01T00:00+14:00|x"])
def test_a_page_that_is_no_page_is_not_found(db, company, mark):
    with pytest.raises(NotFound):
        acceptances.listed(db, company.id, after=mark)


def test_the_list_asks_as_much_at_three_as_at_one(store, db, make, company, accept):
    accept(make.as_person(make.traveller(company)))
    with queries(store) as at_one:
        listed(db, company)
    for _ in range(2):
        accept(make.as_person(make.traveller(company)))
    with queries(store) as at_three:
        listed(db, company)
    assert len(at_three) == len(at_one)
