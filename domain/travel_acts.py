"""Tjänsteresor of many travellers at once. As other acts on many, each is planned and told of
before it is carried out, and each traveller has an event of their own."""
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, Select, select, update
from sqlalchemy.orm import Session

from domain import assortment, business_travel, codes, connecting, webhooks
from domain.access import Actor
from domain.audit import Act
from domain.business_travel import Connection
from domain.code_sendings import CodeSending
from domain.companies import Company
from domain.departments import Department
from domain.policy_groups import PolicyGroup
from domain.services import Service
from domain.traveller_acts import Plan, Why, planned, record
from domain.webhooks import Kind


def to_connect(session: Session, chosen: Select, company_id: UUID) -> Plan:
    may_use = _allowed(session, Service.BUSINESS_TRAVEL, company_id)

    def why(person: Row) -> Why | None:
        if person.connection_id:
            return Why.CONNECTED
        if not may_use(person):
            return Why.NOT_ALLOWED
        return None if person.mobile else Why.NO_MOBILE
    return planned(session, chosen, why)


def connect(session: Session, plan: Plan, *, limit_ore: int, from_on: date | None = None,
            to_on: date | None = None, by: Actor, now: datetime,
            **same: UUID | None) -> CodeSending | None:
    """`same` is what else all of them share, by the names of `Connection`'s columns."""
    business_travel.check_limit(session, limit_ore)
    business_travel.check_days(from_on, to_on, now=now)
    sending = connecting.connect(
        session, by.company_id, [(each.id.hex, each.mobile, limit_ore) for each in plan.people],
        from_on=from_on, to_on=to_on, by=by, now=now, **same)
    record(session, Act.TRAVEL_CONNECTED, plan, by=by, now=now, limit_ore=limit_ore)
    return sending


def to_limit(session: Session, chosen: Select, limit_ore: int) -> Plan:
    def why(person: Row) -> Why | None:
        if person.connection_id is None:
            return Why.NOT_CONNECTED
        return Why.SAME_LIMIT if person.limit_ore == limit_ore else None
    return planned(session, chosen, why)


def change_limit(session: Session, plan: Plan, *, limit_ore: int, by: Actor,
                 now: datetime) -> None:
    business_travel.check_limit(session, limit_ore)
    _change(session, plan, limit_ore=limit_ore)
    record(session, Act.TRAVEL_LIMIT_CHANGED, plan, by=by, now=now, limit_ore=limit_ore)


def to_policy(session: Session, chosen: Select, group: PolicyGroup | None) -> Plan:
    def why(person: Row) -> Why | None:
        if person.connection_id is None:
            return Why.NOT_CONNECTED
        return Why.SAME_POLICY if person.policy_group_id == (group and group.id) else None
    return planned(session, chosen, why)


def choose_policy(session: Session, plan: Plan, group: PolicyGroup | None, *, by: Actor,
                  now: datetime) -> None:
    """None is the company's default."""
    _change(session, plan, policy_group_id=group and group.id)
    record(session, Act.TRAVEL_POLICY_CHOSEN, plan, by=by, now=now,
           policy=group.name if group else "")


def to_send_codes(session: Session, chosen: Select) -> Plan:
    """To those who have not registered."""
    def why(person: Row) -> Why | None:
        if person.connection_id is None:
            return Why.NOT_CONNECTED
        if person.allpay_at:
            return Why.REGISTERED
        if person.paused_at:
            return Why.PAUSED
        return None if person.mobile else Why.NO_MOBILE
    return planned(session, chosen, why)


def send_codes(session: Session, plan: Plan, *, by: Actor, now: datetime) -> CodeSending | None:
    """The codes before are void."""
    sending = connecting.send_codes(
        session, by.company_id, [(each.connection_id, each.mobile, each.user_name)
                                 for each in plan.people], by=by, now=now)
    record(session, Act.TRAVEL_CODE_ORDERED, plan, by=by, now=now)
    return sending


def to_pause(session: Session, chosen: Select) -> Plan:
    def why(person: Row) -> Why | None:
        if person.connection_id is None:
            return Why.NOT_CONNECTED
        return Why.PAUSED if person.paused_at else None
    return planned(session, chosen, why)


def pause(session: Session, plan: Plan, *, by: Actor, now: datetime) -> None:
    _change(session, plan, paused_at=now)
    business_travel.release(session, plan.connection_ids, now=now)
    record(session, Act.TRAVEL_PAUSED, plan, by=by, now=now)
    webhooks.tell(session, Kind.PAUSED, plan.connection_ids, now=now)


def to_resume(session: Session, chosen: Select) -> Plan:
    def why(person: Row) -> Why | None:
        if person.connection_id is None:
            return Why.NOT_CONNECTED
        return None if person.paused_at else Why.NOT_PAUSED
    return planned(session, chosen, why)


def resume(session: Session, plan: Plan, *, by: Actor, now: datetime) -> None:
    _change(session, plan, paused_at=None)
    record(session, Act.TRAVEL_RESUMED, plan, by=by, now=now)
    webhooks.tell(session, Kind.RESUMED, plan.connection_ids, now=now)


def to_end(session: Session, chosen: Select) -> Plan:
    return planned(session, chosen, lambda person: (
        None if person.connection_id else Why.NOT_CONNECTED))


def end(session: Session, plan: Plan, *, by: Actor, now: datetime) -> None:
    """They stay travellers of the company."""
    codes.void(session, *plan.connection_ids, now=now)
    _change(session, plan, ended_at=now)
    business_travel.release(session, plan.connection_ids, now=now)
    record(session, Act.TRAVEL_ENDED, plan, by=by, now=now)
    webhooks.tell(session, Kind.ENDED, plan.connection_ids, now=now)


def _change(session: Session, plan: Plan, **values: int | datetime | UUID | None) -> None:
    session.execute(update(Connection).where(Connection.id.in_(plan.connection_ids)).values(values)
                    .execution_options(synchronize_session=False))


def _allowed(session: Session, service: Service, company_id: UUID) -> Callable[[Row], bool]:
    company = session.get_one(Company, company_id)
    home_of = {each.id: each for each in session.scalars(
        select(Department).where(Department.company_id == company_id))}
    return lambda person: service in assortment.given(
        company, home_of[person.department_id], person.services).services
