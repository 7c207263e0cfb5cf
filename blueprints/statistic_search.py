"""What is asked for in the address of the statistics: a period, a department, a service, and how it
is put together."""
from datetime import datetime
from functools import cached_property

from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice

from blueprints.formats import month
from blueprints.language import _, lazy
from blueprints.traveller_search import SelectField, TravellerSearch, named
from blueprints.web import now
from domain.list_files import What
from domain.months import Month
from domain.services import Service
from domain.statistic_groups import Per, Wish

THIS_MONTH = "manad"
YEARS = 3
WHAT = {per: What(f"by_{per}") for per in Per}
"""The list that is the same as a file."""


def period_choices() -> list[SelectChoice]:
    at = Month.of(now())
    years = [year for year in range(at.year, at.year - YEARS, -1) if Month(year, 1) < at]
    return [SelectChoice("", _("De tolv senaste avslutade månaderna")),
            SelectChoice(THIS_MONTH, _("%(month)s, hittills", month=month(at).capitalize())),
            *(SelectChoice(str(year), _("%(year)s, avslutade månader", year=year)
                           if year == at.year else str(year)) for year in years)]


class StatisticSearch(TravellerSearch):
    q = None
    period = SelectField(lazy("Period"), choices=period_choices)
    service = SelectField(lazy("Tjänst"), name="tjanst",
                          choices=named(lazy("Alla tjänster"), Service))
    parts = HiddenField(name="per")

    @cached_property
    def wish(self) -> Wish:
        service = self.service.chosen
        return Wish(*period_months(self.period.chosen, now()), self.department_id,
                    Service(service) if service else None)

    @cached_property
    def per(self) -> Per | None:
        return next((each for each in Per if each.value == self.parts.data), None)

    @property
    def narrowed(self) -> bool:
        return bool(self.wish.department_id or self.wish.service)

    @property
    def filtered(self) -> dict[str, str]:
        """The department and the service, for another page."""
        return {name: value for name, value in self.kept.items() if name in ("avdelning", "tjanst")}

    def file(self, kind: str) -> str:
        """The address of what is shown as a file."""
        path, asked, query = self.at().partition("?")
        return f"{path}.{kind}{asked}{query}"


def period_months(period: str, at: datetime) -> tuple[Month, Month]:
    this, last = Month.of(at), Month.of(at).previous
    if period == THIS_MONTH:
        return this, this
    if period:
        year = int(period)
        return Month(year, 1), last if year == this.year else Month(year, 12)
    return Month(last.year - 1, last.month).next, last
