from dataclasses import replace

import pytest

from domain import bookkeeping_settings
from domain.bookkeeping_settings import Books
from domain.errors import Invalid
from domain.services import Service

OWN = Books(send_ticket_account=5800, business_travel_account=581010, dimension=20, series="L",
            vat_services=(Service.BUSINESS_TRAVEL,))


def test_a_company_that_has_decided_nothing_books_by_bas(db, make):
    assert bookkeeping_settings.of(db, make.company().id) == Books()


def test_what_a_company_decides_is_kept_and_changed(db, make, store):
    company = make.company()
    for books in (Books(payable_account=2441), OWN):
        with store.transaction(db):
            bookkeeping_settings.save(db, company, books)
        assert bookkeeping_settings.of(db, company.id) == books
    assert bookkeeping_settings.of(db, make.company("Annat AB").id) == Books()
    assert OWN.cost_account(Service.BUSINESS_TRAVEL) == 581010


@pytest.mark.parametrize(("wrong", "said"), [
    ({"vat_account": 264}, "fyra till sex siffror"),
    ({"payable_account": 1_000_000}, "fyra till sex siffror"), ({"dimension": 0}, "Dimensionen")])
def test_what_is_no_account_is_refused(db, make, wrong, said):
    with pytest.raises(Invalid, match=said):
        bookkeeping_settings.save(db, make.company(), replace(OWN, **wrong))
