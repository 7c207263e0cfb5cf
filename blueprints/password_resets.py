"""A customer of Mina sidor who has forgotten the password."""
from flask import Blueprint, url_for
from htmx_flask import request

from blueprints.customer_fields import NewPasswordField
from blueprints.fields import EmailField
from blueprints.guard import public
from blueprints.language import _, language, lazy
from blueprints.web import Form, answer, db, now, page, rules, transaction
from domain import customer_passwords, customers, limits, password_resets

bp = Blueprint("password_resets", __name__)


class ForgottenForm(Form):
    email = EmailField(lazy("E-post"))


@bp.route("/mina-sidor/glomt-losenord", methods=["GET", "POST"])
@public
def new():
    form = ForgottenForm()
    if form.validate_on_submit():
        _count_try(customers.email_key(form.email.value))
        with transaction(form):
            password_resets.ask(db, form.email.value, language=language(), now=now())
            form.then(url_for(".sent"))
    return answer(form, "password_resets/new.html")


def _count_try(account: str) -> None:
    with transaction():
        limits.take(db, "reset address", request.remote_addr or "", now=now(),
                    per_hour=rules().registrations_per_hour)
        limits.take(db, "reset account", account, now=now(),
                    per_hour=rules().customer_letters_per_hour)


@bp.get("/mina-sidor/glomt-losenord/brev")
@public
def sent():
    return page("password_resets/sent.html", hours=rules().password_reset_hours)


class NewPasswordForm(Form):
    password = NewPasswordField()

    def __init__(self, own_words: list[str]):
        super().__init__()
        self.own_words = own_words


@bp.route("/mina-sidor/nytt-losenord/<secret>", methods=["GET", "POST"])
@public
def choose(secret: str):
    customer = password_resets.with_secret(db, secret, now=now()).customer
    form = NewPasswordForm([customer.email, customer.given_name, customer.surname])
    if form.validate_on_submit():
        password_hash = customer_passwords.hashed(form.password.data)
        with transaction(form):
            reset = password_resets.with_secret(db, secret, now=now())
            password_resets.use(db, reset, password_hash=password_hash, now=now())
            form.then(url_for("customer_login.new"),
                      _("Lösenordet är ändrat. Logga in med det nya."))
    return answer(form, "password_resets/choose.html", secret=secret)
