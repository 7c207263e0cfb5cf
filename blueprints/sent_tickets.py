"""Tickets that the company has sent: the list of them, how far each has come, and its message sent
again or changed before it goes."""
from datetime import datetime
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints import exports
from blueprints.fields import ClockField, DayField, MobileField
from blueprints.formats import place
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.sent_search import SentSearch
from blueprints.ticket_form import MORNING
from blueprints.web import Form, actor, answer, db, now, page, transaction
from blueprints.words import word
from documents.listing import Column, Kind
from domain import (
    audit,
    identity,
    messages,
    offers,
    recalls,
    reissues,
    renewals,
    sent_searches,
    sent_tickets,
    ticket_orders,
    tickets,
)
from domain.access import Right
from domain.audit import Act, Event
from domain.messages import Sms
from domain.months import STOCKHOLM, moment_of
from domain.sent_searches import State
from domain.tickets import Ticket

bp = Blueprint("sent_tickets", __name__, url_prefix="/foretag/skicka-biljett")

KINDS = {State.PLANNED: "wait", State.UNDER_WAY: "info", State.DELIVERED: "good",
         State.FAILED: "bad", State.RECALLED: "off", State.PAST: "off"}


@bp.get("/skickade")
@needs(Right.SEND_TICKETS)
def index():
    search, mine = SentSearch(request.args), {"within": actor().scope, "now": now()}
    sent = sent_tickets.listed(db, search.search, after=request.args.get("efter"), **mine)
    sms = messages.about(db, [ticket.id for ticket in sent.rows])
    return page("sent_tickets/index.html", "tickets", search=search, sent=sent, kinds=KINDS,
                sums=sent_tickets.summed(db, search.search, **mine),
                states={ticket.id: _state(ticket, sms.get(ticket.id)) for ticket in sent.rows})


def _state(ticket: Ticket, sms: Sms | None) -> State:
    return sent_searches.state(ticket, sms, now=now())


@bp.get(f"/skickade.{exports.KINDS}")
@needs(Right.SEND_TICKETS)
def file(kind: str):
    columns = [
        Column(_("Skickad"), Kind.MOMENT), Column(_("Till"), width=30),
        Column(_("Mobilnummer"), width=16), Column(_("Biljett")),
        Column(_("Gäller i"), width=30), Column(_("Pris"), Kind.MONEY), Column(_("Tjänst")),
        Column(_("Avdelning")), Column(_("Referensnummer"), width=16),
        Column(_("Kostnadsställe"), width=16), Column(_("Notering"), width=30),
        Column(_("Biljettnummer"), width=14), Column(_("Läge"), width=16),
        Column(_("Återkallad"), Kind.MOMENT)]
    search = SentSearch(request.args).search
    sent = sent_tickets.whole(search, within=actor().scope, now=now()).execution_options(
        yield_per=exports.ROWS_AT_ONCE)
    return exports.file(kind, _("Skickade biljetter"), columns, lambda: (
        _cells(*row) for row in db.execute(sent)))


def _cells(ticket: Ticket, sms: Sms | None) -> tuple:
    mobile = ticket.mobile and identity.show_mobile(ticket.mobile)
    return (max(ticket.send_at or ticket.sold_at, ticket.sold_at), ticket.holder, mobile,
            word(ticket.product), place(ticket.trip), ticket.price_ore, word(ticket.service),
            ticket.department_name, ticket.reference_number, ticket.cost_centre, ticket.note,
            ticket.number, word(_state(ticket, sms)), ticket.recalled_at)


class MessageForm(Form):
    mobile = MobileField(lazy("Mobilnummer"))


@bp.get("/<uuid:ticket_id>")
@needs(Right.SEND_TICKETS)
def show(ticket_id: UUID):
    ticket = _found(ticket_id)
    return _answer(MessageForm(data={"mobile": shown_mobile(ticket)}), ticket)


def _found(ticket_id: UUID) -> Ticket:
    return tickets.find(db, ticket_id, within=actor().scope)


def shown_mobile(ticket: Ticket) -> str:
    return ticket.mobile and identity.show_mobile(ticket.mobile)


@bp.post("/<uuid:ticket_id>/sms")
@needs(Right.SEND_TICKETS)
def resend(ticket_id: UUID):
    ticket, form = _found(ticket_id), MessageForm()
    if form.validate_on_submit():
        with transaction(form):
            sent_tickets.resend(db, ticket, mobile=form.mobile.value, by=actor(), now=now())
            form.then(url_for(".show", ticket_id=ticket.id), _("Sms:et skickas igen."))
    return _answer(form, ticket)


class PlannedForm(MessageForm):
    send_on = DayField(lazy("Dag"), needed=False, description=lazy(
        "Lämna tomt om den ska skickas genast."))
    send_time = ClockField(lazy("Klockslag"), needed=False)

    @property
    def send_at(self) -> datetime | None:
        day = self.send_on.data
        return moment_of(day, self.send_time.value or MORNING) if day else None


@bp.route("/<uuid:ticket_id>/andring", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
def edit(ticket_id: UUID):
    """Before it has gone."""
    ticket = _found(ticket_id)
    goes = (ticket.send_at or now()).astimezone(STOCKHOLM)
    form = PlannedForm(data={"mobile": shown_mobile(ticket), "send_on": goes.date(),
                             "send_time": f"{goes:%H:%M}"})
    if form.validate_on_submit():
        with transaction(form):
            sent_tickets.change(db, ticket, mobile=form.mobile.value, send_at=form.send_at,
                                by=actor(), now=now())
            form.then(url_for(".show", ticket_id=ticket.id), _("Ändringarna är sparade."))
    return answer(form, "sent_tickets/edit.html", ticket=ticket,
                  may_change=sent_tickets.may_change(ticket, now=now()))


def _answer(form: Form, ticket: Ticket):
    if form.location:
        return answer(form, "sent_tickets/show.html")
    sms = messages.about(db, [ticket.id]).get(ticket.id)
    events = audit.about(db, ticket.id, company_id=ticket.company_id)
    may_recall = recalls.may_recall(db, ticket, now=now())
    return answer(
        form, "sent_tickets/show.html", ticket=ticket, sms=sms, stops=_stops(ticket, sms),
        recall_by=recalls.last_moment(db, ticket) if may_recall else None,
        may_resend=sent_tickets.may_resend(ticket, sms, now=now()),
        may_change=sent_tickets.may_change(ticket, now=now()),
        may_reissue=reissues.may_ask(ticket, now=now()), state=_state(ticket, sms),
        former=[each.number for each in reissues.of_ticket(db, ticket)],
        sent_by=_sent_by(ticket, events), renewed_by=renewals.of(db, ticket),
        order=ticket_orders.of_ticket(db, ticket, by=actor()),
        recalled_by=_recalled_by(ticket, events))


def _sent_by(ticket: Ticket, events: list[Event]) -> str | None:
    """Of one by a staff offer, whoever granted it."""
    if sent := next((event.by_name for event in events if event.act == Act.TICKET_SENT), None):
        return sent
    application = offers.giving(db, ticket)
    return application and application.decided_by and application.decided_by.name


def _recalled_by(ticket: Ticket, events: list[Event]) -> str | None:
    return next((event.by_name for event in events if event.act == Act.TICKET_RECALLED),
                None) if ticket.recalled_at else None


def _stops(ticket: Ticket, sms: Sms | None) -> list[tuple[str, datetime | None, str]]:
    """How far the ticket has come on its way to the phone. What is done with it there is the
    traveller's own business."""
    bought = (_("Köpt"), ticket.sold_at, "past")
    if ticket.recalled_at:
        return [bought, (_("Återkallad"), ticket.recalled_at, "failed")]
    if ticket.card_id:
        there = ticket.available_at
        return [bought, (_("På resekortet"), there, "past" if there else "now")]
    if sms is None:
        return [bought]
    if sent_tickets.may_change(ticket, now=now()):
        return [bought, (_("Skickas"), ticket.send_at, "now"), (_("Levererad"), None, "coming")]
    failed = sms.state in sent_searches.NOT_COME
    delivered = sms.state == messages.State.DELIVERED
    left = "past" if sms.sent_at else "failed" if failed else "now"
    came = "past" if delivered else "coming" if not sms.sent_at else "failed" if failed else "now"
    return [bought, (_("Skickad"), sms.sent_at, left), (_("Levererad"), sms.delivered_at, came)]
