"""Travellers and departments as SCIM tells of them, and what is to be kept of what it says."""
import json
from functools import reduce
from operator import or_
from uuid import UUID

from flask import Response, g
from scim2_models import InvalidFilterException, InvalidValueException, Resource, SearchRequest
from sqlalchemy import ColumnElement

from blueprints.scim_messages import (
    LAST_PLACE,
    MOST_ROWS,
    PAGE,
    location,
    page,
    search,
    with_meta,
)
from blueprints.scim_models import Employee, Group, GroupMember
from blueprints.web import db
from domain import scim_filters, scim_groups, scim_said, scim_sync, scim_users
from domain.departments import Department
from domain.scim_groups import ScimGroup
from domain.scim_users import ScimUser, Who

MOST_NAME, MOST_SAID = 255, 20_000
"""Characters."""
NOT_SAID = ("schemas", "id", "externalId", "userName", "meta")
"""What stands in places of its own."""


def who(said: Employee) -> Who:
    return Who(_short(said.user_name, "userName"), external_id(said))


def external_id(said: Resource) -> str | None:
    return _short(said.external_id, "externalId") if said.external_id else None


def saying(said: Employee) -> dict:
    kept = {name: value for name, value in said.model_dump().items() if name not in NOT_SAID}
    if len(json.dumps(kept)) > MOST_SAID:
        raise InvalidValueException(detail="There is more to keep of a user than there is room.")
    return kept


def members(said: Group) -> set[UUID]:
    try:
        return {UUID(member.value) for member in said.members or ()}
    except (ValueError, TypeError, AttributeError) as other:
        raise InvalidValueException(detail="A member is not the id of a user.") from other


def user(row: ScimUser, rooms: list[Department] | None = None) -> Employee:
    rooms = scim_sync.rooms(db, row.company_id) if rooms is None else rooms
    said = scim_said.shown(row.said, row.traveller, rooms)
    told = Employee.model_validate(said | {
        "id": str(row.id), "userName": row.user_name, "externalId": row.external_id})
    return with_meta(told, created=row.created_at, last_modified=row.changed_at)


def group(department: Department, kept: ScimGroup | None, ids: list[UUID] | None = None) -> Group:
    if ids is None:
        ids = scim_groups.members(db, [department.id])[department.id]
    told = Group(id=str(department.id), display_name=department.name,
                 external_id=kept and kept.external_id,
                 members=[GroupMember(value=str(each), type="User",
                                      ref=location("Users", str(each))) for each in ids] or None)
    return with_meta(told, created=department.created_at,
                     last_modified=kept.changed_at if kept else department.created_at)


def _users(where: ColumnElement[bool], _asked: SearchRequest, *, start: int,
           most: int) -> tuple[int, list[Employee]]:
    total, rows = scim_users.listed(db, g.by.company_id, where, start=start, most=most)
    rooms = scim_sync.rooms(db, g.by.company_id)
    return total, [user(row, rooms) for row in rows]


def _groups(where: ColumnElement[bool], asked: SearchRequest, *, start: int,
            most: int) -> tuple[int, list[Group]]:
    total, rows = scim_groups.listed(db, g.by.company_id, where, start=start, most=most)
    ids = scim_groups.members(db, [department.id for department, _kept in rows])
    return total, [group(department, kept, ids[department.id]) for department, kept in rows]


LISTINGS = {Employee: (_users, scim_users.FILTERS), Group: (_groups, scim_groups.FILTERS)}


def page_of(*models: type[Resource]) -> Response:
    """What is searched for. The first kind comes before the next, where more are asked for; one
    that does not know what the filter asks has nothing of it."""
    asked = search(reduce(or_, models))
    start = min(asked.start_index or 1, LAST_PLACE) - 1
    most = min(PAGE if asked.count is None else asked.count, MOST_ROWS)
    found, total = [], 0
    for listing, attributes in map(LISTINGS.get, models):
        try:
            where = scim_filters.condition(asked.filter and asked.filter.ast, attributes)
        except InvalidFilterException:
            if len(models) == 1:
                raise
            continue
        number, some = listing(where, asked, start=max(0, start - total), most=most - len(found))
        total, found = total + number, found + some
    return page(found, total, asked)


def _short(text: str | None, name: str) -> str:
    line = (text or "").strip()
    if not line or len(line) > MOST_NAME or not line.isprintable():
        raise InvalidValueException(
            detail=f"{name} has between 1 and {MOST_NAME} printable characters.")
    return line
