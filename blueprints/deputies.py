"""Whoever holds a post names somebody to stand in for them."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice

from blueprints import exports
from blueprints.fields import DayField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, rules, transaction
from documents.listing import Column, Kind
from domain import administrators, deputies, traveller_lists, travellers
from domain.access import Right
from domain.people import Person
from domain.traveller_searches import Search
from domain.travellers import Traveller

FOUND = 8
"""How many travellers a search shows."""

bp = Blueprint("deputies", __name__, url_prefix="/foretag/stallforetradare")


class DeputyForm(Form):
    search = StringField(lazy("Sök bland resenärerna"))
    deputy = RadioField(lazy("Ställföreträdare"), choices=[], invalid_choice_message=lazy(
        "Välj någon i listan, eller sök bland resenärerna."))
    first_on = DayField(lazy("Första dagen"))
    last_on = DayField(lazy("Sista dagen"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.colleagues = _colleagues()
        self.chosen = self._chosen()
        self.found = self._found()
        self.deputy.choices = [
            *(SelectChoice(str(each.id), each.name) for each in self.colleagues),
            *(SelectChoice(each, name) for each, (name, _department) in self.found.items())]

    def _found(self) -> dict[str, tuple[str, str]]:
        """The names and departments of the traveller that is chosen, and of those that match."""
        words, chosen = self.search.data or "", self.chosen
        rows = traveller_lists.listed(db, Search(words), within=actor().scope, now=now(),
                                      most=FOUND).rows if words else []
        first = {str(chosen.id): (chosen.name, chosen.department.name)} if chosen else {}
        return first | {str(row.id): (row.name, row.department_name) for row in rows}

    def _chosen(self) -> Traveller | None:
        try:
            chosen = UUID(self.deputy.data)
        except (TypeError, ValueError):
            return None
        colleague = any(each.id == chosen for each in self.colleagues)
        return None if colleague else travellers.find(db, chosen, within=actor().scope)

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if self.deputy.errors and not self.deputy.choices:
            self.search.errors, self.deputy.errors = self.deputy.errors, ()
        return valid

    def person(self) -> Person:
        colleague = next((each for each in self.colleagues if str(each.id) == self.deputy.data),
                         None)
        return colleague or deputies.known_as(db, self.chosen, now=now())

    @property
    def notes(self) -> dict[str, str]:
        return {str(each.id): _("administratör") for each in self.colleagues} | {
            each: department for each, (_name, department) in self.found.items()}


@bp.get("/")
@needs(Right.NAME_DEPUTY)
def index():
    return page("deputies/index.html",
                deputyships=deputies.of_post(db, actor().post_id, now=now()))


@bp.get(f"/stallforetradare.{exports.KINDS}")
@needs(Right.NAME_DEPUTY)
def file(kind: str):
    """Those of the person, and of the whole company for whoever manages its administrators."""
    every = (deputies.of_company(db, actor().company_id, now=now())
             if actor().may(Right.MANAGE_ADMINISTRATORS)
             else deputies.of_post(db, actor().post_id, now=now()))
    columns = [Column(_("Ställföreträdare"), width=30), Column(_("För"), width=30),
               Column(_("Första dagen"), Kind.DATE), Column(_("Sista dagen"), Kind.DATE)]
    return exports.file(kind, _("Ställföreträdare"), columns, lambda: [
        (each.person.name, each.post.person.name, each.first_on, each.last_on) for each in every])


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.NAME_DEPUTY)
def new():
    form = DeputyForm()
    if "act" not in request.form and form.validate_on_submit():
        with transaction(form):
            named = deputies.name(db, form.person(), first_on=form.first_on.data,
                                  last_on=form.last_on.data, by=actor(), now=now())
            form.then(url_for(".index"), _("%(name)s är utsedd till ställföreträdare.",
                                           name=named.person.name))
    return answer(form, "deputies/new.html", most=rules().deputy_days_max)


@bp.get("/resenarer")
@needs(Right.NAME_DEPUTY)
def found():
    """The travellers that match what is being typed."""
    return page("deputies/new.html", "found", form=DeputyForm(request.args),
                most=rules().deputy_days_max)


@bp.post("/<uuid:deputyship_id>/slut")
@needs(Right.NAME_DEPUTY)
def end(deputyship_id: UUID):
    with transaction():
        deputyship = deputies.find(db, deputyship_id, by=actor())
        deputies.end(db, deputyship, by=actor(), now=now())
    ours = deputyship.post_id == actor().post_id
    return done(url_for(".index" if ours else "administrators.index"),
                _("%(name)s är inte längre ställföreträdare.", name=deputyship.person.name))


def _colleagues() -> list[Person]:
    """The other administrators, of whom somebody with some departments knows those of theirs."""
    posts = administrators.seen_by(administrators.listed(db, actor().company_id), actor().scope)
    return [post.person for post in posts if post.person_id != actor().person_id]
