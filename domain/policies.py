"""Policy groups: what an employer lets those who have Tjänsteresor buy, and what it asks them.

A connection has a group of its own, or the company's default, or none. What a group says is in
`policy_rules`.
"""
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from domain import audit, policy_rules
from domain.access import Actor
from domain.business_travel import Connection
from domain.errors import Conflict, Invalid, NotFound
from domain.policy_groups import PolicyGroup
from domain.policy_rules import Weekday, Wish, judge
from domain.price_lists import Price
from domain.products import Area, Extent, Product, Trip, zones

MOST_CHOICES = 50
MOST_ORE = 10_000_000


@dataclass(frozen=True)
class Details:
    """What is decided about a group; None allows all."""

    name: str
    products: Sequence[Product] | None = None
    extents: Sequence[Extent] | None = None
    zones: Sequence[int] | None = None
    """Of tickets in one zone or two."""
    areas: Sequence[Area] | None = None
    """Of tickets across the county's border."""
    weekdays: Sequence[Weekday] | None = None
    begins: time | None = None
    ends: time | None = None
    """Swedish time; over midnight when it ends before it begins."""
    top_price_ore: int | None = None
    """Of one ticket, VAT included."""
    purpose: str = ""
    """What is asked for with each purchase, as the company calls it; empty: nothing."""
    purpose_choices: Sequence[str] = ()
    """Those to choose among; none: it is written freely."""
    text: str = ""
    """The company's own words to its travellers."""


# What is bought.


def tidy(purpose: str) -> str:
    """As it is kept."""
    return " ".join(purpose.replace("\0", " ").split())


def check(connection: Connection, price: Price, valid: Trip, *, purpose: str = "",
          valid_from: date | None = None, now: datetime) -> None:
    """Refuse what the policy does not allow, and what lacks the purpose that it asks for."""
    if len(purpose) > policy_rules.MOST_PURPOSE:
        raise policy_rules.too_long()
    policy = connection.policy
    if policy is None:
        return
    wish = Wish.of(price, valid, now, valid_from, purpose)
    if reason := judge(policy, wish) or policy_rules.purpose(policy, wish):
        raise reason


# The groups of a company.


def of_company(session: Session, company_id: UUID) -> list[PolicyGroup]:
    """In the order of their names."""
    return list(session.scalars(select(PolicyGroup).where(PolicyGroup.company_id == company_id)
                                .order_by(PolicyGroup.name_key)))


def find(session: Session, group_id: UUID, *, company_id: UUID) -> PolicyGroup:
    group = session.get(PolicyGroup, group_id)
    if group is None or group.company_id != company_id:
        raise NotFound("Policygruppen finns inte.")
    return group


def numbers(session: Session, company_id: UUID) -> Counter[UUID | None]:
    """How many connected travellers have each of the company's groups; those who have none chosen
    are the default's, and under None where there is none."""
    default = session.scalar(select(PolicyGroup.id).where(
        PolicyGroup.company_id == company_id, PolicyGroup.is_default))
    found: Counter[UUID | None] = Counter()
    for group_id, number in session.execute(
            select(Connection.policy_group_id, func.count())
            .where(Connection.company_id == company_id, Connection.ended_at.is_(None))
            .group_by(Connection.policy_group_id)):
        found[group_id or default] += number
    return found


def add(session: Session, company_id: UUID, details: Details, *, by: Actor,
        now: datetime) -> PolicyGroup:
    group = PolicyGroup(company_id=company_id, created_at=now)
    _write(session, group, details)
    session.add(group)
    session.flush()
    _record(session, audit.Act.POLICY_ADDED, group, by=by, now=now)
    return group


def change(session: Session, group: PolicyGroup, details: Details, *, by: Actor,
           now: datetime) -> None:
    """Holds for what is bought from now on."""
    _write(session, group, details)
    _record(session, audit.Act.POLICY_CHANGED, group, by=by, now=now)


def remove(session: Session, group: PolicyGroup, *, by: Actor, now: datetime) -> None:
    if used := numbers(session, group.company_id)[group.id]:
        raise Conflict("Policyn gäller fortfarande anslutna resenärer (%(number)s). Ge dem en "
                       "annan först.", number=used)
    session.execute(update(Connection).where(Connection.policy_group_id == group.id)
                    .values(policy_group_id=None).execution_options(synchronize_session=False))
    _record(session, audit.Act.POLICY_REMOVED, group, by=by, now=now)
    session.delete(group)


def make_default(session: Session, group: PolicyGroup, *, by: Actor, now: datetime) -> None:
    """Whoever has no group of their own has this one from now on."""
    session.execute(update(PolicyGroup)
                    .where(PolicyGroup.company_id == group.company_id, PolicyGroup.is_default)
                    .values(is_default=False))
    group.is_default = True
    _record(session, audit.Act.POLICY_MADE_DEFAULT, group, by=by, now=now)


def stop_default(session: Session, group: PolicyGroup, *, by: Actor, now: datetime) -> None:
    """Whoever has no group of their own may buy anything."""
    group.is_default = False
    _record(session, audit.Act.POLICY_NOT_DEFAULT, group, by=by, now=now)


def choose(session: Session, connection: Connection, group: PolicyGroup | None, *, by: Actor,
           now: datetime) -> None:
    """The group of one who is connected; None is the company's default."""
    if connection.policy_group_id == (group and group.id):
        return
    connection.policy_group_id = group and group.id
    audit.record(session, audit.Act.TRAVEL_POLICY_CHOSEN, connection.traveller_id,
                 company_id=connection.company_id,
                 department_id=connection.traveller.department_id, by=by, now=now,
                 traveller=connection.traveller.name, policy=group.name if group else "")


def _write(session: Session, group: PolicyGroup, details: Details) -> None:
    _check(details)
    key = " ".join(details.name.casefold().split())
    if session.scalar(select(PolicyGroup.id).where(
            PolicyGroup.company_id == group.company_id, PolicyGroup.name_key == key,
            PolicyGroup.id != group.id)):
        raise Invalid("Det finns redan en policygrupp som heter %(name)s.", "name",
                      name=details.name)
    group.name_key = key
    for each in fields(details):
        setattr(group, each.name, getattr(details, each.name))


def _check(details: Details) -> None:
    if (details.begins is None) != (details.ends is None):
        raise Invalid("Skriv både från och till, eller ingetdera.",
                      "begins" if details.begins is None else "ends")
    if details.begins is not None and details.begins == details.ends:
        raise Invalid("Från och till är samma klockslag.", "ends")
    if details.top_price_ore is not None and not 0 < details.top_price_ore <= MOST_ORE:
        raise Invalid("Priset ska vara mer än 0 kr och högst 100 000 kr.", "top_price")
    if len(details.purpose_choices) > MOST_CHOICES:
        raise Invalid("Skriv högst %(most)s alternativ.", "purpose_choices", most=MOST_CHOICES)
    if any(len(each) > policy_rules.MOST_PURPOSE for each in details.purpose_choices):
        raise Invalid("Ett alternativ får vara högst %(most)s tecken.", "purpose_choices",
                      most=policy_rules.MOST_PURPOSE)
    if unknown := set(details.zones or ()) - set(zones()):
        raise Invalid("Zon %(number)s finns inte.", "zones", number=min(unknown))


def _record(session: Session, act: audit.Act, group: PolicyGroup, *, by: Actor,
            now: datetime) -> None:
    audit.record(session, act, group.id, company_id=group.company_id, by=by, now=now,
                 policy=group.name)
