"""What follows when something registered of a traveller is changed: a new number is connected anew,
and one who becomes protected goes by the alias on what they carry too."""
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import business_travel, list_files, messages, sales, scim_users, travellers
from domain.access import Actor
from domain.business_travel import Connection
from domain.departments import Department
from domain.errors import Invalid
from domain.tickets import Ticket
from domain.travellers import Details, Traveller


def change(session: Session, traveller: Traveller, department: Department, details: Details, *,
           by: Actor, now: datetime) -> None:
    before = traveller.details
    travellers.change(session, traveller, department, details, by=by, now=now)
    if details.mobile != before.mobile:
        _call_on(session, traveller, by=by, now=now)
    if details.protected:
        session.execute(update(Ticket).where(Ticket.traveller_id == traveller.id)
                        .values(holder=traveller.name))
        if not before.protected:
            list_files.forget_named(session, traveller.company_id)
        scim_users.forget_names(session, traveller)


def new_number(session: Session, connection: Connection, mobile: str, *, by: Actor,
               now: datetime) -> None:
    """A code goes to it; if Allpay is registered already, it has to be registered anew."""
    traveller = connection.traveller
    if not connection.registered_at:
        business_travel.send_new_code(session, connection, mobile=mobile, by=by, now=now)
    elif mobile == traveller.mobile:
        raise Invalid("Resenären har redan det numret.", "mobile")
    else:
        change(session, traveller, traveller.department,
               replace(traveller.details, mobile=mobile), by=by, now=now)


def _call_on(session: Session, traveller: Traveller, *, by: Actor, now: datetime) -> None:
    """What was on its way to the number before goes to this one."""
    connection = business_travel.of_traveller(session, traveller)
    if connection:
        business_travel.reconnect(session, connection, by=by, now=now)
    if not traveller.mobile:
        return
    ids = list(session.scalars(select(Ticket.id).where(
        Ticket.traveller_id == traveller.id, Ticket.activated_at.is_(None),
        Ticket.recalled_at.is_(None), Ticket.activate_by > now)))
    for ticket_id in messages.cancel_waiting(session, ids):
        ticket = session.get_one(Ticket, ticket_id)
        ticket.mobile = traveller.mobile
        sales.put_sms(session, ticket, by=by, now=now)
