"""Companies that do not pay: stopped from buying, and let in again."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms.widgets import TextArea

from blueprints.fields import DayField, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from domain import companies, company_stops, receivables
from domain.access import Right

bp = Blueprint("company_stops", __name__, url_prefix="/intern/stoppade")


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    return page("company_stops/index.html", stops=company_stops.listed(db, now=now()), now=now())


class StopForm(Form):
    stops_on = DayField(lazy("Stoppas från"))
    reason = TextField(lazy("Varför"), most=500, widget=TextArea(), description=lazy(
        "Skickas med e-post till företagets administratörer. Resenärerna får inte veta varför."))


@bp.route("/<uuid:company_id>", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def new(company_id: UUID):
    company = companies.find(db, company_id)
    earliest = company_stops.earliest(db, now=now())
    form = StopForm(stops_on=earliest)
    if form.validate_on_submit():
        with transaction(form):
            company_stops.announce(db, company, form.stops_on.data, form.reason.value,
                                   by=actor(), now=now())
            form.then(url_for(".index"), _("%(company)s får veta det nu.", company=company.name))
    return answer(form, "company_stops/new.html", company=company, earliest=earliest,
                  stop=company_stops.of_company(db, company),
                  overdue_ore=receivables.overdue_ore(db, company.id, now=now()))


@bp.post("/<uuid:company_id>/havning")
@needs(Right.SERVE_CUSTOMERS)
def lift(company_id: UUID):
    company = companies.find(db, company_id)
    with transaction():
        company_stops.lift(db, company, by=actor(), now=now())
    return done(url_for(".index"), _("%(company)s kan köpa igen.", company=company.name))
