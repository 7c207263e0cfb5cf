"""What is sent, for whom, when and on which reference: the form of the one page."""
from datetime import datetime, time
from uuid import UUID

from wtforms import SelectField, ValidationError
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE, ClockField, CountField, DayField, TextField
from blueprints.language import _, lazy
from blueprints.recipient_form import RecipientForm
from blueprints.web import actor, db, wants_fragment
from domain import assortment, departments
from domain.departments import Department
from domain.months import moment_of
from domain.products import Product
from domain.services import Service
from domain.ticket_orders import Wish

MORNING = time(8)
"""When a message goes that says no time."""


class TicketForm(RecipientForm):
    quantity = CountField(lazy("Antal till var och en"), default="1")
    greeting = TextField(lazy("Egen rad i sms:et"), needed=False, most=300)
    valid_from = DayField(lazy("Första giltighetsdag"), needed=False)
    send_on = DayField(lazy("Dag"), needed=False)
    send_time = ClockField(lazy("Klockan"), needed=False)
    department = SelectField(lazy("Avdelning som betalar"), default="",
                             invalid_choice_message=CHOOSE)
    cost_centre = TextField(lazy("Kostnadsställe"), needed=False, most=50)
    note = TextField(lazy("Anteckning"), needed=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.departments = departments.of_company(db, within=actor().scope)
        self.department.choices = [
            SelectChoice("", _("Resenärens avdelning")),
            *(SelectChoice(str(each.id), f"{each.name} ({each.reference_number})")
              for each in self.departments)]
        self.offer(self._allowed())

    def _allowed(self) -> set[Product]:
        """What any of the departments may use; until it is sent, only what those may who are
        chosen."""
        rooms = [] if self.is_submitted() else [each.department for each in self.travellers]
        return {product for each in rooms or self.departments
                for product in assortment.of_department(db, each).products}

    def validate_send_time(self, field) -> None:
        if field.data and not self.send_on.data:
            raise ValidationError(_("Välj också vilken dag sms:et ska skickas."))

    def wish(self) -> Wish:
        return Wish(self.ticket, self.trip, self.quantity.value, self.valid_from.data,
                    self._send_at, self.greeting.value or "",
                    UUID(self.department.data) if self.department.data else None,
                    self.cost_centre.value, self.note.value or "")

    @property
    def _send_at(self) -> datetime | None:
        day = self.send_on.data
        return moment_of(day, self.send_time.value or MORNING) if day else None

    @property
    def is_guess(self) -> bool:
        """Until something is sent along, what is drawn tells what would be chosen. Without scripts
        it does not follow what is."""
        return not self.is_submitted() and not wants_fragment()

    @property
    def tickets(self) -> int | None:
        """How many there are to pay; None until a list has been read."""
        return None if self.count is None else self.count * self.quantity.number

    @property
    def total_ore(self) -> int | None:
        """Of what can be counted so far: else of one ticket."""
        price = self.price
        return price and price.price_ore * (self.tickets or 1)

    @property
    def host(self) -> Department:
        """Who pays for a visitor: the first that may."""
        return next((each for each in self.departments if Service.SEND_TICKET
                     in assortment.of_department(db, each).services), self.departments[0])

    @property
    def own_cost_centre(self) -> str:
        """What stands on the invoice when nothing is typed."""
        own = self.host.cost_centre if len(self.departments) == 1 else None
        return (_("Lämna tomt så blir det avdelningens eget: %(centre)s.", centre=own) if own
                else _("Lämna tomt så blir det avdelningens eget."))

    @property
    def has_greeting(self) -> bool:
        return bool(self.greeting.data)

    @property
    def sends_later(self) -> bool:
        return any(each.data or each.errors for each in (self.send_on, self.send_time))

    @property
    def has_words(self) -> bool:
        return any(each.data or each.errors for each in (self.cost_centre, self.note))
