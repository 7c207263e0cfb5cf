"""Staff offers on the traveller's phone: applying, and what became of it."""
from uuid import UUID

from flask import url_for
from htmx_flask import request
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE, DayField, ticked
from blueprints.formats import word
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.trip_form import TripForm
from blueprints.web import actor, answer, db, done, now, page, rules, transaction
from domain import assortment, deductions, employments, offers, price_lists, sales, travellers
from domain.access import Right
from domain.companies import Deduction
from domain.employments import Employment
from domain.money import equal_parts
from domain.months import Month
from domain.offers import OFFERED, OfferApplication, State
from domain.products import Product
from domain.services import Service

DEDUCTIONS = {
    Deduction.GROSS: lazy("före skatt (bruttolöneavdrag)"),
    Deduction.NET: lazy("efter skatt (nettolöneavdrag)"),
}


def my_ids() -> list[UUID]:
    """By which each of my employers knows me."""
    return [traveller.id for traveller in travellers.of_actor(db, actor())]


def _offered(mine: list[Employment]) -> list[Product]:
    """Of what is offered, that which some employer lets the traveller apply for."""
    allowed = [assortment.given(each.company, each.traveller.department, each.traveller.services)
               for each in mine]
    return [product for product in OFFERED
            if any(Service.STAFF_OFFER in each.services and product in each.products
                   for each in allowed)]


@needs(Right.TRAVEL)
def index():
    mine = offers.of_travellers(db, my_ids())
    parts = deductions.of_applications(db, [application.id for application in mine])
    return page("phone/offers.html", offered=_offered(employments.of_actor(db, actor())),
                applications=mine, parts=parts,
                stops={application.id: _stops(application) for application in mine},
                words=DEDUCTIONS, waits=any(each.state == State.WAITING for each in mine))


def _stops(application: OfferApplication) -> list[tuple]:
    applied = (_("Ansökt"), application.applied_at, "past")
    if application.state == State.WAITING:
        return [applied, (_("Beslut"), None, "now"), (_("Biljett"), None, "coming")]
    decided = word(application.state), application.decided_at
    if application.state == State.APPROVED:
        return [applied, (*decided, "past"), (_("Biljett"), application.ticket.sold_at, "past")]
    return [applied, (*decided, "failed")]


class OfferForm(TripForm):
    product = RadioField(lazy("Biljett"), default=OFFERED[0], invalid_choice_message=CHOOSE,
                         choices=lambda: [SelectChoice(each, word(each)) for each in OFFERED])
    employer = RadioField(lazy("Arbetsgivare"), invalid_choice_message=CHOOSE)
    starts_on = DayField(lazy("Gäller från"))
    consent = BooleanField(lazy("Jag godkänner löneavdraget"), [
        ticked(lazy("Kryssa i att du godkänner löneavdraget."))])

    def __init__(self, *args, **kwargs):
        mine = employments.of_actor(db, actor())
        offering = [each for each in mine if _offered([each])]
        self.employers = {str(each.traveller.id): each for each in offering or mine}
        super().__init__(*args, data={"employer": next(iter(self.employers)),
                                      "starts_on": Month.of(now()).next.first_day}, **kwargs)
        self.employer.choices = [SelectChoice(key, each.company.name)
                                 for key, each in self.employers.items()]
        self.offer(_offered([self.employment]) or OFFERED)

    @property
    def employment(self) -> Employment:
        return self.employers.get(self.employer.data) or next(iter(self.employers.values()))

    @property
    def parts(self) -> list[int]:
        """What is deducted month by month, in öre."""
        return equal_parts(self.price.price_ore, rules().deduction_months) if self.price else []


@needs(Right.TRAVEL)
def apply():
    form = OfferForm(request.form or request.args or None)
    if "act" not in request.form and form.validate_on_submit():
        with transaction(form):
            sales.check_start(db, form.starts_on.data, "starts_on", now=now())
            price_lists.agree(db, form.ticket, form.trip, form.agreed_ore, now=now())
            offers.apply(db, form.employment.traveller, form.ticket, form.trip,
                         starts_on=form.starts_on.data, by=actor(), now=now())
            form.then(url_for(".offers"), _("Ansökan är skickad till din arbetsgivare."))
    return answer(form, "phone/apply.html", words=DEDUCTIONS)


@needs(Right.TRAVEL)
def deduction():
    """What the choice would cost each month, while the form is being filled in."""
    return page("phone/apply.html", "sum", form=OfferForm(request.args), words=DEDUCTIONS)


@needs(Right.TRAVEL)
def withdraw(application_id: UUID):
    application = offers.find_own(db, application_id, traveller_ids=my_ids())
    with transaction():
        offers.withdraw(db, application, by=actor(), now=now())
    return done(url_for(".offers"), _("Ansökan är återtagen."))
