"""The company's log: searched by person, kind of act and time, and taken out as a file."""
from datetime import datetime, timedelta

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import Form, SearchField, SelectField
from wtforms.fields.choices import SelectChoice

from blueprints import events, exports
from blueprints.fields import DayField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import actor, db, page
from documents.listing import Column, Kind
from domain import audit
from domain.access import Right
from domain.audit import Act, Search
from domain.months import midnight

bp = Blueprint("event_log", __name__, url_prefix="/foretag/handelser")

GROUPS = {
    "traveller": lazy("Resenärer"), "department": lazy("Avdelningar"),
    "ticket": lazy("Biljetter"), "card": lazy("Resekort"), "travel": lazy("Tjänsteresor"),
    "offer": lazy("Personalerbjudande"), "report": lazy("Rapporter"),
    "administrator": lazy("Administratörer"), "terms": lazy("Villkor"),
    "company": lazy("Företaget"),
}
"""The kinds of acts, by the word that their names begin with."""
WORDS = {
    "travellers": "traveller", "import": "traveller", "leaving": "traveller", "sync": "traveller",
    "message": "ticket", "policy": "travel", "cards": "card", "trial": "company",
    "staff": "offer", "deduction": "offer", "payroll": "offer", "legal": "offer",
    "month": "report", "invoice": "report",
    "invitation": "administrator", "deputy": "administrator", "join": "administrator",
}
"""Where the name begins with another word than its group's."""


def group(act: Act) -> str:
    first = act.partition("_")[0]
    return WORDS.get(first, first)


class EventSearch(Form):
    name = SearchField(lazy("Person"), name="namn")
    group = SelectField(lazy("Vad"), name="vad", validate_choice=False, choices=lambda: [
        SelectChoice("", _("Allt")), *(SelectChoice(*each) for each in GROUPS.items())])
    first = DayField(lazy("Från och med"), needed=False, name="fran")
    last = DayField(lazy("Till och med"), needed=False, name="till")

    @property
    def wanted(self) -> Search:
        return Search(
            self.name.data or "", tuple(act for act in Act if group(act) == self.group.data),
            self.first.data and midnight(self.first.data), self._end())

    def _end(self) -> datetime | None:
        last = self.last.data
        return midnight(last + timedelta(days=1)) if last and last.year < 9_999 else None

    @property
    def kept(self) -> dict[str, str]:
        """What the other addresses of the list carry along."""
        return {field.name: request.args[field.name] for field in self
                if request.args.get(field.name)}


@bp.get("/")
@needs(Right.READ_EVENTS)
def index():
    search, mark = EventSearch(request.args), request.args.get("efter")
    found = audit.latest(db, within=actor().scope, search=search.wanted,
                         after=audit.seq(mark) if mark else None)
    return page("event_log/index.html", "events", search=search, events=events.told(found.rows),
                older=found.after and url_for(".index", efter=found.after, **search.kept))


@bp.get(f"/handelser.{exports.KINDS}")
@needs(Right.READ_EVENTS)
def file(kind: str):
    search = EventSearch(request.args)
    found = audit.found_by(actor().scope, search.wanted).execution_options(yield_per=500)
    columns = [Column(_("Tid"), Kind.MOMENT), Column(_("Vem"), width=30),
               Column(_("Vad"), width=70)]
    return exports.file(kind, _("Händelser"), columns, lambda: map(events.tell, db.scalars(found)))
