"""What is asked for in the address of a list of travellers: words, filters, an order, a page, and
whether all that match are chosen."""
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache, cached_property
from uuid import UUID

from flask import url_for
from htmx_flask import request
from wtforms import Form, SearchField
from wtforms import SelectField as AnySelectField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import PlainSelect
from blueprints.formats import word
from blueprints.language import _, language, lazy
from blueprints.web import actor, db, now
from domain import traveller_lists
from domain.services import Service
from domain.standings import State
from domain.travel_states import Reach
from domain.traveller_lists import BY_NAME, Order, Page, Sort
from domain.traveller_searches import Search, Whom


class SelectField(AnySelectField):
    """What is not among the choices, as in an old address, is as if nothing were chosen."""

    widget = PlainSelect()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, validate_choice=False, **kwargs)

    @cached_property
    def chosen(self) -> str:
        return next((choice.value for choice in self.choices if choice.value == self.data), "")


def _same(make: Callable[[], list[SelectChoice]]) -> Callable[[], list[SelectChoice]]:
    """Choices that are the same for everybody, made once in each language."""
    made = cache(lambda _language: make())
    return lambda: made(language())


def _named(first: lazy, kind: Iterable[StrEnum]) -> Callable[[], list[SelectChoice]]:
    return _same(lambda: [SelectChoice("", str(first)),
                          *(SelectChoice(each.value, word(each)) for each in kind)])


def _departments() -> list[SelectChoice]:
    return [SelectChoice("", _("Alla avdelningar")),
            *(SelectChoice(str(id), name)
              for id, name in traveller_lists.departments(db, within=actor().scope))]


@_same
def _whom() -> list[SelectChoice]:
    return [SelectChoice("" if whom is Whom.HERE else whom, word(whom)) for whom in Whom]


@_same
def _orders() -> list[SelectChoice]:
    return [SelectChoice(_written(Order(sort, falling)), f"{word(sort)} {'↓' if falling else '↑'}")
            for sort in Sort for falling in (False, True)]


def _written(order: Order) -> str:
    """As the address has it; by name goes without saying."""
    return "" if order == BY_NAME else "-" * order.falling + order.sort


class TravellerSearch(Form):
    """Of those who are connected to Tjänsteresor, and the part that every list has."""

    q = SearchField(lazy("Namn, nummer eller e-post"))
    department = SelectField(lazy("Avdelning"), name="avdelning", choices=_departments)

    @cached_property
    def department_id(self) -> UUID | None:
        """The chosen one, if it is the company's."""
        return UUID(self.department.chosen) if self.department.chosen else None

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


class TravellerList(TravellerSearch):
    """Of all the travellers."""

    reach = SelectField(lazy("Tjänsteresor"), name="lage",
                        choices=_named(lazy("Alla lägen"), Reach))
    service = SelectField(lazy("Får använda"), name="tjanst",
                          choices=_named(lazy("Vilken tjänst som helst"), Service))
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
    def more(self) -> bool:
        """Whether a filter is used that is out of sight at first."""
        return not self.kept.keys().isdisjoint({"tjanst", "visa", "ordning"})

    def sorted_by(self, sort: Sort) -> str:
        """The address of the list by that, the other way around if it is so already."""
        turned = Order(sort, falling=self.order == Order(sort))
        return url_for("travellers.index", **self.kept | {"ordning": _written(turned) or None})

    @cached_property
    def may_choose(self) -> bool:
        return self.search.whom != Whom.ENDED

    @cached_property
    def chosen(self) -> str | None:
        """"sida" when all of the page are chosen, "alla" when all that match."""
        return request.args.get("valda") if self.may_choose else None

    @staticmethod
    def states(draw: Callable[[str, str], str], kinds: dict[str, str]) -> dict[str, str]:
        """Each state drawn once, however many rows have it."""
        return {state.value: draw(kinds[state], word(state)) for state in State}

    def choosing(self, which: str | None) -> str:
        """This very page with so many chosen."""
        place = {name: request.args.get(name) for name in ("efter", "fore")}
        return url_for("travellers.index", **self.kept, **place, valda=which)
