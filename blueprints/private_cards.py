"""The clerk's register of private travel cards and the mobiles that they are registered with."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import Form as Asked
from wtforms import SearchField

from blueprints.fields import CardField, MobileField, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from domain import identity, private_cards
from domain.access import Right
from domain.card_numbers import show_card
from domain.private_cards import Details

bp = Blueprint("private_cards", __name__, url_prefix="/intern/resekort")


class CardSearch(Asked):
    q = SearchField(lazy("Kortnummer, mobilnummer eller namn"))


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    asked = CardSearch(request.args)
    return page("private_cards/index.html", "cards", asked=asked, found=private_cards.listed(
        db, asked.q.data or "", after=request.args.get("efter", "")))


class PrivateCardForm(Form):
    number = CardField(lazy("Kortnummer"), description=lazy("Numret på kortets baksida."))
    mobile = MobileField(lazy("Mobilnummer"))
    name = TextField(lazy("Namn"))

    def details(self) -> Details:
        return Details(self.number.value, self.mobile.value, self.name.value)


@bp.route("/nytt", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def new():
    form = PrivateCardForm()
    if form.validate_on_submit():
        with transaction(form):
            private_cards.register(db, form.details(), by=actor(), now=now())
            form.then(url_for(".index"), _("Kortet är registrerat."))
    return answer(form, "private_cards/new.html")


@bp.route("/<uuid:private_card_id>", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def edit(private_card_id: UUID):
    card = private_cards.find(db, private_card_id)
    form = PrivateCardForm(number=show_card(card.number), name=card.name,
                           mobile=card.mobile and identity.show_mobile(card.mobile))
    if form.validate_on_submit():
        with transaction(form):
            private_cards.correct(db, card, form.details(), by=actor(), now=now())
            form.then(url_for(".index"), _("Ändringarna är sparade."))
    return answer(form, "private_cards/edit.html", card=card)


@bp.post("/<uuid:private_card_id>/borttagning")
@needs(Right.SERVE_CUSTOMERS)
def remove(private_card_id: UUID):
    card = private_cards.find(db, private_card_id)
    with transaction():
        private_cards.remove(db, card, by=actor(), now=now())
    return done(url_for(".index"), _("Kortet är inte registrerat längre."))
