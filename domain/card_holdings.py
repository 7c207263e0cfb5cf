"""A company's own travel cards: which they are, who has which, and those that are lost."""
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from domain import audit, block_list, departments, travellers
from domain.access import Actor
from domain.card_numbers import mask_card
from domain.departments import Department
from domain.errors import Conflict, Invalid
from domain.tickets import Ticket
from domain.travel_cards import TravelCard, numbered
from domain.travellers import Traveller


@dataclass(frozen=True)
class Holder:
    """Who has a card: a traveller of the company, or somebody by name."""

    traveller: Traveller | None = None
    name: str = ""


NOBODY = Holder()


def add(session: Session, department: Department, number: str, *, name: str = "",
        holder: Holder = NOBODY, by: Actor, now: datetime) -> TravelCard:
    """One of the company's own, by the digits of its number."""
    departments.hold_open(session, department)
    check_free(numbered(session, number), department)
    card = new(department, number, name=name, holder=holder, now=now)
    session.add(card)
    session.flush()
    _record(session, audit.Act.CARD_ADDED, card, by=by, now=now)
    return card


def check_free(known: TravelCard | None, department: Department) -> None:
    """Whose it is that is registered already is not told."""
    if known is None:
        return
    if known.company_id == department.company_id:
        raise Invalid("Kortet finns redan bland företagets kort.", "number")
    raise Invalid("Kortet är redan registrerat av någon annan. Kontrollera numret, eller fråga "
                  "kundservice.", "number")


def new(department: Department, number: str, *, name: str, holder: Holder,
        now: datetime) -> TravelCard:
    card = TravelCard(number=number, company_id=department.company_id, department=department,
                      registered_at=now)
    _write(card, name, holder)
    return card


def change(session: Session, card: TravelCard, department: Department, name: str, *, by: Actor,
           now: datetime) -> None:
    """What it is called and where it belongs. What it carries already stays where it was bought."""
    _check_open(card)
    if department.id != card.department_id:
        departments.hold_open(session, department)
    card.department = department
    _write(card, name, Holder(card.traveller, card.holder))
    _record(session, audit.Act.CARD_CHANGED, card, by=by, now=now)


def hand_over(session: Session, card: TravelCard, holder: Holder, *, by: Actor,
              now: datetime) -> None:
    """To a traveller, or to somebody by name; from whoever has it now."""
    _check_open(card)
    if holder == NOBODY:
        raise Invalid("Skriv vem som får kortet.", "name")
    if holder.traveller:
        travellers.check_employed(holder.traveller)
    _write(card, card.name, holder)
    _record(session, audit.Act.CARD_HANDED_OVER, card, by=by, now=now, holder=card.held_by)


def take_back(session: Session, card: TravelCard, *, by: Actor, now: datetime) -> None:
    """It is handed in, and lies ready for somebody else."""
    _check_open(card)
    if not card.held_by:
        raise Conflict("Kortet är redan inlämnat.")
    had = card.held_by
    _write(card, card.name, NOBODY)
    _record(session, audit.Act.CARD_RETURNED, card, by=by, now=now, holder=had)


def block(session: Session, card: TravelCard, *, by: Actor, now: datetime) -> None:
    """It is lost. It stays blocked, and nothing that it carries is valid from now on."""
    taken = session.execute(
        update(TravelCard).where(TravelCard.id == card.id, TravelCard.blocked_at.is_(None))
        .values(blocked_at=now).execution_options(synchronize_session=False))
    if not taken.rowcount:
        raise Conflict("Kortet är redan spärrat.")
    session.refresh(card, ["blocked_at"])
    for ticket in session.scalars(select(Ticket).where(Ticket.card_id == card.id)):
        if now < ticket.useless_at and not ticket.recalled_at:
            block_list.add(session, ticket.number, reason=block_list.Reason.LOST,
                           until=ticket.useless_at, now=now)
    _record(session, audit.Act.CARD_BLOCKED, card, by=by, now=now)


def may_remove(session: Session, card: TravelCard) -> bool:
    """One that was added by mistake: no ticket has been sent to it."""
    return not session.scalar(select(exists().where(Ticket.card_id == card.id)))


def remove(session: Session, card: TravelCard, *, by: Actor, now: datetime) -> None:
    if not may_remove(session, card):
        raise Conflict("Kortet har fått biljetter och kan inte tas bort. Spärra det om det är "
                       "borta.")
    session.delete(card)
    _record(session, audit.Act.CARD_REMOVED, card, by=by, now=now)


def _check_open(card: TravelCard) -> None:
    if card.blocked_at:
        raise Conflict("Kortet är spärrat.")


def _write(card: TravelCard, name: str, holder: Holder) -> None:
    card.name, card.traveller = name, holder.traveller
    card.holder = "" if holder.traveller else holder.name
    card.words = f"{card.name} {card.holder}".casefold()


def _record(session: Session, act: audit.Act, card: TravelCard, *, by: Actor, now: datetime,
            **details: str) -> None:
    audit.record(session, act, card.id, company_id=card.company_id,
                 department_id=card.department_id, by=by, now=now,
                 card=mask_card(card.number), **details)
