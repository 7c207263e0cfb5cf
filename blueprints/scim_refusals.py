"""What is answered under /scim/v2 when something could not be done: always a SCIM error."""
import logging

from flask import Blueprint, Response
from htmx_flask import request
from pydantic import ValidationError
from scim2_models import Error, SCIMException
from werkzeug.exceptions import HTTPException

from blueprints.language import sentence
from blueprints.scim_messages import answer
from domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, TooMany
from domain.scim_users import Taken

STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409, TooMany: 429, DomainError: 400}
KIND = {Taken: "uniqueness", Invalid: "invalidValue", DomainError: None}
HEADERS = {401: {"WWW-Authenticate": 'Bearer realm="scim"'}, 429: {"Retry-After": "60"}}

log = logging.getLogger(__name__)


def answer_in(bp: Blueprint) -> None:
    for kind, handle in ((SCIMException, _refused), (ValidationError, _invalid),
                         (DomainError, _said_no), (HTTPException, _http), (Exception, _broken)):
        bp.register_error_handler(kind, handle)


def _refused(error: SCIMException) -> Response:
    return _answer(error.to_error())


def _invalid(error: ValidationError) -> Response:
    return _answer(Error.from_validation_errors(error)[0])


def _said_no(error: DomainError) -> Response:
    status, kind = (next(value for each, value in table.items() if isinstance(error, each))
                    for table in (STATUS, KIND))
    return _answer(Error(status=status, scim_type=kind, detail=sentence(error)))


def _http(error: HTTPException) -> Response:
    return _answer(Error(status=error.code or 500, detail=error.description or error.name))


def _broken(error: Exception) -> Response:
    log.error("%s failed", request.endpoint, exc_info=error)
    return _answer(Error(status=500, detail="It could not be done. Try again in a while."))


def _answer(error: Error) -> Response:
    response = answer(error.model_dump(), error.status)
    response.headers.update(HEADERS.get(error.status, {}))
    return response
