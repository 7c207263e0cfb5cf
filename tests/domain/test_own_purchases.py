from datetime import timedelta
from uuid import uuid4

import pytest

from domain import own_purchases
from domain.errors import NotFound
from domain.months import Month
from domain.own_purchases import AT_ONCE
from domain.services import Service
from tests.conftest import NOON

OWN = Service.BUSINESS_TRAVEL


@pytest.fixture
def traveller(make):
    make.price_list()
    return make.traveller()


def months(page):
    return [(str(each.month), len(each.tickets)) for each in page.months]


def test_purchases_stand_by_swedish_month_with_their_sums(db, make, traveller):
    midnight = Month(2026, 11).start
    for at in (midnight - timedelta(seconds=1), midnight, NOON):
        make.ticket(traveller, at=at, service=OWN)
    page = own_purchases.listed(db, [traveller.id])
    assert months(page) == [("2026-11", 2), ("2026-10", 1)]
    assert ([each.sum_ore for each in page.months], page.before) == ([8_400, 4_200], None)


def test_what_is_paid_back_is_not_in_the_sum(db, store, make, traveller):
    first = make.ticket(traveller, service=OWN)
    make.ticket(traveller, service=OWN)
    with store.transaction(db):
        first.recalled_at = NOON
    [november] = own_purchases.listed(db, [traveller.id]).months
    assert (len(november.tickets), november.sum_ore) == (2, 4_200)


def test_what_was_sent_to_them_is_no_purchase_of_theirs(db, make, traveller):
    sent = make.ticket(traveller)
    assert own_purchases.listed(db, [traveller.id]).months == []
    with pytest.raises(NotFound):
        own_purchases.find(db, sent.id, [traveller.id])


def test_another_persons_purchase_is_not_found(db, make, traveller):
    theirs = make.ticket(make.traveller(), service=OWN)
    for ticket_id in (theirs.id, uuid4()):
        with pytest.raises(NotFound):
            own_purchases.find(db, ticket_id, [traveller.id])


def test_pages_are_whole_months(db, make, traveller):
    for month, number in ((Month(2026, 11), 3), (Month(2026, 10), AT_ONCE - 2),
                          (Month(2026, 9), 1)):
        for _each in range(number):
            make.ticket(traveller, at=month.start, service=OWN)
    first = own_purchases.listed(db, [traveller.id])
    assert (months(first), first.before) == ([("2026-11", 3)], Month(2026, 11))
    second = own_purchases.listed(db, [traveller.id], before=first.before)
    assert (months(second), second.before) == ([("2026-10", AT_ONCE - 2), ("2026-09", 1)], None)


def test_a_month_of_more_than_a_page_is_shown_whole(db, make, traveller):
    for number in range(AT_ONCE + 5):
        make.ticket(traveller, at=NOON + timedelta(seconds=number), service=OWN)
    make.ticket(traveller, at=Month(2026, 9).start, service=OWN)
    page = own_purchases.listed(db, [traveller.id])
    assert (months(page), page.before) == ([("2026-11", AT_ONCE + 5)], Month(2026, 11))
