"""Tjänsteresor on the traveller's phone: buying with Allpay."""
from flask import url_for
from htmx_flask import request

from blueprints import purchase_form, this_phone, ticket_code
from blueprints.guard import needs
from blueprints.language import _
from blueprints.payers import payers
from blueprints.purchase_form import PurchaseForm
from blueprints.web import actor, answer, db, now, page, transaction
from domain import purchases
from domain.access import Right


@needs(Right.TRAVEL)
def buy():
    mine = payers()
    ready = [each for each in mine if each.may_buy and each.is_registered]
    if not ready:
        return page("phone/unregistered.html", payers=[each for each in mine if each.may_buy],
                    barred=bool(mine))
    form = purchase_form.of(ready, request.form or request.args)
    if "act" not in request.form and form.validate_on_submit():
        with transaction(form):
            _buy(form)
    if not form.location:
        form.grey()
    return answer(form, "phone/buy.html")


def _buy(form: PurchaseForm) -> None:
    ticket = purchases.buy(
        db, form.payer.connection, form.ticket, form.trip, shown_ore=form.agreed_ore or 0,
        purpose=form.told, valid_from=form.valid_from.data, by=actor(), now=now())
    if form.activates:
        ticket_code.activate(ticket)
        this_phone.hold(ticket)
    form.then(url_for(".ticket", ticket_id=ticket.id), _("Biljetten är köpt och aktiverad.")
              if form.activates else _("Biljetten är köpt."))
