"""How what an import found is told: the names of columns, what a cell says, what is wrong."""
from uuid import UUID

from blueprints.language import _, lazy, sentence
from blueprints.web import db
from blueprints.words import word
from domain.departments import Department
from domain.errors import Invalid
from domain.identity import show_mobile
from domain.import_rows import COLUMNS, Problem, Wrong
from domain.money import kr
from domain.travellers import EmploymentForm

NAMES = {
    "personnummer": lazy("Personnummer"), "given_name": lazy("Förnamn"),
    "surname": lazy("Efternamn"), "email": lazy("E-post"), "mobile": lazy("Mobilnummer"),
    "limit": lazy("Kreditgräns"), "employee_number": lazy("Anställningsnummer"),
    "invoice_mark": lazy("Fakturamärkning"), "department": lazy("Avdelning"),
    "employment_form": lazy("Anställningsform"),
}
TAKEN_AS = NAMES | {"whole_name": lazy("Hela namnet")}


def cell(column: str, value: str | int | None) -> str:
    """As it is shown; a dash when there is nothing."""
    if not value:
        return "–"
    if column == "mobile":
        return show_mobile(str(value))
    if column == "limit":
        return kr(int(value))
    if column == "employment_form":
        return word(EmploymentForm(value))
    return _room(str(value)) if column == "department" else str(value)


def _room(department_id: str) -> str:
    department = db.get(Department, UUID(department_id))
    return department.name if department else "–"


def change(changed: list) -> str:
    """What changes in a traveller, from what to what."""
    column, old, new = changed
    if column == "ended":
        return _("Kommer tillbaka")
    return _("%(column)s: %(old)s → %(new)s", column=NAMES[column], old=cell(column, old),
             new=cell(column, new))


def problem(found: Problem) -> str:
    _column, message, values = found
    return sentence(Invalid(message, **values))


def reasons(row: Wrong) -> str:
    """All that is wrong with a row, by column."""
    return " ".join(_("%(column)s: %(problem)s", column=NAMES[found[0]], problem=problem(found))
                    for found in row.problems)


def given(row: Wrong) -> dict[str, str]:
    """What stands in a row that is wrong, by column."""
    return dict(zip(COLUMNS, row.values, strict=True))
