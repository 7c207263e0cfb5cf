"""BankID as a second way in to Mina sidor: bound to the account once, and loosened again. One
identifies as everybody does (`login`); here stands what comes of it."""
from flask import Blueprint, flash, url_for

from blueprints.customer_login import come_in
from blueprints.doorway import on_phone, onward
from blueprints.guard import needs
from blueprints.language import _
from blueprints.web import actor, db, done, now, page, transaction, visitor
from domain import customer_changes, customers, login_orders
from domain.access import Right
from domain.login_orders import LoginOrder

bp = Blueprint("customer_bankid", __name__)


@bp.get("/mina-sidor/konto/bankid")
@needs(Right.KEEP_ACCOUNT)
def show():
    return page("customer_bankid/show.html", customer=customers.find(db, actor().customer_id),
                on_phone=on_phone())


@bp.post("/mina-sidor/konto/bankid/avslut")
@needs(Right.KEEP_ACCOUNT)
def loosen():
    with transaction():
        customer = customers.find(db, actor().customer_id)
        customer_changes.loosen_bankid(db, customer, by=actor(), now=now())
    return done(url_for("customer_account.show"), _("BankID är inte längre kopplat till kontot."))


def log_in(order: LoginOrder, handle: str):
    """Whoever has identified is the customer whose account their BankID is bound to."""
    who, next_path = login_orders.identity(db, order), order.next_path
    with transaction():
        login_orders.drop(db, handle)
    customer = customers.with_personnummer(db, who.personnummer)
    if customer and customer.bankid_at:
        return come_in(customer, next_path, by_bankid=True)
    flash(_("Ditt BankID är inte kopplat till något konto. Logga in med lösenordet och koppla det "
            "under Konto, eller registrera dig."), "warn")
    return onward(url_for("customer_login.new", next=next_path or None))


def bind(order: LoginOrder, handle: str):
    """It is the account's own BankID from now on."""
    who, owner = login_orders.identity(db, order), visitor()
    with transaction():
        login_orders.drop(db, handle)
    if owner is None or not owner.customer_id:
        return onward(url_for("customer_login.new", next=url_for("customer_bankid.show")))
    with transaction():
        customer = customers.find(db, owner.customer_id)
        bound = customer_changes.bind_bankid(db, customer, who.personnummer, by=owner, now=now())
    if bound:
        flash(_("BankID är kopplat. Nu kan du logga in med det."))
    else:
        flash(_("Det BankID som du visade har ett annat personnummer än kontot. Stämmer inte "
                "kontots personnummer rättar kundservice det."), "bad")
    return onward(url_for("customer_bankid.show"))
