"""A customer leaves Mina sidor."""
from flask import Blueprint, url_for
from wtforms import BooleanField

from blueprints.customer_fields import KnownPasswordField
from blueprints.customer_login import count_try
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, now, rules, transaction
from domain import customer_changes, customer_deletion, customers
from domain.access import Right
from domain.customers import Customer

bp = Blueprint("customer_deletion", __name__, url_prefix="/mina-sidor/konto/borttagning")


class DeletionForm(Form):
    acknowledged = BooleanField(lazy("Jag förstår att det som finns på korten ligger kvar på dem, "
                                     "och att ingen kan spärra korten eller flytta det"))
    current = KnownPasswordField()


@bp.route("/", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def new():
    form, customer = DeletionForm(), _customer()
    if form.validate_on_submit():
        count_try(str(customer.id))
        with transaction(form):
            customer = _customer()
            customer_changes.check_password(customer, form.current.data)
            customer_deletion.delete_account(
                db, customer, acknowledged=form.acknowledged.data, by=actor(), now=now())
            form.then(url_for("customer_start.index"), _("Ditt konto är borttaget."))
    return answer(form, "customer_deletion/new.html", years=rules().bookkeeping_years,
                  obstacles=customer_deletion.obstacles(db, customer),
                  left=customer_deletion.left(db, customer, now=now()))


def _customer() -> Customer:
    return customers.find(db, actor().customer_id)
