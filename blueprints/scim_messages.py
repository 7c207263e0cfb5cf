"""What a SCIM request says, read or refused, and what is answered."""
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from typing import TypeVar

from flask import Response, current_app
from htmx_flask import request
from scim2_models import (
    Context,
    InvalidFilterException,
    InvalidSyntaxException,
    InvalidValueException,
    Meta,
    PatchOp,
    PreconditionFailedException,
    Resource,
    ResponseParameters,
    SearchRequest,
)

from blueprints.scim_models import TOLERANT

MEDIA_TYPE = "application/scim+json"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
MOST_FILTER = 2_000
"""Characters."""
PAGE, MOST_ROWS = 100, 200
LAST_PLACE = 2**31 - 1

Kept = TypeVar("Kept", bound=Resource)


@cache
def _of(message: type, model: type[Resource]) -> type:
    """Kept, for pydantic takes a while to make one."""
    return message[model]


def payload() -> dict:
    """The object in the body. Raises a SCIMException when there is none that can be kept."""
    try:
        found = json.loads(request.get_data(), parse_constant=_no_number)
    except (ValueError, RecursionError) as broken:
        raise InvalidSyntaxException(detail="The body is not JSON.") from broken
    if not isinstance(found, dict):
        raise InvalidSyntaxException(detail="The body is not an object.")
    for text in _texts(found):
        if "\0" in text or (not text.isascii() and any("\ud800" <= each <= "\udfff"
                                                      for each in text)):
            raise InvalidValueException(detail="A text has a character that cannot be kept.")
    return found


def created(model: type[Kept]) -> Kept:
    return model.model_validate(payload(), scim_policy=TOLERANT,
                                scim_ctx=Context.RESOURCE_CREATION_REQUEST)


def replaced(original: Kept) -> Kept:
    new = type(original).model_validate(payload(), scim_policy=TOLERANT,
                                        scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
    with TOLERANT:
        new.replace(original)
    return new


def patched(original: Kept) -> Kept:
    asked = _of(PatchOp, type(original)).model_validate(
        payload(), scim_policy=TOLERANT, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    new = original.model_copy(deep=True)
    asked.patch(new, scim_policy=TOLERANT)
    return new


def search(model: type[Resource]) -> SearchRequest:
    """What is asked for in the address, or in the body of a search."""
    asked = payload() if request.method == "POST" else request.args.to_dict()
    if len(str(asked.get("filter", ""))) > MOST_FILTER:
        raise InvalidFilterException(detail="The filter is too long.")
    try:
        return _of(SearchRequest, model).model_validate(asked, scim_policy=TOLERANT)
    except RecursionError as deep:
        raise InvalidFilterException(detail="The filter is too deep.") from deep


def wished(model: type[Resource]) -> ResponseParameters:
    """Which attributes are to be in the answer."""
    names = {name: request.args[name] for name in ("attributes", "excludedAttributes")
             if name in request.args}
    return _of(ResponseParameters, model).model_validate(names, scim_policy=TOLERANT)


def check_match(resource: Resource) -> None:
    """Refuses to change what is another than the client has seen."""
    tags = request.if_match
    if "If-Match" in request.headers and not (
            tags.star_tag or tags.contains_weak(_tag(resource))):
        raise PreconditionFailedException(detail="The resource has been changed since.")


def with_meta(resource: Kept, **meta) -> Kept:
    """`meta` are when it was created and last modified."""
    kind = type(resource).__name__.partition("[")[0]
    resource.meta = Meta(resource_type=kind, location=location(f"{kind}s", resource.id),
                         version=f'W/"{_tag(resource)}"', **meta)
    return resource


def location(*parts: str) -> str:
    return "/".join([f"{current_app.config['PORTAL'].base_url}/scim/v2", *parts])


def one(resource: Resource, status: int = 200) -> Response:
    response = answer(_written(resource, wished(type(resource))), status)
    response.headers["Location"] = resource.meta.location
    response.headers["ETag"] = resource.meta.version
    return response.make_conditional(request) if request.method == "GET" else response


def page(resources: list[Resource], total: int, asked: SearchRequest) -> Response:
    return answer({"schemas": [LIST], "totalResults": total, "startIndex": asked.start_index or 1,
                   "itemsPerPage": len(resources),
                   "Resources": [_written(each, asked) for each in resources]})


def answer(said: dict, status: int = 200) -> Response:
    return Response(json.dumps(said, ensure_ascii=False), status, mimetype=MEDIA_TYPE)


def _written(resource: Resource, asked: ResponseParameters) -> dict:
    return resource.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=asked)


def _tag(resource: Resource) -> str:
    """Of all that is told of it: whatever changes it, here or there, changes the tag."""
    said = resource.model_dump()
    said.pop("meta", None)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def _texts(value: object) -> Iterator[str]:
    found = [value]
    while found:
        each = found.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            found.extend([*each, *each.values()])
        elif isinstance(each, list):
            found.extend(each)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")
