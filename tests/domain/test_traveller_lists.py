from dataclasses import replace
from datetime import timedelta
from itertools import pairwise, product

import pytest

from domain import business_travel, leavers, standings, traveller_lists
from domain import messages as sms
from domain.access import Scope
from domain.codes import OneTimeCode
from domain.errors import NotFound
from domain.messages import Sms
from domain.services import Service
from domain.travel_states import Reach
from domain.traveller_lists import Order, Sort
from domain.traveller_searches import Search, Whom
from tests.conftest import NOON
from tests.factories import NOBODY, personnummer


@pytest.fixture
def company(make):
    return make.company()


def listed(db, company, search=None, order=traveller_lists.BY_NAME, **kwargs):
    return traveller_lists.listed(db, search or Search(), order, within=Scope(company.id),
                                  now=NOON, **kwargs)


def names(db, company, words="", **asked):
    return [row.name for row in listed(db, company, Search(words, **asked)).rows]


@pytest.mark.parametrize("words", [
    "ek", "alva EK", "EK ALVA", "lv", "1042", "10", "A-77", "070-174 06 07", "+46701740607",
    "0046 70 174 06 07", "(0)70 174 06 07", "070-17", "+46 70 17", "alva.ek@bolaget", "ALVA.EK",
    personnummer(7), f"{personnummer(7)[2:8]}-{personnummer(7)[8:]}", f"{personnummer(7)[:8]}-••••",
])
def test_a_traveller_is_found_by_any_part_of_the_name_and_by_every_number(db, make, company, words):
    number = "A-77" if words == "A-77" else "1042"
    make.traveller(company, "Alva", "Ek", number=personnummer(7), mobile="+46701740607",
                   employee_number=number, email="Alva.Ek@bolaget.example")
    make.traveller(company, "Bo", "Östman", number=personnummer(17), mobile="+46721740608",
                   employee_number="2", email="bo@x.example")
    assert names(db, company, words) == ["Alva Ek"]


@pytest.mark.parametrize("words", ["%", "_", "alva bo", "19700101", "\0x", "174", "+"])
def test_what_matches_nobody_finds_nobody_and_signs_mean_nothing(db, make, company, words):
    make.traveller(company, "Alva", "Ek")
    assert names(db, company, words) == []


def test_a_search_never_leaves_the_scope(db, make, company):
    theirs = make.traveller(make.company(), "Alva", "Ek", number=personnummer(7))
    verkstad, lager = make.department(company), make.department(company, "Lager")
    make.traveller(department=lager, given_name="Alva", surname="Ek", number=personnummer(7))
    within = Scope(company.id, frozenset({verkstad.id}))
    for search in (Search("ek"), Search(personnummer(7)), Search(department_id=lager.id),
                   Search(department_id=theirs.department_id), Search(reach=Reach.NOT_CONNECTED)):
        assert traveller_lists.listed(db, search, within=within, now=NOON).total == 0


def test_those_who_have_left_or_will_are_shown_when_asked_for(db, store, make, company):
    here, leaving, gone = (make.traveller(company, name) for name in "ABC")
    with store.transaction(db):
        leavers.plan(db, leaving, NOON.date() + timedelta(days=9), recall=False, by=NOBODY,
                     now=NOON)
        leavers.leave(db, gone, by=NOBODY, now=NOON)
    assert [[row.id for row in listed(db, company, Search(whom=whom)).rows] for whom in Whom] == [
        [here.id, leaving.id], [leaving.id], [gone.id]]


def test_a_service_is_had_unless_company_department_or_traveller_lacks_it(db, store, make, company):
    verkstad = make.department(company)
    anyone, _there, without = (
        make.traveller(company, "A"), make.traveller(department=verkstad, given_name="B"),
        make.traveller(company, "C"))
    with store.transaction(db):
        verkstad.services = [Service.SEND_TICKET, Service.STAFF_OFFER]
        without.services = [Service.SEND_TICKET]
    asked = Search(service=Service.BUSINESS_TRAVEL)
    assert [row.id for row in listed(db, company, asked).rows] == [anyone.id]
    with store.transaction(db):
        company.services = [Service.SEND_TICKET]
    assert listed(db, company, asked).rows == []
    assert listed(db, company, Search(service=Service.SEND_TICKET)).total == 3


def in_every_state(db, store, make, company):
    """A traveller for each thing that may be known of a connection and its code."""
    made = {}
    for number, (registered, sms_state, expires, tries) in enumerate(product(
            (None, NOON), (None, *sms.State), (None, -1, 0, 1), (0, 5))):
        connection = make.connection(make.traveller(
            company, f"N{number:03}", mobile=f"+4670174{number:04}"))
        with store.transaction(db):
            connection.registered_at = registered
            code = db.query(OneTimeCode).filter_by(connection_id=connection.id).one()
            code.expires_at = expires if expires is None else NOON + timedelta(seconds=expires)
            code.wrong_tries = tries
            text = db.query(Sms).filter_by(about_id=code.id).one()
            if sms_state is None:
                db.delete(text)
            else:
                text.state = sms_state
        made[connection.traveller_id] = connection
    for registered in (True, False):
        connection = make.connection(make.traveller(company), registered=registered)
        with store.transaction(db):
            connection.paused_at = NOON
        made[connection.traveller_id] = connection
    return made


def test_the_database_tells_the_same_state_as_the_standing_does(db, store, make, company):
    made = in_every_state(db, store, make, company)
    make.traveller(company, "Zeb")
    known = standings.of_travellers(db, list(made), now=NOON)
    rows = listed(db, company, most=1_000).rows
    told = {row.id: row.state for row in rows if row.state}
    assert told == {id: standing.state(NOON).value for id, standing in known.items()}

    waited_for = {id for id, connection in made.items() if connection.registered_at is None}
    for reach in Reach:
        found = {row.id for row in listed(db, company, Search(reach=reach), most=1_000).rows}
        assert found == {row.id for row in rows if row.state == reach.value or (
            reach == Reach.CONNECTED and row.state) or (
            reach == Reach.UNREGISTERED and row.id in waited_for) or (
            reach == Reach.NOT_CONNECTED and not row.state)}, reach


def test_a_connection_that_has_ended_is_none(db, store, make, company):
    traveller = make.traveller(company)
    connection = make.connection(traveller)
    with store.transaction(db):
        business_travel.end(db, connection, by=NOBODY, now=NOON)
    for reach in (Reach.NOT_CONNECTED, Reach.ENDED):
        [row] = listed(db, company, Search(reach=reach)).rows
        assert row.state is None
    make.connection(traveller)
    assert listed(db, company, Search(reach=Reach.ENDED)).rows == []
    assert [row.state for row in listed(db, company).rows] == ["code_waiting"]


@pytest.fixture
def seven(db, store, make, company):
    """Some are alike in everything that the list is ordered by."""
    rooms = [make.first_department(company), make.department(company)]
    made = [make.traveller(department=rooms[number % 2], given_name="Rut",
                           surname=f"Ek {number // 2}",
                           employee_number=[None, "9", "10", "A|1"][number % 4])
            for number in range(7)]
    with store.transaction(db):
        for number, traveller in enumerate(made):
            traveller.registered_at = NOON - timedelta(days=number // 3)
    return made


def all_pages(db, company, order):
    pages = [listed(db, company, None, order, most=3)]
    while pages[-1].after:
        pages.append(listed(db, company, None, order, most=3, after=pages[-1].after))
    return pages


@pytest.mark.parametrize("falling", [False, True])
@pytest.mark.parametrize("sort", Sort)
def test_the_list_is_read_page_by_page_in_both_directions(db, company, seven, sort, falling):
    order = Order(sort, falling)
    pages = all_pages(db, company, order)
    assert [(page.first, page.last, page.total) for page in pages] == [
        (1, 3, 7), (4, 6, 7), (7, 7, 7)]
    assert len({row.id for page in pages for row in page.rows}) == 7
    assert pages[0].before is None
    for page, following in pairwise(pages):
        assert listed(db, company, None, order, most=3, before=following.before) == page

    turned = [row.id for page in all_pages(db, company, replace(order, falling=not falling))
              for row in page.rows]
    assert turned[::-1] == [row.id for page in pages for row in page.rows]


@pytest.mark.parametrize(("sort", "told"), [
    (Sort.NAME, lambda row: row.surname),
    (Sort.DEPARTMENT, lambda row: (row.department_name, row.surname)),
    (Sort.NUMBER, lambda row: ["–", "9", "10", "A|1"].index(row.employee_number or "–")),
    (Sort.REGISTERED, lambda row: row.registered_at),
])
def test_the_list_is_in_the_order_that_is_asked_for(db, company, seven, sort, told):
    rows = listed(db, company, None, Order(sort)).rows
    assert [told(row) for row in rows] == sorted(told(row) for row in rows)


def test_nobody_is_missed_or_seen_twice_when_somebody_is_added_or_leaves_meanwhile(
        db, store, make, company, seven):
    first = listed(db, company, most=3)
    make.traveller(company, "Ada", "Abel")
    with store.transaction(db):
        leavers.leave(db, next(each for each in seven if each.id == first.rows[-1].id), by=NOBODY,
                      now=NOON)
    second = listed(db, company, most=3, after=first.after)
    assert (second.first, second.total) == (4, 7)
    read = [row.id for row in (*first.rows, *second.rows)]
    assert len(set(read)) == 6
    assert [row.surname for row in listed(db, company, most=3, before=second.before).rows] == [
        "Abel", "Ek 0", "Ek 0"]


@pytest.mark.parametrize("mark", [
    "nonsense", "x|y", "\0|\0", "W10=", "W1tbW10=", "eyJhIjogMX0=", "WyJcdWQ4MDAiLCAieCJd",
    "WzEsIDJd", "å"])
@pytest.mark.parametrize("sort", Sort)
def test_a_page_that_is_no_page_is_not_found(db, company, sort, mark):
    with pytest.raises(NotFound):
        listed(db, company, None, Order(sort), after=mark)
