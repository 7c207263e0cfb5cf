"""What is asked for in the address of the list of travellers' own purchases: a month or days,
words, filters, an order, a page, and how it is put together."""
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from uuid import UUID

from flask import abort
from htmx_flask import request
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SearchField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import DayField, PlainSearch
from blueprints.formats import month
from blueprints.language import _, language, lazy
from blueprints.traveller_search import SelectField, TravellerSearch, named, same
from blueprints.web import actor, db, now
from domain import purchase_groups, purchase_lists, purchase_months
from domain.months import Month
from domain.products import COMPANY_PRODUCTS, Product
from domain.purchase_groups import Group, Per
from domain.purchase_lists import NEWEST, Order, Page, Sort, Sum
from domain.purchase_months import Total
from domain.purchase_searches import Search, Which

YEAR = "ar"
"""In the place of a month: all that are shown."""
GROUPS_SHOWN = 100


def _months(form: "PurchaseSearch", _field: SelectField) -> list[SelectChoice]:
    return [SelectChoice("" if each == form.months[-1] else str(each), name)
            for each, name in zip(reversed(form.months), _names(form.months, language()),
                                  strict=True)] + [SelectChoice(YEAR, _("Tretton månader"))]


@lru_cache(maxsize=20)
def _names(months: tuple[Month, ...], _language: str) -> list[str]:
    return [month(each).capitalize() for each in reversed(months)]


@same
def _orders() -> list[SelectChoice]:
    return [SelectChoice("", _("Nyast först")), SelectChoice("time", _("Äldst först")),
            SelectChoice("-price", _("Dyrast först")), SelectChoice("price", _("Billigast först"))]


class PurchaseSearch(TravellerSearch):
    q = SearchField(lazy("Resenär eller biljettnummer"), widget=PlainSearch())
    month = SelectField(lazy("Månad"), name="manad", choices=_months)
    product = SelectField(lazy("Biljett"), name="biljett",
                          choices=named(lazy("Alla biljetter"), COMPANY_PRODUCTS))
    which = SelectField(lazy("Visa"), name="visa", choices=named(lazy("Alla köp"), Which))
    purpose = SearchField(lazy("Ändamål"), name="andamal", widget=PlainSearch())
    first = DayField(lazy("Från och med"), needed=False, name="fran")
    last = DayField(lazy("Till och med"), needed=False, name="till")
    ordered = SelectField(lazy("Ordna efter"), name="ordning", choices=_orders)
    person = HiddenField(name="resenar")
    parts = HiddenField(name="per")

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """Those to choose among, the oldest first."""
        return tuple(purchase_months.shown(now()))

    @cached_property
    def search(self) -> Search:
        product, which = self.product.chosen, self.which.chosen
        return Search(self.q.data or "", *self.days, self.department_id,
                      Product(product) if product else None, self.traveller_id,
                      self.purpose.data or "", Which(which) if which else None)

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last; those that are written go before a month."""
        if self.first.data or self.last.data:
            return self.first.data, self.last.data
        chosen = self.month.chosen
        among = self.months if chosen == YEAR else [
            each for each in self.months if str(each) == chosen] or [self.months[-1]]
        return among[0].first_day, among[-1].last_day

    @cached_property
    def traveller_id(self) -> UUID | None:
        try:
            return UUID(self.person.data) if self.person.data else None
        except ValueError:
            abort(404)

    @cached_property
    def per(self) -> Per | None:
        return next((each for each in Per if each.value == self.parts.data), None)

    @cached_property
    def order(self) -> Order:
        chosen = self.ordered.chosen
        return Order(Sort(chosen.lstrip("-")), chosen.startswith("-")) if chosen else NEWEST

    def page(self) -> Page:
        return purchase_lists.listed(db, self.search, self.order, within=actor().scope, now=now(),
                                     after=request.args.get("efter"))

    def sums(self, months: dict[Month, Total]) -> Sum:
        """What the list comes to; a whole month is among those that are told already."""
        first, last = self.search.months or (None, None)
        if first and first == last and first in months and not self.department_id:
            return purchase_lists.of_months(months[first])
        return purchase_lists.summed(db, self.search, within=actor().scope, now=now())

    def groups(self, most: int | None = GROUPS_SHOWN) -> list[Group]:
        return purchase_groups.grouped(db, self.per, self.search, within=actor().scope, now=now(),
                                       most=most)

    def sorted_by(self, sort: str) -> str:
        """The address of the list by that, the other way around if it is so already."""
        written = f"{'-' * (self.order != Order(Sort(sort)))}{sort}"
        return self.at(ordning="" if written == "-time" else written)

    def file(self, kind: str) -> str:
        """The address of the list as a file."""
        path, asked, query = self.at().partition("?")
        return f"{path}.{kind}{asked}{query}"

    @cached_property
    def kept(self) -> dict[str, str]:
        return {field.name: field.raw_data[0] for field in self
                if field.raw_data and field.raw_data[0]}

    @property
    def more(self) -> bool:
        """Whether a filter is used that is out of sight at first."""
        return not self.kept.keys().isdisjoint(
            {"andamal", "biljett", "fran", "till", "visa"})

    @property
    def narrowed(self) -> bool:
        """Whether less is asked for than all of a month."""
        return not self.kept.keys() <= {"manad", "ordning", "per"}

    @property
    def filters(self) -> "Filters":
        return Filters(self.departments, self.months, tuple(self.kept.items()))


@dataclass(frozen=True)
class Filters:
    """All that the filters are drawn of: a value, for they are drawn once for those who have the
    same departments and have chosen the same."""

    departments: tuple[tuple[UUID, str], ...]
    months: tuple[Month, ...]
    chosen: tuple[tuple[str, str], ...]

    @property
    def form(self) -> PurchaseSearch:
        form = PurchaseSearch(MultiDict(self.chosen))
        form.departments, form.months = self.departments, self.months
        return form
