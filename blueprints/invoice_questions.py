"""Asking the authority about a line of an invoice."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms.widgets import TextArea

from blueprints.fields import TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, now, transaction
from domain import invoice_lines, invoice_lists, invoice_questions
from domain.access import Right

bp = Blueprint("invoice_questions", __name__, url_prefix="/foretag/fakturor")

LINE = "/<uuid:invoice_id>/rader/<int(min=1, max=9007199254740991):line_id>/fraga"


class QuestionForm(Form):
    words = TextField(lazy("Vad är det som inte stämmer?"), most=1_000, widget=TextArea())


@bp.route(LINE, methods=["GET", "POST"])
@needs(Right.READ_REPORTS)
def new(invoice_id: UUID, line_id: int):
    scope = actor().scope
    invoice, _part = invoice_lists.find(db, invoice_id, within=scope)
    line = invoice_lines.find(db, invoice, line_id, within=scope)
    form = QuestionForm()
    if form.validate_on_submit():
        with transaction(form):
            invoice_questions.ask(db, invoice, line, form.words.value, by=actor(), now=now())
            form.then(url_for("invoices.show", invoice_id=invoice_id),
                      _("Tack. Kundservice svarar dig med e-post."))
    return answer(form, "invoice_questions/new.html", invoice=invoice, line=line)
