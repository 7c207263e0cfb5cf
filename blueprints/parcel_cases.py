"""Cases about parcels that did not come, or came damaged: the clerks' list, and their answer."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextArea

from blueprints.fields import CHOOSE, TextField, required
from blueprints.guard import needs
from blueprints.language import lazy
from blueprints.web import Form, actor, answer, db, now, page, rules, transaction
from domain import parcel_answers, parcel_cases
from domain.access import Right
from domain.parcel_cases import Outcome, ParcelCase, Reason

bp = Blueprint("parcel_cases", __name__, url_prefix="/intern/arenden")

ANSWERS = {Outcome.REPLACED: lazy("Spärra kortet och skicka ett nytt"),
           Outcome.ARRIVED: lazy("Det har kommit fram, eller är på väg"),
           Outcome.REFUNDED: lazy("Betala tillbaka")}
DAMAGED = {Outcome.ARRIVED: lazy("Kortet går att använda, inget nytt skickas")}
"""Where the answers are other words when it has come."""
VERBS = {Outcome.REPLACED: parcel_answers.replace, Outcome.ARRIVED: parcel_answers.explain,
         Outcome.REFUNDED: parcel_answers.refund}
SAID = {Outcome.REPLACED: lazy("Kortet är spärrat, och ett nytt ligger bland det som ska packas."),
        Outcome.ARRIVED: lazy("Kunden får svaret med e-post."),
        Outcome.REFUNDED: lazy("Pengarna går tillbaka samma väg som de kom.")}


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    return page("parcel_cases/index.html", opened=parcel_cases.opened(db),
                closed=parcel_cases.closed(db))


class AnswerForm(Form):
    outcome = RadioField(lazy("Hur blir det?"), [required(CHOOSE)], invalid_choice_message=CHOOSE)
    words = TextField(lazy("Ord till kunden"), needed=False, most=1_000, widget=TextArea(),
                      description=lazy("Skickas med i e-brevet."))

    def __init__(self, case: ParcelCase):
        super().__init__()
        answers = ANSWERS | DAMAGED if case.reason == Reason.DAMAGED else ANSWERS
        self.outcome.choices = [SelectChoice(each, str(answers[each]))
                                for each in parcel_answers.possible(case)]


@bp.route("/<uuid:case_id>", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def show(case_id: UUID):
    case = parcel_cases.find(db, case_id)
    form = AnswerForm(case)
    if form.validate_on_submit():
        outcome = Outcome(form.outcome.data)
        with transaction(form):
            VERBS[outcome](db, case, form.words.value or "", by=actor(), now=now())
            form.then(url_for(".index"), str(SAID[outcome]))
    return answer(form, "parcel_cases/show.html", case=case, parcel=case.parcel,
                  customer=case.parcel.customer, days=rules().replacement_working_days)
