"""Whoever has loaded a purse is reminded while there still is time to use it."""
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import messages
from domain.card_numbers import mask_card
from domain.customers import Customer
from domain.months import days_later, today
from domain.purse_loads import OPEN, PurseLoad
from domain.rules import rules
from domain.travel_cards import TravelCard


def due(session: Session, *, now: datetime, most: int) -> list[UUID]:
    """The loads that can be activated for some days yet, and whose owners are not told so."""
    until = days_later(now, rules(session).topup_reminder_days)
    return list(session.scalars(
        select(PurseLoad.id).join(TravelCard, TravelCard.id == PurseLoad.card_id)
        .join(Customer, Customer.id == TravelCard.customer_id)
        .where(OPEN, PurseLoad.expires_at > now, PurseLoad.expires_at <= until,
               PurseLoad.reminded_at.is_(None), TravelCard.blocked_at.is_(None),
               Customer.deleted_at.is_(None))
        .order_by(PurseLoad.expires_at, PurseLoad.id).limit(most)))


def remind(session: Session, load_ids: Collection[UUID], *, now: datetime) -> None:
    """Harmless twice, and by two at once."""
    asked = session.execute(
        update(PurseLoad).where(PurseLoad.id.in_(load_ids), OPEN, PurseLoad.reminded_at.is_(None))
        .values(reminded_at=now).returning(PurseLoad.id)
        .execution_options(synchronize_session=False))
    ours = list(asked.scalars())
    for load, card, customer in session.execute(
            select(PurseLoad, TravelCard, Customer)
            .join(TravelCard, TravelCard.id == PurseLoad.card_id)
            .join(Customer, Customer.id == TravelCard.customer_id)
            .where(PurseLoad.id.in_(ours)).order_by(PurseLoad.expires_at, PurseLoad.id)).all():
        messages.put_email(session, "purse_load_reminder", to=customer.email, about_id=customer.id,
                           language=customer.language, now=now, name=customer.given_name,
                           card=card.label or mask_card(card.number), amount_ore=load.amount_ore,
                           day=today(load.expires_at).isoformat())
