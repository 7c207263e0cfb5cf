"""The loss guarantee: a ticket is made anew for whoever it is registered on and whose phone is
lost, a company's traveller or a private customer. It is the same purchase and keeps the time that
is left; what the lost phone carried opens nothing any more.

Whether the ticket has been used is the traveller's own business. So one that is used up is made
anew as well as any other, and an administrator learns nothing by it.
"""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit, block_list, holdings, messages
from domain.access import Actor
from domain.companies import Company
from domain.customers import Customer
from domain.errors import Conflict
from domain.rules import rules
from domain.store import Row
from domain.tickets import Ticket, new_number
from domain.travellers import Traveller


class Reissue(Row):
    __tablename__ = "ticket_reissues"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), index=True)
    number: Mapped[str] = mapped_column(unique=True)
    """That the ticket had until then."""
    made_at: Mapped[datetime]


def of_ticket(session: Session, ticket: Ticket) -> list[Reissue]:
    """The latest first."""
    return list(session.scalars(select(Reissue).where(Reissue.ticket_id == ticket.id)
                                .order_by(Reissue.made_at.desc())))


def may_ask(ticket: Ticket, *, now: datetime) -> bool:
    """Whether the guarantee is anything to speak of."""
    return not ticket.recalled_at and not ticket.card_id and now < ticket.useless_at


def refusal(session: Session, ticket: Ticket, *, now: datetime) -> Conflict | None:
    """Why the ticket is not made anew now, if it is not."""
    traveller = registered(session, ticket)
    if ticket.recalled_at:
        return Conflict("Biljetten är återkallad.")
    if now >= ticket.useless_at:
        return Conflict("Biljettens sista dag har passerat.")
    if ticket.card_id:
        return Conflict("Biljetten ligger på ett resekort. Är kortet borta är det kortet som ska "
                        "spärras.")
    if traveller is None:
        return Conflict("Förlustgarantin gäller biljetter till registrerade resenärer. Vi vet inte "
                        "vems numret till en tillfällig resenär är.")
    if traveller.mobile is None:
        return Conflict("Resenären har inget mobilnummer. Lägg till det först.")
    return _too_often(session, of_ticket(session, ticket), now=now)


def registered(session: Session, ticket: Ticket) -> Traveller | Customer | None:
    """Whose the ticket is, of those who are registered and still there."""
    if ticket.customer_id:
        customer = session.get(Customer, ticket.customer_id)
        return None if customer is None or customer.deleted_at else customer
    traveller = ticket.traveller_id and session.get(Traveller, ticket.traveller_id)
    return None if not traveller or traveller.ended_at else traveller


def _too_often(session: Session, made: list[Reissue], *, now: datetime) -> Conflict | None:
    most, hours = rules(session).reissues_max, rules(session).reissue_wait_hours
    if len(made) >= most:
        return Conflict("Biljetten har gjorts på nytt %(times)s gånger. Oftare går det inte.",
                        times=len(made))
    if made and now < made[0].made_at + timedelta(hours=hours):
        return Conflict("Biljetten gjordes på nytt nyss. Det går igen %(hours)s timmar efteråt.",
                        hours=hours)
    return None


def reissue(session: Session, ticket: Ticket, *, text: bool, by: Actor, now: datetime) -> None:
    """With `text`, a message with a new link goes to the number that the traveller is registered
    with now. Whoever signs the tickets signs an active one anew."""
    unsent = messages.held(session, [ticket.id], messages.State.WAITING, messages.State.SENDING)
    session.refresh(ticket, with_for_update=True)
    refused, traveller = refusal(session, ticket, now=now), registered(session, ticket)
    if refused or traveller is None or traveller.mobile is None:
        raise refused or Conflict("Biljetten kan inte göras på nytt.")
    for sms in unsent:
        messages.cancel(sms)
    ticket.mobile, ticket.link_hash, ticket.bundle = traveller.mobile, None, None
    former = renumber(session, ticket, now=now)
    if text:
        _text(session, ticket, now=now)
    _record(session, ticket, former, by=by, now=now)


def renumber(session: Session, ticket: Ticket, *, now: datetime) -> str:
    """The number that it had, which opens nothing any more."""
    former, ticket.number = ticket.number, new_number()
    session.add(Reissue(ticket_id=ticket.id, number=former, made_at=now))
    session.flush()
    holdings.release(session, ticket.id)
    block_list.add(session, former, reason=block_list.Reason.LOST, until=ticket.useless_at,
                   now=now)
    return former


def formerly(session: Session, number: str) -> Reissue | None:
    """Which ticket had the number, and until when."""
    return session.scalar(select(Reissue).where(Reissue.number == number))


def _record(session: Session, ticket: Ticket, former: str, *, by: Actor, now: datetime) -> None:
    if ticket.customer_id:
        audit.record(session, audit.Act.ACCOUNT_TICKET_REISSUED, ticket.id,
                     company_id=ticket.customer_id, by=by, now=now, number=ticket.number,
                     former=former)
        return
    audit.record(session, audit.Act.TICKET_REISSUED, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, holder=ticket.holder,
                 number=ticket.number, former=former)


def _text(session: Session, ticket: Ticket, *, now: datetime) -> None:
    if ticket.company_id is None:
        messages.put_sms(session, "own_ticket_reissued", to=ticket.mobile, about_id=ticket.id,
                         company_id=None, language=ticket.language, now=now,
                         product=ticket.product, number=ticket.number)
        return
    messages.put_sms(session, "ticket_reissued", to=ticket.mobile, about_id=ticket.id,
                     company_id=ticket.company_id, language=ticket.language, now=now,
                     company=session.get_one(Company, ticket.company_id).name,
                     product=ticket.product, number=ticket.number)
