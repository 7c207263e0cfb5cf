"""The price page: what a ticket from one place to another costs, and everything in the list."""
from flask import Blueprint
from htmx_flask import request
from wtforms import Form as SearchForm
from wtforms import SearchField

from blueprints import price_words, trip_search
from blueprints.guard import public
from blueprints.language import lazy
from blueprints.trip_form import lasts
from blueprints.trip_search import TripSearch
from blueprints.web import db, now, page, rules
from domain import price_lists
from domain.price_lists import PriceList, State
from domain.products import Product, Trip

bp = Blueprint("prices", __name__, url_prefix="/priser")


class PriceSearch(SearchForm):
    start = SearchField(lazy("Från"), name="fran")
    end = SearchField(lazy("Till"), name="till")

    @property
    def asked(self) -> TripSearch:
        return TripSearch.of(self.start.data, self.end.data)


@bp.get("")
@public
def index():
    search = PriceSearch(request.args)
    versions = price_lists.versions(db, now=now())
    in_force = next((each.price_list for each in versions if each.state == State.IN_FORCE), None)
    coming = [each.price_list for each in reversed(versions) if each.state == State.COMING]
    return page("prices/index.html", "result", search=search, asked=search.asked,
                in_force=in_force, coming=coming, words=price_words, trips=trip_search,
                rules=rules(),
                costs=_costs(search.asked, in_force, coming), lists={
                    each.id: price_lists.of_list(db, each)
                    for each in [*filter(None, [in_force]), *coming]})


def _costs(asked: TripSearch, in_force: PriceList | None, coming: list[PriceList]) -> list[tuple]:
    """Of each ticket that is sold for the journey: how long it lasts, what it costs, and what it
    will cost in the next list."""
    if not (asked.journey and in_force):
        return []
    trip, today = asked.journey.trip, price_lists.of_list(db, in_force)
    later = price_lists.of_list(db, coming[0]) if coming else {}
    return [(product, lasts(product, trip), today.get(ware), later.get(ware))
            for product, ware in _wares(trip) if ware in today]


def _wares(trip: Trip) -> list[tuple[Product, tuple]]:
    return [(product, (product, trip.extent, trip.area)) for product in Product]
