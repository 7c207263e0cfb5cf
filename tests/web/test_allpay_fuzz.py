"""The API meets what its file allows, and what it does not, as schemathesis makes it up. A few
seconds here; API_MINUTES=10 goes on for so long."""
import os
import re
from collections import Counter
from datetime import timedelta
from itertools import count, cycle
from time import monotonic
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from domain import ledger
from tests.web.allpay_app import API, SINGLE

MINUTES = float(os.environ.get("API_MINUTES", "0"))
EXAMPLES = 100 if MINUTES else 6
"""Of each operation and kind of data, at a time."""
CONFIG = SchemathesisConfig.from_dict({"checks": {"positive_data_acceptance": {
    "expected-statuses": ["2xx", 401, 402, 403, 404, 409, 410, 423, 429]}}})
KEY = re.compile("[!-~]{1,255}")
UNREACHED = {"POST /token", "POST /activations"}
"""Nobody makes up a secret or a code."""
KINDS = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
AT_A_TIME = settings(max_examples=EXAMPLES, deadline=None, database=None,
                     phases=[Phase.generate, Phase.shrink],
                     suppress_health_check=list(HealthCheck))


@pytest.fixture
def schema(app):
    """Of an app that answers for its own faults."""
    app.testing = False
    yield schemathesis.openapi.from_wsgi(f"{API}/openapi.json", app, config=CONFIG)
    app.testing = True


class Stranger:
    """Sends what is made up, mixed with what is real, so that it gets past the door."""

    def __init__(self, phone, clock, make):
        self.phone, self.clock, self.make = phone, clock, make
        self.made = {"authorisations": [], "purchases": []}
        self.keys, self.seen = count(), Counter()
        self.sign_in()

    def sign_in(self):
        self.phone.token = self.make.api_token(self.phone.client, secret=str(uuid4()),
                                               at=self.clock.at + timedelta(days=1))

    def real(self, draw, case):
        """Makes some of it real, without making what is wrong right."""
        negative = case.meta.generation.mode.is_negative
        case.headers = dict(case.headers or {})
        if KEY.fullmatch(str(case.headers.get("Idempotency-Key", ""))):
            case.headers["Idempotency-Key"] = f"fuzz-{next(self.keys)}"  # each is of its own
        if not negative and "Payment-Method" in case.headers and draw(st.integers(0, 9)):
            case.headers["Payment-Method"] = self.phone.method
        if not negative and "id" in (case.path_parameters or {}) and draw(st.integers(0, 9)):
            case.path_parameters["id"] = self.some(draw, case.path.split("/")[1])
        if not negative and case.path in ("/purchases", "/authorisations") and case.body:
            self.pay(draw, case)
        return case

    def some(self, draw, what):
        """Of those that have been made, or a new one."""
        if not self.made[what] or draw(st.booleans()):
            answer = self.phone.post(f"/{what}", SINGLE, key=f"made-{next(self.keys)}")
            if answer.status_code == 402:
                self.next_month()
                return self.some(draw, what)
            self.made[what].append(answer.json["id"])
        return draw(st.sampled_from(self.made[what][-9:]))

    def next_month(self):
        self.clock.at += timedelta(days=31)
        self.sign_in()

    def pay(self, draw, case):
        if isinstance(case.body, dict) and draw(st.booleans()):
            case.body |= SINGLE
            case.body.pop("validFrom", None)

    def send(self, case):
        self.clock.at += timedelta(milliseconds=300)
        response = case.call_and_validate(headers=self.headers(case))
        self.seen[case.operation.label, response.status_code] += 1
        if response.status_code == 402:
            self.next_month()

    def headers(self, case):
        if case.path == "/token":
            return {}
        return {"Authorization": f"Bearer {self.phone.token}"}


@pytest.fixture
def stranger(phone, clock, make, db, store):
    """Rich, each month anew."""
    with store.transaction(db):
        phone.connection.limit_ore = 1_500_000
    return Stranger(phone, clock, make)


def test_no_answer_is_another_than_the_file_says(schema, stranger, db):
    operations = [each.ok() for each in schema.get_all_operations()]
    until = monotonic() + 60 * MINUTES
    for operation in cycle(operations) if MINUTES else operations:
        for kind in KINDS:
            try_out(operation, kind, stranger)
        if MINUTES and monotonic() > until:
            break
    db.rollback()
    assert ledger.check(db) == []
    done = {label for label, status in stranger.seen if status < 300}
    assert not MINUTES or done == {each.label for each in operations} - UNREACHED, stranger.seen


def try_out(operation, kind, stranger):
    @AT_A_TIME
    @given(data=st.data())
    def attempt(data):
        case = data.draw(operation.as_strategy(generation_mode=kind))
        stranger.send(stranger.real(data.draw, case))

    attempt()


