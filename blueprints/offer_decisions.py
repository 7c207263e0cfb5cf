"""Deciding many applications at once: first what would happen, then one button."""
from flask import Blueprint, flash, redirect
from htmx_flask import request
from wtforms import HiddenField
from wtforms.validators import Optional
from wtforms.widgets import TextArea

from blueprints.fields import TextField, ids
from blueprints.guard import needs
from blueprints.language import _, lazy, ngettext, sentence
from blueprints.offer_search import OfferSearch, chosen_ids
from blueprints.web import Form, actor, answer, db, now, transaction
from domain import offer_decisions, offer_plans, offer_queue
from domain.access import Right
from domain.offer_plans import Case
from domain.offers import OfferApplication

bp = Blueprint("offer_decisions", __name__, url_prefix="/foretag/personalerbjudande")


class ApproveForm(Form):
    """`agreed` is the mark of the plan that was shown."""

    agreed = HiddenField(validators=[Optional()])

    def carry_out(self) -> list[Case]:
        return offer_decisions.approve_all(
            db, chosen_ids(), also=ids(request.form.getlist("med")), mark=self.agreed.data or "",
            by=actor(), now=now())


@bp.route("/beviljande", methods=["GET", "POST"])
@needs(Right.DECIDE_OFFERS)
def approve():
    form = ApproveForm()
    if form.validate_on_submit():
        with transaction(form):
            form.then(_back(), _said(form.carry_out()))
    if form.location:
        return answer(form, "offers/approve.html")
    plan = offer_plans.plan(db, chosen_ids(), by=actor(), now=now())
    if not (plan.clear or plan.doubtful or plan.left_out):
        return _nothing_chosen()
    form.agreed.data = plan.mark
    return answer(form, "offers/approve.html", plan=plan, sums=offer_plans.sums(plan.clear),
                  sentence=sentence, ticked=set(ids(request.form.getlist("med"))),
                  at=request.full_path, back=_back())


def _said(cases: list[Case]) -> str:
    first = sum(case.is_first_yes for case in cases)
    granted = len(cases) - first
    said = [ngettext("%(num)d ansökan är beviljad.", "%(num)d ansökningar är beviljade.", granted)
            % {"num": granted}] if granted else []
    if first:
        said.append(ngettext("%(num)d väntar på ett andra ja.", "%(num)d väntar på ett andra ja.",
                             first) % {"num": first})
    return " ".join(said)


class DeclineForm(Form):
    """`agreed` is the mark of those that were shown."""

    agreed = HiddenField(validators=[Optional()])
    reason = TextField(lazy("Skäl till avslaget"), most=500, widget=TextArea(), description=lazy(
        "Alla läser samma skäl i sitt e-brev."))


def _declined() -> list[OfferApplication]:
    """Those of the chosen that nobody has decided, but for one's own."""
    return [each for each in offer_queue.undecided(db, chosen_ids()) if not each.is_own(actor())]


@bp.route("/avslag", methods=["GET", "POST"])
@needs(Right.DECIDE_OFFERS)
def decline():
    form, applications = DeclineForm(), _declined()
    if not applications:
        return _nothing_chosen()
    if form.validate_on_submit():
        with transaction(form):
            applications = _declined()
            offer_decisions.check_shown(form.agreed.data or "",
                                        offer_decisions.mark_of(applications))
            offer_decisions.decline_all(db, applications, reason=form.reason.value, by=actor(),
                                        now=now())
            form.then(_back(), ngettext(
                "%(num)d ansökan är avslagen.", "%(num)d ansökningar är avslagna.",
                len(applications)) % {"num": len(applications)})
    if not form.location:
        form.agreed.data = offer_decisions.mark_of(applications)
    return answer(form, "offers/decline.html", applications=applications, at=request.full_path,
                  back=_back())


def _nothing_chosen():
    flash(_("Välj minst en ansökan i listan först."), "warn")
    return redirect(_back(), 303)


def _back() -> str:
    return OfferSearch(request.args).back
