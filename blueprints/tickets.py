"""Sending tickets to phones."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from blueprints.fields import CHOOSE, DayField, MobileField, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.trip_form import TripForm
from blueprints.web import actor, answer, db, now, page, transaction
from domain import (
    assortment,
    departments,
    identity,
    products,
    tickets,
    traveller_lists,
    travellers,
)
from domain.access import Right
from domain.departments import Department
from domain.products import Product
from domain.services import Service
from domain.tickets import Recipient
from domain.traveller_searches import Search
from domain.travellers import Traveller

bp = Blueprint("tickets", __name__, url_prefix="/foretag/skicka-biljett")

REGISTERED, VISITOR = "registered", "visitor"
FOUND = 8
"""How many travellers a search shows."""


def _passed_over(_form, _field) -> None:
    raise StopValidation


class TicketForm(TripForm):
    to = RadioField(lazy("Vem ska ha biljetten?"), default=REGISTERED,
                    invalid_choice_message=CHOOSE, choices=lambda: [
                        SelectChoice(REGISTERED, _("En registrerad resenär")),
                        SelectChoice(VISITOR, _("En besökare"))])
    search = StringField(lazy("Sök resenär"))
    traveller = RadioField(lazy("Resenär"), choices=[],
                           invalid_choice_message=lazy("Sök efter resenären och välj i listan."))
    name = TextField(lazy("Namn"))
    mobile = MobileField(lazy("Mobilnummer"))
    valid_from = DayField(lazy("Första giltighetsdag"), needed=False)
    department = SelectField(lazy("Avdelning som betalar"), default="",
                             invalid_choice_message=CHOOSE)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.departments = departments.of_company(db, within=actor().scope)
        self.department.choices = [
            SelectChoice("", _("Resenärens avdelning")),
            *(SelectChoice(str(each.id), f"{each.name} ({each.reference_number})")
              for each in self.departments)]
        self.chosen = self._chosen()
        found = traveller_lists.listed(db, Search(self.search.data or ""), within=actor().scope,
                                       now=now(), most=FOUND)
        self.more = found.after is not None
        shown = found.rows if self.search.data or not self.more else []
        self.found = [self.chosen] * bool(self.chosen) + [
            each for each in shown if self.chosen is None or each.id != self.chosen.id]
        self.traveller.choices = [SelectChoice(str(each.id), each.name) for each in self.found]
        self.offer(self._allowed())

    def _allowed(self) -> set[Product]:
        """What any of the departments may use; until it is sent, only what the one who is chosen
        may."""
        known = self.chosen and self.to.data != VISITOR and not self.is_submitted()
        return {product for each in ([self.chosen.department] if known else self.departments)
                for product in assortment.of_department(db, each).products}

    def _chosen(self) -> Traveller | None:
        try:
            chosen = UUID(self.traveller.data)
        except (TypeError, ValueError):
            return None
        return travellers.find(db, chosen, within=actor().scope)

    def validate(self, extra_validators=None) -> bool:
        """Of the two kinds of recipient, only the one that is chosen has to be right."""
        visitor = self.to.data == VISITOR
        self.traveller.validate_choice = not visitor
        if not visitor:
            self.name.validators = self.mobile.validators = [_passed_over]
        valid = super().validate(extra_validators)
        if self.traveller.errors and not self.found:
            self.search.errors, self.traveller.errors = self.traveller.errors, ()
        return valid

    def recipient(self) -> Recipient:
        if self.to.data == VISITOR:
            return Recipient(self.name.value, self.mobile.value)
        return Recipient.registered(self.chosen)

    def payer(self) -> Department:
        """The department that was chosen, else the traveller's own; for a visitor the first."""
        own = self.host if self.to.data == VISITOR else self.chosen.department
        return next((each for each in self.departments if str(each.id) == self.department.data),
                    own)

    @property
    def host(self) -> Department:
        """Who pays for a visitor: the first that may."""
        return next((each for each in self.departments if Service.SEND_TICKET
                     in assortment.of_department(db, each).services), self.departments[0])

    @property
    def mobiles(self) -> dict[str, str]:
        return {str(each.id): identity.show_mobile(each.mobile) if each.mobile
                else _("saknar mobilnummer") for each in self.found}


@bp.route("/", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
def new():
    form = TicketForm(data={"traveller": request.args.get("resenar")})
    if "act" not in request.form and form.validate_on_submit():
        with transaction(form):
            products.agree(db, form.ticket, form.trip, form.agreed_ore, now=now())
            ticket = tickets.send(db, form.ticket, form.trip, to=form.recipient(),
                                  department=form.payer(), valid_from=form.valid_from.data,
                                  by=actor(), now=now())
            form.then(url_for("sent_tickets.index"), _("Biljetten är skickad till %(name)s.",
                                           name=ticket.holder))
    return answer(form, "tickets/new.html")


@bp.get("/pris")
@needs(Right.SEND_TICKETS)
def price():
    """What the chosen ticket costs, while the form is being filled in."""
    return page("tickets/new.html", "sum", form=TicketForm(request.args))


@bp.get("/priser")
@needs(Right.SEND_TICKETS)
def prices():
    """What every ticket costs in the place that has been chosen."""
    return page("tickets/new.html", "prices", form=TicketForm(request.args))


@bp.get("/resenarer")
@needs(Right.SEND_TICKETS)
def found():
    """The travellers that match what is being typed."""
    return page("tickets/new.html", "found", form=TicketForm(request.args))
