"""Period tickets that end soon, and renewing those that are chosen: first what it costs now, then
one button."""

from flask import Blueprint, flash, redirect, url_for
from htmx_flask import request
from wtforms import HiddenField
from wtforms.validators import Optional

from blueprints.guard import needs
from blueprints.language import _, ngettext
from blueprints.sent_search import named_ids
from blueprints.web import Form, actor, answer, db, now, page, rules, transaction
from domain import renewals
from domain.access import Right
from domain.errors import Invalid
from domain.renewals import Plan

bp = Blueprint("renewals", __name__, url_prefix="/foretag/skicka-biljett/slutar-snart")


@bp.get("/")
@needs(Right.SEND_TICKETS)
def index():
    found = renewals.ending(db, within=actor().scope, now=now())
    return page("renewals/index.html", found=found, last_day=renewals.last_day,
                days=rules().ending_days, chosen=request.args.get("valda") == "alla")


class RenewalForm(Form):
    """`agreed` is the mark of the plan that was shown, with its prices."""

    agreed = HiddenField(validators=[Optional()])


@bp.route("/fornyelse", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
def new():
    form = RenewalForm()
    if form.validate_on_submit():
        with transaction(form):
            _renew(form)
    if form.location:
        return answer(form, "renewals/new.html")
    plan = _plan()
    if not plan.renewals and not plan.left_out and not form.errors:
        flash(_("Välj minst en biljett i listan först."), "warn")
        return redirect(url_for(".index"), 303)
    form.agreed.data = plan.mark
    return answer(form, "renewals/new.html", plan=plan, at=request.full_path)


def _plan() -> Plan:
    found = renewals.ending(db, within=actor().scope, now=now(), among=named_ids())
    return renewals.plan(db, found.tickets, now=now())


def _renew(form: RenewalForm) -> None:
    plan = _plan()
    if form.agreed.data != plan.mark or not plan.renewals:
        raise Invalid("Listan eller priserna har ändrats sedan du såg dem. Se efter en gång till.")
    renewals.renew(db, plan, by=actor(), now=now())
    form.then(url_for(".index"), ngettext(
        "%(num)d biljett är förnyad.", "%(num)d biljetter är förnyade.",
        len(plan.renewals)) % {"num": len(plan.renewals)})
