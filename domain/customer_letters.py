"""The e-mails and text messages to private customers: of no use once they have been read, and so
forgotten."""
from datetime import datetime, timedelta

from sqlalchemy import delete, null, or_, select, update
from sqlalchemy.orm import Session

from domain.customers import Customer
from domain.email_changes import EmailChange
from domain.messages import Email, Sms, State
from domain.password_resets import PasswordReset
from domain.rules import rules
from domain.shop_orders import ShopOrder
from domain.tickets import Ticket
from domain.travel_cards import TravelCard

BEGINNINGS = ("customer_", "customers_", "card_", "parcel_", "period_", "purse_", "refund",
              "shop_", "own_ticket")
"""Of the names of their templates, and of no others."""
SAID = {State.SENT, State.DELIVERED}


def of_customer(session: Session, customer: Customer) -> list[Email | Sms]:
    """The newest first, as long as they are kept."""
    found = [*session.scalars(select(Email).where(_about(Email, customer))),
             *session.scalars(select(Sms).where(_about(Sms, customer)))]
    return sorted(found, key=lambda letter: letter.put_at, reverse=True)


def forget_person(session: Session, customer: Customer) -> None:
    """Also what is not sent yet."""
    for table in (Email, Sms):
        _blank(session, table, _about(table, customer))


def forget(session: Session, *, now: datetime) -> int:
    """All that are old, and those that nobody is behind any longer; says how many."""
    before = now - timedelta(days=rules(session).customer_letter_days)
    farewells = Email.about_id.in_(select(Customer.id).where(Customer.deleted_at.is_not(None)))
    count = 0
    for table, over in ((Email, farewells & Email.state.in_(SAID)), (Sms, Sms.to == "")):
        old = _private(table) & (over | (table.put_at < before))
        count += session.execute(delete(table).where(old, table.state.in_(SAID))
                                 .execution_options(synchronize_session=False)).rowcount
        count += _blank(session, table, old & (table.to != ""))
    return count


def _blank(session: Session, table: type[Email] | type[Sms], which) -> int:
    """The row stands, for a worker may be about to read it: there is nothing to send."""
    session.flush()
    return session.execute(
        update(table).where(which, table.state.not_in(SAID))
        .values(state=State.CANCELLED, to="", values=null(), problem=None)
        .execution_options(synchronize_session=False)).rowcount + session.execute(
        update(table).where(which, table.state.in_(SAID)).values(to="", values=null())
        .execution_options(synchronize_session=False)).rowcount


def _private(table: type[Email] | type[Sms]):
    return or_(*(table.template.startswith(each, autoescape=True) for each in BEGINNINGS))


def _about(table: type[Email] | type[Sms], customer: Customer):
    """To an address of theirs, or about something of theirs."""
    things = [select(each.id).where(each.customer_id == customer.id)
              for each in (ShopOrder, Ticket, TravelCard, EmailChange, PasswordReset)]
    to = customer.email if table is Email else customer.mobile
    ours = [table.to == to] if to else []
    return _private(table) & or_(
        *ours, table.about_id == customer.id, *(table.about_id.in_(each) for each in things))

