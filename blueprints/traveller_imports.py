"""Importing travellers into a department: a file or pasted rows, a preview, then the button."""
from collections import Counter
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask_wtf.file import FileField
from wtforms import TextAreaField, ValidationError

from blueprints.language import _, lazy, ngettext, sentence
from blueprints.web import Form, actor, answer, db, done, needs, now, page, rules, transaction
from documents import traveller_file
from documents.traveller_file import Column, FileProblem, TravellerFile
from domain import departments, traveller_imports
from domain.access import Right
from domain.departments import Department
from domain.traveller_imports import CheckedRow, Kind, TravellerImport

bp = Blueprint("traveller_imports", __name__, url_prefix="/foretag")

COLUMNS = {
    Column.PERSONNUMMER: "personnummer", Column.FIRST_NAME: "given_name",
    Column.LAST_NAME: "surname", Column.EMAIL: "email", Column.MOBILE: "mobile",
    Column.CREDIT_LIMIT: "limit", Column.EMPLOYEE_NUMBER: "employee_number",
    Column.INVOICE_TAG: "invoice_mark",
}
"""What the domain calls the columns of a file."""
NAMES = {
    "personnummer": lazy("Personnummer"), "given_name": lazy("Förnamn"),
    "surname": lazy("Efternamn"), "email": lazy("E-post"), "mobile": lazy("Mobilnummer"),
    "limit": lazy("Kreditgräns"), "employee_number": lazy("Anställningsnummer"),
    "invoice_mark": lazy("Fakturamärkning"), "department": lazy("Avdelning"),
}
SHOWN = 200
"""So many rows of each kind are written out; the counts are of all."""


class ImportForm(Form):
    """A list of travellers, from a file or pasted; `read` is what stands in it."""

    file = FileField(lazy("CSV-fil"))
    rows = TextAreaField(lazy("Eller klistra in rader"), description=lazy(
        "Markera rubriker och rader i kalkylbladet, kopiera, och klistra in här."))
    read: TravellerFile

    def validate_file(self, field) -> None:
        if field.data:
            self._read(field.data.read())
        elif not self.rows.data:
            raise ValidationError(_("Välj en fil eller klistra in rader."))

    def validate_rows(self, field) -> None:
        if field.data and not self.file.data:
            self._read(field.data.encode())

    def _read(self, data: bytes) -> None:
        limits = rules()
        try:
            self.read = traveller_file.read(data, max_rows=limits.import_rows_max,
                                            max_bytes=limits.import_bytes_max)
        except FileProblem as problem:
            raise ValidationError(sentence(problem)) from problem

    def upload(self, department: Department) -> TravellerImport:
        rows = [(row.number, {COLUMNS[column]: value for column, value in row.values.items()})
                for row in self.read.rows]
        return traveller_imports.upload(db, department, rows, not_read=self.read.unknown_columns,
                                        now=now())


@bp.route("/avdelningar/<uuid:department_id>/import", methods=["GET", "POST"])
@needs(Right.MANAGE_TRAVELLERS)
def new(department_id: UUID):
    department, form = _department(department_id), ImportForm()
    if form.validate_on_submit():
        with transaction(form):
            form.then(url_for(".show", import_id=form.upload(department).id))
    return answer(form, "traveller_imports/new.html", department=department)


@bp.get("/importmall.csv")
@needs(Right.MANAGE_TRAVELLERS)
def template():
    return Response(traveller_file.template(), mimetype="text/csv",
                    headers={"Content-Disposition": "attachment; filename=importmall.csv"})


@bp.get("/importer/<uuid:import_id>")
@needs(Right.MANAGE_TRAVELLERS)
def show(import_id: UUID):
    kept = _found(import_id)
    rows = traveller_imports.check(db, kept)
    will_change = [row for row in rows if row.kind in (Kind.NEW, Kind.CHANGED)]
    return page("traveller_imports/show.html", kept=kept, names=NAMES, shown=SHOWN,
                department=_department(kept.department_id), will_change=will_change,
                counts=Counter(row.kind for row in rows), problems=_problems(rows))


@bp.post("/importer/<uuid:import_id>/genomforande")
@needs(Right.MANAGE_TRAVELLERS)
def carry_out(import_id: UUID):
    kept = _found(import_id)
    department = _department(kept.department_id)
    with transaction():
        count = traveller_imports.carry_out(db, kept, department, by=actor(), now=now())
    return done(url_for("travellers.index", avdelning=department.id), ngettext(
        "En resenär är importerad.", "%(count)d resenärer är importerade.", count)
        % {"count": count})


def _problems(rows: list[CheckedRow]) -> list[tuple[int, str, str, str]]:
    """Row, column, what stands there and what is wrong with it."""
    return [(row.number, NAMES[column], row.values.get(column, ""), sentence(problem))
            for row in rows for column, problem in row.problems.items()]


def _found(import_id: UUID) -> TravellerImport:
    return traveller_imports.find(db, import_id, within=actor().scope)


def _department(department_id: UUID) -> Department:
    return departments.find(db, department_id, within=actor().scope)
