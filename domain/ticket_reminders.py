"""A traveller is reminded of a ticket that soon can no longer be activated. Nobody else is told:
whether a ticket has been activated is the traveller's own business. So the message belongs to no
company, and is not about the ticket as far as anybody who looks for it can see. A private customer
is written to by e-mail."""
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, false, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import messages
from domain.card_numbers import mask_card
from domain.companies import Company
from domain.customers import Customer
from domain.months import days_later, today
from domain.rules import rules
from domain.store import Row, insert_missing
from domain.tickets import Ticket
from domain.travel_cards import TravelCard
from domain.travellers import Traveller


class TicketReminder(Row):
    __tablename__ = "ticket_reminders"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), unique=True)
    made_at: Mapped[datetime]


def due(session: Session, *, now: datetime, most: int) -> list[UUID]:
    """Those that can be activated for some days yet, and whose travellers can be reached."""
    reminded = select(TicketReminder.id).where(TicketReminder.ticket_id == Ticket.id).exists()
    days = rules(session).activation_reminder_days
    return list(session.scalars(
        select(Ticket.id).outerjoin(Traveller, Traveller.id == Ticket.traveller_id)
        .where(Ticket.activate_by > now, Ticket.activate_by <= days_later(now, days),
               Ticket.activated_at.is_(None), Ticket.recalled_at.is_(None),
               Ticket.trial == false(), or_(_mobile() != "", Ticket.customer_id.is_not(None)),
               ~reminded)
        .order_by(Ticket.activate_by, Ticket.id).limit(most)))


def _mobile():
    """Of a ticket on a card, that of the traveller who has it, if known."""
    return func.coalesce(func.nullif(Ticket.mobile, ""), Traveller.mobile, "")


def remind(session: Session, ticket_ids: list[UUID], *, now: datetime) -> None:
    """Harmless twice, and by two at once."""
    for ticket, mobile, company, customer, card in session.execute(
            select(Ticket, _mobile(), Company.name, Customer, TravelCard.number)
            .outerjoin(Company, Company.id == Ticket.company_id)
            .outerjoin(Customer, Customer.id == Ticket.customer_id)
            .outerjoin(TravelCard, TravelCard.id == Ticket.card_id)
            .outerjoin(Traveller, Traveller.id == Ticket.traveller_id)
            .where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id)).all():
        reminder_id = uuid4()
        if not insert_missing(session, TicketReminder, id=reminder_id, ticket_id=ticket.id,
                              made_at=now):
            continue
        if customer is None:
            _text(session, ticket, mobile, company, reminder_id, now=now)
        elif customer.deleted_at is None:
            messages.put_email(session, "own_ticket_reminder", to=customer.email,
                               language=customer.language, about_id=reminder_id, now=now,
                               name=customer.given_name, product=ticket.product,
                               number=ticket.number, card=mask_card(card) if card else "",
                               day=today(ticket.activate_by).isoformat())


def _text(session: Session, ticket: Ticket, mobile: str, company: str, reminder_id: UUID, *,
          now: datetime) -> None:
    messages.put_sms(session, "ticket_reminder", to=mobile, about_id=reminder_id, company_id=None,
                     language=ticket.language, now=now, company=company, product=ticket.product,
                     number=ticket.number, day=today(ticket.activate_by).isoformat())
