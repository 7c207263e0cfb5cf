"""The recipients of a draft that nothing can be sent to: mended on the page, or left out."""
from uuid import UUID

from flask import Blueprint, url_for
from flask_wtf import FlaskForm
from htmx_flask import request
from wtforms import BooleanField, StringField

from blueprints.guard import needs
from blueprints.language import _, lazy, ngettext, sentence
from blueprints.web import Form, actor, answer, db, done, transaction
from domain import identity, order_checking, order_recipients, ticket_orders
from domain.access import Right
from domain.order_recipients import OrderRecipient
from domain.ticket_orders import TicketOrder

bp = Blueprint("order_mending", __name__, url_prefix="/foretag/skicka-biljett/ordrar")


class RowForm(FlaskForm):
    """One recipient, as it stands."""

    class Meta:
        csrf = False

    name = StringField(lazy("Namn"))
    value = StringField(lazy("Mobilnummer"))
    skip = BooleanField(lazy("Hoppa över"))

    def __init__(self, row: OrderRecipient, *, card: bool, **kwargs):
        value = row.typed or (row.mobile and identity.show_mobile(row.mobile))
        super().__init__(prefix=f"r{row.number}", data={"name": row.name, "value": value}, **kwargs)
        self.row, refusal = row, row.refusal
        wrong = self.name if refusal and refusal.field == "name" else self.value
        self.said = sentence(refusal) if refusal else ""
        if row.traveller_id is None:
            wrong.errors = [self.said]
        if card:
            self.value.label.text = _("Kortnummer")


class MendForm(Form):
    """Some of those that are wrong."""

    forms: list[RowForm]


def mend_form(order: TicketOrder, **kwargs) -> MendForm:
    form = MendForm(**kwargs)
    form.forms = [RowForm(row, card=order.to_cards, **kwargs)
                  for row in order_recipients.wrong(db, order)]
    return form


def _found(order_id: UUID) -> TicketOrder:
    return ticket_orders.find(db, order_id, by=actor())


@bp.post("/<uuid:order_id>/rattelser")
@needs(Right.SEND_TICKETS)
def mend(order_id: UUID):
    order = _found(order_id)
    form = mend_form(order)
    if form.validate_on_submit():
        with transaction(form):
            mended = _carry_out(order, form)
            form.then(url_for("ticket_orders.show", order_id=order.id), ngettext(
                "En mottagare är rättad.", "%(num)d mottagare är rättade.", mended)
                % {"num": mended} if mended else "")
    return answer(form, "ticket_orders/show.html")


def _carry_out(order: TicketOrder, form: MendForm) -> int:
    """How many can be sent to now."""
    sent = [each for each in form.forms if each.value.name in request.form]
    skipped = [each.row.number for each in form.forms if each.skip.data]
    order_recipients.leave_out(db, order, skipped)
    return sum(order_checking.mend(db, order, each.row.number, name=each.name.data or "",
                                   value=each.value.data or "")
               for each in sent if not each.skip.data)


@bp.post("/<uuid:order_id>/utelamnade")
@needs(Right.SEND_TICKETS)
def leave_out(order_id: UUID):
    """All that cannot be read, all but the first with the same mobile, or one."""
    order, which = _found(order_id), request.form.get("vilka", "")
    with transaction():
        if which == "fel":
            order_recipients.leave_out_wrong(db, order)
        elif which == "dubbla":
            order_recipients.leave_out_repeated(db, order)
        elif which.isdecimal() and len(which) < 8:
            order_recipients.leave_out(db, order, [int(which)])
    return done(url_for("ticket_orders.show", order_id=order.id), _("De hoppas över."))


@bp.post("/<uuid:order_id>/mottagare/<int:number>")
@needs(Right.SEND_TICKETS)
def take_back(order_id: UUID, number: int):
    """One that was left out is sent to after all."""
    order = _found(order_id)
    with transaction():
        order_recipients.take_back(db, order, [number])
    return done(url_for("ticket_orders.show", order_id=order.id), _("Mottagaren är med igen."))
