"""Logging in to Mina sidor with an e-mail address and a password."""
import secrets

from flask import Blueprint, redirect, url_for
from htmx_flask import request

from blueprints.customer_fields import KnownPasswordField
from blueprints.doorway import enter, leave, on_phone, onward
from blueprints.fields import EmailField
from blueprints.guard import local_path, public
from blueprints.language import lazy
from blueprints.web import Form, db, now, page, rules, transaction, visitor
from domain import customer_logins, customer_passwords, customers, limits
from domain.customers import Customer

bp = Blueprint("customer_login", __name__)

WRONG = lazy("E-postadressen eller lösenordet stämmer inte. Har du nyss registrerat dig öppnar du "
             "först länken i brevet.")


class LoginForm(Form):
    email = EmailField(lazy("E-post"))
    password = KnownPasswordField()


@bp.route("/mina-sidor/logga-in", methods=["GET", "POST"])
@public
def new():
    next_path, form = local_path(request.values.get("next")) or "", LoginForm()
    if visitor() and visitor().customer_id:
        return redirect(next_path or url_for("customer_start.index"), 303)
    if form.validate_on_submit():
        count_try(customers.email_key(form.email.value))
        customer = _identified(form.email.value, form.password.data)
        if customer:
            return come_in(customer, next_path)
        form.form_errors.append(str(WRONG))
    return page("customer_login/new.html", "form", 422 if form.errors else 200, form=form,
                next=next_path, on_phone=on_phone())


def count_try(account: str) -> None:
    """Of a password that is typed, or a link that is followed: from one address, and for one
    account, whether there is one or not."""
    with transaction():
        limits.take(db, "customer address", request.remote_addr or "", now=now(),
                    per_hour=rules().customer_tries_per_address)
        limits.take(db, "customer account", account, now=now(),
                    per_hour=rules().customer_tries_per_account)


def _identified(email: str, password: str) -> Customer | None:
    """Who it is, if it is the password. It takes as long to say no when there is no account."""
    customer = customers.with_email(db, email)
    if not customer_passwords.matches(customer and customer.password_hash, password):
        return None
    if customer_passwords.is_outdated(customer.password_hash):
        made = customer_passwords.hashed(password)
        with transaction():
            customer = customers.find(db, customer.id)
            customer.password_hash = made
    return customer


def come_in(customer: Customer, next_path: str, *, by_bankid: bool = False):
    """Who has shown who they are is logged in, unless the authority has closed the account."""
    if customer.blocked_at:
        return page("customer_login/blocked.html", status=403, customer=customer)
    token = customer_logins.PREFIX + secrets.token_urlsafe(32)
    with transaction():
        leave()
        customer_logins.begin(db, customer, token=token, agent=request.user_agent.string,
                              by_bankid=by_bankid, now=now())
    enter(customers.actor_of(customer), token)
    return onward(next_path or url_for("customer_start.index"))
