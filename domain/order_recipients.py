"""Those that an order goes to, each a row with a place of its own, until their tickets are made."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, delete, false, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.many import chunks, insert_rows
from domain.rules import rules
from domain.store import Base
from domain.texts import Term
from domain.ticket_orders import State, TicketOrder


class OrderRecipient(Base):
    __tablename__ = "order_recipients"
    __table_args__ = (Index("ix_order_recipients_mobile", "order_id", "mobile"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("ticket_orders.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Its place in the order; of a list, the number of its row."""
    name: Mapped[str]
    mobile: Mapped[str]
    """Empty when it goes to a card, or cannot be read."""
    typed: Mapped[str] = mapped_column(default="", server_default="")
    """What stood for the mobile or the card, where that cannot be read."""
    language: Mapped[str]
    traveller_id: Mapped[UUID | None] = mapped_column(ForeignKey("travellers.id"))
    card_id: Mapped[UUID | None] = mapped_column(ForeignKey("travel_cards.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"))
    """Which pays."""
    problem: Mapped[list | None] = mapped_column(JSON(none_as_null=True))
    """Why nothing can be sent: the field, the sentence and what varies in it."""
    left_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    sent: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def refusal(self) -> Invalid | None:
        if self.problem is None:
            return None
        field, message, values = self.problem
        return Invalid(message, field, **{
            name: Term(value[0]) if isinstance(value, list) else value
            for name, value in values.items()})


@dataclass(frozen=True)
class Found:
    """A recipient as it was read, or why it cannot be."""

    number: int
    name: str
    department_id: UUID
    mobile: str = ""
    typed: str = ""
    language: str = "sv"
    traveller_id: UUID | None = None
    card_id: UUID | None = None
    problem: Invalid | None = None


TO = OrderRecipient.__table__.c
COLUMNS = ("number", "name", "mobile", "typed", "language", "traveller_id", "card_id",
           "department_id", "problem")


def put(session: Session, order: TicketOrder, found: Iterable[Found]) -> int:
    """Says how many they are."""
    kind, dialect = TO.problem.type, session.get_bind().dialect
    write = kind.dialect_impl(dialect).bind_processor(dialect)
    rows = [(each.number, each.name, each.mobile, each.typed, each.language, _hex(
        each.traveller_id), _hex(each.card_id), each.department_id.hex, _json(
        each.problem, write)) for each in found]
    insert_rows(session, OrderRecipient.__table__, COLUMNS, rows, order_id=order.id,
                left_out=False, sent=False)
    return len(rows)


def _hex(value: UUID | None) -> str | None:
    return value and value.hex


def kept(refusal: Invalid | None) -> list | None:
    """As it is kept; a term, which is translated, in a list of its own."""
    return refusal and [refusal.field, refusal.message, {
        name: [value] if isinstance(value, Term) else value
        for name, value in refusal.values.items()}]


def _json(refusal: Invalid | None, write) -> str | None:
    return None if refusal is None else write(kept(refusal))


def find(session: Session, order: TicketOrder, number: int) -> OrderRecipient:
    row = session.get(OrderRecipient, (order.id, number))
    if row is None:
        raise NotFound("Mottagaren finns inte i beställningen.")
    return row


GOES = (TO.problem.is_(None), TO.left_out.is_(False))
"""What holds for each that is sent to."""


@dataclass(frozen=True)
class Counts:
    all: int
    wrong: int
    """Neither mended nor left out."""
    left_out: int

    @property
    def going(self) -> int:
        return self.all - self.wrong - self.left_out


def counts(session: Session, order: TicketOrder) -> Counts:
    return Counts(*session.execute(
        select(func.count(), func.count().filter(TO.problem.is_not(None), TO.left_out.is_(False)),
               func.count().filter(TO.left_out))
        .where(TO.order_id == order.id)).one())


def listed(session: Session, order: TicketOrder, *, after: int | None = None,
           most: int = 40) -> list[tuple[OrderRecipient, str]]:
    """Some of them in their order, those past the number `after`; each with the name of the
    department that pays."""
    found = (select(OrderRecipient, Department.name)
             .join(Department, Department.id == OrderRecipient.department_id)
             .where(TO.order_id == order.id).order_by(TO.number).limit(most))
    return session.execute(found if after is None else found.where(TO.number > after)).all()


def payers(session: Session, order: TicketOrder) -> list[str]:
    """The names of the departments that pay; of many, the first two."""
    return list(session.scalars(
        select(Department.name)
        .where(Department.id.in_(select(TO.department_id).where(TO.order_id == order.id)))
        .order_by(Department.name_key).limit(2)))


def wrong(session: Session, order: TicketOrder, *, most: int = 25) -> list[OrderRecipient]:
    """The first of those that have to be mended or left out."""
    return list(session.scalars(
        select(OrderRecipient)
        .where(TO.order_id == order.id, TO.problem.is_not(None), TO.left_out.is_(False))
        .order_by(TO.number).limit(most)))


def travellers_of(order: TicketOrder):
    """The ids of the travellers who are sent to."""
    return select(TO.traveller_id).where(TO.order_id == order.id, TO.traveller_id.is_not(None),
                                         *GOES)


def leave_out(session: Session, order: TicketOrder, numbers: Iterable[int]) -> None:
    """Nothing is sent to these; a draft may be changed until it is sent."""
    _change(session, order, numbers, left_out=True)


def take_back(session: Session, order: TicketOrder, numbers: Iterable[int]) -> None:
    _change(session, order, numbers, left_out=False)


def leave_out_wrong(session: Session, order: TicketOrder) -> None:
    _hold_draft(session, order)
    session.execute(update(OrderRecipient.__table__)
                    .where(TO.order_id == order.id, TO.problem.is_not(None)).values(left_out=True))


def leave_out_repeated(session: Session, order: TicketOrder) -> None:
    """Of those that have the same mobile, only the first is sent to."""
    _hold_draft(session, order)
    first = select(func.min(TO.number)).where(TO.order_id == order.id, TO.mobile != "",
                                              *GOES).group_by(TO.mobile)
    session.execute(update(OrderRecipient.__table__)
                    .where(TO.order_id == order.id, TO.mobile != "", *GOES,
                           TO.number.not_in(first)).values(left_out=True))


def _change(session: Session, order: TicketOrder, numbers: Iterable[int], **values) -> None:
    _hold_draft(session, order)
    for some in chunks(numbers, 500):
        session.execute(update(OrderRecipient.__table__)
                        .where(TO.order_id == order.id, TO.number.in_(some)).values(**values))


def _hold_draft(session: Session, order: TicketOrder) -> None:
    """Whoever sends it waits, or has sent it."""
    state = session.scalar(select(TicketOrder.state).where(TicketOrder.id == order.id)
                           .with_for_update())
    if state != State.DRAFT:
        raise Conflict("Beställningen är redan skickad.")
    session.expire_all()


def remove_draft(session: Session, order: TicketOrder) -> None:
    _hold_draft(session, order)
    session.execute(delete(OrderRecipient).where(TO.order_id == order.id))
    session.execute(delete(TicketOrder).where(TicketOrder.id == order.id))


def forget(session: Session, *, now: datetime) -> None:
    """The drafts that nobody sent; and of what was sent the list, for the tickets tell it."""
    before = now - timedelta(hours=rules(session).draft_hours)
    orders = TicketOrder.__table__.c
    drafts = (orders.state == State.DRAFT) & (orders.made_at < before)
    sent = (orders.state == State.SENT) & (orders.made_at < before)
    session.execute(delete(OrderRecipient).where(
        TO.order_id.in_(select(orders.id).where(drafts | sent))))
    session.execute(delete(TicketOrder).where(drafts))
