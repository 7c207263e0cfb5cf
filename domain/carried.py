"""Tickets on the phone that carries them: found by the traveller who is signed in, or by the link
in a text message."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, case, or_, select, update
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.identity import token_hash
from domain.products import FLEX
from domain.tickets import OVER, Ticket
from domain.travellers import Traveller


def by_travellers(session: Session, traveller_ids: list[UUID], *, now: datetime,
                  most: int = 50) -> list[Ticket]:
    """All that can be used, what is active first; then the latest of what has been used."""
    return list(session.scalars(
        select(Ticket).where(Ticket.traveller_id.in_(traveller_ids), _on_phone(now))
        .order_by(use(now), Ticket.sold_at.desc(), Ticket.id).limit(most)))


def use(now: datetime) -> ColumnElement[int]:
    """In the order that one looks for them: 0 what is active, 1 what can be used, 2 the rest."""
    days_left = or_(*(and_(Ticket.product == product, Ticket.days_used < days)
                      for product, (days, _) in FLEX.items()))
    return case((Ticket.recalled_at.is_not(None), 2), (Ticket.active_until > now, 0),
                (and_(Ticket.activated_at.is_(None), Ticket.activate_by > now), 1),
                (and_(Ticket.use_by > now, days_left), 1), else_=2)


def by_number(session: Session, mine: list[Traveller], *, now: datetime,
              most: int = 50) -> list[Ticket]:
    """What has been sent to the traveller's mobile as to a visitor, and can be used.

    The employer wrote the number, and nobody has shown whose it is. So what was sent before the
    traveller was registered is left out, and all of it where another person has the number too;
    and what a private customer has bought is shown to nobody by its number.
    """
    numbered = [each for each in mine if each.mobile]
    if not numbered:
        return []
    sent = or_(*(and_(Ticket.mobile == each.mobile, Ticket.sold_at >= each.registered_at)
                 for each in numbered))
    found = session.scalars(
        select(Ticket).where(Ticket.traveller_id.is_(None), Ticket.customer_id.is_(None),
                             _on_phone(now), sent)
        .order_by(Ticket.sold_at.desc(), Ticket.id).limit(most))
    usable = [ticket for ticket in found if ticket.state(now) not in OVER]
    shared = _shared(session, {ticket.mobile for ticket in usable}, mine) if usable else set()
    return [ticket for ticket in usable if ticket.mobile not in shared]


def _shared(session: Session, mobiles: set[str], mine: list[Traveller]) -> set[str]:
    return set(session.scalars(select(Traveller.mobile).where(
        Traveller.mobile.in_(mobiles), Traveller.ended_at.is_(None),
        Traveller.personnummer_index.is_distinct_from(mine[0].personnummer_index))))


def _on_phone(now: datetime) -> ColumnElement[bool]:
    """Not on a travel card, and its message has had its time."""
    return and_(Ticket.card_id.is_(None), or_(Ticket.send_at.is_(None), Ticket.send_at <= now))


def find(session: Session, ticket_id: UUID, *, mine: list[Traveller], now: datetime) -> Ticket:
    """Sent to the traveller, or to their number; `mine` is the person as each employer knows
    them."""
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or not (
            _is_of(ticket, mine, now=now) or ticket in by_number(session, mine, now=now)):
        raise NotFound("Biljetten finns inte.")
    return ticket


def is_owned(ticket: Ticket, mine: list[Traveller]) -> bool:
    """Whether it was sent to the traveller, and not only to the number."""
    return ticket.traveller_id in [each.id for each in mine]


def _is_of(ticket: Ticket, mine: list[Traveller], *, now: datetime) -> bool:
    return (is_owned(ticket, mine) and ticket.card_id is None
            and (ticket.send_at is None or ticket.send_at <= now))


def with_link(session: Session, token: str) -> Ticket:
    """For whoever holds the phone."""
    ticket = session.scalar(select(Ticket).where(Ticket.link_hash == token_hash(token)))
    if ticket is None:
        raise NotFound("Länken öppnar ingen biljett. Öppna den ur det senaste sms:et.")
    return ticket


def link(session: Session, ticket_id: UUID, message_id: UUID) -> str | None:
    """The secret that opens the ticket from this message; one in an earlier message does not any
    more. None when the ticket is recalled."""
    return links(session, {ticket_id: message_id}).get(ticket_id)


def links(session: Session, message_of: dict[UUID, UUID]) -> dict[UUID, str]:
    """The same of many tickets, each in its message; one that is recalled is not there. They are
    held in the order of their ids, as by whoever recalls many."""
    token, of = session.info["vault"].token, Ticket.__table__.c
    free = session.scalars(
        select(of.id).where(of.id.in_(message_of), of.recalled_at.is_(None)).order_by(of.id)
        .with_for_update()).all()
    tokens = {each: token(f"ticket link {message_of[each]}") for each in free}
    if tokens:
        session.connection().execute(
            update(Ticket.__table__).where(of.id == bindparam("ticket"))
            .values(link_hash=bindparam("hashed")),
            [{"ticket": each, "hashed": token_hash(secret)} for each, secret in tokens.items()])
    return tokens
