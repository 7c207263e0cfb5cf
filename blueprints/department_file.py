"""The list of departments as a file, with all that is decided of each."""
from collections.abc import Iterable, Iterator

from flask import Response

from blueprints import exports
from blueprints.language import _
from blueprints.web import db, now
from blueprints.words import word
from documents.listing import Column, Kind
from domain import assortment, companies, departments, spendings, travellers
from domain.access import Scope
from domain.departments import Department
from domain.months import today
from domain.spendings import DepartmentSpending


def file(kind: str, scope: Scope) -> Response:
    columns = [
        Column(_("Namn"), width=30), Column(_("Referensnummer"), width=16),
        Column(_("Kostnadsställe"), width=16), Column(_("Resenärer"), Kind.NUMBER),
        Column(_("Budget i månaden"), Kind.MONEY, 18),
        Column(_("Köpt för i månaden"), Kind.MONEY, 19), Column(_("Tjänster"), width=50),
        Column(_("Biljetter"), width=50), Column(_("Fakturaadress"), width=50),
        Column(_("Arkiverad"), Kind.DATE)]
    return exports.file(kind, _("Avdelningar"), columns, lambda: _rows(scope))


def _rows(scope: Scope) -> Iterator[tuple]:
    every = departments.of_company(db, within=scope) + departments.archived(db, within=scope)
    company, numbers = companies.find(db, scope.company_id), travellers.numbers(db, within=scope)
    spent = spendings.spent(db, DepartmentSpending, [each.id for each in every], now=now())
    for each in every:
        allowed = assortment.given(company, each)
        yield (each.name, each.reference_number, each.cost_centre, numbers.get(each.id, 0),
               each.monthly_budget_ore, spent.get(each.id, 0),
               _words(allowed.services) or _("Inga"),
               _words(allowed.products) if each.products else _("Alla"),
               _address(each) or _("Företagets"), each.archived_at and today(each.archived_at))


def _words(values: Iterable) -> str:
    return ", ".join(word(value) for value in values)


def _address(department: Department) -> str:
    city = " ".join(filter(None, (department.invoice_postcode, department.invoice_city)))
    return ", ".join(filter(None, (department.invoice_street, city, department.invoice_email)))
