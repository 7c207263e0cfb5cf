"""Travel cards: plastic that carries tickets. Known by the number that is printed on it.

A card is a company's own, or somebody's private one that is registered with their mobile. What is
done with them stands in `card_holdings` and `private_cards`; what they carry, in `card_tickets`.
"""
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Select, func, or_, select
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from domain.access import Scope
from domain.card_numbers import mask_card, parse_card
from domain.customers import Child
from domain.departments import Department
from domain.errors import Invalid, NotFound
from domain.rules import rules
from domain.store import Row
from domain.travellers import Traveller


class State(StrEnum):
    FREE = "free"
    OUT = "out"
    """Somebody has it."""
    DUE = "due"
    """Who has it has left the company."""
    BLOCKED = "blocked"


class TravelCard(Row):
    __tablename__ = "travel_cards"

    number: Mapped[str] = mapped_column(unique=True)
    """Its digits, the last of them a check digit."""
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id"), index=True)
    """Whose it is; None when it is somebody's own."""
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("departments.id"), index=True)
    traveller_id: Mapped[UUID | None] = mapped_column(ForeignKey("travellers.id"), index=True)
    """The company's traveller who has it now."""
    name: Mapped[str] = mapped_column(default="")
    """What the company calls it; of a private card, whose it is."""
    holder: Mapped[str] = mapped_column(default="", server_default="")
    """Who has it now, when that is no traveller."""
    words: Mapped[str] = mapped_column(default="", server_default="")
    """The name and the holder, as they are searched."""
    mobile: Mapped[str | None] = mapped_column(index=True)
    """Which a private card is registered with; until then no employer may load it."""
    registered_at: Mapped[datetime]
    blocked_at: Mapped[datetime | None]
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"), index=True)
    """Whose account on Mina sidor it is on."""
    child_id: Mapped[UUID | None] = mapped_column(ForeignKey("children.id"), index=True)
    """Who uses it, when that is a child on the account."""
    label: Mapped[str] = mapped_column(default="", server_default="")
    """What the customer calls it."""
    frozen_at: Mapped[datetime | None]
    """Since when it is not accepted, until the customer says otherwise."""

    traveller: Mapped[Traveller | None] = relationship()
    department: Mapped[Department | None] = relationship()
    child: Mapped[Child | None] = relationship()

    @property
    def held_by(self) -> str:
        """Who has it; empty when nobody has."""
        return self.traveller.name if self.traveller else self.holder

    @property
    def called(self) -> str:
        """What it is known as to whoever sends a ticket to it. Whose a private one is, is not told
        to them."""
        if self.company_id is None:
            return f"Resekort {mask_card(self.number)}"
        return self.held_by or self.name or f"Resekort {mask_card(self.number)}"

    @property
    def state(self) -> State:
        if self.blocked_at:
            return State.BLOCKED
        if self.traveller and self.traveller.ended_at:
            return State.DUE
        return State.OUT if self.held_by else State.FREE

    def refused(self, at: datetime) -> str | None:
        """Why no reader accepts the card at that moment, if none does."""
        if self.blocked_at:
            return "blocked"
        return "frozen" if self.frozen_at and self.frozen_at <= at else None


def find(session: Session, card_id: UUID, *, within: Scope) -> TravelCard:
    """One of the company's own."""
    card = session.get(TravelCard, card_id)
    if card is None or not within.covers(card.company_id, card.department_id):
        raise NotFound("Kortet finns inte.")
    return card


def hold(session: Session, *card_ids: UUID) -> None:
    """Nobody else changes them until the commit, and they are held in one order, so that two who
    want the same do not wait for each other. Whoever holds a card and then its tickets never waits
    for a reader that has a ticket and notes a trip with the card."""
    session.execute(select(TravelCard.id).where(TravelCard.id.in_(card_ids))
                    .order_by(TravelCard.id).with_for_update(key_share=True))


def numbered(session: Session, number: str) -> TravelCard | None:
    return session.scalar(select(TravelCard).where(TravelCard.number == number))


def find_for_sending(session: Session, number: str, *, within: Scope) -> TravelCard:
    """The card that a ticket may be sent to; Invalid says why it may not."""
    number = parse_card(number, rules(session))
    return check_for_sending(numbered(session, number), number, within=within)


def find_each_for_sending(session: Session, numbers: list[str], *,
                          within: Scope) -> dict[str, TravelCard | Invalid]:
    """The same of many, by what was typed: the card, or why it may not. One question a
    thousand."""
    parsed: dict[str, str | Invalid] = {}
    for text in numbers:
        try:
            parsed[text] = parse_card(text, rules(session))
        except Invalid as refusal:
            parsed[text] = refusal
    known = of_numbers(session, [each for each in parsed.values() if isinstance(each, str)])
    return {text: number if isinstance(number, Invalid) else _checked(known, number, within)
            for text, number in parsed.items()}


def of_numbers(session: Session, numbers: list[str]) -> dict[str, TravelCard]:
    """Those of the numbers that are registered."""
    found: dict[str, TravelCard] = {}
    for start in range(0, len(numbers), 1_000):
        some = select(TravelCard).where(TravelCard.number.in_(numbers[start:start + 1_000]))
        found |= {card.number: card for card in session.scalars(some)}
    return found


def _checked(known: dict[str, TravelCard], number: str, within: Scope) -> TravelCard | Invalid:
    try:
        return check_for_sending(known.get(number), number, within=within)
    except Invalid as refusal:
        return refusal


def check_for_sending(card: TravelCard | None, number: str, *, within: Scope) -> TravelCard:
    if card is None or (card.company_id is None and not card.mobile):
        raise Invalid("Kortet %(card)s är inte registrerat. Lägg till det under Resekort om det är "
                      "företagets. Ett privat kort ska ägaren först registrera med sitt "
                      "mobilnummer på Mina sidor.", "card", card=mask_card(number))
    if card.company_id not in (None, within.company_id):
        raise Invalid("Kortet %(card)s kan inte ta emot biljetter från er. Kontrollera numret.",
                      "card", card=mask_card(number))
    if card.company_id and not within.covers(card.company_id, card.department_id):
        raise Invalid("Kortet %(card)s hör till en avdelning som du inte sköter.", "card",
                      card=mask_card(number))
    if card.blocked_at:
        raise Invalid("Kortet %(card)s är spärrat. Välj ett annat kort.", "card",
                      card=mask_card(number))
    return card


@dataclass(frozen=True)
class Search:
    words: str = ""
    state: State | None = None


@dataclass(frozen=True)
class Page:
    rows: list[TravelCard]
    after: str | None
    """Where the next page begins; None on the last."""


def listed(session: Session, search: Search, *, within: Scope, after: str = "",
           most: int = 40) -> Page:
    """The company's own, in the order of their numbers. `after` is the last page's `after`."""
    return page(session, whole(search, within=within), after, most)


def page(session: Session, asked: Select[tuple[TravelCard]], after: str, most: int) -> Page:
    if after and not (after.isascii() and after.isdigit()):
        raise NotFound("Sidan finns inte.")
    rows = list(session.scalars(asked.where(TravelCard.number > after).limit(most + 1)))
    return Page(rows[:most], rows[most - 1].number if len(rows) > most else None)


def count(session: Session, search: Search, *, within: Scope) -> int:
    return session.scalar(select(func.count()).select_from(
        whole(search, within=within).order_by(None).subquery()))


def whole(search: Search, *, within: Scope) -> Select[tuple[TravelCard]]:
    asked = [within.holds(TravelCard.company_id, TravelCard.department_id),
             *map(_has_word, search.words.replace("\0", "").split())]
    if search.state:
        asked.append(_MEANT[search.state])
    return (select(TravelCard).outerjoin(TravelCard.traveller).join(TravelCard.department)
            .where(*asked).order_by(TravelCard.number)
            .options(contains_eager(TravelCard.traveller), contains_eager(TravelCard.department)))


def _has_word(word: str) -> ColumnElement[bool]:
    like = [TravelCard.words.contains(word.casefold(), autoescape=True),
            Traveller.sort_name.contains(word.casefold(), autoescape=True)]
    if word.isascii() and word.isdigit():
        like.append(TravelCard.number.contains(word))
    return or_(*like)


_HELD = or_(TravelCard.traveller_id.is_not(None), TravelCard.holder != "")
_OPEN = TravelCard.blocked_at.is_(None)
_MEANT: dict[State, ColumnElement[bool]] = {
    State.FREE: _OPEN & ~_HELD,
    State.OUT: _OPEN & _HELD & Traveller.ended_at.is_(None),
    State.DUE: _OPEN & Traveller.ended_at.is_not(None),
    State.BLOCKED: TravelCard.blocked_at.is_not(None),
}


def of_travellers(session: Session, traveller_ids: list[UUID]) -> list[TravelCard]:
    """The company's cards that they have."""
    return list(session.scalars(
        select(TravelCard).where(TravelCard.traveller_id.in_(traveller_ids),
                                 TravelCard.blocked_at.is_(None))
        .order_by(TravelCard.number)))
