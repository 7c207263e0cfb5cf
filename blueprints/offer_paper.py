"""The order form of a staff offer on paper, for those who do not apply in the phone."""
from io import BytesIO
from uuid import UUID

from flask import current_app, send_file

from blueprints import offer_words
from blueprints.guard import needs
from blueprints.language import _, language
from blueprints.web import actor, db, now
from blueprints.words import word
from documents import order_form
from documents.order_form import Field, OrderForm, Step
from domain import companies, price_lists, staff_offers
from domain.access import Right
from domain.money import equal_parts, kr
from domain.price_lists import Price
from domain.staff_offers import WHOLE, StaffOffer


@needs(Right.DECIDE_OFFERS)
def file(offer_id: UUID):
    offer = staff_offers.find(db, offer_id, company_id=actor().company_id)
    return send_file(BytesIO(order_form.pdf(_form(offer))), "application/pdf", as_attachment=True,
                     download_name=_("Beställning %(offer)s.pdf", offer=offer.name))


def _form(offer: StaffOffer) -> OrderForm:
    company = companies.find(db, offer.company_id)
    return OrderForm(
        title=_("Beställning: %(offer)s", offer=offer.name), company=company.name,
        authority=current_app.config["PORTAL"].brand.name, language=language(),
        lead=" ".join(filter(None, (offer.text, offer_words.own_when(offer)))),
        heads=(_("Biljett"), _("Pris"), _("Arbetsgivaren betalar"), _("Du betalar"),
               _("Varje månad")),
        prices=[_row(offer, price) for price in _prices(offer)],
        note=_note(offer), steps=(*_wish(), *_who(), _consent(offer)),
        footer=_("Lämna blanketten till den som sköter personalerbjudanden på %(company)s. "
                 "Priserna gäller den dag då ansökan registreras.", company=company.name))


def _prices(offer: StaffOffer) -> list[Price]:
    """Of all that is offered but across the county's border, where each area has its own."""
    return [price for price in price_lists.prices(db, now=now())
            if price.product in offer.products and price.area is None
            and (offer.extents is None or price.extent in offer.extents)]


def _row(offer: StaffOffer, price: Price) -> tuple[str, ...]:
    employer_ore = offer.employer_ore(price.price_ore)
    parts = equal_parts(price.price_ore - employer_ore, offer.months)
    return (f"{word(price.product)}, {word(price.extent).lower()}", kr(price.price_ore),
            kr(employer_ore), kr(sum(parts)), kr(parts[-1]))


def _note(offer: StaffOffer) -> str:
    employee_pays = offer.share_ore is not None or offer.share_basis_points < WHOLE
    return offer_words.how(offer.deduction, [int(employee_pays)] * offer.months,
                           offer.share_ore or offer.share_basis_points, None)


def _wish() -> tuple[Step, ...]:
    return (
        Step(_("Var och när"), (
            Field(_("Zon eller zoner, eller hela länet")), Field(_("Eller från hållplats")),
            Field(_("Till hållplats")), Field(_("Gäller från (datum)")))),
        Step(_("Biljetten ska finnas"), (
            Field("", (_("i mobilen"), _("på resekort"))), Field(_("Resekortets nummer")))))


def _who() -> tuple[Step, ...]:
    return (Step(_("Dina uppgifter"), (
        Field(_("Namn")), Field(_("Personnummer")), Field(_("Mobilnummer och e-post")),
        Field(_("Avdelning och anställningsnummer")))),)


def _consent(offer: StaffOffer) -> Step:
    how = offer_words.DEDUCTIONS[offer.deduction]
    if offer.months == 1:
        return _signed(_("Jag godkänner att min del av biljettens pris dras från min lön %(how)s.",
                         how=how))
    return _signed(_(
        "Jag godkänner att min del av biljettens pris dras från min lön %(how)s, fördelat på "
        "%(months)d månader, och att det som återstår dras från slutlönen om jag slutar.",
        how=how, months=offer.months))


def _signed(agreed: str) -> Step:
    return Step(_("Medgivande"), (Field(_("Ort och datum")), Field(_("Namnteckning"))), agreed)
