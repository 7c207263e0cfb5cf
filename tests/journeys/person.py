"""A person with a browser, who does what people do: reads, fills in, presses, scans."""
import re
from typing import TYPE_CHECKING

from playwright.sync_api import BrowserContext, Page, expect

from domain.login_orders import COLLECT_EVERY
from sandbox.personas import Persona
from tests.sandbox import identify

if TYPE_CHECKING:
    from tests.journeys.conftest import Stage

PATIENCE = 20_000
"""Milliseconds, of a machine that has much else to do."""
expect.set_options(timeout=PATIENCE)
EXPECTED = "status of 4|ERR_INTERNET_DISCONNECTED|htmx:(afterRequest|sendError)"
"""What the browser's console may complain of: a refusal, and a network that the journey cut."""


class Person:
    def __init__(self, context: BrowserContext, stage: "Stage"):
        self._context, self._stage = context, stage
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
        self.strange: list[str] = []
        """What no page may do: an error in a script, a request to another host, a 5xx."""
        self.page.on("pageerror", lambda error: self.strange.append(str(error)))
        self.page.on("console", lambda said: self.strange.append(said.text)
                     if said.type == "error" and not re.search(EXPECTED, said.text) else None)
        self.page.on("request", lambda request: self.strange.append(request.url)
                     if not request.url.startswith((stage.config.base_url, stage.sandbox_url,
                                                    "data:")) else None)
        self.page.on("response", lambda answer: self.strange.append(f"{answer.status} {answer.url}")
                     if answer.status >= 500 else None)

    def opens(self, path: str) -> "Person":
        self.page.goto(path)
        return self

    def signs_in_as(self, persona: Persona) -> "Person":
        """With BankID on another device: the code is scanned off the screen."""
        return self.opens("/logga-in").identifies_as(persona)

    def identifies_as(self, persona: Persona) -> "Person":
        """On the page where one chooses how to sign in."""
        before = {order["ref"] for order in self._stage.sandbox.orders.pending()}
        self.presses(re.compile("en annan enhet"))
        self.page.wait_for_url("**/logga-in/bankid")
        [order] = [order for order in self._stage.sandbox.orders.pending()
                   if order["ref"] not in before]
        identify(self._stage.sandbox, persona, order)
        self._stage.world.clock.ahead += COLLECT_EVERY
        if not self._stage.scripts:  # with them it asks by itself, and an answer is not to be lost
            self.page.reload()
        self.page.wait_for_url(lambda url: "/logga-in" not in url)
        return self

    def accepts_the_terms(self, count: int) -> "Person":
        boxes = self.page.locator("main input[type=checkbox]")
        expect(boxes).to_have_count(count)
        for box in boxes.all():
            box.check()
        return self.presses("Godkänn och fortsätt")

    def presses(self, name: str | re.Pattern) -> "Person":
        """A button, or a link, by how its name begins."""
        begins = re.compile(rf"^\s*{re.escape(name)}") if isinstance(name, str) else name
        button = self.page.get_by_role("button", name=begins)
        link = self.page.get_by_role("link", name=begins)
        button.or_(link).first.click()
        return self.waits()

    def sends(self) -> "Person":
        """By the button beside the steps, whatever it says: without scripts it knows no price."""
        self.page.locator("#sum button").first.click()
        return self.waits()

    def waits(self) -> "Person":
        """Until the page stands still."""
        self.page.wait_for_load_state()
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        return self

    def fills(self, **fields: str) -> "Person":
        """Each field by its name in the form."""
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").first.fill(value)
        return self

    def ticks(self, name: str, value: str) -> "Person":
        """A radio button or a box, by its name and value in the form."""
        self.page.locator(f"[name={name}][value={value}]").check()
        return self.waits()

    def chooses(self, label: str | re.Pattern) -> "Person":
        """A radio button or a box, by its label."""
        self.page.get_by_label(label).first.check()
        return self.waits()

    def selects(self, name: str, option: str) -> "Person":
        self.page.locator(f"select[name={name}]").select_option(label=option)
        return self

    def sees(self, text: str | re.Pattern) -> "Person":
        expect(self.page.locator("body")).to_contain_text(text)
        return self

    def does_not_see(self, text: str) -> "Person":
        expect(self.page.locator("body")).not_to_contain_text(text)
        return self

    def without_network(self) -> "Person":
        self._context.set_offline(True)
        return self

    def with_network(self) -> "Person":
        self._context.set_offline(False)
        return self

    def leave(self) -> None:
        self._context.close()
        assert self.strange == []
