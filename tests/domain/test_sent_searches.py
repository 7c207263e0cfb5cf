from datetime import date, timedelta

import pytest

from domain import messages, recalls, reissues, sent_searches, sent_tickets
from domain.access import Scope
from domain.products import Product
from domain.sent_searches import Search, State
from tests.conftest import NOON
from tests.factories import NOBODY


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def sent(make, company):
    """A ticket that is sent to somebody with the name."""
    def send(given_name="Rut", surname="Resenär", product=Product.SINGLE, **person):
        return make.sent_ticket(make.traveller(company, given_name, surname, **person), product)
    return send


@pytest.fixture
def found(db, company):
    """Those that are found, and counted; what the list says of them agrees."""
    def find(search, now=NOON):
        mine = {"within": Scope(company.id), "now": now}
        rows = sent_tickets.listed(db, search, **mine).rows
        assert sent_tickets.summed(db, search, **mine).tickets == len(rows)
        return rows
    return find


def came(db, store, ticket, state):
    with store.transaction(db):
        messages.about(db, [ticket.id])[ticket.id].state = state


@pytest.mark.parametrize("words", ["öberg", "ÖBERG", "åsa öb", "Öberg Åsa", "åsa"])
def test_a_name_is_found_whatever_the_case_of_its_letters(sent, found, words):
    ticket = sent("Åsa", "Öberg")
    sent("Lars", "Ek")
    assert found(Search(words)) == [ticket]


@pytest.mark.parametrize("words", ["0701740605", "070-174 06 05", "+46 70 174 06 05", "070-174",
                                   "+46701"])
def test_a_mobile_number_is_found_in_any_spelling_and_by_its_beginning(sent, found, words):
    ticket = sent()
    sent("Lars", "Ek", mobile="+46721740608")
    assert found(Search(words)) == [ticket]


@pytest.mark.parametrize("number", ["K7QF-2M9XD4", "D733-H4SHM3"], ids=["usual", "dialled"])
def test_a_ticket_is_found_by_its_number_however_it_is_written(sent, found, db, store, number):
    ticket = sent()
    sent("Lars", "Ek")
    with store.transaction(db):
        ticket.number = number
    for words in (ticket.number, ticket.number.lower(), ticket.number.replace("-", "")):
        assert found(Search(words)) == [ticket]


def test_a_ticket_is_found_by_a_number_that_it_has_had(sent, found, db, store):
    ticket = sent()
    former = ticket.number
    with store.transaction(db):
        reissues.reissue(db, ticket, text=False, by=NOBODY, now=NOON)
    assert found(Search(former)) == [ticket]


def test_a_short_word_is_a_name_and_not_the_beginning_of_a_number(sent, found, db, store):
    ticket, other = sent("Åsa", "Öberg"), sent("Lars", "Ek")
    with store.transaction(db):
        ticket.number = "EKAN-2M9XD4"
    assert found(Search("Ek")) == [other]
    assert found(Search("ekan")) == found(Search("ekan2")) == found(Search("EKAN-2M")) == [ticket]


@pytest.mark.parametrize("words", ["%", "_", "\0", "'", "Ek Öberg"])
def test_what_looks_like_no_ticket_finds_none(sent, found, words):
    sent("Åsa", "Öberg")
    sent("Lars", "Ek")
    assert len(found(Search(words))) == (2 if words == "\0" else 0)


@pytest.mark.parametrize(("state", "sms"), [
    (State.UNDER_WAY, messages.State.WAITING), (State.UNDER_WAY, messages.State.SENDING),
    (State.UNDER_WAY, messages.State.SENT), (State.DELIVERED, messages.State.DELIVERED),
    (State.FAILED, messages.State.FAILED), (State.FAILED, messages.State.CANCELLED)])
def test_how_far_it_has_come_is_how_far_its_message_has(sent, found, db, store, state, sms):
    ticket = sent()
    came(db, store, ticket, sms)
    latest = messages.about(db, [ticket.id])[ticket.id]
    assert sent_searches.state(ticket, latest, now=NOON) == state
    assert [each for each in State if found(Search(state=each))] == [state]


def test_one_whose_message_is_to_go_later_is_planned(sent, found, db, store):
    ticket = sent()
    with store.transaction(db):
        ticket.send_at = NOON + timedelta(days=1)
    assert [each for each in State if found(Search(state=each))] == [State.PLANNED]
    assert found(Search(state=State.UNDER_WAY), now=ticket.send_at) == [ticket]


def test_the_latest_message_is_the_one_that_counts(sent, found, db, store):
    ticket = sent()
    came(db, store, ticket, messages.State.FAILED)
    with store.transaction(db):
        sent_tickets.resend(db, ticket, mobile=ticket.mobile, by=NOBODY, now=NOON)
    assert [each for each in State if found(Search(state=each))] == [State.UNDER_WAY]


def test_a_recalled_one_is_only_that(sent, found, db, store):
    ticket = sent()
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON)
    assert [each for each in State if found(Search(state=each))] == [State.RECALLED]


def test_one_is_past_when_nobody_can_use_it_whenever_it_was_activated(sent, found):
    ticket = sent(product=Product.PERIOD_30)
    before = ticket.useless_at - timedelta(seconds=1)
    assert found(Search(state=State.PAST), now=before) == []
    assert found(Search(state=State.PAST), now=ticket.useless_at) == [ticket]
    assert found(Search(state=State.UNDER_WAY), now=ticket.useless_at) == []


def test_product_department_reference_and_cost_centre_narrow_the_list(sent, found, make, company,
                                                                      db, store):
    day = sent(product=Product.DAY)
    shop = make.department(company, "Butik", "7100")
    ours = sent("Lars", "Ek", department=shop)
    with store.transaction(db):
        day.cost_centre = "KS-12"
    assert found(Search(product=Product.DAY)) == [day]
    assert found(Search(department_id=shop.id)) == [ours]
    assert (found(Search(reference="71")), found(Search(reference="ks-1"))) == ([ours], [day])


def test_a_period_has_both_its_days_in_sweden(sent, found):
    ticket = sent()
    friday = date(2026, 11, 20)
    assert found(Search(first=friday, last=friday)) == [ticket]
    assert found(Search(last=friday - timedelta(days=1))) == []
    assert found(Search(first=friday + timedelta(days=1))) == []
    assert found(Search(first=date.min, last=date.max)) == [ticket]


def test_the_sum_tells_what_of_it_is_recalled(sent, db, store, company):
    sent()
    ticket = sent("Lars", "Ek", Product.DAY)
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON)
    total = sent_tickets.summed(db, within=Scope(company.id), now=NOON)
    assert (total.tickets, total.recalled) == (2, 1)
    assert total.gross_ore - total.recalled_ore == 4_200
