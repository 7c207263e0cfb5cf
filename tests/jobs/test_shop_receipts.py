import io
from email import policy
from email.parser import BytesParser

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from domain.messages import Email
from domain.products import Product
from domain.shop_orders import Kind
from domain.shop_wares import Wish
from jobs import letters, messages
from tests.factories import NEW_CARD, ONE_ZONE

PERIOD = Wish(kind=Kind.NEW_CARD, purse_ore=20_000, product=Product.PERIOD_30, trip=ONE_ZONE,
              label="Jobbet")


@pytest.fixture
def letter(portal, db, make):
    def written(*wishes, language="sv", **over):
        make.shop_order(make.customer(language=language, **over), *wishes, paid_with="swish")
        email = db.scalars(select(Email)).one()
        values = messages._values(portal, db, email, now=email.put_at)
        return letters.email(portal, email.template, language, values), messages.ENCLOSED[
            email.template](values)
    return written


def test_the_text_alone_is_a_receipt(letter):
    told = letter(PERIOD)[0].text.replace("\N{NO-BREAK SPACE}", " ")
    for words in ("- Nytt resekort: 20,00 kr (Jobbet)", "- Reskassa: 200,00 kr",
                  "- 30-dagarsbiljett: 690,00 kr (Zon 181 Jönköping)", "Moms 6 %: ",
                  "Summa inkl. moms: 910,00 kr", "Betalt med: Swish",
                  "Organisationsnummer 232100-0057", "Skickas till: Kajsa Kund, Storgatan 1",
                  "http://portal.example/mina-sidor/kop/"):
        assert words in told
    assert "\n\n\n" not in told.partition("Säljare")[0]


def test_the_receipt_goes_with_it_as_a_pdf(letter):
    _, [(name, content)] = letter(NEW_CARD)
    [page] = PdfReader(io.BytesIO(content)).pages
    said = " ".join(page.extract_text().split())
    assert name.startswith("Kvitto F-")
    for words in ("Nytt resekort", "Reskassa 11,32 kr 200,00 kr", "Summa inkl. moms 220,00 kr"):
        assert words in said.replace("\N{NO-BREAK SPACE}", " ")


def test_the_pdf_is_accessible(letter):
    _, [(_name, content)] = letter(NEW_CARD)
    document = PdfReader(io.BytesIO(content))
    assert document.metadata.title.startswith("Kvitto F-")
    assert document.root_object["/Lang"] == "sv"
    assert "/StructTreeRoot" in document.root_object


def test_a_file_that_goes_with_a_letter_comes_as_it_is(world, db, make):
    message = world.email.compose(id=make.customer().id, to="a@b.example", subject="S", text="T",
                                  html="<p>T</p>", now=world.clock.now(),
                                  files=[("Kvitto.pdf", b"%PDF-1.7 \xff")])
    read = BytesParser(policy=policy.default).parsebytes(message.as_bytes())
    [enclosed] = read.iter_attachments()
    assert (enclosed.get_filename(), enclosed.get_content()) == ("Kvitto.pdf", b"%PDF-1.7 \xff")
    assert read.get_body(("plain",)).get_content().strip() == "T"
