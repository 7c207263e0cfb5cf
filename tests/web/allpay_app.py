"""The public app as the API meets it: each answer is what the OpenAPI file says, to the member."""
import json
from copy import deepcopy
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

FILE = Path(__file__).parents[2] / "static" / "allpay-openapi.json"
API = "/api/allpay/v1"
SINGLE = {"product": "single", "place": "zones_1-181", "price": 4200}
ID = "00000000-0000-4000-8000-000000000000"


@cache
def spec() -> dict:
    return json.loads(FILE.read_text(encoding="utf-8"))


@cache
def strict() -> dict:
    """As the file, but no object has members that it does not name."""
    said = deepcopy(spec())
    for schema in said["components"]["schemas"].values():
        _close(schema)
    return said


def _close(schema: Any) -> None:
    if isinstance(schema, dict):
        if "properties" in schema:
            schema["additionalProperties"] = False
        for each in list(schema.values()):
            _close(each)
    elif isinstance(schema, list):
        for each in schema:
            _close(each)


def check(method: str, path: str, answer) -> None:
    """The answer is one that the file describes."""
    template = _template(path)
    said = spec()["paths"][template][method.lower()]["responses"].get(str(answer.status_code))
    assert said, f"{method} {template} says nothing of {answer.status_code}"
    schema = said["content"][answer.mimetype]["schema"]
    validator = Draft202012Validator(
        schema | {"components": strict()["components"]}, validate_formats=True)
    validator.validate(answer.get_json())
    for header in said.get("headers", {}):
        if header not in ("Idempotent-Replayed",) and not _rate(header, answer.status_code):
            assert header in answer.headers, header


def _rate(header: str, status: int) -> bool:
    """A limit by the hour has no such header."""
    return status == 429 and header.startswith("RateLimit")


def _template(path: str) -> str:
    path = path.partition("?")[0]
    if path in spec()["paths"]:
        return path
    what, _, *rest = path.strip("/").split("/")
    return "/" + "/".join([what, "{id}", *rest])


class App:
    """Registered by a clerk, and signed in."""

    def __init__(self, app, make, *, name="Reseappen", at=None):
        self._client, self._keys = app.test_client(), count(1)
        self.client = make.api_client(name)
        self.token = make.api_token(self.client, secret=f"token of {name}", at=at)
        self.method = ""

    def get(self, path, **headers):
        return self._open("GET", path, headers)

    def post(self, path, body=None, *, key=None, **headers):
        headers.setdefault("Idempotency-Key", key or f"key {next(self._keys)}".replace(" ", "-"))
        return self._open("POST", path, headers, json=body)

    def _open(self, method, path, headers, **content):
        given = {"Authorization": f"Bearer {self.token}", "Payment-Method": self.method} | headers
        if content.get("json") is None:
            content.pop("json", None)
        answer = self._client.open(API + path, method=method, headers={
            name: value for name, value in given.items() if value}, **content)
        check(method, path, answer)
        return answer


def kind(answer) -> str:
    """Of a problem."""
    assert answer.mimetype == "application/problem+json", answer.text
    assert answer.json["status"] == answer.status_code
    return answer.json["type"].partition("#")[2]


def bought(app: App, **other) -> dict:
    answer = app.post("/purchases", SINGLE | other)
    assert answer.status_code == 201, answer.text
    return answer.json
