"""The applications for staff offers as a file, with what the salary pays."""
from datetime import date

from flask import Response

from blueprints import exports
from blueprints.formats import place, word
from blueprints.language import _
from blueprints.web import db, rules
from documents.listing import Column, Kind
from domain import offer_lists
from domain.access import Scope
from domain.companies import Deduction
from domain.months import Month, today
from domain.offers import OfferApplication, State


def file(kind: str, scope: Scope) -> Response:
    columns = [
        Column(_("Resenär"), width=30), Column(_("Avdelning")),
        Column(_("Referensnummer"), width=16), Column(_("Biljett")),
        Column(_("Gäller i"), width=30), Column(_("Från"), Kind.DATE),
        Column(_("Pris"), Kind.MONEY), Column(_("Läge"), width=18),
        Column(_("Ansökte"), Kind.DATE), Column(_("Avgjord"), Kind.MOMENT),
        Column(_("Avgjord av"), width=30), Column(_("Skäl till avslaget"), width=50),
        Column(_("Avdrag i månaden"), Kind.MONEY, 18), Column(_("Månader"), Kind.NUMBER),
        Column(_("Första avdraget"), width=16), Column(_("Löneavdrag"))]
    found = offer_lists.whole(scope).execution_options(yield_per=exports.ROWS_AT_ONCE)
    return exports.file(kind, _("Personalerbjudande"), columns, lambda: (
        _cells(*row) for row in db.execute(found)))


def _cells(application: OfferApplication, months: int | None, part_ore: int | None,
           first_on: date | None, deduction: str | None) -> tuple:
    traveller, decider = application.traveller, application.decided_by
    if application.state == State.WAITING:
        months = rules().deduction_months
        part_ore = application.parts(months)[-1]
    return (traveller.name, traveller.department.name, traveller.department.reference_number,
            word(application.product), place(application.trip), application.starts_on,
            application.price_ore, word(application.state), today(application.applied_at),
            application.decided_at, decider and decider.name, application.reason, part_ore, months,
            first_on and str(Month.on(first_on)), _deduction(deduction))


def _deduction(kind: str | None) -> str | None:
    return kind and (_("bruttolöneavdrag") if kind == Deduction.GROSS else _("nettolöneavdrag"))
