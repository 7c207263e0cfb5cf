"""A client that checks every page it is given, as a reader of the page would."""
import re
from html.parser import HTMLParser
from uuid import UUID

from domain import customer_logins, customer_terms, customers, logins
from domain.customers import Customer
from domain.people import Person

FRAGMENT = {"HX-Request": "true"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
LABELLED = {"text", "email", "tel", "number", "date", "search", "file", "checkbox", "radio",
            "password"}


class Page(HTMLParser):
    def __init__(self, response):
        super().__init__()
        self.response, self.status = response, response.status_code
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self._open: list[str] = []
        self._inside: set[int] = set()
        if "html" in response.content_type and not response.location:
            self.feed(response.text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if "label" in self._open:
            self._inside.add(len(self.tags) - 1)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open, f"</{tag}> closes nothing"
        opened = self._open.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}>"

    def handle_data(self, data):
        if not {"script", "style", "template"} & set(self._open):
            self.text += data

    def all(self, tag: str) -> list[dict]:
        return [attrs for name, attrs in self.tags if name == tag]

    def links(self) -> list[str]:
        return [attrs["href"] for attrs in self.all("a") if "href" in attrs]

    @property
    def said(self) -> str:
        """The page's words, with single spaces."""
        return " ".join(self.text.split())

    @property
    def location(self) -> str:
        return self.response.location

    @property
    def whole(self) -> bool:
        return bool(self.all("html"))

    def check(self) -> None:
        ids = [attrs["id"] for _, attrs in self.tags if "id" in attrs]
        assert len(ids) == len(set(ids)), f"an id twice: {sorted(ids)}"
        assert all("action" in form for form in self.all("form")), "a form without an action"
        for name, attrs in self.tags:
            assert "style" not in attrs, f"inline style on <{name}>"
            assert not [key for key in attrs if key.startswith("on")], f"inline script on <{name}>"
            assert name != "style", "an inline <style>"
            assert name != "script" or attrs.get("src"), "an inline <script>"
        self._check_labels(ids)
        for attrs in (attrs for _, attrs in self.tags):
            for reference in (attrs.get("aria-describedby") or "").split():
                assert reference in ids, f"aria-describedby names no id: {reference}"
        if self.whole:
            assert len(self.all("h1")) == 1, "a page has one h1"
            assert re.search(r"<title>\s*\S", self.response.text), "a page has a title"
            assert not self._open, f"never closed: {self._open}"

    def _check_labels(self, ids: list[str]) -> None:
        labelled = {attrs.get("for") for attrs in self.all("label")}
        for index, (name, attrs) in enumerate(self.tags):
            typed = name in ("select", "textarea") or (
                name == "input" and attrs.get("type", "text") in LABELLED)
            named = (index in self._inside or attrs.get("id") in labelled
                     or attrs.get("aria-label") or attrs.get("aria-labelledby") in ids)
            assert not typed or named, f"no label for {attrs}"


class Browser:
    def __init__(self, app):
        self.app = app
        self.client = app.test_client()
        app.config["WTF_CSRF_ENABLED"] = False

    def log_in(self, person: Person | Customer, *, accepted: bool = True) -> "Browser":
        """Signed in as BankID would have done; the terms accepted unless said otherwise. A
        customer as by the password."""
        if isinstance(person, Customer):
            return self.log_in_customer(person, accepted=accepted)
        store, world = self.app.extensions["store"], self.app.extensions["world"]
        token, now = f"browser of {person.id}", world.clock.now()
        with store.session() as session, store.transaction(session):
            vault = session.info["vault"]
            number = vault.open(session.get_one(Person, person.id).personnummer_sealed,
                                "personnummer")
            logins.begin(session, number, given_name=person.given_name, surname=person.surname,
                         token=token, language="sv", now=now)
        if accepted:
            from domain import terms
            with store.session() as session, store.transaction(session):
                actor = logins.actor(session, token, now=now)
                terms.accept(session, terms.owed(session, actor, now=now), by=actor, now=now)
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return self

    def log_in_customer(self, customer: Customer, *, accepted: bool = True) -> "Browser":
        store, now = self.app.extensions["store"], self.app.extensions["world"].clock.now()
        token = f"{customer_logins.PREFIX}browser of {customer.id}"
        with store.session() as session, store.transaction(session):
            customer_logins.begin(session, customer, token=token, now=now)
            owed = customer_terms.owed(session, customer.id, now=now)
            if accepted and owed:
                customer_terms.accept(session, owed, by=customers.actor_of(customer), now=now)
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return self

    def get(self, url, **headers) -> Page:
        return self._open("GET", url, headers=headers)

    def post(self, url, data=None, headers=None, **kwargs) -> Page:
        return self._open("POST", url, data=data, headers=headers, **kwargs)

    def _open(self, method, url, **kwargs) -> Page:
        page = Page(self.client.open(url, method=method, buffered=True, **kwargs))
        page.check()
        return page


def id_in(url: str) -> UUID:
    """The id in an address such as /foretag/resenarer/<id>."""
    return UUID(re.search(r"[0-9a-f-]{36}", url)[0])
