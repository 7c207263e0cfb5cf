"""The page where an applicant follows the application, by the link in the letter."""
from flask import Blueprint, url_for
from wtforms.widgets import TextArea

from blueprints.fields import EmailField, TextField
from blueprints.guard import public
from blueprints.language import _, lazy
from blueprints.web import Form, answer, db, done, now, transaction
from domain import application_questions, application_status, applications
from domain.applications import CompanyApplication

bp = Blueprint("application_status", __name__, url_prefix="/ansok/<secret>")


class AnswerForm(Form):
    text = TextField(lazy("Ditt svar"), most=2_000, widget=TextArea())

    def __init__(self, **kwargs):
        super().__init__(prefix="svar", **kwargs)


class AddressForm(Form):
    email = EmailField(lazy("Rätt e-postadress"))
    again = EmailField(lazy("Samma adress en gång till"))

    def __init__(self, **kwargs):
        super().__init__(prefix="adress", **kwargs)


@bp.get("")
@public
def show(secret: str):
    return _shown(secret, applications.with_secret(db, secret))


@bp.post("/svar")
@public
def reply(secret: str):
    application, form = applications.with_secret(db, secret), AnswerForm()
    if form.validate_on_submit():
        with transaction(form):
            application_questions.answer(db, application, form.text.value, now=now())
            form.then(url_for(".show", secret=secret),
                      _("Tack, svaret har kommit fram. Vi fortsätter granska ansökan."))
    return _shown(secret, application, reply=form)


@bp.post("/brev")
@public
def resend(secret: str):
    application = applications.with_secret(db, secret)
    with transaction():
        application_status.resend(db, application, now=now())
    return done(url_for(".show", secret=secret),
                _("Ett nytt e-brev är på väg till %(email)s.", email=application.email))


@bp.post("/adress")
@public
def correct(secret: str):
    application, form = applications.with_secret(db, secret), AddressForm()
    if form.validate_on_submit():
        with transaction(form):
            application_status.correct_email(db, application, form.email.value, form.again.value,
                                             now=now())
            form.then(url_for(".show", secret=secret), _(
                "Adressen är rättad. Ett nytt e-brev är på väg till %(email)s.",
                email=form.email.value))
    return _shown(secret, application, address=form)


@bp.post("/aterkallelse")
@public
def withdraw(secret: str):
    application = applications.with_secret(db, secret)
    with transaction():
        application_status.withdraw(db, application, now=now())
    return done(url_for(".show", secret=secret), _("Ansökan är återtagen."))


def _shown(secret: str, application: CompanyApplication, *, reply: AnswerForm | None = None,
           address: AddressForm | None = None):
    return answer(reply or address or Form(), "application_status/show.html", secret=secret,
                  application=application, reply=reply or AnswerForm(formdata=None),
                  address=address or AddressForm(formdata=None),
                  messages=application_questions.about(db, application),
                  letter=application_status.latest_letter(db, application))
