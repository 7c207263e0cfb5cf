"""One staff offer's deductions, and what becomes of them when something comes between: first the
rest is shown, then it is settled."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from blueprints.fields import CHOOSE, MISSING, DayField, KronorField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from domain import deduction_settlements, deductions, offer_recalls, offers
from domain.access import Right
from domain.deduction_plans import Plan
from domain.deduction_settlements import Cause, Happening, How
from domain.errors import Invalid
from domain.offers import OfferApplication

bp = Blueprint("deduction_settlements", __name__, url_prefix="/foretag/loneavdrag/ansokan")


class SettleForm(Form):
    """`agreed` is the mark of the plan that was shown."""

    cause = RadioField(lazy("Vad har hänt?"), default=Cause.ON_LEAVE, choices=lambda: [
        SelectChoice(Cause.ON_LEAVE, _("Den anställda är ledig en tid")),
        SelectChoice(Cause.RETURNED, _("Biljetten är återlämnad"))],
        invalid_choice_message=CHOOSE)
    day = DayField(lazy("Från och med"))
    how = RadioField(lazy("Resten av avdraget"), default=How.AT_ONCE, choices=lambda: [
        SelectChoice(How.AT_ONCE, _("Dras eller betalas tillbaka på en gång")),
        SelectChoice(How.LATER, _("Dras månad för månad efter ledigheten")),
        SelectChoice(How.ELSEWHERE, _("Dras inte på lönen"))], invalid_choice_message=CHOOSE)
    back_on = DayField(lazy("Första dagen efter ledigheten"), needed=False)
    credited = KronorField(lazy("Krediteras företaget"), needed=False)
    agreed = HiddenField(validators=[Optional()])

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if valid and self.cause.data == Cause.RETURNED and self.credited.value is None:
            self.credited.errors = [MISSING]
            return False
        return valid

    @property
    def happening(self) -> Happening:
        credited = self.credited.value if self.cause.data == Cause.RETURNED else 0
        return Happening(Cause(self.cause.data), self.day.data, How(self.how.data), credited or 0,
                         self.back_on.data)

    def plan(self, application: OfferApplication) -> Plan | None:
        """None when it cannot be; then it says why."""
        try:
            plan = deduction_settlements.preview(db, application, self.happening, now=now())
        except Invalid as refusal:
            return self.refuse(refusal)
        self.agreed.data = plan.mark
        return plan

    def carry_out(self, application: OfferApplication) -> None:
        agreed, plan = self.agreed.data, self.plan(application)
        if plan is None:
            return
        if agreed != plan.mark:
            raise Invalid("Avdraget har ändrats sedan du såg vad som händer. Se efter en gång "
                          "till.")
        deduction_settlements.settle(db, application, self.happening, by=actor(), now=now())
        self.then(url_for(".show", application_id=application.id), _("Löneavdraget är reglerat."))


@bp.get("/<uuid:application_id>")
@needs(Right.DECIDE_OFFERS)
def show(application_id: UUID):
    application = _found(application_id)
    rows = deductions.of_applications(db, [application.id]).get(application.id, [])
    return page("deductions/show.html", application=application, rows=rows, total=sum(
        row.amount_ore for row in rows), own=application.is_own(actor()),
        settlements=deduction_settlements.of_application(db, application),
        may_recall=offer_recalls.may_recall(db, application, now=now()))


@bp.route("/<uuid:application_id>/reglering", methods=["GET", "POST"])
@needs(Right.DECIDE_OFFERS)
def settle(application_id: UUID):
    """Shown first, with `act`; done when the same is sent without it."""
    application, form, plan = _found(application_id), SettleForm(), None
    if form.validate_on_submit():
        if "act" not in request.form:
            with transaction(form):
                form.carry_out(application)
        if not form.location:
            plan = form.plan(application)
    return answer(form, "deductions/settle.html", application=application, plan=plan)


@bp.post("/<uuid:application_id>/aterkallelse")
@needs(Right.DECIDE_OFFERS)
def recall(application_id: UUID):
    application = _found(application_id)
    with transaction():
        offer_recalls.recall(db, application, by=actor(), now=now())
    return done(url_for(".show", application_id=application.id),
                _("Biljetten är återkallad och löneavdraget stoppat."))


def _found(application_id: UUID) -> OfferApplication:
    return offers.find(db, application_id, within=actor().scope)
