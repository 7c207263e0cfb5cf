"""The loss guarantee: a ticket made anew when the phone is lost, by an administrator or by the
traveller who is signed in."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms import BooleanField

from blueprints.guard import needs
from blueprints.language import _, lazy, sentence
from blueprints.web import Form, actor, answer, db, now, transaction
from domain import carried, reissues, tickets, travellers
from domain.access import Right
from domain.tickets import Ticket

bp = Blueprint("reissues", __name__, url_prefix="/foretag/skicka-biljett")


class ReissueForm(Form):
    text = BooleanField(lazy("Skicka en ny länk med sms"))


@bp.route("/<uuid:ticket_id>/forlustgaranti", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
def new(ticket_id: UUID):
    ticket = tickets.find(db, ticket_id, within=actor().scope)
    return _answer("reissues/new.html", ticket, ReissueForm(data={"text": True}),
                   url_for("sent_tickets.show", ticket_id=ticket.id))


@needs(Right.TRAVEL)
def lost(ticket_id: UUID):
    """A text message is only sent to whoever asks: the lost phone may still receive it."""
    ticket = carried.find(db, ticket_id, mine=travellers.of_actor(db, actor()), now=now())
    return _answer("reissues/lost.html", ticket, ReissueForm(),
                   url_for("phone.ticket", ticket_id=ticket.id), mine=True)


def again(template: str, ticket: Ticket, *, at: str):
    """For a private customer, who signs in with a password."""
    return _answer(template, ticket, ReissueForm(), at, mine=True)


def _answer(template: str, ticket: Ticket, form: ReissueForm, at: str, *, mine: bool = False):
    if form.validate_on_submit():
        with transaction(form):
            reissues.reissue(db, ticket, text=form.text.data, by=actor(), now=now())
            form.then(at, _("Biljetten är gjord på nytt. Den gamla koden och länken gäller inte "
                            "längre."))
    if form.location:
        return answer(form, template)
    refused = reissues.refusal(db, ticket, now=now())
    return answer(form, template, ticket=ticket, at=at, mine=mine,
                  traveller=reissues.registered(db, ticket),
                  refused=refused and sentence(refused))
