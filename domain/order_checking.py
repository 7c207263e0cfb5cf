"""Reading those that an order is to go to: each is either found or has a sentence that says why
nothing can be sent to them."""
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from domain import order_recipients, recipient_groups, travel_cards
from domain.access import Scope
from domain.errors import Invalid
from domain.many import ASKED_AT_ONCE, chunks
from domain.order_reading import Line, Reading
from domain.order_recipients import Found, OrderRecipient
from domain.people import Person
from domain.rules import rules
from domain.ticket_orders import TicketOrder, check_draft
from domain.travellers import Traveller


def put_travellers(session: Session, order: TicketOrder, chosen: Select[tuple[UUID]]) -> int:
    """`chosen` are the ids of those who are asked for, of whom only those that the maker of the
    order has are found."""
    reading, scope = Reading(session, order), order.scope
    rows = session.execute(
        select(Traveller, Person.language)
        .outerjoin(Person, Person.personnummer_index == Traveller.personnummer_index)
        .where(scope.holds(Traveller.company_id, Traveller.department_id),
               Traveller.id.in_(chosen))
        .order_by(Traveller.sort_name, Traveller.id).limit(_most(session) + 1)).all()
    return _put(session, order, [reading.traveller(number, *each)
                                 for number, each in enumerate(rows, start=1)])


def chosen_travellers(ids: Collection[UUID], *, department_id: UUID | None = None,
                      group_id: UUID | None = None) -> Select[tuple[UUID]]:
    """Some that are named, and all of a department or a group."""
    asked = Traveller.id.in_(list(ids)[:ASKED_AT_ONCE])
    if department_id:
        asked |= (Traveller.department_id == department_id) & Traveller.ended_at.is_(None)
    if group_id:
        asked |= (Traveller.id.in_(recipient_groups.member_ids(group_id))
                  & Traveller.ended_at.is_(None))
    return select(Traveller.id).where(asked)


def count_travellers(session: Session, chosen: Select[tuple[UUID]], *, within: Scope) -> int:
    """How many of those who are asked for somebody has."""
    return session.scalar(select(func.count()).select_from(Traveller).where(
        within.holds(Traveller.company_id, Traveller.department_id), Traveller.id.in_(chosen)))


def put_visitors(session: Session, order: TicketOrder, lines: Iterable[Line]) -> int:
    reading = Reading(session, order)
    reading.check_host()
    return _put(session, order, [reading.visitor(line) for line in lines])


def put_cards(session: Session, order: TicketOrder, numbers: Sequence[str]) -> int:
    reading = Reading(session, order)
    reading.check_host()
    _check_number(session, len(numbers))
    order.to_cards = True
    cards = reading.cards(list(numbers))
    return _put(session, order, [reading.card(number, text, cards[text])
                                 for number, text in enumerate(numbers, start=1)])


def _put(session: Session, order: TicketOrder, found: list[Found]) -> int:
    if not found:
        raise Invalid("Det finns ingen mottagare.", "to")
    _check_number(session, len(found))
    return order_recipients.put(session, order, found)


def _check_number(session: Session, number: int) -> None:
    if number > _most(session):
        raise Invalid("Det är fler än %(most)s mottagare. Dela upp dem på flera beställningar.",
                      "to", most=_most(session))


def _most(session: Session) -> int:
    return rules(session).order_recipients_max


def mend(session: Session, order: TicketOrder, number: int, *, name: str, value: str) -> bool:
    """`value` is the mobile, or the number of the card; of a traveller it is what is registered
    of them that counts. Says whether it can be sent to now."""
    check_draft(order)
    row = order_recipients.find(session, order, number)
    reading = Reading(session, order)
    if row.traveller_id and row.card_id is None:
        found = reading.traveller(number, session.get_one(Traveller, row.traveller_id),
                                  row.language)
    elif order.to_cards:
        cards = reading.cards([value])
        found = reading.card(number, value, cards[value])
    else:
        found = reading.visitor(Line(number, name, value, row.language))
    _write(row, found)
    return found.problem is None


def recheck(session: Session, order: TicketOrder) -> int:
    """What has changed since it was read: how many that were to be sent to no longer may, or have
    another mobile. Of visitors, all there is to see is whether who pays for them still may."""
    reading, changed = Reading(session, order), 0
    of = OrderRecipient
    rows = session.scalars(select(of).where(
        of.order_id == order.id, *order_recipients.GOES,
        or_(of.traveller_id.is_not(None), of.card_id.is_not(None)))).all()
    if len(rows) < order_recipients.counts(session, order).going:
        reading.check_host()
    for some in chunks(rows, ASKED_AT_ONCE):
        changed += sum(_differs(row, found) for row, found in _anew(session, reading, some))
    return changed


def _anew(session: Session, reading: Reading, rows: list[OrderRecipient]
          ) -> Iterable[tuple[OrderRecipient, Found]]:
    people = {each.id: each for each in session.scalars(select(Traveller).where(
        Traveller.id.in_([row.traveller_id for row in rows if not row.card_id])))}
    cards = {each.id: each for each in session.scalars(select(travel_cards.TravelCard).where(
        travel_cards.TravelCard.id.in_([row.card_id for row in rows])))}
    numbers = reading.cards([card.number for card in cards.values()])
    for row in rows:
        if row.card_id:
            number = cards[row.card_id].number
            yield row, reading.card(row.number, number, numbers[number])
        else:
            yield row, reading.traveller(row.number, people[row.traveller_id], row.language)


def _differs(row: OrderRecipient, found: Found) -> bool:
    same = found.problem is None and (row.mobile, row.department_id) == (
        found.mobile, found.department_id)
    if not same:
        _write(row, found)
    return not same


def _write(row: OrderRecipient, found: Found) -> None:
    row.name, row.mobile, row.typed = found.name, found.mobile, found.typed
    row.card_id, row.department_id = found.card_id, found.department_id
    row.traveller_id = found.traveller_id
    row.problem = order_recipients.kept(found.problem)
