import json
import logging
import sys

from running.logs import JsonFormatter


def line(**record):
    return json.loads(JsonFormatter().format(logging.makeLogRecord(
        {"name": "portal", "levelno": 20, "levelname": "INFO", "created": 1_795_172_400.25,
         **record})))


def test_a_line_says_when_how_grave_where_and_what():
    assert line(msg="%d sent", args=(3,)) == {
        "at": "2026-11-20T11:00:00.250+00:00", "level": "info", "logger": "portal",
        "message": "3 sent"}


def test_fields_stand_beside_the_message():
    assert line(msg="request", fields={"status": 200, "ms": 1.5})["status"] == 200


def test_an_error_comes_with_where_it_happened():
    try:
        raise ValueError("broken")
    except ValueError:
        told = line(msg="it failed", exc_info=sys.exc_info())["error"]
    assert told.splitlines()[-1] == "ValueError: broken"
    assert "test_logs.py" in told
