"""What is asked for in the address of a list of travellers: words, filters, an order, a page, and
whether all that match are chosen."""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from typing import TypeVar
from urllib.parse import quote_plus
from uuid import UUID

from flask import url_for
from htmx_flask import request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Form, SearchField
from wtforms import SelectField as AnySelectField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import PlainSearch, PlainSelect
from blueprints.formats import reading
from blueprints.language import _, language, lazy, templates
from blueprints.web import actor, db, now
from blueprints.words import word
from domain import traveller_lists
from domain.services import Service
from domain.standings import State
from domain.travel_states import Reach
from domain.traveller_lists import BY_NAME, Order, Page, Sort
from domain.traveller_searches import Search, Whom

Made = TypeVar("Made")


class SelectField(AnySelectField):
    """What is not among the choices, as in an old address, is as if nothing were chosen."""

    widget = PlainSelect()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, validate_choice=False, **kwargs)

    @cached_property
    def chosen(self) -> str:
        known = self.data and any(choice.value == self.data for choice in self.choices)
        return self.data if known else ""


def same(make: Callable[[], Made]) -> Callable[[], Made]:
    """What is the same for everybody, made once in each language."""
    made = cache(lambda _language: make())
    return lambda: made(language())


def named(first: lazy, kind: Iterable[StrEnum]) -> Callable[[], list[SelectChoice]]:
    return same(lambda: [SelectChoice("", str(first)),
                         *(SelectChoice(each.value, word(each)) for each in kind)])


def _departments(form: "TravellerSearch", _field: SelectField) -> list[SelectChoice]:
    return [SelectChoice("", _("Alla avdelningar")),
            *(SelectChoice(str(id), name) for id, name in form.departments)]


@same
def _whom() -> list[SelectChoice]:
    return [SelectChoice("" if whom is Whom.HERE else whom, word(whom)) for whom in Whom]


@same
def _orders() -> list[SelectChoice]:
    return [SelectChoice(_written(Order(sort, falling)), f"{word(sort)} {'↓' if falling else '↑'}")
            for sort in Sort for falling in (False, True)]


@same
def _states() -> dict[str, Markup]:
    """Each state drawn, for all the rows that have it."""
    named = templates().get_template("business_travel/_state.html").module.named
    return {state.value: named(state) for state in State}


def _written(order: Order) -> str:
    """As the address has it; by name goes without saying."""
    return "" if order == BY_NAME else "-" * order.falling + order.sort


def _pair(name: str, value: str | None) -> str:
    return f"{name}={quote_plus(value)}" if value else ""


class TravellerSearch(Form):
    """Of those who are connected to Tjänsteresor, and the part that every list has."""

    q = SearchField(lazy("Namn, nummer eller e-post"), widget=PlainSearch())
    department = SelectField(lazy("Avdelning"), name="avdelning", choices=_departments)

    @cached_property
    def departments(self) -> tuple[tuple[UUID, str], ...]:
        """Those to choose among."""
        return tuple(map(tuple, traveller_lists.departments(db, within=actor().scope)))

    @cached_property
    def department_id(self) -> UUID | None:
        """The chosen one, if it is the company's."""
        chosen = self.department.data
        return next((id for id, _name in self.departments if str(id) == chosen),
                    None) if chosen else None

    @cached_property
    def search(self) -> Search:
        return Search(self.q.data or "", self.department_id, reach=Reach.CONNECTED)

    order = BY_NAME

    def page(self) -> Page:
        return traveller_lists.listed(
            db, self.search, self.order, within=actor().scope, now=now(),
            after=request.args.get("efter"), before=request.args.get("fore"))

    @cached_property
    def kept(self) -> dict[str, str]:
        """What the addresses of the pages beside this one carry along."""
        return {field.name: field.data for field in self if field.data}

    def at(self, **more: str | None) -> str:
        """The address of this list with all that is kept, and more."""
        asked = self._pairs | {name: _pair(name, value) for name, value in more.items()}
        query = "&".join(pair for pair in asked.values() if pair)
        return f"{self.path}?{query}" if query else self.path

    @cached_property
    def path(self) -> str:
        return url_for(request.endpoint)

    @cached_property
    def _pairs(self) -> dict[str, str]:
        return {name: _pair(name, value) for name, value in self.kept.items()}


class TravellerList(TravellerSearch):
    """Of all the travellers."""

    reach = SelectField(lazy("Tjänsteresor"), name="lage",
                        choices=named(lazy("Alla lägen"), Reach))
    service = SelectField(lazy("Får använda"), name="tjanst",
                          choices=named(lazy("Vilken tjänst som helst"), Service))
    whom = SelectField(lazy("Visa"), name="visa",
                       choices=_whom)
    ordered = SelectField(lazy("Ordna efter"), name="ordning",
                          choices=_orders)

    @cached_property
    def search(self) -> Search:
        return Search(self.q.data or "", self.department_id,
                      Service(self.service.chosen) if self.service.chosen else None,
                      Reach(self.reach.chosen) if self.reach.chosen else None,
                      Whom(self.whom.chosen or Whom.HERE))

    @cached_property
    def order(self) -> Order:
        chosen = self.ordered.chosen
        return Order(Sort(chosen.lstrip("-") or Sort.NAME), chosen.startswith("-"))

    @property
    def filters(self) -> "Filters":
        return Filters(self.departments, tuple(
            (name, value) for name, value in self.kept.items() if name != self.q.name))

    @property
    def more(self) -> bool:
        """Whether a filter is used that is out of sight at first."""
        return not self.kept.keys().isdisjoint({"tjanst", "visa", "ordning"})

    def sorted_by(self, sort: Sort) -> str:
        """The address of the list by that, the other way around if it is so already."""
        turned = Order(sort, falling=self.order == Order(sort))
        return self.at(ordning=_written(turned))

    @cached_property
    def may_choose(self) -> bool:
        return self.search.whom != Whom.ENDED

    @cached_property
    def chosen(self) -> str | None:
        """"sida" when all of the page are chosen, "alla" when all that match."""
        return request.args.get("valda") if self.may_choose else None

    @property
    def states(self) -> dict[str, Markup]:
        return _states()

    @property
    def reading(self) -> tuple[str, date]:
        return reading()

    def choosing(self, which: str | None) -> str:
        """This very page with so many chosen."""
        return self.at(efter=request.args.get("efter"), fore=request.args.get("fore"), valda=which)


@dataclass(frozen=True)
class Filters:
    """All that the filters are drawn of but the words: a value, for they are drawn once for those
    who have the same departments and have chosen the same."""

    departments: tuple[tuple[UUID, str], ...]
    chosen: tuple[tuple[str, str], ...]

    @property
    def form(self) -> TravellerList:
        form = TravellerList(MultiDict(self.chosen))
        form.departments = self.departments
        return form
