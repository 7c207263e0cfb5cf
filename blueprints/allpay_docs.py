"""The Allpay API as whoever writes an app reads it: the file that describes it, and a page that
shows the file."""
import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app

from blueprints.allpay_problems import KINDS
from blueprints.guard import public
from blueprints.language import language
from blueprints.web import page

FILE = Path(__file__).parent.parent / "static" / "allpay-openapi.json"

bp = Blueprint("allpay_docs", __name__, url_prefix="/api/allpay")


@cache
def described() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


@bp.get("/v1/openapi.json")
@public
def openapi():
    """Also for whoever shows it in a tool of theirs."""
    return Response(FILE.read_bytes(), content_type="application/json", headers={
        "Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"})


@bp.get("/")
@public
def index():
    api = described()
    operations = [_operation(api, path, method, said) for path, methods in api["paths"].items()
                  for method, said in methods.items()]
    return page("allpay_docs/index.html", api=api, operations=operations, kinds=KINDS,
                shapes=[_shape(*each) for each in api["components"]["schemas"].items()],
                event=api["webhooks"]["event"]["post"],
                address=f"{current_app.config['PORTAL'].base_url}/api/allpay/v1")


def _operation(api: dict, path: str, method: str, said: dict) -> dict[str, Any]:
    """What the page shows of one."""
    summary = said["x-summary-sv"] if language() == "sv" else said["summary"]
    parameters = [api["components"]["parameters"][_name(each)] if "$ref" in each else each
                  for each in said.get("parameters", [])]
    return {"id": said["operationId"], "method": method.upper(), "path": path,
            "summary": summary, "text": said["description"],
            "parameters": [(each["name"], each["in"], _kind(each["schema"]), each["required"])
                           for each in parameters if each["name"] != "Accept-Language"],
            "body": _schema(said.get("requestBody")),
            "answers": [(status, each["description"], _schema(each))
                        for status, each in said["responses"].items()]}


def _schema(message: dict | None) -> str | None:
    """The name of what is sent."""
    for content in (message or {}).get("content", {}).values():
        return _name(content["schema"])
    return None


def _name(reference: dict) -> str:
    return reference["$ref"].rpartition("/")[2]


def _shape(name: str, schema: dict) -> dict[str, Any]:
    """A schema and its members: of each its name, kind, whether it is always there, and meaning."""
    needed = schema.get("required", [])
    return {"name": name, "text": schema.get("description", ""), "values": schema.get("enum", []),
            "members": [(member, _kind(said), member in needed, said.get("description", ""))
                        for member, said in schema.get("properties", {}).items()]}


def _kind(schema: dict) -> str:
    """A member's type in a few words."""
    if "$ref" in schema:
        return _name(schema)
    if "oneOf" in schema:
        return " | ".join(map(_kind, schema["oneOf"]))
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(schema['items'])}]"
    named = schema.get("type", "")
    kinds = [named] if isinstance(named, str) else named
    return " | ".join(schema.get("format", each) if each == "string" else each for each in kinds)
