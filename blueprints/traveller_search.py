"""What is asked for in the address of a list of travellers: words, a department, a page."""
from uuid import UUID

from htmx_flask import request
from wtforms import Form, SearchField, SelectField
from wtforms.fields.choices import SelectChoice

from blueprints import departments
from blueprints.language import _, lazy
from blueprints.web import actor


def _choices() -> list[SelectChoice]:
    return [SelectChoice("", _("Alla avdelningar")), *departments.choices()]


class TravellerSearch(Form):
    q = SearchField(lazy("Namn, mobilnummer eller anställningsnummer"))
    department = SelectField(lazy("Avdelning"), name="avdelning", choices=_choices,
                             validate_choice=False)

    @property
    def department_id(self) -> UUID | None:
        """The chosen one, if it is the company's."""
        chosen = next((choice.value for choice in self.department.choices
                       if choice.value == self.department.data), "")
        return UUID(chosen) if chosen else None

    @property
    def wanted(self) -> dict:
        """As `travellers.listed` takes it."""
        return {"within": actor().scope, "search": self.q.data or "",
                "department_id": self.department_id, "after": request.args.get("efter"),
                "before": request.args.get("fore")}

    @property
    def kept(self) -> dict[str, str]:
        """What the addresses of the pages beside this one carry along."""
        return {field.name: field.data for field in self if field.data}
