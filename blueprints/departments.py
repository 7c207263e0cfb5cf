"""The company's departments, each with the reference number that its invoice is marked with."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE, TextField, required
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, needs, now, page, transaction
from domain import departments, travellers
from domain.access import Right
from domain.departments import Department, Details

bp = Blueprint("departments", __name__, url_prefix="/foretag/avdelningar")


def choices() -> list[SelectChoice]:
    return [SelectChoice(str(department.id), department.name)
            for department in departments.of_company(db, within=actor().scope)]


def _to_choose() -> list[SelectChoice]:
    """Nobody ends up in a department that was not chosen, unless there is only one."""
    there = choices()
    return there if len(there) == 1 else [SelectChoice("", _("Välj avdelning")), *there]


class DepartmentField(SelectField):
    """One of the company's departments."""

    def __init__(self, **kwargs):
        super().__init__(lazy("Avdelning"), [required(CHOOSE)], choices=_to_choose,
                         invalid_choice_message=CHOOSE, **kwargs)

    def found(self) -> Department:
        return _found(UUID(self.data))


class DepartmentForm(Form):
    name = TextField(lazy("Namn"))
    reference_number = TextField(lazy("Referensnummer"), most=50, description=lazy(
        "Står på avdelningens faktura. En faktura i månaden för varje referensnummer."))
    cost_centre = TextField(lazy("Kostnadsställe"), most=50, needed=False)

    def details(self) -> Details:
        return Details(self.name.value, self.reference_number.value, self.cost_centre.value)


@bp.get("/")
@needs(Right.SEE_DEPARTMENTS)
def index():
    scope = actor().scope
    return page("departments/index.html", may_manage=actor().may(Right.MANAGE_DEPARTMENTS),
                departments=departments.of_company(db, within=scope),
                numbers=travellers.numbers(db, within=scope))


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.MANAGE_DEPARTMENTS)
def new():
    form = DepartmentForm()
    if form.validate_on_submit():
        with transaction(form):
            department = departments.add(db, actor().company_id, form.details(), by=actor(),
                                         now=now())
            form.then(url_for(".index"), _("Avdelningen %(name)s är tillagd.",
                                           name=department.name))
    return answer(form, "departments/new.html")


@bp.route("/<uuid:department_id>", methods=["GET", "POST"])
@needs(Right.MANAGE_DEPARTMENTS)
def edit(department_id: UUID):
    department = _found(department_id)
    form = DepartmentForm(obj=department)
    if form.validate_on_submit():
        with transaction(form):
            departments.change(db, department, form.details(), by=actor(), now=now())
            form.then(url_for(".index"), _("Ändringarna är sparade."))
    return answer(form, "departments/edit.html", department=department)


def _found(department_id: UUID) -> Department:
    return departments.find(db, department_id, within=actor().scope)
