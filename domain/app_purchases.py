"""What has been reserved and bought by a connection to Tjänsteresor, as its traveller's app sees
it, and how a ticket comes to the phone."""
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from domain import carried
from domain.authorisations import Authorisation, State
from domain.business_travel import Connection
from domain.errors import Conflict, NotFound
from domain.identity import token_hash
from domain.tickets import Ticket

BOUGHT = (State.CAPTURED, State.REFUNDED)
BEGAN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Purchase:
    authorisation: Authorisation
    ticket: Ticket


@dataclass(frozen=True)
class Page:
    purchases: list[Purchase]
    after: str | None
    """Where the older ones begin; None when there are none."""


def reserved(session: Session, connection: Connection, authorisation_id: UUID) -> Authorisation:
    """The connection's own, whatever has become of it."""
    found = session.get(Authorisation, authorisation_id)
    if found is None or found.connection_id != connection.id:
        raise NotFound("Reservationen finns inte.")
    return found


def find(session: Session, connection: Connection, purchase_id: UUID) -> Purchase:
    """By the id of its authorisation."""
    found = session.get(Authorisation, purchase_id)
    if found is None or found.connection_id != connection.id or found.state not in BOUGHT:
        raise NotFound("Köpet finns inte.")
    return Purchase(found, session.get_one(Ticket, found.ticket_id))


def latest(session: Session, connection: Connection, *, after: str | None = None,
           most: int = 50) -> Page:
    """The newest first; `after` is the last page's `after`."""
    wanted = [Ticket.traveller_id == connection.traveller_id,
              Authorisation.connection_id == connection.id]
    if after is not None:
        at, key = _place(after)
        wanted.append(or_(Ticket.sold_at < at, and_(Ticket.sold_at == at, Authorisation.id < key)))
    rows = session.execute(
        select(Authorisation, Ticket).join(Ticket, Ticket.id == Authorisation.ticket_id)
        .where(*wanted).order_by(Ticket.sold_at.desc(), Authorisation.id.desc()).limit(most + 1))
    found = [Purchase(*row) for row in rows]
    more = len(found) > most
    return Page(found[:most], _mark(found[most - 1]) if more else None)


def _mark(purchase: Purchase) -> str:
    moment = (purchase.ticket.sold_at - BEGAN) // timedelta(microseconds=1)
    return f"{moment}-{purchase.authorisation.id.hex}"


def _place(mark: str) -> tuple[datetime, UUID]:
    try:
        moment, _, key = mark.partition("-")
        return BEGAN + timedelta(microseconds=int(moment)), UUID(key)
    except (ValueError, OverflowError) as wrong:
        raise NotFound("Sidan finns inte.") from wrong


# The ticket.


def link(session: Session, purchase: Purchase) -> str:
    """The secret that opens the ticket on the phone. One that was in a message opens it no more,
    nor one from before the ticket was made anew."""
    token = carried.link(session, purchase.ticket.id, _about(purchase))
    if token is None:
        raise Conflict("Biljetten är återkallad.")
    set_committed_value(purchase.ticket, "link_hash", token_hash(token))
    return token


def give_link(session: Session, purchase: Purchase) -> None:
    """The same of one that was bought in this transaction, and is not written yet."""
    token = session.info["vault"].token(f"ticket link {_about(purchase)}")
    purchase.ticket.link_hash = token_hash(token)


def current_link(session: Session, purchase: Purchase) -> str | None:
    """The same, if it opens the ticket still."""
    token = session.info["vault"].token(f"ticket link {_about(purchase)}")
    return token if purchase.ticket.link_hash == token_hash(token) else None


def _about(purchase: Purchase) -> UUID:
    """Another, once the ticket has got another number."""
    return uuid5(purchase.authorisation.id, purchase.ticket.number)
