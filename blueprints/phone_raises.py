"""Asking for a higher limit on the traveller's phone, and what became of it."""
from uuid import UUID

from flask import redirect, url_for
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextArea

from blueprints.fields import CHOOSE, DayField, KronorField, TextField
from blueprints.formats import day
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.payers import Payer, payers
from blueprints.web import Form, actor, answer, db, done, now, rules, transaction
from blueprints.words import word
from domain import limits, raise_requests, travellers
from domain.access import Right
from domain.months import Month
from domain.raises import Raise, State


class RaiseForm(Form):
    connection = RadioField(lazy("Vem betalar?"), invalid_choice_message=CHOOSE)
    ore = KronorField(lazy("Hur mycket mer?"))
    until_on = DayField(lazy("Till och med"))
    reason = TextField(lazy("Vad behöver du det till?"), most=200, widget=TextArea())

    def __init__(self, ready: list[Payer]):
        self.ready = {str(each.connection.id): each for each in ready}
        super().__init__(data={"connection": next(iter(self.ready)),
                               "until_on": Month.of(now()).last_day})
        self.connection.choices = [SelectChoice(key, each.company.name)
                                   for key, each in self.ready.items()]


@needs(Right.TRAVEL)
def ask():
    ready = [each for each in payers()
             if each.may_buy and each.is_registered]
    if not ready:
        return redirect(url_for(".buy"), 303)
    form = RaiseForm(ready)
    if form.validate_on_submit():
        with transaction(form):
            _ask(form)
            form.then(url_for(".ask"), _("Förfrågan är skickad till din arbetsgivare."))
    mine = raise_requests.of_connections(db, [each.connection.id for each in ready])
    return answer(form, "phone/raise.html", asked=[(each, _stops(each)) for each in mine],
                  waits=_waits(ready, mine), now=now())


def _waits(ready: list[Payer], mine: list[Raise]) -> bool:
    """Whether there is nobody left to ask."""
    asked = {each.connection_id for each in mine if each.state_at(now()) == State.ASKED}
    return all(each.connection.id in asked for each in ready)


def _ask(form: RaiseForm) -> None:
    limits.take(db, "raise", str(actor().person_id), per_hour=rules().raises_per_hour, now=now())
    raise_requests.ask(db, form.ready[form.connection.data].connection, ore=form.ore.value,
                       until_on=form.until_on.data, reason=form.reason.value, by=actor(),
                       now=now())


@needs(Right.TRAVEL)
def withdraw(raise_id: UUID):
    mine = [each.id for each in travellers.of_actor(db, actor())]
    asked = raise_requests.find_own(db, raise_id, traveller_ids=mine)
    with transaction():
        raise_requests.withdraw(db, asked, by=actor(), now=now())
    return done(url_for(".ask"), _("Förfrågan är återtagen."))


def _stops(asked: Raise) -> list[tuple]:
    """Its course, as the line is drawn."""
    begun, state = (_("Skickad"), asked.asked_at, "past"), asked.state_at(now())
    if state == State.ASKED:
        return [begun, (_("Beslut"), None, "now")]
    if asked.granted_until_on:
        ends = "now" if state == State.GRANTED else "past"
        return [begun, (word(State.GRANTED), asked.decided_at, "past"),
                (_("Gäller till och med"), day(asked.granted_until_on), ends)]
    ended = word(state) if asked.decided_at else _("Hann inte avgöras")
    return [begun, (ended, asked.decided_at, "failed")]
