"""A customer's new address: asked for on the account, agreed to by a link to each of the two."""
from flask import Blueprint, url_for

from blueprints.customer_fields import KnownPasswordField
from blueprints.fields import EmailField
from blueprints.guard import needs, public
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, rules, transaction
from domain import customer_changes, customers, email_changes, limits
from domain.access import Right

bp = Blueprint("email_changes", __name__)


class EmailForm(Form):
    email = EmailField(lazy("Ny e-postadress"))
    current = KnownPasswordField()


@bp.route("/mina-sidor/konto/e-post", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def new():
    form, customer = EmailForm(), customers.find(db, actor().customer_id)
    if form.validate_on_submit():
        _count_try()
        with transaction(form):
            customer = customers.find(db, actor().customer_id)
            customer_changes.check_password(customer, form.current.data)
            email_changes.ask(db, customer, form.email.value, by=actor(), now=now())
            form.then(url_for("customer_account.show"),
                      _("Vi har skrivit till båda adresserna. Bekräfta med länkarna i breven."))
    return answer(form, "email_changes/new.html", customer=customer,
                  waiting=email_changes.waiting(db, customer.id, now=now()),
                  days=rules().email_change_days)


def _count_try() -> None:
    with transaction():
        limits.take(db, "email change", str(actor().customer_id), now=now(),
                    per_hour=rules().customer_letters_per_hour)


@bp.post("/mina-sidor/konto/e-post/aterkallande")
@needs(Right.KEEP_ACCOUNT)
def withdraw():
    with transaction():
        email_changes.withdraw(db, actor().customer_id)
    return done(url_for("customer_account.show"), _("Du behåller din e-postadress."))


@bp.get("/mina-sidor/e-post/<secret>")
@public
def show(secret: str):
    change = email_changes.with_secret(db, secret, now=now())
    return page("email_changes/show.html", change=change, secret=secret)


@bp.post("/mina-sidor/e-post/<secret>")
@public
def agree(secret: str):
    with transaction():
        change = email_changes.with_secret(db, secret, now=now())
        email, changed = change.email, email_changes.agree(db, change, secret, now=now())
    said = (_("Din nya e-postadress är %(email)s. Du loggar in med den.", email=email) if changed
            else _("Tack. Bekräfta också med länken i brevet till den andra adressen."))
    return done(url_for("customer_account.show"), said)
