"""Who an order goes to, and why to some nothing can be sent."""
import pytest
from sqlalchemy import select

from domain import departments, order_checking, order_recipients, ticket_orders
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.order_recipients import OrderRecipient
from domain.people import Person
from domain.products import Product
from domain.services import Service
from domain.ticket_orders import Wish
from tests.conftest import NOON
from tests.factories import MORNING, ONE_ZONE


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def by(make, company):
    return make.actor(make.admin(company))


def rows(db, order) -> list[OrderRecipient]:
    return [row for row, _payer in order_recipients.listed(db, order)]


def said(db, order) -> list[str]:
    return [str(row.refusal) if row.problem else "" for row in rows(db, order)]


def test_visitors_are_read_each_on_its_own(db, make, by):
    order = make.order(by, ("Anna  Ek", "070-174 06 05"), ("", "070-174 06 06"), ("Bo", "08-123"),
                       ("C" * 101, "070-174 06 05"), ("محمد العلي", "+47 406 12 345", "engelska"),
                       ("Ö\x00", "0701740605"), ("Lo", "0701740605", "klingonska"))
    assert [(row.name, row.mobile, row.language) for row in rows(db, order)][::4] == [
        ("Anna Ek", "+46701740605", "sv"), ("محمد العلي", "+4740612345", "en")]
    assert [bool(each) for each in said(db, order)] == [
        False, True, True, True, False, True, True]
    assert [row.typed for row in rows(db, order)][2] == "08-123"
    counts = order_recipients.counts(db, order)
    assert (counts.all, counts.wrong, counts.going) == (7, 5, 2)


def test_what_joins_the_letters_of_a_persian_name_is_part_of_it_and_none_alone(db, make, by):
    name = "علی\N{ZERO WIDTH NON-JOINER}رضا"
    order = make.order(by, (name, "070-174 06 05"),
                       ("\N{ZERO WIDTH NON-JOINER}", "070-174 06 06"),
                       ("\N{RIGHT-TO-LEFT OVERRIDE}Eva", "070-174 06 07"))
    assert [(row.name, bool(row.problem)) for row in rows(db, order)][:1] == [(name, False)]
    assert said(db, order)[1:] == ["Namnet saknas.", "Namnet är för långt eller har tecken som "
                                   "inte går att spara."]


def test_one_that_is_wrong_is_mended_or_left_out(db, store, make, by):
    order = make.order(by, ("Anna", "1"), ("Bo", "2"), ("Eva", "070-174 06 05"))
    with store.transaction(db):
        assert not order_checking.mend(db, order, 1, name="Anna", value="08-1")
        assert order_checking.mend(db, order, 1, name="Anna Ek", value="070-174 06 07")
        order_recipients.leave_out(db, order, [2])
    anna, bo, _eva = rows(db, order)
    assert (anna.name, anna.mobile, anna.problem, bo.left_out) == (
        "Anna Ek", "+46701740607", None, True)
    assert order_recipients.counts(db, order).going == 2
    with store.transaction(db):
        order_recipients.take_back(db, order, [2])
        order_recipients.leave_out_wrong(db, order)
    assert order_recipients.counts(db, order).left_out == 1


def test_what_is_sent_cannot_be_changed(db, store, make, by):
    order = make.order(by, ("Anna", "1"), ("Bo", "070-174 06 05"))
    with store.transaction(db):
        order.state = ticket_orders.State.SENDING
    for change in (lambda: order_checking.mend(db, order, 1, name="A", value="0701740605"),
                   lambda: order_recipients.leave_out(db, order, [1]),
                   lambda: order_recipients.remove_draft(db, order)):
        with pytest.raises(Conflict, match="redan skickad"):
            change()


def test_travellers_come_by_name_with_their_language_and_their_departments_pay(db, store, make, by,
                                                                              company):
    workshop = make.department(company)
    bo = make.traveller(company, "Bo", "Öst", department=workshop)
    anna = make.traveller(company, "Anna", "Ek", mobile=None)
    person = make.as_person(bo)
    with store.transaction(db):
        db.get(Person, person.id).language = "en"
    order = make.order(by, travellers=[bo, anna])
    assert [(row.name, row.language, row.department_id == workshop.id)
            for row in rows(db, order)] == [("Anna Ek", "sv", False), ("Bo Öst", "en", True)]
    assert said(db, order) == ["Resenären har inget mobilnummer. Lägg till det först.", ""]


def test_who_may_not_use_the_ticket_is_said_of_each(db, store, make, by, company):
    few = make.department(company, details=departments.Details(
        "Lager", "3000", products=(Product.DAY,)))
    without = make.traveller(company, "Eva", "Utan")
    with store.transaction(db):
        without.services = [Service.BUSINESS_TRAVEL]
    order = make.order(by, travellers=[make.traveller(company, "Anna", "Med"), without,
                                       make.traveller(company, "Bo", "Lager", department=few)])
    assert said(db, order) == [
        "Enkelbiljett ingår inte i det som avdelningen Lager får använda.", "",
        "Eva Utan får inte använda tjänsten Skicka biljett."]


def test_visitors_are_refused_at_once_where_who_pays_may_not(db, make, by, company):
    few = make.department(company, details=departments.Details(
        "Lager", "3000", products=(Product.DAY,)))
    with pytest.raises(Invalid, match="Lager"):
        make.order(by, department_id=few.id)


def test_a_department_or_a_group_is_all_who_are_still_there(db, store, make, by, company):
    workshop = make.department(company)
    here = make.traveller(company, "Anna", "Här", department=workshop)
    gone = make.traveller(company, "Bo", "Borta", department=workshop)
    other = make.traveller(company, "Eva", "Annan")
    with store.transaction(db):
        gone.ended_at = NOON
    make.price_list()
    chosen = order_checking.chosen_travellers([other.id], department_id=workshop.id)
    with store.transaction(db):
        order = ticket_orders.draft(db, Wish(Product.SINGLE, ONE_ZONE), by=by, now=MORNING)
        assert order_checking.put_travellers(db, order, chosen) == 2
    assert {row.traveller_id for row in rows(db, order)} == {here.id, other.id}
    assert order_checking.count_travellers(db, chosen, within=by.scope) == 2


def test_an_administrator_of_a_department_reaches_no_others_travellers_and_pays_by_no_other(
        db, make, company):
    workshop = make.department(company)
    dan = make.actor(make.department_admin(workshop))
    own = make.traveller(company, "Anna", "Egen", department=workshop)
    theirs = make.traveller(company, "Bo", "Annans")
    stranger = make.traveller(make.company("Annat AB"), "Eva", "Främling")
    order = make.order(dan, travellers=[own, theirs, stranger])
    assert [row.traveller_id for row in rows(db, order)] == [own.id]
    with pytest.raises(Invalid, match="ingen mottagare"):
        make.order(dan, travellers=[theirs])
    first = make.first_department(company)
    with pytest.raises(Invalid, match="avdelning som betalar"):
        make.order(dan, department_id=first.id)
    assert rows(db, make.order(dan))[0].department_id == workshop.id


def test_a_draft_is_for_whoever_made_it_and_what_was_sent_for_those_who_see_as_much(db, store, make,
                                                                                   company, by):
    dan = make.actor(make.department_admin(make.department(company)))
    order, dans = make.order(by), make.order(dan)
    for other, theirs in ((dan, order), (by, dans), (make.actor(make.admin()), order)):
        with pytest.raises(NotFound):
            ticket_orders.find(db, theirs.id, by=other)
    with store.transaction(db):
        order.state = dans.state = ticket_orders.State.SENT
    assert ticket_orders.find(db, dans.id, by=by) is dans
    with pytest.raises(NotFound):
        ticket_orders.find(db, order.id, by=dan)


def test_cards_are_read_and_those_of_others_are_refused(db, make, by, company):
    own, other = make.card(company, name="Pool 1"), make.card(make.company("Annat AB"))
    order = make.order(by, cards=[own.number, other.number, "1234"])
    assert [(row.name, row.mobile, row.card_id) for row in rows(db, order)] == [
        ("Pool 1", "", own.id), ("", "", None), ("", "", None)]
    assert [bool(each) for each in said(db, order)] == [False, True, True]
    assert order_recipients.find(db, order, 3).typed == "1234"
    assert not order_checking.mend(db, order, 3, name="", value=other.number)
    assert order_checking.mend(db, order, 3, name="", value=make.card(company).number)


def test_more_than_five_thousand_are_refused(make, by):
    with pytest.raises(Invalid, match="fler än 5000 mottagare"):
        make.order(by, *[("Anna", "070-174 06 05")] * 5_001)


@pytest.mark.parametrize(("wish", "said"), [
    ({"quantity": 0}, "mellan 1 och 20"), ({"quantity": 21}, "mellan 1 och 20"),
    ({"greeting": "x" * 141}, "högst 140"), ({"greeting": "ب" * 71}, "högst 70"),
    ({"valid_from": MORNING.date().replace(year=2025)}, "har redan varit"),
    ({"send_at": MORNING}, "redan varit"),
    ({"send_at": MORNING.replace(year=2027)}, "högst 90 dagar")])
def test_a_wish_is_within_the_rules(make, by, wish, said):
    with pytest.raises(Invalid, match=said):
        make.order(by, **wish)


def test_the_drafts_of_yesterday_and_the_lists_of_what_was_sent_are_forgotten(db, store, make, by):
    draft, sent, new = make.order(by), make.order(by), make.order(by, at=NOON.replace(day=21))
    kept, left = {sent.id, new.id}, draft.id
    with store.transaction(db):
        sent.state = ticket_orders.State.SENT
        db.flush()
        order_recipients.forget(db, now=NOON.replace(day=21))
    assert set(db.scalars(select(ticket_orders.TicketOrder.id))) == kept - {left}
    assert set(db.scalars(select(OrderRecipient.order_id))) == {new.id}


def test_the_list_of_orders_has_ones_own_drafts_and_goes_on_from_page_to_page(db, store, make, by,
                                                                             company):
    make.order(make.actor(make.admin(company, given_name="Bo")), ("A", "0701740605"))
    orders = [make.order(by, at=NOON) for _ in range(5)]
    seen, after = [], None
    while True:
        page = ticket_orders.listed(db, by=by, after=after, most=2)
        seen += page.rows
        after = page.after
        if not after:
            break
    assert {each.id for each in seen} == {each.id for each in orders}
    assert len(seen) == 5


def test_a_department_that_is_closed_pays_for_nothing(db, make, by, company):
    closed = make.archived(make.department(company))
    with pytest.raises(Invalid, match="avdelning som betalar"):
        make.order(by, department_id=closed.id)
    assert db.get(Department, closed.id).archived_at
