"""The company's own settings, and who of it has accepted which terms."""
from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import Form as SearchForm
from wtforms import RadioField, SearchField
from wtforms.fields.choices import SelectChoice

from blueprints import exports
from blueprints.fields import CHOOSE, ManyField, ParsedField, PostcodeField, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.terms import TITLES
from blueprints.web import Form, actor, answer, db, now, page, transaction
from blueprints.words import word
from documents.listing import Column, Kind
from domain import acceptances, companies, settings
from domain.access import Right
from domain.companies import Deduction
from domain.services import Service
from domain.settings import Settings

bp = Blueprint("settings", __name__, url_prefix="/foretag/installningar")


class SettingsForm(Form):
    street = TextField(lazy("Gatuadress eller box"))
    postcode = PostcodeField(lazy("Postnummer"))
    city = TextField(lazy("Ort"), most=60)
    deduction = RadioField(lazy("Löneavdrag för personalerbjudanden"),
                           invalid_choice_message=CHOOSE, choices=lambda: [
                               SelectChoice(Deduction.NET, _("Nettolöneavdrag")),
                               SelectChoice(Deduction.GROSS, _("Bruttolöneavdrag"))])
    services = ManyField(lazy("Tjänster som företaget använder"), choices=lambda: [
        SelectChoice(each, word(each)) for each in Service])

    def settings(self) -> Settings:
        texts = {name: self[name].value for name in settings.NAMES
                 if isinstance(self[name], ParsedField)}
        return Settings(**texts, deduction=Deduction(self.deduction.data),
                        services=tuple(Service(each) for each in self.services.data or ()))


@bp.route("/", methods=["GET", "POST"])
@needs(Right.MANAGE_COMPANY)
def edit():
    company = companies.find(db, actor().company_id)
    form = SettingsForm(obj=company)
    if form.validate_on_submit():
        with transaction(form):
            settings.change(db, company, form.settings(), by=actor(), now=now())
            form.then(url_for(".edit"), _("Ändringarna är sparade."))
    return answer(form, "settings/edit.html", company=company)


class AcceptanceSearch(SearchForm):
    q = SearchField(lazy("Namn"))


@bp.get("/villkor")
@needs(Right.MANAGE_COMPANY)
def accepted():
    search = AcceptanceSearch(request.args)
    found = acceptances.listed(db, actor().company_id, search=search.q.data or "",
                               after=request.args.get("efter"))
    return page("settings/accepted.html", "accepted", search=search, found=found, titles=TITLES)


@bp.get(f"/villkor.{exports.KINDS}")
@needs(Right.MANAGE_COMPANY)
def accepted_file(kind: str):
    columns = [Column(_("Namn"), width=30), Column(_("Villkor"), width=36), Column(_("Version")),
               Column(_("När"), Kind.MOMENT)]
    found = acceptances.whole(db, actor().company_id, search=AcceptanceSearch(request.args).q.data
                              or "").execution_options(yield_per=exports.ROWS_AT_ONCE)
    return exports.file(kind, _("Godkända villkor"), columns, lambda: (
        (f"{each.given_name} {each.surname}", str(TITLES[each.kind]), each.version,
         each.accepted_at) for each in db.execute(found)))
