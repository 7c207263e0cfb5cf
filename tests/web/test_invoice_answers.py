import pytest

from domain import invoice_lists
from domain.access import Scope
from domain.invoice_questions import InvoiceQuestion
from tests.queries import queries

INDEX = "/intern/fakturafragor/"


@pytest.fixture(autouse=True)
def clerk(browser, make):
    browser.log_in(make.clerk())


@pytest.fixture
def question(make):
    return make.invoice_question()


def kept(db, question):
    db.rollback()
    db.expire_all()
    return db.get_one(InvoiceQuestion, question.id)


def test_a_question_tells_what_is_asked_of_which_line(browser, question):
    assert "En fråga om en faktura väntar" in browser.get("/intern/").said
    assert "Bolaget AB" in browser.get(INDEX).said
    page = browser.get(f"{INDEX}{question.id}").said
    for words in ("Resenären hade slutat.", "Rut Resenär", "Högst 1 390 kr.", "Åsa Öberg"):
        assert words in page, words


def test_it_is_answered_in_words(browser, db, question):
    page = browser.post(f"{INDEX}{question.id}", {"way": "forklara", "words": "Så är det."})
    assert page.location == INDEX
    assert kept(db, question).answer == "Så är det."
    assert "Så är det." in browser.get(f"{INDEX}{question.id}").said


def test_it_is_answered_by_a_credit_note(browser, db, question):
    answer = {"way": "kreditera", "amount": "390,50", "words": "Du har rätt."}
    assert browser.post(f"{INDEX}{question.id}", answer).location == INDEX
    question = kept(db, question)
    [(note, _part)] = invoice_lists.crediting(db, question.invoice,
                                              within=Scope(question.company_id))
    assert (note.id, note.gross_ore, note.reason) == (question.credit_id, -390_50, "Du har rätt.")
    assert f"Kreditfaktura {note.number}, 390,50 kr" in browser.get(f"{INDEX}{question.id}").said


@pytest.mark.parametrize(("answer", "said"), [
    ({"words": "Ja."}, "Välj ett av alternativen"),
    ({"way": "forklara", "words": ""}, "Svar till kunden: Fyll i det här."),
    ({"way": "kreditera", "words": "Ja.", "amount": ""}, "Skriv hur mycket"),
    ({"way": "kreditera", "words": "Ja.", "amount": "1391"}, "finns 1 390 kr kvar"),
    ({"way": "kreditera", "words": "Ja.", "amount": "0"}, "större än noll")])
def test_what_will_not_do_is_told_beside_its_field(browser, db, question, answer, said):
    page = browser.post(f"{INDEX}{question.id}", answer)
    assert (page.status, said in page.said) == (422, True)
    assert kept(db, question).answered_at is None


def test_the_list_asks_as_much_at_three_as_at_one(browser, make, store):
    make.invoice_question()
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    make.invoice_question(), make.invoice_question()
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_three) == len(at_one)
