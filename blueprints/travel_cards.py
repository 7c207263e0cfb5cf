"""The company's own travel cards: which there are, who has which, and what each has been sent."""
from collections.abc import Iterator
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import Form as Asked
from wtforms import HiddenField, SearchField, SelectField
from wtforms.fields.choices import SelectChoice

from blueprints import events, exports
from blueprints.departments import DepartmentField
from blueprints.fields import CardField, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from blueprints.words import word
from documents.listing import Column, Kind
from domain import (
    audit,
    card_holdings,
    card_tickets,
    travel_cards,
    traveller_lists,
    travellers,
)
from domain.access import Right
from domain.card_holdings import Holder
from domain.card_numbers import show_card
from domain.card_tickets import Stage
from domain.errors import NotFound
from domain.months import today
from domain.travel_cards import Search, State, TravelCard
from domain.traveller_searches import Search as TravellerSearch

bp = Blueprint("travel_cards", __name__, url_prefix="/foretag/resekort")

KINDS = {State.FREE: "info", State.OUT: "good", State.DUE: "warn", State.BLOCKED: "off"}
STAGE_KINDS = {Stage.LATER: "wait", Stage.ON_ITS_WAY: "wait", Stage.LATE: "warn",
               Stage.ON_CARD: "good", Stage.BLOCKED: "off", Stage.RECALLED: "off"}
FOUND = 8
"""How many travellers a search shows."""


class CardSearch(Asked):
    q = SearchField(lazy("Nummer, namn eller vem som har kortet"))
    state = SelectField(lazy("Visa"), name="visa", validate_choice=False, choices=lambda: [
        SelectChoice("", _("Alla kort")), *(SelectChoice(each, word(each)) for each in State)])

    @property
    def search(self) -> Search:
        state = self.state.data if self.state.data in set(State) else None
        return Search(self.q.data or "", state and State(state))

    @property
    def kept(self) -> dict[str, str]:
        """What the addresses of the other pages carry along."""
        return {field.name: field.data for field in self if field.data}


@bp.get("/")
@needs(Right.SEND_TICKETS)
def index():
    asked, scope = CardSearch(request.args), actor().scope
    return page("travel_cards/index.html", "cards", asked=asked, kinds=KINDS,
                found=travel_cards.listed(db, asked.search, within=scope,
                                          after=request.args.get("efter", "")),
                count=travel_cards.count(db, asked.search, within=scope))


@bp.get(f"/resekort.{exports.KINDS}")
@needs(Right.SEND_TICKETS)
def file(kind: str):
    columns = [Column(_("Kortnummer"), width=22), Column(_("Namn"), width=30),
               Column(_("Vem som har kortet"), width=30), Column(_("Avdelning"), width=30),
               Column(_("Läge"), width=20), Column(_("Tillagt"), Kind.DATE),
               Column(_("Spärrat"), Kind.DATE)]
    found = travel_cards.whole(CardSearch(request.args).search, within=actor().scope)
    return exports.file(kind, _("Resekort"), columns, lambda: _rows(found))


def _rows(found) -> Iterator[tuple]:
    for card in db.scalars(found.execution_options(yield_per=exports.ROWS_AT_ONCE)):
        yield (show_card(card.number), card.name, card.held_by, card.department.name,
               word(card.state), today(card.registered_at),
               card.blocked_at and today(card.blocked_at))


class NameForm(Form):
    name = TextField(lazy("Namn på kortet"), needed=False,
                     description=lazy("Det som står på kortet eller som ni kallar det."))
    department = DepartmentField()


class CardForm(NameForm):
    number = CardField(lazy("Kortnummer"), description=lazy("Numret på kortets baksida."))


@bp.route("/nytt", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
def new():
    form = CardForm()
    if form.validate_on_submit():
        with transaction(form):
            card = card_holdings.add(db, form.department.found(), form.number.value,
                                     name=form.name.value or "", by=actor(), now=now())
            form.then(_page_of(card), _("Kortet är tillagt."))
    return answer(form, "travel_cards/new.html")


@bp.get("/<uuid:card_id>")
@needs(Right.SEND_TICKETS)
def show(card_id: UUID):
    card = _found(card_id)
    return page("travel_cards/show.html", card=card, kinds=KINDS, stage_kinds=STAGE_KINDS,
                sent=[(ticket, card_tickets.stage(db, ticket, card, now=now()),
                       actor().scope.covers(ticket.company_id, ticket.department_id))
                      for ticket in card_tickets.of_card(db, card)],
                events=events.told(audit.about(db, card.id, company_id=card.company_id)))


@bp.route("/<uuid:card_id>/andra", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
def edit(card_id: UUID):
    card = _found(card_id)
    form = NameForm(name=card.name, department=str(card.department_id))
    if form.validate_on_submit():
        with transaction(form):
            card_holdings.change(db, card, form.department.found(), form.name.value or "",
                                 by=actor(), now=now())
            form.then(_page_of(card), _("Ändringarna är sparade."))
    return answer(form, "travel_cards/edit.html", card=card)


class HolderForm(Form):
    traveller = HiddenField()
    name = TextField(lazy("Namn"), needed=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.name.flags.optional = False  # but where a traveller is chosen instead

    def holder(self) -> Holder:
        if not self.traveller.data:
            return Holder(name=self.name.value or "")
        try:
            chosen = UUID(self.traveller.data)
        except ValueError as wrong:
            raise NotFound("Resenären finns inte.") from wrong
        return Holder(travellers.find(db, chosen, within=actor().scope))


@bp.route("/<uuid:card_id>/innehavare", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
def hand_over(card_id: UUID):
    card, form, words = _found(card_id), HolderForm(), request.args.get("sok", "")
    if form.validate_on_submit():
        with transaction(form):
            card_holdings.hand_over(db, card, form.holder(), by=actor(), now=now())
            form.then(_page_of(card), _("Kortet är utlämnat till %(name)s.", name=card.held_by))
    found = traveller_lists.listed(db, TravellerSearch(words), within=actor().scope, now=now(),
                                   most=FOUND) if words else None
    return answer(form, "travel_cards/hand_over.html", card=card, words=words, found=found,
                  block="found" if request.method == "GET" else "form")


@bp.post("/<uuid:card_id>/aterlamning")
@needs(Right.SEND_TICKETS)
def take_back(card_id: UUID):
    card = _found(card_id)
    with transaction():
        card_holdings.take_back(db, card, by=actor(), now=now())
    return done(_page_of(card), _("Kortet är inlämnat."))


@bp.post("/<uuid:card_id>/sparr")
@needs(Right.SEND_TICKETS)
def block(card_id: UUID):
    card = _found(card_id)
    with transaction():
        card_holdings.block(db, card, by=actor(), now=now())
    return done(_page_of(card), _("Kortet är spärrat."))


@bp.post("/<uuid:card_id>/borttagning")
@needs(Right.SEND_TICKETS)
def remove(card_id: UUID):
    card = _found(card_id)
    with transaction():
        card_holdings.remove(db, card, by=actor(), now=now())
    return done(url_for(".index"), _("Kortet är borttaget."))


def _found(card_id: UUID) -> TravelCard:
    return travel_cards.find(db, card_id, within=actor().scope)


def _page_of(card: TravelCard) -> str:
    return url_for(".show", card_id=card.id)
