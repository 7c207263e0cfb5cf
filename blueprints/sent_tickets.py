"""Tickets that the company has sent to phones: how far each has come, sending its message again,
and recalling it."""
from datetime import datetime
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints import exports
from blueprints.fields import MobileField
from blueprints.formats import place, word
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from documents.listing import Column, Kind
from domain import audit, identity, messages, recalls, sent_tickets, tickets
from domain.access import Right
from domain.messages import Sms
from domain.tickets import Ticket

bp = Blueprint("sent_tickets", __name__, url_prefix="/foretag/skicka-biljett")

SMS_KINDS = {messages.State.WAITING: "wait", messages.State.SENDING: "wait",
             messages.State.SENT: "info", messages.State.DELIVERED: "good",
             messages.State.FAILED: "bad"}


@bp.get("/skickade")
@needs(Right.SEND_TICKETS)
def index():
    sent = sent_tickets.listed(db, within=actor().scope, after=request.args.get("efter"))
    return page("sent_tickets/index.html", "tickets", sent=sent, kinds=SMS_KINDS,
                sms=messages.about(db, [ticket.id for ticket in sent.rows]))


@bp.get(f"/skickade.{exports.KINDS}")
@needs(Right.SEND_TICKETS)
def file(kind: str):
    columns = [
        Column(_("Skickad"), Kind.MOMENT), Column(_("Till"), width=30),
        Column(_("Mobilnummer"), width=16), Column(_("Biljett")),
        Column(_("Gäller i"), width=30), Column(_("Pris"), Kind.MONEY), Column(_("Tjänst")),
        Column(_("Avdelning")), Column(_("Referensnummer"), width=16),
        Column(_("Biljettnummer"), width=14), Column(_("Sms"), width=16),
        Column(_("Återkallad"), Kind.MOMENT)]
    sent = sent_tickets.whole(within=actor().scope).execution_options(
        yield_per=exports.ROWS_AT_ONCE)
    return exports.file(kind, _("Skickade biljetter"), columns, lambda: (
        _cells(*row) for row in db.execute(sent)))


def _cells(ticket: Ticket, sms: messages.State | None) -> tuple:
    mobile = ticket.mobile and identity.show_mobile(ticket.mobile)
    return (ticket.sold_at, ticket.holder, mobile, word(ticket.product), place(ticket.trip),
            ticket.price_ore, word(ticket.service), ticket.department_name,
            ticket.reference_number, ticket.number, sms and word(sms), ticket.recalled_at)


class MessageForm(Form):
    mobile = MobileField(lazy("Mobilnummer"))


@bp.get("/<uuid:ticket_id>")
@needs(Right.SEND_TICKETS)
def show(ticket_id: UUID):
    ticket = tickets.find(db, ticket_id, within=actor().scope)
    form = MessageForm(data={"mobile": identity.show_mobile(ticket.mobile)})
    return answer(form, "sent_tickets/show.html", **_about(ticket))


@bp.post("/<uuid:ticket_id>/sms")
@needs(Right.SEND_TICKETS)
def resend(ticket_id: UUID):
    ticket = tickets.find(db, ticket_id, within=actor().scope)
    form = MessageForm()
    if form.validate_on_submit():
        with transaction(form):
            sent_tickets.resend(db, ticket, mobile=form.mobile.value, by=actor(), now=now())
            form.then(url_for(".show", ticket_id=ticket.id), _("Sms:et skickas igen."))
    return answer(form, "sent_tickets/show.html", **_about(ticket))


@bp.get("/<uuid:ticket_id>/aterkallelse")
@needs(Right.SEND_TICKETS)
def recall(ticket_id: UUID):
    ticket = tickets.find(db, ticket_id, within=actor().scope)
    return page("sent_tickets/recall.html", ticket=ticket,
                may_recall=recalls.may_recall(db, ticket, now=now()))


@bp.post("/<uuid:ticket_id>/aterkallelse")
@needs(Right.SEND_TICKETS)
def carry_out_recall(ticket_id: UUID):
    ticket = tickets.find(db, ticket_id, within=actor().scope)
    with transaction():
        recalls.recall(db, ticket, by=actor(), now=now())
    return done(url_for(".show", ticket_id=ticket.id), _("Biljetten är återkallad."))


def _about(ticket: Ticket) -> dict:
    sms = messages.about(db, [ticket.id]).get(ticket.id)
    events = audit.about(db, ticket.id, company_id=ticket.company_id)
    may_recall = recalls.may_recall(db, ticket, now=now())
    return {"ticket": ticket, "sms": sms, "stops": _stops(ticket, sms),
            "recall_by": recalls.last_moment(db, ticket) if may_recall else None,
            "may_resend": sent_tickets.may_resend(ticket, sms, now=now()),
            "sent_by": events[-1].by_name if events else None,
            "recalled_by": events[0].by_name if ticket.recalled_at and events else None}


def _stops(ticket: Ticket, sms: Sms | None) -> list[tuple[str, datetime | None, str]]:
    """How far the ticket has come on its way to the phone. What is done with it there is the
    traveller's own business."""
    if ticket.recalled_at:
        return [(_("Köpt"), ticket.sold_at, "past"),
                (_("Återkallad"), ticket.recalled_at, "failed")]
    if sms is None:
        return [(_("Köpt"), ticket.sold_at, "past")]
    failed = sms.state == messages.State.FAILED
    delivered = sms.state == messages.State.DELIVERED
    left = "past" if sms.sent_at else "failed" if failed else "now"
    came = "past" if delivered else "coming" if not sms.sent_at else "failed" if failed else "now"
    return [(_("Köpt"), ticket.sold_at, "past"), (_("Skickad"), sms.sent_at, left),
            (_("Levererad"), sms.delivered_at, came)]
