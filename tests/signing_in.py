"""A whole login with BankID, as a person and their app go through it."""
from datetime import timedelta

from sandbox.personas import Persona
from tests.browser import Browser, Page
from tests.sandbox import identify


def sign_in(browser: Browser, sandbox, persona: Persona, *, next_path: str = "") -> Page:
    """By the QR code on another device. Returns the answer that leads on from the login."""
    begin(browser, next_path=next_path)
    identify(sandbox.extensions["sandbox"], persona)
    return look(browser)


def begin(browser: Browser, *, device: str = "other", next_path: str = "") -> Page:
    return browser.post("/logga-in", {"device": device, "next": next_path})


def look(browser: Browser, **headers) -> Page:
    """The page where the person waits, two seconds later."""
    browser.app.extensions["world"].clock.at += timedelta(seconds=2)
    return browser.get("/logga-in/bankid", **headers)
