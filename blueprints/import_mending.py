"""The rows of an import that are wrong: mended on the page, or taken home as a list."""
from uuid import UUID

from flask import Blueprint, url_for
from flask_wtf import FlaskForm
from htmx_flask import request
from wtforms import StringField

from blueprints import exports, import_words
from blueprints.guard import needs
from blueprints.import_words import NAMES
from blueprints.language import _
from blueprints.web import Form, actor, answer, db, now, transaction
from documents import traveller_list
from domain import import_checking, import_pieces, traveller_imports
from domain.access import Right
from domain.import_pieces import What
from domain.import_rows import COLUMNS, Wrong
from domain.traveller_imports import State, TravellerImport

bp = Blueprint("import_mending", __name__, url_prefix="/foretag")
MOST = 100
"""Rows in one form."""


class RowForm(FlaskForm):
    """One row, each of its values as it stands."""

    class Meta:
        csrf = False

    personnummer = StringField()
    given_name = StringField()
    surname = StringField()
    email = StringField()
    mobile = StringField()
    limit = StringField()
    employee_number = StringField()
    invoice_mark = StringField()
    department = StringField()
    employment_form = StringField()

    def __init__(self, row: Wrong, **kwargs):
        super().__init__(prefix=f"r{row.number}", data=import_words.given(row), **kwargs)
        self.number, wrong = row.number, {}
        for problem in row.problems:
            wrong.setdefault(problem[0], []).append(import_words.problem(problem))
        for field in self:
            word = field.short_name
            field.label.text, field.errors = str(NAMES[word]), wrong.get(word, [])

    @property
    def values(self) -> list[str]:
        return [(self[column].data or "").strip() for column in COLUMNS]


class MendForm(Form):
    """Some of the rows that are wrong."""

    forms: list[RowForm]


def mend_form(rows: list[list], **kwargs) -> MendForm:
    form = MendForm(**kwargs)
    form.forms = [RowForm(Wrong._make(row), **kwargs) for row in rows]
    return form


@bp.post("/importer/<uuid:import_id>/rattelser")
@needs(Right.IMPORT_TRAVELLERS)
def mend(import_id: UUID):
    kept = traveller_imports.find(db, import_id, within=actor().scope)
    form = mend_form(_wrong_among(kept))
    if form.validate_on_submit():
        with transaction(form):
            traveller_imports.mend(db, kept, {each.number: each.values for each in form.forms},
                                   by=actor(), now=now())
            check_at_once(kept)
            form.then(url_for("traveller_imports.show", import_id=kept.id))
    return answer(form, "traveller_imports/show.html")


@bp.get(f"/importer/<uuid:import_id>/fel.{exports.KINDS}")
@needs(Right.IMPORT_TRAVELLERS)
def wrong(import_id: UUID, kind: str):
    kept = traveller_imports.find(db, import_id, within=actor().scope)
    rows = [Wrong._make(row) for piece in import_pieces.every(db, kept.id, What.WRONG)
            for row in piece]
    names = {word: str(name) for word, name in NAMES.items()}
    columns, cells = traveller_list.wrong(rows, names, import_words.reasons, row_name=_("Rad"),
                                          reason_name=_("Att rätta"))
    return exports.file(kind, _("Rader att rätta"), columns, lambda: cells)


def check_at_once(kept: TravellerImport) -> None:
    """A list that is not for the worker, if it has been ordered to be checked."""
    if kept.state == State.CHECKING and not traveller_imports.is_big(db, kept):
        import_checking.check(db, kept, traveller_list.reader(kept))


def _wrong_among(kept: TravellerImport) -> list[list]:
    """Those of the rows in the form that are wrong: no other is mended."""
    sent = {name.partition("-")[0] for name in request.form}
    found = [row for piece in import_pieces.every(db, kept.id, What.WRONG) for row in piece
             if f"r{row[0]}" in sent]
    return found[:MOST]
