"""A clerk makes two accounts of one person into one."""
from uuid import UUID

from flask import Blueprint
from htmx_flask import request
from wtforms import BooleanField

from blueprints.customers import CustomerSearch
from blueprints.fields import ticked
from blueprints.guard import needs, takes_files
from blueprints.language import _, lazy
from blueprints.service_forms import ActForm, act, by
from blueprints.web import db, page
from domain import customer_merges, customer_searches, customer_service, customers
from domain.access import Right
from domain.customer_merges import Preview
from domain.customers import Customer
from domain.identity import mask_personnummer, show_mobile
from domain.money import kr

bp = Blueprint("customer_merges", __name__,
               url_prefix="/intern/kunder/<uuid:customer_id>/sammanslagning")


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def choose(customer_id: UUID):
    asked = CustomerSearch(request.args)
    found = customer_searches.found(db, asked.q.data or "")
    kept = customer_service.find(db, customer_id)
    return page("customer_merges/choose.html", "customers", customer=kept, asked=asked, rows=[
        each for each in found.rows if each is not kept and not each.deleted_at])


class MergeForm(ActForm):
    same = BooleanField(lazy("Jag har kontrollerat att båda kontona är samma persons"), [
        ticked(lazy("Kontrollera att båda kontona är samma persons."))])


@bp.route("/<uuid:closed_id>", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def merge(customer_id: UUID, closed_id: UUID):
    kept = customer_service.find(db, customer_id)
    closed = customer_merges.other(db, kept, closed_id)
    form = MergeForm()
    return act(
        customer_id, form,
        lambda kept: customer_merges.merge(db, kept, closed, form.why, **by()),
        _("Kontona är ett. Kunden har fått ett brev om det."), kind="danger",
        label=_("Slå ihop kontona"), title=_("Slå ihop två konton"),
        about=_about(kept, closed, customer_merges.preview(db, closed)),
        text=_("Allt på det konto som stängs flyttas. Sedan är det kontot borta."),
        warning=_warning(kept, closed))


def _warning(kept: Customer, closed: Customer) -> str:
    if kept.born_on != closed.born_on:
        return _("De är födda olika dagar, så det ser ut att vara två personer. Det går inte att "
                 "ångra.")
    return _("Det går inte att ångra.")


def _about(kept: Customer, closed: Customer, seen: Preview) -> list[tuple[str, str | int]]:
    return [(_("Blir kvar"), _told(kept)), (_("Stängs"), _told(closed)),
            (_("Barn"), seen.children), (_("Kort"), seen.cards),
            (_("Reskassa"), kr(seen.purse_ore)), (_("Biljetter"), seen.tickets),
            (_("Ordrar"), seen.orders), (_("Försändelser"), seen.parcels)]


def _told(customer: Customer) -> str:
    """So that whoever compares them sees whether it is one person."""
    number = customers.personnummer(db, customer)
    return ", ".join(filter(None, [
        customer.name, mask_personnummer(number) if number else "",
        show_mobile(customer.mobile) if customer.mobile else "", customer.email]))
