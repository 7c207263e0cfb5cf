"""The customer's own account: who they are, how they come in, and from where."""
from dataclasses import asdict, fields
from uuid import UUID

from flask import Blueprint, url_for
from flask_login import current_user
from htmx_flask import request
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from blueprints.agents import browser_in_words
from blueprints.customer_fields import KnownPasswordField, MunicipalityField, NewPasswordField
from blueprints.customer_login import count_try
from blueprints.fields import CHOOSE, MobileField, PostcodeField, TextField
from blueprints.guard import local_path, needs
from blueprints.language import _, choose, lazy
from blueprints.terms import TITLES
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from domain import (
    children,
    customer_changes,
    customer_logins,
    customer_passwords,
    customer_terms,
    customers,
    email_changes,
    municipalities,
)
from domain.access import Right
from domain.customer_changes import Details
from domain.customers import Customer
from domain.identity import mask_personnummer, show_mobile, token_hash

bp = Blueprint("customer_account", __name__, url_prefix="/mina-sidor/konto")


@bp.get("/")
@needs(Right.KEEP_ACCOUNT)
def show():
    customer = _customer()
    number = customers.personnummer(db, customer)
    return page("customer_account/show.html", customer=customer,
                municipality=municipalities.name(customer.municipality),
                personnummer=number and mask_personnummer(number),
                change=email_changes.waiting(db, customer.id, now=now()),
                of_age=customers.is_of_age(customer, now=now()),
                buyer_on=customers.birthday(customer.born_on, customers.BUYER_AGE),
                children=children.of_customer(db, customer.id),
                logins=customer_logins.of_customer(db, customer.id, now=now()))


class DetailsForm(Form):
    given_name = TextField(lazy("Förnamn"), most=60)
    surname = TextField(lazy("Efternamn"), most=60)
    street = TextField(lazy("Gatuadress"))
    postcode = PostcodeField(lazy("Postnummer"))
    city = TextField(lazy("Ort"), most=60)
    municipality = MunicipalityField()
    mobile = MobileField(lazy("Mobilnummer"))
    language = RadioField(lazy("Språk i brev och meddelanden"), invalid_choice_message=CHOOSE,
                          choices=[SelectChoice("sv", "Svenska"), SelectChoice("en", "English")])

    @property
    def details(self) -> Details:
        return Details(**{each.name: getattr(self[each.name], "value", self[each.name].data)
                          for each in fields(Details)})


@bp.route("/uppgifter", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def edit():
    """Also on the way to paying: then they are led back there."""
    customer, next_path = _customer(), local_path(request.values.get("next")) or ""
    form = DetailsForm(data=asdict(Details.of(customer))
                       | {"mobile": show_mobile(customer.mobile)})
    if form.validate_on_submit():
        with transaction(form):
            customer_changes.change(db, _customer(), form.details, by=actor(), now=now())
            form.then(next_path or url_for(".show"), _("Uppgifterna är ändrade."))
            choose(form.language.data)
    return answer(form, "customer_account/edit.html", next=next_path)


class PasswordForm(Form):
    current = KnownPasswordField(lazy("Lösenordet du har nu"))
    password = NewPasswordField()

    def __init__(self, customer: Customer):
        super().__init__()
        self.own_words = [customer.email, customer.given_name, customer.surname]


@bp.route("/losenord", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def password():
    form = PasswordForm(_customer())
    if form.validate_on_submit():
        count_try(str(actor().customer_id))
        made = customer_passwords.hashed(form.password.data)
        with transaction(form):
            customer = _customer()
            customer_changes.check_password(customer, form.current.data)
            customer_changes.change_password(db, customer, made, token=current_user.id,
                                             by=actor(), now=now())
            form.then(url_for(".show"),
                      _("Lösenordet är ändrat. Andra webbläsare är utloggade."))
    return answer(form, "customer_account/password.html")


@bp.get("/inloggningar")
@needs(Right.KEEP_ACCOUNT)
def logins():
    rows = customer_logins.of_customer(db, actor().customer_id, now=now())
    mine = token_hash(current_user.id)
    return page("customer_account/logins.html", rows=[
        (each, browser_in_words(each.agent), each.token_hash == mine) for each in rows])


@bp.post("/inloggningar/<uuid:customer_login_id>/avslut")
@needs(Right.KEEP_ACCOUNT)
def end_login(customer_login_id: UUID):
    with transaction():
        login = customer_logins.find(db, customer_login_id, customer_id=actor().customer_id)
        customer_logins.end_one(login, now=now())
    return done(url_for(".logins"), _("Webbläsaren är utloggad."))


@bp.post("/inloggningar/avslut")
@needs(Right.KEEP_ACCOUNT)
def end_logins():
    with transaction():
        customer_logins.end_all(db, actor().customer_id, but=current_user.id, now=now())
    return done(url_for(".logins"), _("Alla andra webbläsare är utloggade."))


@bp.get("/villkor")
@needs(Right.KEEP_ACCOUNT)
def terms():
    return page("terms/mine.html", titles=TITLES,
                accepted=customer_terms.accepted_by(db, actor().customer_id))


def _customer() -> Customer:
    return customers.find(db, actor().customer_id)
