"""Sending tickets to phones, and what has been sent."""
from datetime import datetime
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from blueprints.fields import CHOOSE, DayField, MobileField, TextField
from blueprints.language import _, lazy
from blueprints.trip_form import TripForm
from blueprints.web import Form, actor, answer, db, needs, now, page, transaction
from domain import (
    audit,
    departments,
    identity,
    messages,
    products,
    sent_tickets,
    tickets,
    travellers,
)
from domain.access import Right
from domain.departments import Department
from domain.messages import Sms
from domain.tickets import Recipient, Ticket
from domain.travellers import Traveller

bp = Blueprint("tickets", __name__, url_prefix="/foretag/skicka-biljett")

REGISTERED, VISITOR = "registered", "visitor"
FOUND = 8
"""How many travellers a search shows."""
SMS_KINDS = {messages.State.WAITING: "wait", messages.State.SENDING: "wait",
             messages.State.SENT: "info", messages.State.DELIVERED: "good",
             messages.State.FAILED: "bad"}


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
        found = travellers.listed(db, within=actor().scope, most=FOUND,
                                  search=self.search.data or "")
        self.more = found.after is not None
        shown = found.rows if self.search.data or not self.more else []
        self.found = [self.chosen] * bool(self.chosen) + [
            each for each in shown if each is not self.chosen]
        self.traveller.choices = [SelectChoice(str(each.id), each.name) for each in self.found]

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
        own = self.departments[0] if self.to.data == VISITOR else self.chosen.department
        return next((each for each in self.departments if str(each.id) == self.department.data),
                    own)

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
            form.then(url_for(".index"), _("Biljetten är skickad till %(name)s.",
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


@bp.get("/skickade")
@needs(Right.SEND_TICKETS)
def index():
    sent = sent_tickets.listed(db, within=actor().scope, after=request.args.get("efter"))
    return page("tickets/index.html", "tickets", sent=sent, kinds=SMS_KINDS,
                sms=messages.about(db, [ticket.id for ticket in sent.rows]))


class MessageForm(Form):
    mobile = MobileField(lazy("Mobilnummer"))


@bp.get("/<uuid:ticket_id>")
@needs(Right.SEND_TICKETS)
def show(ticket_id: UUID):
    ticket = tickets.find(db, ticket_id, within=actor().scope)
    form = MessageForm(data={"mobile": identity.show_mobile(ticket.mobile)})
    return answer(form, "tickets/show.html", **_about(ticket))


@bp.post("/<uuid:ticket_id>/sms")
@needs(Right.SEND_TICKETS)
def resend(ticket_id: UUID):
    ticket = tickets.find(db, ticket_id, within=actor().scope)
    form = MessageForm()
    if form.validate_on_submit():
        with transaction(form):
            sent_tickets.resend(db, ticket, mobile=form.mobile.value, by=actor(), now=now())
            form.then(url_for(".show", ticket_id=ticket.id), _("Sms:et skickas igen."))
    return answer(form, "tickets/show.html", **_about(ticket))


def _about(ticket: Ticket) -> dict:
    sms = messages.about(db, [ticket.id]).get(ticket.id)
    events = audit.about(db, ticket.id, company_id=ticket.company_id)
    return {"ticket": ticket, "sms": sms, "stops": _stops(ticket, sms),
            "may_resend": sent_tickets.may_resend(ticket, sms, now=now()),
            "sent_by": events[-1].by_name if events else None}


def _stops(ticket: Ticket, sms: Sms | None) -> list[tuple[str, datetime | None, str]]:
    """How far the ticket has come on its way to the phone. What is done with it there is the
    traveller's own business."""
    if sms is None:
        return [(_("Köpt"), ticket.sold_at, "past")]
    failed = sms.state == messages.State.FAILED
    delivered = sms.state == messages.State.DELIVERED
    left = "past" if sms.sent_at else "failed" if failed else "now"
    came = "past" if delivered else "coming" if not sms.sent_at else "failed" if failed else "now"
    return [(_("Köpt"), ticket.sold_at, "past"), (_("Skickad"), sms.sent_at, left),
            (_("Levererad"), sms.delivered_at, came)]
