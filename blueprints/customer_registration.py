"""Asking for an account of Mina sidor, and opening it by the link in the letter."""
from dataclasses import fields

from flask import Blueprint, redirect, url_for
from htmx_flask import request
from wtforms import BooleanField

from blueprints.customer_fields import KnownPasswordField, MunicipalityField, NewPasswordField
from blueprints.customer_login import come_in, count_try
from blueprints.fields import (
    EmailField,
    MobileField,
    PersonnummerField,
    PostcodeField,
    TextField,
    ticked,
)
from blueprints.guard import public
from blueprints.language import language, lazy
from blueprints.terms import NOT_YET
from blueprints.web import Form, answer, db, now, page, rules, transaction, vault, visitor
from domain import customer_passwords, customer_registrations, customers, limits
from domain.access import Role
from domain.customer_registrations import Details
from domain.terms import OWED_BY

bp = Blueprint("customer_registration", __name__)


class RegistrationForm(Form):
    given_name = TextField(lazy("Förnamn"), most=60)
    surname = TextField(lazy("Efternamn"), most=60)
    personnummer = PersonnummerField(lazy("Personnummer"))
    street = TextField(lazy("Gatuadress"))
    postcode = PostcodeField(lazy("Postnummer"))
    city = TextField(lazy("Ort"), most=60)
    municipality = MunicipalityField()
    mobile = MobileField(lazy("Mobilnummer"))
    email = EmailField(lazy("E-post"))
    password = NewPasswordField(lazy("Lösenord"))
    customer = BooleanField(lazy("Jag godkänner villkoren för Mina sidor"), [ticked(NOT_YET)])
    travel = BooleanField(lazy("Jag godkänner resevillkoren"), [ticked(NOT_YET)])
    privacy = BooleanField(lazy("Jag har läst hur mina personuppgifter hanteras"),
                           [ticked(NOT_YET)])

    @property
    def own_words(self) -> list[str]:
        return [self[name].data or "" for name in ("email", "given_name", "surname")]

    @property
    def details(self) -> Details:
        texts = {each.name: self[each.name].value for each in fields(Details)
                 if each.name != "municipality"}
        return Details(**texts, municipality=self.municipality.data)


@bp.route("/mina-sidor/registrering", methods=["GET", "POST"])
@public
def new():
    if visitor() and visitor().customer_id:
        return redirect(url_for("customer_start.index"), 303)
    form = RegistrationForm()
    if form.validate_on_submit():
        _count_try(form.details)
        password_hash = customer_passwords.hashed(form.password.data)
        with transaction(form):
            customer_registrations.register(
                db, form.details, password_hash=password_hash, language=language(),
                kinds=OWED_BY[Role.CUSTOMER], now=now())
            form.then(url_for(".sent"))
    return answer(form, "customer_registration/new.html")


def _count_try(details: Details) -> None:
    """From one address, and of those whom the letters may reach."""
    account, number = customers.email_key(details.email), vault().index(details.personnummer)
    with transaction():
        for what, who, most in (
                ("registration", request.remote_addr or "", rules().registrations_per_hour),
                ("registration to", account, rules().customer_letters_per_hour),
                ("registration of", number.hex(), rules().customer_letters_per_hour)):
            limits.take(db, what, who, per_hour=most, now=now())


@bp.get("/mina-sidor/registrering/brev")
@public
def sent():
    return page("customer_registration/sent.html", days=rules().customer_confirm_days)


WRONG = lazy("Det är inte lösenordet som du valde när du registrerade dig.")


class ConfirmForm(Form):
    password = KnownPasswordField()


@bp.route("/mina-sidor/bekrafta/<secret>", methods=["GET", "POST"])
@public
def confirm(secret: str):
    """The password is asked for so that nobody opens an account that somebody else has asked for
    in their name."""
    registration, form = customer_registrations.with_secret(db, secret, now=now()), ConfirmForm()
    if form.validate_on_submit():
        count_try(str(registration.id))
        if customer_passwords.matches(registration.password_hash, form.password.data):
            with transaction():
                registration = customer_registrations.with_secret(db, secret, now=now())
                customer = customer_registrations.confirm(db, registration, now=now())
            return come_in(customer, url_for("customer_start.index"))
        form.password.errors = [str(WRONG)]
    return page("customer_registration/confirm.html", "form", 422 if form.errors else 200,
                form=form, secret=secret)
