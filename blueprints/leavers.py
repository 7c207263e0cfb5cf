"""A traveller leaves: what stops and what remains is told before it is done, now or a later day."""
from uuid import UUID

from flask import url_for
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE, MISSING, DayField
from blueprints.formats import day
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, rules, transaction
from domain import leavers, travellers
from domain.access import Right
from domain.travellers import Traveller

NOW, LATER = "now", "later"
LAST_SALARY, NO_SALARY = "last", "none"


class LeaveForm(Form):
    when = RadioField(lazy("När?"), default=NOW, invalid_choice_message=CHOOSE, choices=lambda: [
        SelectChoice(NOW, _("Genast")), SelectChoice(LATER, _("När den sista dagen är slut"))])
    last_day = DayField(lazy("Sista dag"), needed=False)
    recall = BooleanField(lazy("Återkalla biljetter som inte är aktiverade"))
    rest = RadioField(lazy("Det som är kvar av löneavdraget"), default=LAST_SALARY,
                      invalid_choice_message=CHOOSE, choices=lambda: [
                          SelectChoice(LAST_SALARY, _("Dras på den sista lönen")),
                          SelectChoice(NO_SALARY, _("Dras inte på lönen"))])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.recall.description = _(
            "Det gäller det som är skickat de senaste %(days)s dagarna. Företaget krediteras, och "
            "för en återkallad biljett dras ingenting på lönen.",
            days=rules().recall_days)

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if valid and self.when.data == LATER and not self.last_day.data:
            self.last_day.errors = [MISSING]
            return False
        return valid


@needs(Right.MANAGE_TRAVELLERS)
def leave(traveller_id: UUID):
    traveller = _found(traveller_id)
    return _answer(LeaveForm(data=_planned(traveller)), traveller)


@needs(Right.MANAGE_TRAVELLERS)
def end(traveller_id: UUID):
    traveller, form = _found(traveller_id), LeaveForm()
    if form.validate_on_submit():
        with transaction(form):
            _carry_out(form, traveller)
    return _answer(form, traveller)


def _carry_out(form: LeaveForm, traveller: Traveller) -> None:
    wanted = {"recall": form.recall.data, "takes_rest": form.rest.data == LAST_SALARY}
    if form.when.data == LATER:
        leavers.plan(db, traveller, form.last_day.data, **wanted, by=actor(), now=now())
        form.then(url_for(".show", traveller_id=traveller.id),
                  _("%(name)s slutar, med %(day)s som sista dag.", name=traveller.name,
                    day=day(form.last_day.data)))
    else:
        leavers.leave(db, traveller, **wanted, by=actor(), now=now())
        form.then(url_for(".index"), _("%(name)s är avslutad.", name=traveller.name))


@needs(Right.MANAGE_TRAVELLERS)
def stay(traveller_id: UUID):
    traveller = _found(traveller_id)
    with transaction():
        leavers.stay(db, traveller, by=actor(), now=now())
    return done(url_for(".show", traveller_id=traveller.id),
                _("%(name)s slutar inte.", name=traveller.name))


def _found(traveller_id: UUID) -> Traveller:
    traveller = travellers.find(db, traveller_id, within=actor().scope)
    travellers.check_employed(traveller)
    return traveller


def _planned(traveller: Traveller) -> dict:
    return {"when": LATER if traveller.leaves_on else NOW, "last_day": traveller.leaves_on,
            "recall": traveller.leaving_recalls,
            "rest": LAST_SALARY if traveller.leaving_takes_rest else NO_SALARY}


def _answer(form: LeaveForm, traveller: Traveller):
    if form.location:
        return answer(form, "travellers/leave.html")
    return answer(form, "travellers/leave.html", traveller=traveller,
                  stopping=leavers.stopping(db, traveller, now=now()),
                  remaining=leavers.remaining(db, traveller, now=now()))
