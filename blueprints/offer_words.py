"""What a staff offer is, and what it does to one's pay, in plain words."""
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from blueprints.formats import month
from blueprints.language import _, lazy
from blueprints.words import word
from domain import departments as rooms
from domain.access import Scope
from domain.companies import Deduction
from domain.money import kr
from domain.months import Month
from domain.staff_offers import WHOLE, StaffOffer

DEDUCTIONS = {
    Deduction.GROSS: lazy("före skatt (bruttolöneavdrag)"),
    Deduction.NET: lazy("efter skatt (nettolöneavdrag)"),
}


def how(deduction: Deduction, parts: Sequence[int], employer_ore: int,
        starts: date | None) -> str:
    """When it is taken from the pay, and what that means for it."""
    if not parts:
        return ""
    if not any(parts):
        return _("Din arbetsgivare betalar hela biljetten. Du skattar för den som förmån.")
    begins = month(Month.on(starts).first_day) if starts else _("den månad då biljetten börjar")
    said = [_("Dras från lönen %(how)s i %(months)d månader, från %(first)s.",
              how=DEDUCTIONS[deduction], months=len(parts), first=begins) if len(parts) > 1 else
            _("Dras från lönen %(how)s en gång, i %(first)s.", how=DEDUCTIONS[deduction],
              first=begins)]
    if deduction == Deduction.GROSS:
        said.append(_("Din lön före skatt blir så mycket lägre, och du skattar för biljetten som "
                      "förmån. Vad du får ut beror på din skatt. Lägre lön kan också ge lägre "
                      "pension och sjukpenning."))
    elif employer_ore:
        said.append(_("Du får ut så mycket mindre. Det som arbetsgivaren betalar skattar du för "
                      "som förmån."))
    else:
        said.append(_("Du får ut så mycket mindre, och ingen skatt tillkommer."))
    return " ".join(said)


def share(offer: StaffOffer) -> str:
    """Who pays what."""
    if offer.share_ore is not None:
        return _("Arbetsgivaren betalar %(amount)s, den anställda resten.",
                 amount=kr(offer.share_ore))
    if offer.share_basis_points == WHOLE:
        return _("Arbetsgivaren betalar allt.")
    if offer.share_basis_points:
        return _("Arbetsgivaren betalar %(percent)s %%, den anställda resten.",
                 percent=percent(offer.share_basis_points))
    return _("Den anställda betalar allt.")


def own_share(offer: StaffOffer) -> str:
    """The same, to the one who may apply."""
    if offer.share_ore is not None:
        return _("Din arbetsgivare betalar %(amount)s, och resten dras från din lön.",
                 amount=kr(offer.share_ore))
    if offer.share_basis_points == WHOLE:
        return _("Din arbetsgivare betalar allt.")
    if offer.share_basis_points:
        part = percent(offer.share_basis_points)
        return (_("Din arbetsgivare betalar %(percent)s %%, och resten dras från din lön månad för "
                  "månad.", percent=part) if offer.months > 1 else
                _("Din arbetsgivare betalar %(percent)s %%, och resten dras från din lön.",
                  percent=part))
    if offer.months == 1:
        return _("Din arbetsgivare betalar biljetten och drar kostnaden från din lön.")
    return _("Din arbetsgivare betalar biljetten och drar kostnaden från din lön, månad för månad.")


def percent(basis_points: int) -> str:
    """30, or 12,5."""
    return f"{basis_points / 100:g}".replace(".", ",")


def what(offer: StaffOffer) -> str:
    """Which tickets, and where they may hold."""
    tickets = ", ".join(word(each) for each in offer.products)
    if offer.extents is None:
        return tickets
    return f"{tickets}: {', '.join(word(each) for each in offer.extents).lower()}"


def when(offer: StaffOffer) -> str:
    """When to apply, and from when it holds."""
    if offer.last_apply_day is None:
        return _("Gäller från den dag man väljer.")
    return _("Ansökan senast den %(day)d, gäller från den 1 i nästa månad.",
             day=offer.last_apply_day)


def own_when(offer: StaffOffer) -> str:
    """The same, to the one who may apply."""
    if offer.last_apply_day is None:
        return _("Du väljer själv första dagen.")
    return _("Ansök senast den %(day)d, så gäller den från den 1 i nästa månad.",
             day=offer.last_apply_day)


def who(offer: StaffOffer) -> str:
    """Which forms of employment it is for."""
    if offer.employment_forms is None:
        return _("Alla anställningsformer")
    return ", ".join(word(each) for each in offer.employment_forms)


def departments(session: Session, offer: StaffOffer) -> str:
    """Whose travellers it is for."""
    if offer.department_ids is None:
        return _("Alla avdelningar")
    found = rooms.of_company(session, within=Scope(offer.company_id))
    return ", ".join(each.name for each in found if each.id in offer.department_ids) or "–"


def state(offer: StaffOffer, now: datetime) -> tuple[str, str]:
    """Its kind and its word."""
    if offer.is_open(now):
        return "good", _("Öppet")
    return "off", _("Stängt")
