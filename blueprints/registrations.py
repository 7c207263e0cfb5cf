"""Registering Allpay on the traveller's phone, by user name and code of the text message."""
from flask import url_for
from htmx_flask import request

from blueprints.fields import TextField
from blueprints.guard import needs
from blueprints.language import _, lazy, ngettext
from blueprints.payers import payers
from blueprints.web import Form, actor, answer, db, done, now, rules, transaction
from domain import limits, registrations
from domain.access import Right
from domain.business_travel import Connection
from domain.codes import Outcome
from domain.registrations import Attempt

NOT_REDEEMED = {
    Outcome.WRONG: lazy("Användarnamnet eller koden stämmer inte. Läs dem i det senaste sms:et."),
    Outcome.EXPIRED: lazy("Koden har gått ut. Be din administratör att skicka en ny."),
    Outcome.LOCKED: lazy("Koden är låst efter för många försök. Be din administratör att skicka "
                         "en ny."),
    Outcome.NONE: lazy("Ingen kod gäller just nu. Vänta på sms:et, eller be din administratör att "
                       "skicka en ny."),
}


class RegistrationForm(Form):
    user_name = TextField(lazy("Användarnamn"), most=20)
    code = TextField(lazy("Engångskod"), most=20)


@needs(Right.TRAVEL)
def register():
    form, mine = RegistrationForm(), payers()
    if form.validate_on_submit():
        attempt = _attempt(form, [each.connection for each in mine])
        if attempt.outcome == Outcome.REDEEMED:
            return done(url_for(".buy"), _("Allpay är registrerat. Nu kan du köpa biljetter."))
        form.code.errors = [_why_not(attempt)]
    return answer(form, "phone/allpay.html", payers=mine)


def _attempt(form: RegistrationForm, mine: list[Connection]) -> Attempt:
    """Saved whatever the outcome: a wrong one counts."""
    with transaction():
        for what, who, most in (
                ("one-time code", str(actor().person_id), rules().code_tries_per_hour),
                ("one-time code from", request.remote_addr or "", rules().code_tries_per_address)):
            limits.take(db, what, who, per_hour=most, now=now())
        return registrations.register(db, mine, user_name=form.user_name.value,
                                      digits=form.code.value, by=actor(), now=now())


def _why_not(attempt: Attempt) -> str:
    if attempt.outcome != Outcome.WRONG or attempt.left is None:
        return str(NOT_REDEEMED[attempt.outcome])
    return ngettext("Användarnamnet eller koden stämmer inte. Du har %(num)d försök kvar.",
                    "Användarnamnet eller koden stämmer inte. Du har %(num)d försök kvar.",
                    attempt.left) % {"num": attempt.left}
