"""What is asked for in the address of the list of sent tickets: words, filters, a page, and whether
all that match are chosen."""
from functools import cached_property
from uuid import UUID

from flask import url_for
from htmx_flask import request
from sqlalchemy import Select
from wtforms import Form, HiddenField, SearchField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import DayField, ids
from blueprints.language import _, lazy
from blueprints.traveller_search import SelectField
from blueprints.web import actor, db, now
from blueprints.words import word
from domain import sent_searches, traveller_lists
from domain.products import COMPANY_PRODUCTS, Product
from domain.sent_searches import EVERYTHING, Search, State


class SentSearch(Form):
    q = SearchField(lazy("Namn, mobilnummer eller biljettnummer"))
    state = SelectField(lazy("Läge"), name="lage", choices=lambda: [
        SelectChoice("", _("Alla lägen")), *(SelectChoice(each, word(each)) for each in State)])
    product = SelectField(lazy("Biljett"), name="biljett", choices=lambda: [
        SelectChoice("", _("Alla biljetter")),
        *(SelectChoice(each, word(each)) for each in COMPANY_PRODUCTS)])
    department = SelectField(lazy("Avdelning"), name="avdelning", choices=lambda: [
        SelectChoice("", _("Alla avdelningar")),
        *(SelectChoice(str(id), name)
          for id, name in traveller_lists.departments(db, within=actor().scope))])
    reference = SearchField(lazy("Referensnummer eller kostnadsställe"), name="referens")
    first = DayField(lazy("Från och med"), needed=False, name="fran")
    last = DayField(lazy("Till och med"), needed=False, name="till")
    order = HiddenField(name="bestallning")

    @cached_property
    def search(self) -> Search:
        department, state, product = (field.chosen for field in (
            self.department, self.state, self.product))
        return Search(self.q.data or "", State(state) if state else None,
                      Product(product) if product else None,
                      UUID(department) if department else None, self.reference.data or "",
                      self.first.data, self.last.data, next(iter(ids([self.order.data])), None))

    @cached_property
    def kept(self) -> dict[str, str]:
        """What the other addresses of the list carry along."""
        return {field.name: request.args[field.name] for field in self
                if request.args.get(field.name)}

    @property
    def more(self) -> bool:
        """Whether a filter is used that is out of sight at first."""
        return not self.kept.keys().isdisjoint({"avdelning", "referens", "fran", "till"})

    @cached_property
    def chosen(self) -> str | None:
        """"sida" when all of the page are chosen, "alla" when all that match."""
        return request.args.get("valda")

    def choosing(self, which: str | None) -> str:
        """This very page with so many chosen."""
        return url_for("sent_tickets.index", **self.kept, efter=request.args.get("efter"),
                       valda=which)

    @property
    def back(self) -> str:
        return url_for("sent_tickets.index", **self.kept)

    @property
    def beyond_the_order(self) -> str:
        """The list without that filter."""
        others = {name: value for name, value in self.kept.items() if name != self.order.name}
        return url_for("sent_tickets.index", **others)


def chosen_ids() -> Select[tuple[UUID]]:
    """Of the tickets that are chosen in the list and the actor has: each, or all that match."""
    if request.args.get("valda") == "alla":
        search, among = SentSearch(request.args).search, None
    else:
        search, among = EVERYTHING, named_ids()
    return sent_searches.ids(search, within=actor().scope, now=now(), among=among)


def named_ids() -> list[UUID]:
    return ids(request.args.getlist("vald"))
