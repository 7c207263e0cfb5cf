"""An applicant tries the portal while the application waits, and says what is to stay of it."""
from flask import Blueprint, url_for
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, rules, transaction
from domain import applications, trial_limits, trials
from domain.access import Right
from domain.errors import NotFound

bp = Blueprint("trials", __name__, url_prefix="/prova")

KEEP, WIPE = "keep", "wipe"


class ChoiceForm(Form):
    afterwards = RadioField(lazy("När ansökan är godkänd"), invalid_choice_message=CHOOSE,
                            choices=lambda: [SelectChoice(KEEP, _("Behåll det vi har lagt upp")),
                                             SelectChoice(WIPE, _("Rensa allt och börja om"))])


@bp.get("/")
@needs(Right.BE_SIGNED_IN)
def show():
    who = actor()
    if who.on_trial:
        return _tried(ChoiceForm())
    application = applications.open_of(db, who.personnummer_index)
    if application is None:
        raise NotFound("Du har ingen ansökan som väntar, och därför inget att prova.")
    return page("trials/new.html", application=application, rules=rules())


@bp.post("/")
@needs(Right.BE_SIGNED_IN)
def create():
    with transaction():
        trials.begin(db, by=actor(), now=now())
    return done(url_for("today.index"), _("Nu kan du prova. Inget du gör här kostar något."))


@bp.post("/efterat")
@needs(Right.MANAGE_COMPANY)
def choose():
    form = ChoiceForm()
    if form.validate_on_submit():
        with transaction(form):
            trials.choose(trials.find(db, actor().company_id), keeps=form.afterwards.data == KEEP)
            form.then(url_for(".show"), _("Ditt val är sparat."))
    return _tried(form)


def _tried(form: ChoiceForm):
    trial = trials.find(db, actor().company_id)
    if form.afterwards.data is None:
        form.afterwards.data = KEEP if trial.keeps else WIPE
    return answer(form, "trials/show.html", trial=trial, rules=rules(),
                  left=trial_limits.left(db, trial), may_choose=actor().may(Right.MANAGE_COMPANY))
