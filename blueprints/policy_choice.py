"""Which policy group somebody who is connected is to have."""
from uuid import UUID

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE
from blueprints.language import _, lazy
from blueprints.web import actor, db
from domain import policies
from domain.policy_groups import PolicyGroup


class PolicyField(SelectField):
    """The company's groups, and its default first."""

    def __init__(self, label=None, **kwargs):
        super().__init__(label or lazy("Policy"), choices=_choices, default="",
                         invalid_choice_message=CHOOSE, **kwargs)

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to choose among."""
        return len(self.choices) > 1

    @property
    def chosen_id(self) -> UUID | None:
        group = self.found()
        return group and group.id

    def found(self) -> PolicyGroup | None:
        """None is the default."""
        return policies.find(db, UUID(self.data), company_id=actor().company_id) \
            if self.data else None


def _choices() -> list[SelectChoice]:
    groups = policies.of_company(db, actor().company_id)
    default = next((each.name for each in groups if each.is_default), None)
    unsaid = _("Förval (%(name)s)", name=default) if default else _("Ingen, allt är tillåtet")
    return [SelectChoice("", unsaid), *(SelectChoice(str(each.id), each.name) for each in groups)]
