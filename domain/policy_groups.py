"""Policy groups as they are kept: what an employer lets those who have Tjänsteresor buy, and what
it asks them. They are managed in `policies`, and what a group says is in `policy_rules`."""
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.policy_columns import Areas, Extents, Lines, Weekdays, Zones
from domain.policy_rules import Weekday
from domain.products import Area, Extent, Product, Products
from domain.store import Row, partial_index


class PolicyGroup(Row):
    __tablename__ = "policy_groups"
    __table_args__ = (
        UniqueConstraint("company_id", "name_key"),
        partial_index("uq_policy_groups_default", "company_id", where="is_default", unique=True),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    name: Mapped[str]
    name_key: Mapped[str]
    """The name as it is compared."""
    is_default: Mapped[bool] = mapped_column(default=False)
    """Of those who have no other."""
    products: Mapped[list[Product] | None] = mapped_column(Products)
    extents: Mapped[list[Extent] | None] = mapped_column(Extents)
    zones: Mapped[list[int] | None] = mapped_column(Zones)
    areas: Mapped[list[Area] | None] = mapped_column(Areas)
    weekdays: Mapped[list[Weekday] | None] = mapped_column(Weekdays)
    begins: Mapped[time | None]
    ends: Mapped[time | None]
    top_price_ore: Mapped[int | None]
    purpose: Mapped[str]
    purpose_choices: Mapped[list[str]] = mapped_column(Lines)
    text: Mapped[str]
    created_at: Mapped[datetime]
