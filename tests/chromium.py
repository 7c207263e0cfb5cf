"""Finds a Chromium for the journeys. Without one they are skipped, or fail where E2E_REQUIRED=1."""
import os
import shutil

import pytest

from tests.databases import SERVER

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
         "google-chrome-stable", "chrome")


def chromium() -> str:
    """The path of the browser's program, from E2E_BROWSER, CHROME_PATH or PATH."""
    for variable in ("E2E_BROWSER", "CHROME_PATH"):
        named = os.environ.get(variable)
        if named:
            return shutil.which(named) or _missing(f"{variable} names {named}, which is not there")
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    return _missing(f"no Chromium: set E2E_BROWSER, or have one of {', '.join(NAMES)} on PATH")


def everything() -> bool:
    """Whether nothing may be skipped. A run at one's desk leaves out what takes long."""
    return os.environ.get("E2E_REQUIRED") == "1"


def _missing(why: str) -> str:
    (pytest.fail if everything() else pytest.skip)(why)


ALL_JOURNEYS = pytest.mark.skipif(not everything() or bool(SERVER),
                                  reason="every journey where E2E_REQUIRED=1, on one database")
"""A desk plays the main ones, to be quick, and so does the other database."""
