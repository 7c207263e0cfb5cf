import io

from pypdf import PdfReader

from documents import order_form
from documents.order_form import Field, OrderForm, Step

FORM = OrderForm(
    title="Beställning: Årsbiljett", company="Bolaget AB", authority="Jönköpings Länstrafik",
    lead="Fråga *Karin*.", heads=("Biljett", "Pris", "Varje månad"),
    prices=[("365-dagarsbiljett, en zon", "6 900 kr", "575 kr")], note="Dras från lönen.",
    steps=(Step("Biljetten ska finnas", (Field("", ("i mobilen", "på resekort")),)),
           Step("Medgivande", (Field("Namnteckning"),), "Jag godkänner avdraget.")),
    footer="Lämna blanketten till Karin.")


def test_a_form_says_all_that_it_is_given_in_the_order_of_its_steps():
    [page] = PdfReader(io.BytesIO(order_form.pdf(FORM))).pages
    said = " ".join(page.extract_text().split())
    places = [said.index(words) for words in (
        "Bolaget AB", "Beställning: Årsbiljett", "Fråga *Karin*.", "6 900 kr", "Dras från lönen.",
        "Biljetten ska finnas", "på resekort", "Medgivande", "Jag godkänner avdraget.",
        "Namnteckning")]
    assert places == sorted(places)
    assert "Lämna blanketten till Karin." in said


def test_a_form_is_accessible():
    document = PdfReader(io.BytesIO(order_form.pdf(FORM)))
    assert document.metadata.title == "Beställning: Årsbiljett"
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"] == "sv"
