import pytest

from domain import invoice_deliveries, invoice_prints
from domain.companies import InvoiceChannel
from domain.errors import Conflict
from domain.invoice_deliveries import State
from tests.conftest import NOON


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def do(store, db, clerk):
    def do(verb, *args):
        with store.transaction(db):
            return verb(db, *args, by=clerk, now=NOON)
    return do


@pytest.fixture
def on_paper(store, db, make):
    def on_paper():
        invoice = make.invoice()
        with store.transaction(db):
            invoice_deliveries.put(db, invoice, NOON)
        return invoice
    return on_paper


@pytest.fixture
def written(store, db, do):
    """A print of what waits, that the worker has written."""
    def written():
        made = do(invoice_prints.make)
        with store.transaction(db):
            invoice_prints.write(db, made.id, b"%PDF", 2, now=NOON)
        return made
    return written


def test_all_that_waits_is_printed_in_the_order_of_the_numbers(db, do, on_paper):
    invoices = [on_paper() for _ in range(3)]
    made = do(invoice_prints.make)
    assert made.size == 3
    assert [each.invoice for each in invoice_prints.in_it(db, made.id)] == invoices
    assert invoice_prints.waiting(db) == []
    with pytest.raises(Conflict):
        do(invoice_prints.make)


def test_what_is_posted_is_sent(db, do, on_paper, written, clerk):
    invoice = on_paper()
    made = written()
    do(invoice_prints.post, made)
    assert (made.posted_at, made.posted_by_name, made.content) == (NOON, clerk.name, None)
    delivery = invoice_deliveries.of_invoice(db, invoice)[-1]
    db.refresh(delivery)
    assert (delivery.state, delivery.sent_at) == (State.SENT, NOON)
    with pytest.raises(Conflict):
        do(invoice_prints.post, made)


def test_what_is_not_written_yet_is_not_posted(do, on_paper):
    on_paper()
    with pytest.raises(Conflict, match="inte klar"):
        do(invoice_prints.post, do(invoice_prints.make))


def test_a_print_that_came_out_wrong_is_made_anew(db, do, on_paper, written):
    on_paper()
    do(invoice_prints.undo, written())
    assert len(invoice_prints.waiting(db)) == 1
    assert do(invoice_prints.make).size == 1


def test_what_lies_in_a_print_is_not_sent_another_way_meanwhile(db, do, on_paper, written):
    invoice = on_paper()
    written()
    with pytest.raises(Conflict):
        do(invoice_deliveries.again, invoice, InvoiceChannel.EMAIL)


def test_what_is_sent_another_way_instead_is_not_printed(db, make, do, on_paper):
    do(invoice_deliveries.again, on_paper(), InvoiceChannel.EMAIL)
    assert (invoice_prints.waiting(db), invoice_prints.waiting_count(db)) == ([], 0)
    with pytest.raises(Conflict):
        do(invoice_prints.make)
