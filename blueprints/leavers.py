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


class LeaveForm(Form):
    when = RadioField(lazy("När?"), default=NOW, invalid_choice_message=CHOOSE, choices=lambda: [
        SelectChoice(NOW, _("Genast")), SelectChoice(LATER, _("När den sista dagen är slut"))])
    last_day = DayField(lazy("Sista dag"), needed=False)
    recall = BooleanField(lazy("Återkalla biljetter som inte är aktiverade"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.recall.description = _(
            "Det gäller det som är skickat de senaste %(days)s dagarna. Företaget krediteras, och "
            "löneavdraget för en återkallad biljett upphör månaden efter.",
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
    recall = form.recall.data
    if form.when.data == LATER:
        leavers.plan(db, traveller, form.last_day.data, recall=recall, by=actor(), now=now())
        form.then(url_for(".show", traveller_id=traveller.id),
                  _("%(name)s slutar, med %(day)s som sista dag.", name=traveller.name,
                    day=day(form.last_day.data)))
    else:
        leavers.leave(db, traveller, recall=recall, by=actor(), now=now())
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
            "recall": traveller.leaving_recalls}


def _answer(form: LeaveForm, traveller: Traveller):
    if form.location:
        return answer(form, "travellers/leave.html")
    return answer(form, "travellers/leave.html", traveller=traveller,
                  stopping=leavers.stopping(db, traveller, now=now()),
                  remaining=leavers.remaining(db, traveller, now=now()))
