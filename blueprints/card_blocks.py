"""A private customer blocks a travel card, having seen what moves, what does not, and where."""
from dataclasses import replace
from uuid import UUID

from flask import Blueprint, redirect
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from blueprints.customer_cards import found, page_of
from blueprints.fields import CHOOSE, MISSING, PostcodeField, TextField, ids, required, ticked
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, now, rules, transaction
from domain import card_blocks, customers
from domain.access import Right
from domain.card_blocks import Preview, To
from domain.card_numbers import mask_card
from domain.parcels import Address
from domain.travel_cards import TravelCard

bp = Blueprint("card_blocks", __name__, url_prefix="/mina-sidor/kort/<uuid:customer_card_id>")

WAYS = {
    To.POST: lazy("Till ett nytt kort som kommer med posten"),
    To.CARD: lazy("Genast till ett annat av dina kort"),
    To.PHONE: lazy("Genast till mobilen"),
    To.NOWHERE: lazy("Ingenting flyttas"),
}


class BlockForm(Form):
    to = RadioField(lazy("Vart ska innehållet?"), validators=[required(CHOOSE)])
    other = SelectField(lazy("Till vilket kort"), validate_choice=False)
    street = TextField(lazy("Gatuadress"), needed=False)
    postcode = PostcodeField(lazy("Postnummer"), needed=False)
    city = TextField(lazy("Ort"), needed=False)
    sure = BooleanField(lazy("Jag förstår att spärren inte går att ångra"), validators=[ticked(
        lazy("Bekräfta att du vill spärra kortet för gott."))])

    def __init__(self, seen: Preview, home: Address):
        super().__init__(to=seen.ways[0], street=home.street, postcode=home.postcode,
                         city=home.city)
        self.seen, self.home = seen, home
        for each in (self.street, self.postcode, self.city):
            each.flags.optional = False  # but where nothing is posted
        self.to.choices = [SelectChoice(way, str(WAYS[way])) for way in seen.ways]
        self.other.choices = [SelectChoice(str(each.id), _name(each)) for each in seen.cards]

    @property
    def is_posted(self) -> bool:
        """Whether there is a new card, by what is chosen."""
        return self.to.data == To.POST or (self.to.data == To.PHONE and self.seen.posted_ore > 0)

    def validate(self, extra_validators=None) -> bool:
        valid, missing = super().validate(extra_validators), []
        if self.is_posted:
            missing = [each for each in (self.street, self.postcode, self.city) if not each.data]
        for each in missing:
            each.errors = [str(MISSING)]
        return valid and not missing

    def card(self) -> TravelCard | None:
        chosen = ids([self.other.data]) if self.to.data == To.CARD else []
        return next((each for each in self.seen.cards if each.id in chosen), None)

    def address(self) -> Address:
        if not self.is_posted:
            return self.home
        return replace(self.home, street=self.street.value, postcode=self.postcode.value,
                       city=self.city.value)


def _name(card: TravelCard) -> str:
    return f"{card.label} {mask_card(card.number)}".strip()


@bp.route("/sparr", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def new(customer_card_id: UUID):
    card, customer = found(customer_card_id), customers.find(db, actor().customer_id)
    if card.blocked_at:
        return redirect(page_of(card), 303)
    seen = card_blocks.preview(db, card, now=now())
    form = BlockForm(seen, Address.of(customer))
    if form.validate_on_submit():
        with transaction(form):
            card_blocks.block(db, card, To(form.to.data), other=form.card(),
                              address=form.address(), by=actor(), now=now())
            form.then(page_of(card), _("Kortet är spärrat."))
    return answer(form, "card_blocks/new.html", card=card, seen=seen, customer=customer,
                  days=rules().replacement_working_days)
