"""What a traveller has bought for themself on the company's invoice, as they look it up."""
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.months import Month
from domain.services import Service
from domain.tickets import Ticket

AT_ONCE = 60


@dataclass(frozen=True)
class Bought:
    """A month's purchases, the newest first."""

    month: Month
    tickets: Sequence[Ticket]

    @property
    def sum_ore(self) -> int:
        """Without what has been paid back."""
        return sum(each.price_ore for each in self.tickets if not each.recalled_at)


@dataclass(frozen=True)
class Page:
    months: list[Bought]
    before: Month | None
    """The first of the months shown, where there are older purchases."""


def listed(session: Session, traveller_ids: Sequence[UUID], *,
           before: Month | None = None) -> Page:
    """The newest first, in whole months, so that their sums are true."""
    own = (select(Ticket).where(Ticket.traveller_id.in_(traveller_ids),
                                Ticket.service == Service.BUSINESS_TRAVEL)
           .order_by(Ticket.sold_at.desc(), Ticket.id))
    if before:
        own = own.where(Ticket.sold_at < before.start)
    found = list(session.scalars(own.limit(AT_ONCE + 1)))
    if len(found) <= AT_ONCE:
        return Page(_by_month(found), None)
    cut = Month.of(found[-1].sold_at)
    if cut == Month.of(found[0].sold_at):
        return Page(_by_month(session.scalars(own.where(Ticket.sold_at >= cut.start)).all()), cut)
    return Page(_by_month([each for each in found if each.sold_at >= cut.next.start]), cut.next)


def _by_month(tickets: Sequence[Ticket]) -> list[Bought]:
    return [Bought(month, list(same))
            for month, same in groupby(tickets, lambda each: Month.of(each.sold_at))]


def find(session: Session, ticket_id: UUID, traveller_ids: Sequence[UUID]) -> Ticket:
    ticket = session.get(Ticket, ticket_id)
    if (ticket is None or ticket.service != Service.BUSINESS_TRAVEL
            or ticket.traveller_id not in traveller_ids):
        raise NotFound("Köpet finns inte.")
    return ticket
