"""The company's departments: what each is invoiced by, and what its travellers may use."""
from uuid import UUID

from flask import Blueprint, current_app, url_for
from htmx_flask import request
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from blueprints import department_file, events, exports
from blueprints.department_form import DepartmentForm
from blueprints.fields import CHOOSE, required
from blueprints.guard import needs
from blueprints.language import _, lazy, ngettext
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from blueprints.words import word
from domain import (
    administrators,
    assortment,
    audit,
    departments,
    moves,
    spendings,
    tickets,
    travellers,
)
from domain.access import Right, Scope
from domain.assortment import Assortment
from domain.departments import Department
from domain.money import NBSP, kr
from domain.months import Month
from domain.spendings import DepartmentSpending

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


@bp.get("/")
@needs(Right.SEE_DEPARTMENTS)
def index():
    scope = actor().scope
    return page("departments/index.html", may_manage=actor().may(Right.MANAGE_DEPARTMENTS),
                departments=departments.of_company(db, within=scope),
                archived=departments.archived(db, within=scope),
                numbers=travellers.numbers(db, within=scope))


@bp.get(f"/avdelningar.{exports.KINDS}")
@needs(Right.SEE_DEPARTMENTS)
def file(kind: str):
    return department_file.file(kind, actor().scope)


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.MANAGE_DEPARTMENTS)
def new():
    form = DepartmentForm()
    if form.validate_on_submit():
        with transaction(form):
            department = departments.add(db, actor().company_id, form.details(), by=actor(),
                                         now=now())
            form.then(_page_of(department), _("Avdelningen %(name)s är tillagd.",
                                              name=department.name))
    return answer(form, "departments/new.html")


@bp.get("/<uuid:department_id>")
@needs(Right.SEE_DEPARTMENTS)
def show(department_id: UUID):
    department = _found(department_id)
    scope = Scope(department.company_id, frozenset({department.id}))
    number = travellers.numbers(db, within=scope).get(department.id, 0)
    others = [each for each in departments.of_company(db, within=actor().scope)
              if each is not department]
    allowed = assortment.of_department(db, department)
    return page("departments/show.html", department=department, number=number, others=others,
                may_manage=actor().may(Right.MANAGE_DEPARTMENTS), allowed=allowed,
                administrators=_administrators(department), month=Month.of(now()),
                figures=_figures(scope, allowed), left_ore=_left(department),
                events=events.told(audit.about(db, department.id,
                                               company_id=department.company_id)))


def _administrators(department: Department) -> dict:
    """Those of the department, and where they are chosen."""
    posts = administrators.listed(db, department.company_id)
    there = "administrators.index" in current_app.view_functions
    return {"names": [post.person.name for post in posts
                      if any(room.department_id == department.id for room in post.rooms)],
            "at": url_for("administrators.index") if there else None}


def _figures(scope: Scope, allowed: Assortment) -> list[tuple[str, str, str]]:
    """This month's purchases by each service that may be used, or has been."""
    return [(word(part.service), kr(part.gross_ore),
             ngettext("%(count)d biljett", "%(count)d biljetter", part.tickets)
             % {"count": part.tickets})
            for part in tickets.month_so_far(db, within=scope, now=now())
            if part.tickets or part.service in allowed.services]


def _left(department: Department) -> int | None:
    """Of the month's budget, in öre; None when there is none."""
    if department.monthly_budget_ore is None:
        return None
    spent = spendings.spent(db, DepartmentSpending, [department.id], now=now())
    return max(0, department.monthly_budget_ore - spent.get(department.id, 0))


@bp.route("/<uuid:department_id>/andra", methods=["GET", "POST"])
@needs(Right.MANAGE_DEPARTMENTS)
def edit(department_id: UUID):
    department = _found(department_id)
    budget = department.monthly_budget_ore
    form = DepartmentForm(obj=department, monthly_budget=(
        None if budget is None else kr(budget).removesuffix(f"{NBSP}kr")))
    if form.validate_on_submit():
        with transaction(form):
            departments.change(db, department, form.details(), by=actor(), now=now())
            form.then(_page_of(department), _("Ändringarna är sparade."))
    return answer(form, "departments/edit.html", department=department)


@bp.post("/<uuid:department_id>/arkivering")
@needs(Right.MANAGE_DEPARTMENTS)
def archive(department_id: UUID):
    department = _found(department_id)
    with transaction():
        departments.archive(db, department, by=actor(), now=now())
    return done(url_for(".index"), _("Avdelningen %(name)s är arkiverad.", name=department.name))


@bp.post("/<uuid:department_id>/oppnande")
@needs(Right.MANAGE_DEPARTMENTS)
def reopen(department_id: UUID):
    department = _found(department_id)
    with transaction():
        departments.reopen(db, department, by=actor(), now=now())
    return done(_page_of(department), _("Avdelningen %(name)s är öppen igen.",
                                        name=department.name))


class MoveForm(Form):
    department = SelectField(lazy("Flytta till"), invalid_choice_message=CHOOSE)

    def __init__(self, left: Department, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.there = {str(each.id): each
                      for each in departments.of_company(db, within=actor().scope)
                      if each is not left}
        self.department.choices = [SelectChoice("", _("Välj avdelning")), *(
            SelectChoice(key, each.name) for key, each in self.there.items())]

    @property
    def chosen(self) -> Department | None:
        return self.there.get(self.department.data)

    @property
    def agreed(self) -> bool:
        """Whether the button that was pressed named the department that is chosen."""
        return request.form.get("agreed") == self.department.data


@bp.route("/<uuid:department_id>/flytt", methods=["GET", "POST"])
@needs(Right.MANAGE_TRAVELLERS)
def move(department_id: UUID):
    left = _found(department_id)
    form, those = MoveForm(left, request.form or request.args), moves.of_department(left)
    if form.chosen and form.agreed and form.validate_on_submit():
        with transaction(form):
            moved = moves.move(db, those, form.chosen, by=actor(), now=now())
            form.then(_page_of(form.chosen), ngettext(
                "En resenär är flyttad hit.", "%(count)d resenärer är flyttade hit.", moved)
                % {"count": moved})
    preview = form.chosen and moves.preview(db, those, form.chosen)
    return answer(form, "departments/move.html", department=left, preview=preview)


def _found(department_id: UUID) -> Department:
    return departments.find(db, department_id, within=actor().scope)


def _page_of(department: Department) -> str:
    return url_for(".show", department_id=department.id)
