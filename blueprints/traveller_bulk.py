"""Acts on the travellers that are chosen in the list: first what would happen, then one button.

The chosen ones stand in the address: either each, or the search that all of them match."""
from collections.abc import Callable
from functools import cached_property
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from htmx_flask import request
from sqlalchemy import Select
from wtforms import BooleanField, HiddenField
from wtforms.validators import Optional

from blueprints.departments import DepartmentField
from blueprints.fields import DayField, ids
from blueprints.guard import needs
from blueprints.language import _, lazy, ngettext
from blueprints.traveller_search import TravellerList
from blueprints.web import Form, actor, answer, db, now, transaction
from domain import moves, traveller_acts, traveller_lists
from domain.access import Right
from domain.errors import Invalid
from domain.traveller_acts import Plan
from domain.traveller_searches import EVERYONE

bp = Blueprint("traveller_bulk", __name__, url_prefix="/foretag/resenarer/urval")

HIDDEN = {"HiddenField", "CSRFTokenField"}


class BulkForm(Form):
    """What is said of all of them at once. It is shown with its plan before it is carried out, and
    `agreed` is the mark of the plan that was shown."""

    agreed = HiddenField(validators=[Optional()])

    def plan(self) -> Plan:
        raise NotImplementedError

    def carry_out(self, plan: Plan) -> str | None:
        """Perhaps with the address where one sees how it goes."""
        raise NotImplementedError

    def mark(self, plan: Plan) -> str:
        """Of what happens, to whom."""
        typed = [str(field.data) for field in self if field.type not in HIDDEN]
        return " ".join([plan.mark, *typed])

    def agreed_plan(self) -> Plan:
        plan = self.plan()
        if self.agreed.data != self.mark(plan):
            raise Invalid("Listan eller uppgifterna har ändrats sedan du såg vad som händer. "
                          "Se efter en gång till.")
        return plan

    @cached_property
    def search(self) -> TravellerList:
        return TravellerList(request.args)

    @property
    def chosen(self) -> Select[tuple[UUID]]:
        """The ids of those who are chosen and the actor has."""
        if request.args.get("valda") == "alla":
            return traveller_lists.ids(db, self.search.search, within=actor().scope, now=now())
        return traveller_lists.ids(db, EVERYONE, within=actor().scope, now=now(),
                                   among=ids(request.args.getlist("vald")))

    @cached_property
    def number(self) -> int:
        return traveller_lists.number(db, self.chosen)

    @property
    def back(self) -> str:
        return url_for("travellers.index", **self.search.kept)


def act(form: BulkForm, template: str, said: Callable[[int], str], *, at_once: bool = False):
    """`at_once` when there is a plan before anything is filled in."""
    if not form.number:
        flash(_("Välj minst en resenär i listan först."), "warn")
        return redirect(form.back, 303)
    filled_in = form.validate_on_submit()
    if filled_in and form.agreed.data:
        with transaction(form):
            plan = form.agreed_plan()
            watched_at = form.carry_out(plan)
            form.then(watched_at or form.back, said(len(plan.people)))
    plan = None
    if not form.location and (filled_in or (at_once and not form.is_submitted())):
        plan = form.plan()
        form.agreed.data = form.mark(plan)
    return answer(form, template, plan=plan, at=request.full_path)


class MoveForm(BulkForm):
    department = DepartmentField()

    def plan(self) -> Plan:
        return traveller_acts.to_move(db, self.chosen, self.department.found())

    def carry_out(self, plan: Plan) -> None:
        traveller_acts.move(db, self.chosen, plan, self.department.found(), by=actor(),
                            now=now())

    @property
    def losing(self) -> moves.Preview:
        return moves.preview(db, self.chosen, self.department.found())


@bp.route("/flytta", methods=["GET", "POST"])
@needs(Right.MANAGE_TRAVELLERS)
def move():
    return act(MoveForm(), "traveller_bulk/move.html", lambda number: ngettext(
        "%(num)d resenär är flyttad.", "%(num)d resenärer är flyttade.", number) % {"num": number})


class LeaveForm(BulkForm):
    last_day = DayField(lazy("Sista dag"), needed=False, description=lazy(
        "Lämna tomt om de slutar nu."))
    recall = BooleanField(lazy("Återkalla biljetter som inte är aktiverade"))

    def plan(self) -> Plan:
        return traveller_acts.to_leave(db, self.chosen)

    def carry_out(self, plan: Plan) -> None:
        traveller_acts.leave(db, plan, self.last_day.data, recall=self.recall.data, by=actor(),
                             now=now())


@bp.route("/avsluta", methods=["GET", "POST"])
@needs(Right.MANAGE_TRAVELLERS)
def leave():
    form = LeaveForm()
    later = form.last_day.data
    return act(form, "traveller_bulk/leave.html", lambda number: (
        ngettext("%(num)d resenär slutar den dagen.", "%(num)d resenärer slutar den dagen.", number)
        if later else ngettext("%(num)d resenär är avslutad.", "%(num)d resenärer är avslutade.",
                               number)) % {"num": number}, at_once=True)
