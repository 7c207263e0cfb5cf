"""The applications for staff offers as a file, with what the salary pays."""
from datetime import date

from flask import Response

from blueprints import exports
from blueprints.formats import place
from blueprints.language import _
from blueprints.web import db, now
from blueprints.words import word
from documents.listing import Column, Kind
from domain import offer_lists
from domain.access import Scope
from domain.companies import Deduction
from domain.months import Month, today
from domain.offer_queue import Search
from domain.offers import OfferApplication


def file(kind: str, search: Search, scope: Scope) -> Response:
    columns = [
        Column(_("Resenär"), width=30), Column(_("Avdelning")),
        Column(_("Referensnummer"), width=16), Column(_("Erbjudande")), Column(_("Biljett")),
        Column(_("Gäller i"), width=30), Column(_("Från"), Kind.DATE),
        Column(_("Pris"), Kind.MONEY), Column(_("Arbetsgivaren betalar"), Kind.MONEY, 18),
        Column(_("Läge"), width=18), Column(_("Ansökte"), Kind.DATE),
        Column(_("Avgörs senast"), Kind.DATE), Column(_("Avgjord"), Kind.MOMENT),
        Column(_("Avgjord av"), width=30), Column(_("Skäl till avslaget"), width=50),
        Column(_("Avdrag i månaden"), Kind.MONEY, 18), Column(_("Månader"), Kind.NUMBER),
        Column(_("Första avdraget"), width=16), Column(_("Löneavdrag"))]
    found = offer_lists.whole(search, within=scope, now=now()).execution_options(
        yield_per=exports.ROWS_AT_ONCE)
    return exports.file(kind, _("Personalerbjudande"), columns, lambda: (
        _cells(*row) for row in db.execute(found)))


def _cells(application: OfferApplication, first_on: date | None) -> tuple:
    traveller, decider = application.traveller, application.decided_by
    return (traveller.name, traveller.department.name, traveller.department.reference_number,
            application.offer.name, word(application.product), place(application.trip),
            application.starts_on, application.price_ore, application.employer_ore,
            word(application.state), today(application.applied_at), application.decide_by,
            application.decided_at, decider and decider.name, application.reason,
            application.parts[-1], application.months, first_on and str(Month.on(first_on)),
            _deduction(application.deduction))


def _deduction(kind: str) -> str:
    return (_("bruttolöneavdrag") if kind == Deduction.GROSS else _("nettolöneavdrag"))
