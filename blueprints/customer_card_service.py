"""What a clerk does with a customer's cards and periods."""
from uuid import UUID

from flask import Blueprint
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CardField, DayField, ticked
from blueprints.formats import day, place
from blueprints.guard import needs, takes_files
from blueprints.language import _, lazy
from blueprints.service_forms import ActForm, act, by
from blueprints.web import db, now
from blueprints.words import word
from domain import card_blocks, card_service, customer_cards, customers
from domain.access import Right
from domain.card_blocks import Preview, To
from domain.card_numbers import mask_card
from domain.customers import Customer
from domain.money import kr

bp = Blueprint("customer_card_service", __name__, url_prefix="/intern/kunder/<uuid:customer_id>")

WAYS = {To.POST: lazy("Ett nytt kort med posten, till kundens adress"),
        To.PHONE: lazy("Till kundens mobil"), To.NOWHERE: lazy("Det finns inget att flytta")}


class BlockForm(ActForm):
    to = RadioField(lazy("Vart innehållet går"), validate_choice=True)

    def __init__(self, seen: Preview, **kwargs):
        super().__init__(**kwargs)
        self.to.choices = [SelectChoice(way.value, _way(way, seen)) for way in seen.ways
                           if way in WAYS]
        self.to.choices += [SelectChoice(str(card.id), _("Till kortet %(card)s", card=mask_card(
            card.number))) for card in seen.cards if To.CARD in seen.ways]
        self.to.data = self.to.data or self.to.choices[0].value

    def chosen(self, seen: Preview) -> dict:
        other = {str(card.id): card for card in seen.cards}.get(self.to.data)
        return {"other": other} if other else {}

    @property
    def way(self) -> To:
        return To(self.to.data) if self.to.data in set(To) else To.CARD


@bp.route("/kort/<uuid:customer_card_id>/sparr", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def block(customer_id: UUID, customer_card_id: UUID):
    card = customer_cards.find(db, customer_card_id, customer_id=customer_id)
    seen = card_blocks.preview(db, card, now=now())
    form = BlockForm(seen)
    return act(
        customer_id, form, lambda customer: card_service.block(
            db, customer, card, form.way, form.why, **form.chosen(seen), **by()),
        _("Kortet är spärrat."), kind="danger", label=_("Spärra kortet"),
        about=_moved(seen, customers.find(db, customer_id)),
        title=_("Spärra kortet %(card)s", card=mask_card(card.number)),
        text=_("Kortet går inte att använda längre, och det går inte att ångra."))


class RechargeForm(ActForm):
    number = CardField(lazy("Det nya kortets nummer"), description=lazy(
        "Ett oanvänt kort som kunden får i handen."))
    shown = BooleanField(lazy("Kunden har visat upp kortet och kvittot"), [
        ticked(lazy("Kortet och kvittot ska visas upp."))])


@bp.route("/kort/<uuid:customer_card_id>/ersattning", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def recharge(customer_id: UUID, customer_card_id: UUID):
    card = customer_cards.find(db, customer_card_id, customer_id=customer_id)
    form = RechargeForm()
    return act(
        customer_id, form, lambda customer: card_service.recharge(
            db, customer, card, form.number.value, form.why, **by()),
        _("Innehållet ligger på det nya kortet."), label=_("Ladda det nya kortet"),
        about=_carried(card_blocks.preview(db, card, now=now())),
        title=_("Ersätt det skadade kortet %(card)s", card=mask_card(card.number)),
        text=_("Allt på det skadade kortet läggs på det nya, utan kostnad. Det skadade kortet "
               "spärras."))


class AdjustmentForm(ActForm):
    first = DayField(lazy("Sjukskriven från"))
    last = DayField(lazy("Sjukskriven till och med"))
    shown = BooleanField(lazy("Kunden har visat upp ett läkarintyg"), [
        ticked(lazy("Ett läkarintyg ska visas upp."))], description=lazy(
            "Intyget behöver inte sparas här om du har sett det."))


@bp.route("/biljetter/<uuid:own_ticket_id>/justering", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def adjust(customer_id: UUID, own_ticket_id: UUID):
    ticket = card_service.find_ticket(db, own_ticket_id, customer_id=customer_id)
    form = AdjustmentForm()
    return act(
        customer_id, form, lambda customer: card_service.adjust(
            db, customer, ticket, form.first.data, form.last.data, form.why, **by()),
        _("Perioden är justerad. Kunden har fått ett brev om det."), label=_("Justera perioden"),
        title=_("Justera en period"), about=_ticket(ticket),
        text=_("Perioden förlängs med de dagar i intyget då den hade gått att använda."))


def _moved(seen: Preview, customer: Customer) -> list[tuple[str, str]]:
    """What a customer on the telephone is asked, and told."""
    told = [*_carried(seen), (_("Kundens adress"), ", ".join(customer.address[1:]))]
    if seen.left_ore:
        told.append((_("Skickas inte"), _("%(amount)s, för det är för lite att posta",
                                          amount=kr(seen.left_ore))))
    return told


def _carried(seen: Preview) -> list[tuple[str, str]]:
    return [(_("Reskassa"), _purse(seen)),
            *((word(ticket.product), place(ticket.trip)) for ticket in seen.tickets)]


def _way(way: To, seen: Preview) -> str:
    if way == To.PHONE and seen.posted_ore:
        return _("Till kundens mobil, och reskassan på ett nytt kort med posten")
    return str(WAYS[way])


def _purse(seen: Preview) -> str:
    if not seen.loads_ore:
        return kr(seen.purse_ore)
    return _("%(sum)s, varav %(loads)s som väntar på att användas", sum=kr(seen.purse_ore),
             loads=kr(seen.loads_ore))


def _ticket(ticket) -> list[tuple[str, str]]:
    ends = (_("Gäller till"), ticket.active_until) if ticket.activated_at else (
        _("Ska aktiveras senast"), ticket.activate_by)
    return [(_("Biljett"), word(ticket.product)), (_("Gäller i"), place(ticket.trip)),
            (_("Nummer"), ticket.number), (ends[0], day(ends[1]))]
