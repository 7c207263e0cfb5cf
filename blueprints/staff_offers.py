"""What the employer offers its staff: defined, shown as the staff reads it, closed and opened."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints import events, offer_paper, offer_words
from blueprints.guard import needs
from blueprints.language import _
from blueprints.staff_offer_form import Example, StaffOfferForm
from blueprints.web import actor, answer, db, done, now, page, transaction
from domain import audit, companies, offer_lists, staff_offers
from domain.access import Right
from domain.products import Product
from domain.staff_offers import StaffOffer

bp = Blueprint("staff_offers", __name__, url_prefix="/foretag/personalerbjudande/erbjudanden")
bp.add_url_rule("/<uuid:offer_id>/blankett.pdf", "paper", offer_paper.file)


@bp.get("/")
@needs(Right.DECIDE_OFFERS)
def index():
    return page("staff_offers/index.html", may_manage=_may_manage(), words=offer_words,
                offers=staff_offers.of_company(db, actor().company_id), now=now(),
                counts=offer_lists.counts(db, within=actor().scope))


@bp.get("/<uuid:offer_id>")
@needs(Right.DECIDE_OFFERS)
def show(offer_id: UUID):
    offer = _found(offer_id)
    return page("staff_offers/show.html", offer=offer, words=offer_words, example=Example(offer),
                departments=offer_words.departments(db, offer), may_manage=_may_manage(),
                now=now(), events=events.told(audit.about(
                    db, offer.id, company_id=actor().company_id)))


@bp.route("/nytt", methods=["GET", "POST"])
@needs(Right.MANAGE_COMPANY)
def new():
    company = companies.find(db, actor().company_id)
    form = StaffOfferForm(data={"products": [Product.PERIOD_365], "deduction": company.deduction})
    if form.validate_on_submit():
        with transaction(form):
            offer = staff_offers.add(db, company.id, form.details(), by=actor(), now=now())
            form.then(url_for(".show", offer_id=offer.id),
                      _("Erbjudandet är tillagt. De som får ansöka ser det nu."))
    return answer(form, "staff_offers/new.html", example=form.example())


@bp.route("/<uuid:offer_id>/andring", methods=["GET", "POST"])
@needs(Right.MANAGE_COMPANY)
def edit(offer_id: UUID):
    offer = _found(offer_id)
    form = StaffOfferForm.of(offer)
    if form.validate_on_submit():
        with transaction(form):
            staff_offers.change(db, offer, form.details(), by=actor(), now=now())
            form.then(url_for(".show", offer_id=offer.id),
                      _("Ändringen gäller den som ansöker från och med nu."))
    example = form.example() if form.is_submitted() else Example(offer)
    return answer(form, "staff_offers/edit.html", offer=offer, example=example)


@bp.get("/exempel")
@needs(Right.MANAGE_COMPANY)
def example():
    """What is typed comes to, while it is typed."""
    return page("staff_offers/_example.html", example=StaffOfferForm(request.args).example())


@bp.post("/<uuid:offer_id>/stangning")
@needs(Right.MANAGE_COMPANY)
def close(offer_id: UUID):
    offer = _found(offer_id)
    with transaction():
        staff_offers.close(db, offer, by=actor(), now=now())
    return done(url_for(".show", offer_id=offer.id), _("Ingen kan ansöka om det längre."))


@bp.post("/<uuid:offer_id>/oppning")
@needs(Right.MANAGE_COMPANY)
def reopen(offer_id: UUID):
    offer = _found(offer_id)
    with transaction():
        staff_offers.reopen(db, offer, by=actor(), now=now())
    return done(url_for(".show", offer_id=offer.id), _("Det går att ansöka om det igen."))


def _found(offer_id: UUID) -> StaffOffer:
    return staff_offers.find(db, offer_id, company_id=actor().company_id)


def _may_manage() -> bool:
    return actor().may(Right.MANAGE_COMPANY)
