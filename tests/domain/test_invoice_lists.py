from datetime import date

import pytest

from domain import credit_notes, invoice_lines, invoice_lists
from domain.access import Scope
from domain.errors import NotFound
from domain.invoice_lists import Search
from domain.invoices import Kind
from domain.months import Month
from domain.products import Product
from tests.conftest import NOON
from tests.factories import COUNTY, NOBODY

OCTOBER = Month(2026, 10)
PERIOD = 139_000


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def workshop(make, company):
    return make.department(company)


@pytest.fixture
def both(make, company, workshop):
    """Two departments' invoices of October: the first one's, then the workshop's."""
    for traveller in (make.traveller(company), make.traveller(department=workshop)):
        make.ticket(traveller, Product.PERIOD_30, COUNTY, at=OCTOBER.start)
    make.closed(company, OCTOBER)
    return invoice_lists.of_month(make.session, OCTOBER, within=Scope(company.id))


def page(db, within, **asked):
    return [(each.reference_number, part.gross_ore) for each, part in invoice_lists.page(
        db, within=within, search=Search(**asked)).rows]


def test_who_has_the_whole_company_sees_all_the_last_made_first(db, company, both):
    assert page(db, Scope(company.id)) == [("2000", PERIOD), ("1000", PERIOD)]


def test_who_has_a_department_sees_what_has_lines_of_it(db, company, workshop, both):
    theirs = Scope(company.id, frozenset({workshop.id}))
    assert page(db, theirs) == [("2000", PERIOD)]
    (first, _), (second, _) = both
    assert invoice_lists.find(db, second.id, within=theirs)[1].lines == 1
    with pytest.raises(NotFound):
        invoice_lists.find(db, first.id, within=theirs)


def test_an_invoice_of_many_departments_is_seen_in_part(db, make, company, workshop):
    same = make.department(company, "Måleri", "2000")
    for room, product in ((workshop, Product.PERIOD_30), (same, Product.PERIOD_30)):
        make.ticket(make.traveller(department=room), product, COUNTY, at=OCTOBER.start)
    make.closed(company, OCTOBER)
    assert page(db, Scope(company.id)) == [("2000", 2 * PERIOD)]
    assert page(db, Scope(company.id, frozenset({same.id}))) == [("2000", PERIOD)]


def test_the_list_is_searched(db, company, both):
    (first, _), _ = both
    whole = Scope(company.id)
    assert page(db, whole, words=str(first.number)) == [("1000", PERIOD)]
    assert page(db, whole, words="20") == [("2000", PERIOD)]
    assert page(db, whole, year=2025) == page(db, whole, credits=True) == []
    assert len(page(db, whole, year=2026)) == 2


def test_the_next_page_goes_on_below_the_last_number(db, company, both):
    first = invoice_lists.page(db, within=Scope(company.id), most=1)
    rest = invoice_lists.page(db, within=Scope(company.id), below=first.after)
    assert [each.number for each, _part in first.rows + rest.rows] == [
        both[1][0].number, both[0][0].number]
    assert rest.after is None


def test_an_invoice_leads_to_what_credits_it(store, db, make, company, both):
    (invoice, _), _ = both
    with store.transaction(db):
        note = credit_notes.credit(db, invoice, {make.line(invoice).id: 100_00}, reason="Fel.",
                                   by=NOBODY, now=NOON)
    [(found, part)] = invoice_lists.crediting(db, invoice, within=Scope(company.id))
    assert (found.id, part.gross_ore, found.issued_on) == (note.id, -100_00, date(2026, 11, 20))
    assert invoice_lines.credited(db, [make.line(invoice)]) == {
        make.line(invoice).ticket_id: 100_00}
    assert invoice_lists.made_in(db, OCTOBER) == {Kind.INVOICE: 2, Kind.CREDIT_NOTE: 0}


def test_lines_are_found_by_words_and_paged(db, make, company):
    for name in ("Rut", "Rita", "Alva"):
        make.ticket(make.traveller(company, name), Product.PERIOD_30, COUNTY, at=OCTOBER.start)
    make.closed(company, OCTOBER)
    [(invoice, _)] = invoice_lists.of_month(db, OCTOBER, within=Scope(company.id))

    def holders(**asked):
        found = invoice_lines.page(db, invoice, within=Scope(company.id), **asked)
        return [line.holder.split()[0] for line in found.rows], found.after

    first, after = holders(most=2)
    assert (first, holders(after=after)) == (["Rut", "Rita"], (["Alva"], None))
    assert holders(words="alva resenär") == (["Alva"], None)
    assert holders(words=make.line(invoice).ticket_number.lower()) == (["Rut"], None)
    assert holders(words="%") == ([], None)
