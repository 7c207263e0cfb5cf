"""What each column of an uploaded list is taken as, which the administrator sees and may change."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms import FieldList, SelectField
from wtforms.fields.choices import SelectChoice

from blueprints.guard import needs
from blueprints.import_mending import check_at_once
from blueprints.import_words import TAKEN_AS
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, now, transaction
from domain import import_pieces, traveller_imports
from domain.access import Right
from domain.import_pieces import What
from domain.traveller_imports import TravellerImport

bp = Blueprint("import_columns", __name__, url_prefix="/foretag")

EXAMPLES = 3


def _choices() -> list[SelectChoice]:
    return [SelectChoice("", _("Läs inte")),
            *(SelectChoice(word, str(name)) for word, name in TAKEN_AS.items())]


class ColumnsForm(Form):
    columns = FieldList(SelectField(lazy("Läs som"), choices=_choices))

    def name_each(self, kept: TravellerImport) -> None:
        for field, name in zip(self.columns, kept.header, strict=False):
            field.label.text = _("%(name)s är", name=name or "–")


@bp.route("/importer/<uuid:import_id>/kolumner", methods=["GET", "POST"])
@needs(Right.IMPORT_TRAVELLERS)
def edit(import_id: UUID):
    kept = traveller_imports.find(db, import_id, within=actor().scope)
    form = ColumnsForm(columns=[column or "" for column in kept.columns])
    form.name_each(kept)
    if form.validate_on_submit():
        with transaction(form):
            traveller_imports.take_columns_as(
                db, kept, [column or None for column in form.columns.data], by=actor(), now=now())
            check_at_once(kept)
            form.then(url_for("traveller_imports.show", import_id=kept.id))
    return answer(form, "import_columns/edit.html", kept=kept, examples=_examples(kept))


def _examples(kept: TravellerImport) -> list[list[str]]:
    """The first values of each column."""
    rows = import_pieces.some(db, kept.id, What.CELLS, 0, EXAMPLES)
    return [[cells[place] for _number, cells in rows if place < len(cells) and cells[place]]
            for place in range(len(kept.header))]
