"""Somebody who pays an order, with the providers in process: what they tell comes when the test
wants, in the order that it wants."""
import re
from html import unescape

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import payments
from domain.messages import Email
from domain.payments import Means, Payment
from domain.shop_orders import ShopOrder
from jobs import payments as jobs
from tests.browser import Browser, Page


class Till:
    def __init__(self, portal, browser: Browser, db: Session, stage, make, clock):
        self.portal, self.browser, self.db, self.stage = portal, browser, db, stage
        self.make, self.clock = make, clock
        self.order: ShopOrder = make.shop_order(at=clock.now())
        browser.log_in(self.order.customer)
        self.client = httpx.Client(transport=httpx.WSGITransport(app=browser.app))
        self.means = Means.SWISH

    def begin(self, means=Means.SWISH) -> Page:
        """As the checkout does; the page that it leads to."""
        self.means = means
        with self.portal.store.transaction(self.db):
            self.id = payments.begin(self.db, self.order, means, now=self.clock.now()).id
        return self.look()

    @property
    def url(self) -> str:
        return f"/mina-sidor/betalning/{self.id}"

    def look(self, path="") -> Page:
        return self.browser.get(self.url + path)

    def come_back(self) -> Page:
        return self.follow(self.look("/ater"))

    def follow(self, page: Page) -> Page:
        assert page.status == 303
        return self.browser.get(page.location)

    @property
    def payment(self) -> Payment:
        self.db.rollback()
        return self.db.get_one(Payment, self.id, populate_existing=True)

    @property
    def at_provider(self) -> str:
        """Their id of it."""
        return self.payment.provider_id

    def pay(self) -> None:
        provider = self.stage.swish if self.means == Means.SWISH else self.stage.nets
        provider.pay(self.at_provider)

    def tell(self) -> list[int]:
        """What the providers want to tell now is told; the answers."""
        heard = []
        with httpx.Client(transport=_Listening(self.client, heard)) as client:
            self.stage.callbacks.send(client)
        return heard

    def told(self) -> list[httpx.Request]:
        """What they want to tell, kept back."""
        kept = []

        def keep(request):
            kept.append(request)
            return httpx.Response(200)
        with httpx.Client(transport=httpx.MockTransport(keep)) as client:
            self.stage.callbacks.send(client)
        return kept

    def hear(self, request: httpx.Request) -> int:
        return self.client.send(httpx.Request(
            "POST", request.url, headers=request.headers, content=request.content)).status_code

    def sweep(self) -> None:
        jobs.settle(self.portal)

    def letters(self) -> list[str]:
        self.db.rollback()
        return sorted(self.db.scalars(select(Email.template)))

    @property
    def state(self) -> str:
        """Of the order."""
        self.db.rollback()
        self.db.refresh(self.order)
        return self.order.state


class _Listening(httpx.BaseTransport):
    def __init__(self, client, heard):
        self.client, self.heard = client, heard

    def handle_request(self, request):
        response = self.client.send(request)
        self.heard.append(response.status_code)
        return httpx.Response(response.status_code)


def leads(page: Page) -> list[str]:
    """Where a page loads itself anew, or leads on to."""
    return re.findall(r'http-equiv="refresh" content="([^"]*)"', unescape(page.response.text))
