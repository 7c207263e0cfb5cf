"""Importing travellers: a file or pasted rows, what it would do, the button, and the way back."""
from uuid import UUID

from flask import Blueprint, Response, redirect, url_for
from htmx_flask import make_response, request
from wtforms import BooleanField, TextAreaField

from blueprints import import_words
from blueprints.connection_form import FirstDayField, LastDayField
from blueprints.departments import DepartmentField
from blueprints.given_list import ListForm
from blueprints.guard import needs, takes_files
from blueprints.import_mending import check_at_once, mend_form
from blueprints.language import _, lazy
from blueprints.policy_choice import PolicyField
from blueprints.web import Form, actor, answer, db, now, page, rules, transaction, wants_fragment
from documents import traveller_file, traveller_list, traveller_template
from documents.table import Table
from domain import (
    departments,
    import_carrying,
    import_pieces,
    import_undo,
    traveller_imports,
)
from domain.access import Right
from domain.import_pieces import What
from domain.traveller_imports import State, TravellerImport

bp = Blueprint("traveller_imports", __name__, url_prefix="/foretag")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABS = {"fel": What.WRONG, "nya": What.NEW, "andras": What.CHANGED, "saknas": What.MISSING,
        "obs": What.NOTES}
"""What a part of the page is called in its address."""
ROWS = 25
"""On a page."""


class ImportForm(ListForm):
    """A list of travellers, from a file or pasted; `table` is what stands in it."""

    department = DepartmentField()
    rows = TextAreaField(lazy("Eller klistra in rader"), description=lazy(
        "Markera rubriker och rader i kalkylbladet, kopiera, och klistra in här."))
    table: Table | None

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        self.table = self.read_list(traveller_file.read, most=rules().import_rows_max)
        return valid and self.table is not None

    def upload(self) -> TravellerImport:
        header = self.table.header
        return traveller_imports.upload(
            db, self.department.found(), header, traveller_list.columns(header), self.table.rows,
            kind=self.table.kind, file_name=(self.file.data and self.file.data.filename) or "",
            by=actor(), now=now())


@bp.route("/importer/ny", methods=["GET", "POST"])
@bp.route("/avdelningar/<uuid:department_id>/import", methods=["GET", "POST"])
@needs(Right.IMPORT_TRAVELLERS)
@takes_files
def new(department_id: UUID | None = None):
    if department_id:
        departments.find(db, department_id, within=actor().scope)
    form = ImportForm(department=department_id and str(department_id))
    if form.validate_on_submit():
        with transaction(form):
            form.then(url_for("import_columns.edit", import_id=form.upload().id))
    return answer(form, "traveller_imports/new.html",
                  imports=traveller_imports.latest(db, within=actor().scope))


@bp.get("/importmall.<any(csv, xlsx):kind>")
@needs(Right.IMPORT_TRAVELLERS)
def template(kind: str):
    content = traveller_template.as_csv() if kind == "csv" else traveller_template.as_xlsx(_)
    return Response(content, mimetype="text/csv" if kind == "csv" else XLSX, headers={
        "Content-Disposition": f"attachment; filename=importmall.{kind}"})


class CarryOutForm(Form):
    from_on = FirstDayField()
    to_on = LastDayField()
    policy = PolicyField()
    only_if_all = BooleanField(lazy("Bara om alla rader är rätt"))
    leavers = BooleanField(lazy("Avsluta också dem som saknas i listan"))


@bp.get("/importer/<uuid:import_id>")
@needs(Right.IMPORT_TRAVELLERS)
def show(import_id: UUID):
    kept = _found(import_id)
    if kept.state == State.UPLOADED:
        return redirect(url_for("import_columns.edit", import_id=kept.id), 303)
    if wants_fragment() and not kept.busy:
        return make_response("", refresh=True)
    return page("traveller_imports/show.html", "work", form=CarryOutForm(), **_context(kept))


@bp.post("/importer/<uuid:import_id>/genomforande")
@needs(Right.IMPORT_TRAVELLERS)
def carry_out(import_id: UUID):
    kept, form = _found(import_id), CarryOutForm()
    if form.validate_on_submit():
        with transaction(form):
            traveller_imports.connect_with(kept, form.from_on.data, form.to_on.data,
                                           form.policy.chosen_id, now=now())
            traveller_imports.order(db, kept, leavers=form.leavers.data,
                                    only_if_all=form.only_if_all.data, by=actor(), now=now())
            if not traveller_imports.is_big(db, kept):
                import_carrying.carry_out(db, kept.id, now=now())
                check_at_once(kept)
            form.then(url_for(".show", import_id=kept.id))
    return answer(form, "traveller_imports/show.html", block="work", **_context(kept))


@bp.post("/importer/<uuid:import_id>/angra")
@needs(Right.IMPORT_TRAVELLERS)
def undo(import_id: UUID):
    kept = _found(import_id)
    with transaction():
        traveller_imports.order_undo(db, kept, by=actor(), now=now())
        if not traveller_imports.is_big(db, kept):
            import_undo.undo(db, kept.id, now=now())
    return redirect(url_for(".show", import_id=kept.id), 303)


def _context(kept: TravellerImport) -> dict:
    """What the page says: the counts, and a page of one of the kinds of rows."""
    counts = import_pieces.counts(db, kept.id)
    tab = request.args.get("visa", "")
    tab = tab if tab in TABS else next((name for name, what in TABS.items() if counts[what]), "nya")
    number = max(1, min(request.args.get("sida", 1, type=int), counts[TABS[tab]] // ROWS + 1))
    rows = import_pieces.some(db, kept.id, TABS[tab], (number - 1) * ROWS, ROWS)
    return {"kept": kept, "counts": counts, "tab": tab, "tabs": TABS,
            "number": number, "rows": rows, "rows_on_page": ROWS, "words": import_words,
            "mending": mend_form(rows) if tab == "fel" else None,
            "skipped": [name for name, column in zip(kept.header, kept.columns, strict=True)
                        if name and not column],
            "until": traveller_imports.undoable_until(db, kept), "now": now(),
            "department": departments.find(db, kept.department_id, within=actor().scope)}


def _found(import_id: UUID) -> TravellerImport:
    return traveller_imports.find(db, import_id, within=actor().scope)
