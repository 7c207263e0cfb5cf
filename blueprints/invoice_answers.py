"""Questions about lines of invoices: the clerks' list, and their answer."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextArea

from blueprints.fields import CHOOSE, KronorField, TextField, required
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, now, page, transaction
from domain import credit_notes, invoice_answers, invoice_questions
from domain.access import Right
from domain.errors import Invalid
from domain.invoice_questions import InvoiceQuestion
from domain.money import kr

bp = Blueprint("invoice_answers", __name__, url_prefix="/intern/fakturafragor")

CREDIT, EXPLAIN = "kreditera", "forklara"
BESIDE = {"lines": "amount", "reason": "words"}


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    return page("invoice_answers/index.html", opened=invoice_questions.opened(db),
                answered=invoice_questions.answered(db))


class AnswerForm(Form):
    way = RadioField(lazy("Hur blir det?"), [required(CHOOSE)], invalid_choice_message=CHOOSE)
    amount = KronorField(lazy("Om du krediterar: belopp, inkl. moms"), needed=False)
    words = TextField(lazy("Svar till kunden"), most=credit_notes.MOST_WORDS, widget=TextArea(),
                      description=lazy("Skickas med e-post, och står på kreditfakturan."))

    def __init__(self, left_ore: int):
        super().__init__(amount=f"{left_ore // 100},{left_ore % 100:02}")
        self.way.choices = [SelectChoice(CREDIT, _("Kreditera"))] * bool(left_ore) + [
            SelectChoice(EXPLAIN, _("Raden stämmer, förklara varför"))]

    def refuse(self, refusal: Invalid) -> None:
        """What a credit note is refused for is said of other words."""
        beside = BESIDE.get(refusal.field, refusal.field)
        super().refuse(Invalid(refusal.message, beside, **refusal.values))

    def carry_out(self, question: InvoiceQuestion) -> str:
        """What is said of it afterwards."""
        words = self.words.value
        if self.way.data == EXPLAIN:
            invoice_answers.explain(db, question, words, by=actor(), now=now())
            return _("Kunden får svaret med e-post.")
        if self.amount.value is None:
            raise Invalid("Skriv hur mycket som ska krediteras.", "amount")
        note = invoice_answers.credit(db, question, self.amount.value, words, by=actor(),
                                      now=now())
        return _("Kreditfaktura %(number)s på %(sum)s är skapad, och kunden får svaret med "
                 "e-post.", number=note.number, sum=kr(-note.gross_ore))


@bp.route("/<uuid:question_id>", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def show(question_id: UUID):
    question = invoice_questions.find(db, question_id)
    left = credit_notes.left(db, [question.line_id]).get(question.line_id, 0)
    form = AnswerForm(left)
    if form.validate_on_submit():
        with transaction(form):
            said = form.carry_out(question)
            form.then(url_for(".index"), said)
    return answer(form, "invoice_answers/show.html", question=question, left_ore=left)
