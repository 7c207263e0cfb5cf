"""The children on a guardian's account."""
from uuid import UUID

from flask import Blueprint, url_for

from blueprints.fields import PersonnummerField, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, rules, transaction
from domain import children, customers, limits
from domain.access import Right
from domain.children import Details
from domain.customers import Child

bp = Blueprint("children", __name__, url_prefix="/mina-sidor/barn")


class ChildForm(Form):
    given_name = TextField(lazy("Barnets förnamn"), most=60)
    surname = TextField(lazy("Barnets efternamn"), most=60)
    personnummer = PersonnummerField(lazy("Barnets personnummer"))

    @property
    def details(self) -> Details:
        return Details(self.given_name.value, self.surname.value, self.personnummer.value)


@bp.get("/")
@needs(Right.KEEP_ACCOUNT)
def index():
    rows = children.of_customer(db, actor().customer_id)
    return page("children/index.html", rows=[
        (child, children.own_account_on(child), children.is_grown(child, now=now()))
        for child in rows])


@bp.route("/nytt", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def new():
    customer = customers.find(db, actor().customer_id)
    form = ChildForm(surname=customer.surname)
    if form.validate_on_submit():
        _count_try()
        with transaction(form):
            child = children.add(db, customers.find(db, actor().customer_id), form.details,
                                 by=actor(), now=now())
            form.then(url_for(".index"), _("%(name)s finns på ditt konto.", name=child.name))
    return answer(form, "children/new.html")


def _count_try() -> None:
    """That a child is on some account already is said, and so it is counted."""
    with transaction():
        limits.take(db, "child", str(actor().customer_id), now=now(),
                    per_hour=rules().child_tries_per_hour)


@bp.route("/<uuid:child_id>", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def edit(child_id: UUID):
    child = _child(child_id)
    form = ChildForm(obj=child, personnummer=children.personnummer(db, child))
    if form.validate_on_submit():
        _count_try()
        with transaction(form):
            children.correct(db, _child(child_id), form.details, by=actor(), now=now())
            form.then(url_for(".index"), _("Uppgifterna är ändrade."))
    return answer(form, "children/edit.html", child=child)


@bp.post("/<uuid:child_id>/borttagning")
@needs(Right.KEEP_ACCOUNT)
def remove(child_id: UUID):
    with transaction():
        child = _child(child_id)
        name = child.name
        children.remove(db, child, by=actor(), now=now())
    return done(url_for(".index"), _("%(name)s är borttagen från ditt konto.", name=name))


def _child(child_id: UUID) -> Child:
    return children.find(db, child_id, customer_id=actor().customer_id)
