"""Recalling tickets: one from its page, or those that are chosen in the list. First what would
happen, then one button, then what became of each."""
from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from htmx_flask import request
from wtforms import HiddenField
from wtforms.validators import Optional

from blueprints.guard import needs
from blueprints.language import _
from blueprints.sent_search import SentSearch, chosen_ids
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from domain import offers, recalls, sent_tickets, tickets
from domain.access import Right
from domain.errors import Invalid
from domain.recalls import Outcome, Plan
from domain.sent_searches import State

bp = Blueprint("recalls", __name__, url_prefix="/foretag/skicka-biljett")


@bp.get("/<uuid:ticket_id>/aterkallelse")
@needs(Right.SEND_TICKETS)
def one(ticket_id: UUID):
    ticket = tickets.find(db, ticket_id, within=actor().scope)
    return page("recalls/one.html", ticket=ticket, waits=sent_tickets.may_change(ticket, now=now()),
                may_recall=recalls.may_recall(db, ticket, now=now()),
                offer=offers.giving(db, ticket) if actor().may(Right.DECIDE_OFFERS) else None)


@bp.post("/<uuid:ticket_id>/aterkallelse")
@needs(Right.SEND_TICKETS)
def carry_out_one(ticket_id: UUID):
    ticket = tickets.find(db, ticket_id, within=actor().scope)
    with transaction():
        recalls.recall(db, ticket, by=actor(), now=now())
    return done(url_for("sent_tickets.show", ticket_id=ticket.id), _("Biljetten är återkallad."))


class RecallForm(Form):
    """`agreed` is the mark of the plan that was shown."""

    agreed = HiddenField(validators=[Optional()])

    def carry_out(self) -> Outcome:
        plan = recalls.plan(db, chosen_ids(), now=now())
        if self.agreed.data != plan.mark:
            raise Invalid("Listan har ändrats sedan du såg vad som händer. Se efter en gång till.")
        return recalls.carry_out(db, plan, by=actor(), now=now())


@bp.get("/skickade/aterkallelse")
@needs(Right.SEND_TICKETS)
def many():
    plan = recalls.plan(db, chosen_ids(), now=now())
    if not plan.tickets and not plan.left_out:
        flash(_("Välj minst en biljett i listan först."), "warn")
        return redirect(SentSearch(request.args).back, 303)
    return _asked(RecallForm(), plan)


@bp.post("/skickade/aterkallelse")
@needs(Right.SEND_TICKETS)
def carry_out_many():
    """What became of each is told in the answer itself, for it is kept nowhere."""
    form, outcome = RecallForm(), None
    with transaction(form):
        outcome = form.carry_out()
        form.then(url_for("sent_tickets.index", lage=State.RECALLED))
    if outcome is None:
        return _asked(form, recalls.plan(db, chosen_ids(), now=now()))
    return page("recalls/outcome.html", outcome=outcome)


def _asked(form: RecallForm, plan: Plan):
    form.agreed.data = plan.mark
    return answer(form, "recalls/many.html", plan=plan, at=request.full_path,
                  back=SentSearch(request.args).back)
