"""Staff offers on the traveller's phone: applying, answering, and what became of it."""
from uuid import UUID

from flask import url_for
from htmx_flask import request
from wtforms import BooleanField
from wtforms.widgets import TextArea

from blueprints import offer_words
from blueprints.fields import TextField, ids, ticked
from blueprints.formats import day
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.offer_form import Choice, OfferForm, choices
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from blueprints.words import word
from domain import deductions, employments, offer_decisions, offers, price_lists, travellers
from domain.access import Right
from domain.errors import Conflict
from domain.money import kr
from domain.offers import OfferApplication, State


def my_ids() -> list[UUID]:
    """By which each of my employers knows me."""
    return [traveller.id for traveller in travellers.of_actor(db, actor())]


def _open() -> list[Choice]:
    return choices(employments.of_actor(db, actor()))


@needs(Right.TRAVEL)
def index():
    mine = offers.of_travellers(db, my_ids())
    return page("phone/offers.html", offered=_open(), applications=mine, what=offer_words.what,
                share=offer_words.own_share, when=offer_words.own_when,
                parts=deductions.of_applications(db, [each.id for each in mine]),
                stops={each.id: _stops(each) for each in mine}, words=offer_words.DEDUCTIONS,
                waits=any(each.is_open for each in mine))


def _stops(application: OfferApplication) -> list[tuple]:
    applied = (_("Ansökt"), application.applied_at, "past")
    ticket = (_("Biljett"), _("från %(day)s", day=day(application.starts_on)), "coming")
    by = _("senast %(day)s", day=day(application.decide_by))
    if application.state == State.ASKED:
        asked = (_("Ditt svar") if application.consent else _("Ditt godkännande"),
                 application.asked_at, "now")
        return [applied, asked, (_("Beslut"), by, "coming"), ticket]
    if application.state == State.WAITING:
        return [applied, (_("Beslut"), by, "now"), ticket]
    decided = word(application.state), application.decided_at
    if application.state == State.APPROVED:
        return [applied, (*decided, "past"), (_("Biljett"), application.ticket.sold_at, "past")]
    return [applied, (*decided, "failed")]


class ApplyForm(OfferForm):
    consent = BooleanField(lazy("Jag godkänner löneavdraget"), [
        ticked(lazy("Kryssa i att du godkänner det."))])

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.parts:
            self.consent.label.text = _agreed(self.parts)

    def ask_anew(self) -> None:
        """Whoever is shown another cost than they said yes to says yes again."""
        if self.terms.errors or self.agreed_ore != (self.price and self.price.price_ore):
            self.consent.data = False


def _agreed(parts: list[int]) -> str:
    """What one says yes to, to the öre."""
    if not any(parts):
        return _("Jag vill ha biljetten och vet att jag skattar för den som förmån")
    first, part = kr(parts[0]), kr(parts[-1])
    if len(parts) == 1:
        return _("Jag godkänner att %(part)s dras från min lön", part=part)
    if first != part:
        return _("Jag godkänner att %(first)s dras från min lön den första månaden och sedan "
                 "%(part)s i månaden, %(months)d månader i allt", first=first, part=part,
                 months=len(parts))
    return _("Jag godkänner att %(part)s dras från min lön varje månad i %(months)d månader",
             part=part, months=len(parts))


def _form(typed) -> ApplyForm:
    renewed = next(iter(ids([(typed or {}).get("renews") or request.args.get("fornya")])), None)
    found = _open()
    if not found:
        raise Conflict("Din arbetsgivare erbjuder inga biljetter just nu.")
    return ApplyForm(found, typed, which=request.args.get("which"),
                     renewed=renewed and offers.find_own(db, renewed, traveller_ids=my_ids()))


@needs(Right.TRAVEL)
def apply():
    form = _form(request.form or (request.args if "place" in request.args else None))
    if "act" not in request.form and form.validate_on_submit():
        with transaction(form):
            form.check_start()
            price_lists.agree(db, form.ticket, form.trip, form.agreed_ore, now=now())
            application = offers.apply(
                db, form.offer_chosen, form.chosen.traveller, form.ticket, form.trip,
                starts_on=form.starts, card=form.found_card(), renews=form.renewed, by=actor(),
                now=now())
            form.then(url_for(".offers"), _judged(application))
    form.ask_anew()
    return answer(form, "phone/apply.html")


def _judged(application: OfferApplication) -> str:
    """The employer's rule may grant it at once."""
    if offer_decisions.by_rule(db, application, now=now()):
        return _("Ansökan är beviljad.")
    return _("Ansökan är skickad till din arbetsgivare.")


@needs(Right.TRAVEL)
def deduction():
    """What the choice would cost each month, while the form is being filled in."""
    return page("phone/apply.html", "sum", form=_form(request.args))


class AnswerForm(Form):
    answer = TextField(lazy("Ditt svar"), most=500, widget=TextArea())


class ConsentForm(Form):
    consent = BooleanField("", [ticked(lazy("Kryssa i att du godkänner det."))])


@needs(Right.TRAVEL)
def reply(application_id: UUID):
    application = _found(application_id)
    form = AnswerForm()
    if form.validate_on_submit():
        with transaction(form):
            offers.answer(db, application, form.answer.value, by=actor(), now=now())
            form.then(url_for(".offers"), _("Svaret är skickat till din arbetsgivare."))
    return answer(form, "phone/reply.html", application=application)


@needs(Right.TRAVEL)
def consent(application_id: UUID):
    application = _found(application_id)
    form = ConsentForm()
    form.consent.label.text = _agreed(application.parts)
    if form.validate_on_submit():
        with transaction(form):
            offers.consent(db, application, by=actor(), now=now())
            form.then(url_for(".offers"), _judged(application))
    return answer(form, "phone/consent.html", application=application, how=offer_words.how(
        application.deduction, application.parts, application.employer_ore,
        application.starts_on))


@needs(Right.TRAVEL)
def withdraw(application_id: UUID):
    application = _found(application_id)
    with transaction():
        offers.withdraw(db, application, by=actor(), now=now())
    return done(url_for(".offers"), _("Ansökan är återtagen."))


def _found(application_id: UUID) -> OfferApplication:
    return offers.find_own(db, application_id, traveller_ids=my_ids())
