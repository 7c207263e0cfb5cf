"""What a ticket that has not begun is to be instead, as a form."""
from blueprints.fields import DayField
from blueprints.language import _, lazy
from blueprints.trip_form import TripForm
from blueprints.web import db, now
from domain import customers, private_sales, ticket_changes
from domain.money import kr
from domain.months import today
from domain.own_tickets import card_of
from domain.products import PERIOD_DAYS, Product
from domain.ticket_changes import Wish
from domain.tickets import Ticket


class ChangeForm(TripForm):
    valid_from = DayField(lazy("Startdag"))

    def __init__(self, of: Ticket, typed=None):
        self.of = of
        super().__init__(typed or None, data={"product": of.product, "place": of.trip.key,
                                      "valid_from": of.valid_from})
        if of.valid_from is None:
            del self.valid_from
        self.offer(self._suitable())

    def _suitable(self) -> list[Product]:
        """The periods that the one who travels is of the age for."""
        born_on = private_sales.born_on(customers.find(db, self.of.customer_id),
                                        card_of(db, self.of))
        starts_on = self.of.valid_from or today(now())
        return [each for each in PERIOD_DAYS
                if private_sales.may_have(db, each, born_on, starts_on)]

    @property
    def wish(self) -> Wish | None:
        """None while something of it is missing."""
        starts = self._fields.get("valid_from")
        return self.ticket and self.trip and Wish(self.ticket, self.trip, starts and starts.data)

    @property
    def more_ore(self) -> int | None:
        """What the chosen ticket costs more; None where it is not sold."""
        return self.price and ticket_changes.difference(self.of, self.price)

    @property
    def notes(self) -> dict[str, str]:
        return {product: _told(ticket_changes.difference(self.of, price))
                for product, price in self._prices().items()}


def _told(more_ore: int) -> str:
    if more_ore < 0:
        return _("billigare, går inte att byta till")
    return _("%(price)s till", price=kr(more_ore)) if more_ore else _("kostar inget")
