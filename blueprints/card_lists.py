"""Many of a company's own travel cards at once: a file, or rows that are pasted."""
from flask import Blueprint, url_for
from flask_wtf.file import FileField
from wtforms import BooleanField, TextAreaField, ValidationError

from blueprints.departments import DepartmentField
from blueprints.guard import needs, takes_files
from blueprints.language import _, lazy, ngettext, sentence
from blueprints.web import Form, actor, answer, db, now, rules, transaction
from documents import card_file
from documents.table_limits import FileProblem
from domain import card_lists
from domain.access import Right
from domain.card_lists import Checked

bp = Blueprint("card_lists", __name__, url_prefix="/foretag/resekort/lista")

SHOWN = 50
"""So many wrong rows are told."""


class CardListForm(Form):
    department = DepartmentField()
    file = FileField(lazy("Fil"), description=lazy("CSV, Excel (.xlsx) eller OpenDocument (.ods)."))
    rows = TextAreaField(lazy("Eller klistra in rader"), description=lazy(
        "Ett kort på varje rad. Efter numret kan kortets namn stå, och sedan vem som har det."))
    skip = BooleanField(lazy("Hoppa över rader med fel och lägg till resten"))
    cards: list[card_file.Row]
    checked: Checked | None = None

    def validate_file(self, field) -> None:
        if field.data:
            self._read(field.data.read())
        elif not self.rows.data:
            raise ValidationError(_("Välj en fil eller klistra in rader."))

    def validate_rows(self, field) -> None:
        if field.data and not self.file.data:
            self._read(field.data.encode())

    def _read(self, data: bytes) -> None:
        try:
            self.cards = card_file.read(data, max_rows=rules().cards_at_once_max,
                                        max_bytes=rules().import_bytes_max)
        except FileProblem as problem:
            raise ValidationError(sentence(problem)) from problem

    def check(self) -> bool:
        """Whether there is something to add, and nothing wrong with the rest, or it is left out."""
        self.checked = card_lists.check(db, self.department.found(), self.cards)
        if self.checked.wrong and not self.skip.data:
            self.form_errors.append(ngettext(
                "En rad behöver rättas. Inget är sparat än.",
                "%(count)d rader behöver rättas. Inget är sparat än.", len(self.checked.wrong))
                % {"count": len(self.checked.wrong)})
        elif not self.checked.new:
            self.form_errors.append(_("Det finns inga nya kort i listan."))
        return not self.form_errors


@bp.route("/", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
@takes_files
def new():
    form = CardListForm()
    if form.validate_on_submit() and form.check():
        with transaction(form):
            added = card_lists.add(db, form.department.found(), form.checked.new,
                                   within=actor().scope, by=actor(), now=now())
            form.then(url_for("travel_cards.index"), ngettext(
                "Ett kort är tillagt.", "%(count)d kort är tillagda.", added) % {"count": added})
    wrong = form.checked.wrong[:SHOWN] if form.checked else []
    return answer(form, "travel_cards/new_list.html", checked=form.checked,
                  wrong=[(at, sentence(refusal)) for at, refusal in wrong])
