import pytest

from domain import invoice_files
from domain.errors import NotFound
from domain.invoice_files import Kind
from tests.factories import MORNING


@pytest.fixture
def invoice(make):
    return make.invoice()


def test_a_file_is_kept_as_it_was_first_made(db, store, invoice):
    for content in (b"first", b"second"):
        with store.transaction(db):
            invoice_files.keep(db, invoice.id, Kind.PDF, content, now=MORNING)

    assert invoice_files.find(db, invoice, Kind.PDF) == b"first"
    assert invoice_files.kept(db, invoice.id) == [Kind.PDF]


def test_one_that_is_not_made_yet_is_not_found(db, invoice):
    with pytest.raises(NotFound, match="inte färdig"):
        invoice_files.find(db, invoice, Kind.PDF)


@pytest.mark.parametrize(("peppol_id", "kinds"), [
    (None, set(Kind) - {Kind.PEPPOL}), ("0007:5560125790", set(Kind))])
def test_an_e_invoice_is_only_of_those_who_take_one(db, invoice, peppol_id, kinds):
    invoice.peppol_id = peppol_id
    assert set(invoice_files.kinds(db, invoice)) == kinds
