"""An administrator applies for a registered traveller, or registers a form signed on paper."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import Form as PlainForm
from wtforms import RadioField, SearchField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.offer_form import OfferForm, choices
from blueprints.web import actor, answer, db, now, page, transaction
from domain import (
    companies,
    offer_decisions,
    offers,
    price_lists,
    traveller_lists,
    travellers,
)
from domain.access import Right
from domain.employments import Employment
from domain.errors import Conflict
from domain.offers import Consent, OfferApplication, State
from domain.traveller_searches import Search
from domain.travellers import Traveller

bp = Blueprint("offer_requests", __name__, url_prefix="/foretag/personalerbjudande/ansok-at")
ASK = "ask"
FOUND = 10


class SearchForm(PlainForm):
    q = SearchField(lazy("Namn eller anställningsnummer"))


@bp.get("/")
@needs(Right.DECIDE_OFFERS)
def search():
    form = SearchForm(request.args)
    return page("offer_requests/search.html", "found", form=form, found=traveller_lists.listed(
        db, Search(form.q.data or ""), within=actor().scope, now=now(), most=FOUND))


class RequestForm(OfferForm):
    BY_EMPLOYER = True

    consent = RadioField(lazy("Den anställdas medgivande till löneavdraget"), default=ASK,
                         invalid_choice_message=CHOOSE, choices=lambda: [
                             SelectChoice(ASK, _("Fråga i mobilen: ansökan väntar på svaret")),
                             SelectChoice(Consent.PAPER, _("Jag har en undertecknad blankett"))])


@bp.route("/<uuid:traveller_id>", methods=["GET", "POST"])
@needs(Right.DECIDE_OFFERS)
def new(traveller_id: UUID):
    traveller = travellers.find(db, traveller_id, within=actor().scope)
    form = _form(traveller, request.form or (request.args if "place" in request.args else None))
    if "act" not in request.form and form.validate_on_submit():
        with transaction(form):
            form.check_start()
            price_lists.agree(db, form.ticket, form.trip, form.agreed_ore, now=now())
            application = offers.apply(
                db, form.offer_chosen, traveller, form.ticket, form.trip, starts_on=form.starts,
                card=form.found_card(), by=actor(), now=now(),
                consent=None if form.consent.data == ASK else Consent.PAPER)
            form.then(url_for("offers.index"), _said(application))
    return answer(form, "offer_requests/new.html", traveller=traveller)


@bp.get("/<uuid:traveller_id>/avdrag")
@needs(Right.DECIDE_OFFERS)
def deduction(traveller_id: UUID):
    """What the choice would cost each month, while the form is being filled in."""
    traveller = travellers.find(db, traveller_id, within=actor().scope)
    return page("offer_requests/new.html", "sum", form=_form(traveller, request.args),
                traveller=traveller)


def _form(traveller: Traveller, typed) -> RequestForm:
    travellers.check_employed(traveller)
    company = companies.find(db, traveller.company_id)
    if found := choices([Employment(company, traveller)]):
        return RequestForm(found, typed)
    raise Conflict("Inget öppet erbjudande gäller %(traveller)s.", traveller=traveller.name)


def _said(application: OfferApplication) -> str:
    name = application.traveller.name
    if application.state == State.ASKED:
        return _("%(name)s får frågan i mobilen och i ett e-brev. Ansökan väntar på svaret.",
                 name=name)
    if offer_decisions.by_rule(db, application, now=now()):
        return _("Ansökan från %(name)s är beviljad.", name=name)
    return _("Ansökan från %(name)s är registrerad.", name=name)
