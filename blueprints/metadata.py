"""What anyone who inspects tickets may know of us: our public keys, those that are coming among
them, and in BoB's terms who we are. At addresses that stay."""
import hashlib
import json
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, url_for
from htmx_flask import request

from blueprints.guard import public
from blueprints.ticket_code import issuer
from blueprints.web import now, world
from documents.participant_metadata import Participant, signed
from domain.products import PERIOD_DAYS

KEPT = "public, max-age=3600"
"""Far shorter than a new key is published before it signs."""

bp = Blueprint("metadata", __name__, url_prefix="/.well-known/bob")


@bp.get("/jwks.json")
@public
def keys():
    return _published(world().ticket_keys.jwks(), "application/jwk-set+json")


@bp.get("/participant-metadata")
@public
def participant():
    signer = _signers().signer(now())
    return _published(signed([_us()], kid=signer.kid, sign=signer.sign), "application/jose+json")


@bp.get("/metadata-jwks.json")
@public
def metadata_keys():
    """What the above is verified with. Whoever relies on it compares it with what we have told them
    by another way."""
    return _published(_signers().jwks(), "application/jwk-set+json")


def _signers():
    return world().metadata_keys or abort(404)


def _us() -> Participant:
    config = current_app.config["PORTAL"]
    return Participant(
        pid=issuer(), name=config.brand.name, domain=urlsplit(config.base_url).hostname or "",
        keys=tuple(world().ticket_keys.jwks()["keys"]), longest_days=max(PERIOD_DAYS.values()) + 1,
        endpoints=(("participantMetadata", "2", config.base_url + url_for(".participant")),))


def _published(said: dict, kind: str) -> Response:
    """The same bytes for as long as nothing has changed."""
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    response = Response(body, mimetype=kind)
    response.set_etag(hashlib.sha256(body).hexdigest()[:20])
    response.headers["Cache-Control"] = KEPT
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response.make_conditional(request)
