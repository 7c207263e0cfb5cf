"""SCIM 2.0: a company's own system keeps its travellers and departments in step with the portal.
Whose they are is told by the key that comes with each request."""
import secrets
from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, g
from htmx_flask import request
from scim2_models import Resource, UnauthorizedException

from blueprints import scim_discovery, scim_refusals, scim_resources
from blueprints.guard import public
from blueprints.scim_messages import (
    answer,
    check_match,
    created,
    one,
    page,
    patched,
    replaced,
    search,
    wished,
)
from blueprints.scim_models import Employee, Group
from blueprints.web import db, now, rules, transaction
from domain import limits, scim_groups, scim_sync, scim_tokens, scim_users
from domain.errors import NotFound

MOST_BYTES = 1_000_000
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

bp = Blueprint("scim", __name__, url_prefix="/scim/v2")
scim_refusals.answer_in(bp)


@bp.record_once
def _has_no_token(state) -> None:
    """The other side proves itself by its key instead."""
    state.app.extensions["csrf"].exempt(bp)


@bp.before_request
def _open() -> None:
    """Every request shows its key."""
    request.max_content_length = MOST_BYTES
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    with transaction():
        token = scim_tokens.opened(db, secret.strip(), now=now())
        if token is None or scheme.lower() != "bearer":
            raise UnauthorizedException(detail="The key is missing, revoked or too old.")
        limits.take(db, "scim", str(token.id), per_hour=rules().scim_requests_per_hour, now=now())
        g.by = scim_tokens.actor(token)
    wished(Employee)  # refused before anything is done


# Users.


@bp.get("/Users")
@bp.post("/Users/.search", endpoint="search_users")
@public
def users():
    return scim_resources.page_of(Employee)


@bp.post("/Users")
@public
def add_user():
    said = created(Employee)
    with transaction():
        user = scim_sync.add(db, scim_resources.who(said), scim_resources.saying(said),
                             secret=_secret(), by=g.by, now=now())
    return one(scim_resources.user(user), 201)


@bp.get("/Users/<user_id>")
@public
def user(user_id: str):
    return one(scim_resources.user(_user(user_id)))


@bp.put("/Users/<user_id>")
@public
def replace_user(user_id: str):
    with transaction():
        user = _user(user_id, lock=True)
        shown = scim_resources.user(user)
        check_match(shown)
        new = replaced(shown)
        if new.active is None:
            new.active = shown.active
        scim_sync.change(db, user, scim_resources.who(new), scim_resources.saying(new),
                         before=user.said, secret=_secret(), by=g.by, now=now())
    return one(scim_resources.user(user))


@bp.patch("/Users/<user_id>")
@public
def patch_user(user_id: str):
    with transaction():
        user = _user(user_id, lock=True)
        shown = scim_resources.user(user)
        check_match(shown)
        new = patched(shown)
        scim_sync.change(db, user, scim_resources.who(new), scim_resources.saying(new),
                         before=scim_resources.saying(shown), secret=_secret(), by=g.by,
                         now=now())
    return one(scim_resources.user(user))


@bp.delete("/Users/<user_id>")
@public
def remove_user(user_id: str):
    with transaction():
        user = _user(user_id, lock=True)
        check_match(scim_resources.user(user))
        scim_sync.remove(db, user, by=g.by, now=now())
    return "", 204


# Groups.


@bp.get("/Groups")
@bp.post("/Groups/.search", endpoint="search_groups")
@public
def groups():
    return scim_resources.page_of(Group)


@bp.post("/Groups")
@public
def add_group():
    said = created(Group)
    with transaction():
        department = scim_groups.add(db, said.display_name, scim_resources.external_id(said),
                                     scim_resources.members(said), by=g.by, now=now())
    return one(scim_resources.group(*_group(str(department.id))), 201)


@bp.get("/Groups/<group_id>")
@public
def group(group_id: str):
    return one(scim_resources.group(*_group(group_id)))


@bp.put("/Groups/<group_id>")
@public
def replace_group(group_id: str):
    return _change_group(group_id, replaced)


@bp.patch("/Groups/<group_id>")
@public
def patch_group(group_id: str):
    return _change_group(group_id, patched)


@bp.delete("/Groups/<group_id>")
@public
def remove_group(group_id: str):
    with transaction():
        department, kept = _group(group_id, lock=True)
        check_match(scim_resources.group(department, kept))
        scim_groups.remove(db, department, by=g.by, now=now())
    return "", 204


def _change_group(group_id: str, read: Callable[[Group], Group]):
    with transaction():
        department, kept = _group(group_id, lock=True)
        shown = scim_resources.group(department, kept)
        check_match(shown)
        new = read(shown)
        scim_groups.change(db, department, new.display_name, scim_resources.external_id(new),
                           scim_resources.members(new), by=g.by, now=now())
    return one(scim_resources.group(*_group(group_id)))


# Both, and what is supported.


@bp.post("/.search")
@public
def search_all():
    return scim_resources.page_of(Employee, Group)


@bp.get("/ServiceProviderConfig")
@public
def config():
    return answer(scim_discovery.config().model_dump())


@bp.get("/ResourceTypes", defaults={"which": None})
@bp.get("/ResourceTypes/<which>")
@public
def resource_types(which: str | None):
    return _described(scim_discovery.resource_types(), which)


@bp.get("/Schemas", defaults={"which": None})
@bp.get("/Schemas/<which>")
@public
def schemas(which: str | None):
    return _described(scim_discovery.schemas(), which)


KNOWN = {"Users", "Groups", "ServiceProviderConfig", "ResourceTypes", "Schemas", ".search"}


@bp.route("/", defaults={"path": ""}, methods=METHODS)
@bp.route("/<path:path>", methods=METHODS)
@public
def anything_else(path: str):
    """So that it is refused as SCIM refuses."""
    parts = path.split("/")
    abort(405 if parts[0] in KNOWN and len(parts) < 3 else 404)


def _described(resources: list[Resource], which: str | None):
    if which is None:
        if "filter" in request.args:
            abort(403)
        return page(resources, len(resources), search(type(resources[0])))
    found = [each for each in resources if each.id == which]
    return answer(found[0].model_dump()) if found else abort(404)


def _user(user_id: str, *, lock: bool = False) -> scim_users.ScimUser:
    return scim_users.find(db, _id(user_id), company_id=g.by.company_id, lock=lock)


def _group(group_id: str, *, lock: bool = False):
    return scim_groups.find(db, _id(group_id), company_id=g.by.company_id, lock=lock)


def _secret() -> str:
    """For the link with which a new traveller signs in: short enough for a text message."""
    return secrets.token_urlsafe(16)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as other:
        raise NotFound("Det finns inget med det id:t.") from other
