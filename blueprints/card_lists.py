"""Many of a company's own travel cards at once: a file, or rows that are pasted."""
from flask import Blueprint, url_for
from wtforms import BooleanField, TextAreaField

from blueprints.departments import DepartmentField
from blueprints.given_list import ListForm
from blueprints.guard import needs, takes_files
from blueprints.language import _, lazy, ngettext, sentence
from blueprints.web import actor, answer, db, now, rules, transaction
from documents import card_file
from domain import card_lists
from domain.access import Right
from domain.card_lists import Checked

bp = Blueprint("card_lists", __name__, url_prefix="/foretag/resekort/lista")

SHOWN = 50
"""So many wrong rows are told."""


class CardListForm(ListForm):
    department = DepartmentField()
    rows = TextAreaField(lazy("Eller klistra in rader"), description=lazy(
        "Ett kort på varje rad. Efter numret kan kortets namn stå, och sedan vem som har det."))
    skip = BooleanField(lazy("Hoppa över rader med fel och lägg till resten"))
    cards: list[card_file.Row] | None
    checked: Checked | None = None

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        self.cards = self.read_list(card_file.read, most=rules().cards_at_once_max)
        return valid and self.cards is not None

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
