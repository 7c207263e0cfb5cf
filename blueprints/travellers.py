"""The company's travellers: found, added, changed, and what stops when one leaves."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints import events
from blueprints.business_travel import LimitField, course
from blueprints.departments import DepartmentField
from blueprints.fields import EmailField, MobileField, PersonnummerField, TextField
from blueprints.language import _, lazy
from blueprints.traveller_search import TravellerSearch
from blueprints.web import Form, actor, answer, db, done, needs, now, page, transaction
from domain import audit, business_travel, leavers, offers, tickets, travellers
from domain.access import Right
from domain.travellers import Details, Traveller

bp = Blueprint("travellers", __name__, url_prefix="/foretag/resenarer")


@bp.get("/")
@needs(Right.MANAGE_TRAVELLERS)
def index():
    search = TravellerSearch(request.args)
    found = travellers.listed(db, **search.wanted)
    standings = business_travel.of_travellers(db, [row.id for row in found.rows], now=now())
    return page("travellers/index.html", "travellers", search=search, found=found,
                standings=standings, now=now())


class TravellerForm(Form):
    personnummer = PersonnummerField(lazy("Personnummer"), description=lazy(
        "Resenären loggar in med BankID."))
    given_name = TextField(lazy("Förnamn"))
    surname = TextField(lazy("Efternamn"))
    department = DepartmentField()
    mobile = MobileField(lazy("Mobilnummer"), needed=False, description=lazy(
        "Dit skickas biljetter och koder. Behövs för Tjänsteresor."))
    email = EmailField(lazy("E-post"), needed=False)
    limit = LimitField(lazy("Kreditgräns för Tjänsteresor"), needed=False)
    employee_number = TextField(lazy("Anställningsnummer"), most=50, needed=False)
    invoice_mark = TextField(lazy("Fakturamärkning"), most=50, needed=False)

    def details(self) -> Details:
        return Details(self.given_name.value, self.surname.value, self.email.value,
                       self.mobile.value, self.employee_number.value, self.invoice_mark.value)


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.MANAGE_TRAVELLERS)
def new():
    form = TravellerForm(department=request.args.get("avdelning"))
    if form.validate_on_submit():
        with transaction(form):
            traveller = travellers.register(db, form.department.found(), form.personnummer.value,
                                            form.details(), by=actor(), now=now())
            if form.limit.value is not None:
                business_travel.connect(db, traveller, limit_ore=form.limit.value, by=actor(),
                                        now=now())
            form.then(url_for(".show", traveller_id=traveller.id),
                      _("%(name)s är tillagd.", name=traveller.name))
    return answer(form, "travellers/new.html")


@bp.get("/<uuid:traveller_id>")
@needs(Right.MANAGE_TRAVELLERS)
def show(traveller_id: UUID):
    traveller = _found(traveller_id)
    standing = business_travel.of_travellers(db, [traveller.id], now=now()).get(traveller.id)
    return page("travellers/show.html", traveller=traveller, standing=standing, now=now(),
                course=standing and course(standing),
                tickets=tickets.of_travellers(db, [traveller.id]),
                offers=offers.of_travellers(db, [traveller.id]),
                events=events.told(audit.about(
                    db, traveller.id, company_id=traveller.company_id)))


class DetailsForm(TravellerForm):
    """Of someone who is there already."""

    personnummer = limit = None


@bp.route("/<uuid:traveller_id>/andra", methods=["GET", "POST"])
@needs(Right.MANAGE_TRAVELLERS)
def edit(traveller_id: UUID):
    traveller = _found(traveller_id)
    form = DetailsForm(data=vars(traveller.details) | {"department": traveller.department_id})
    if form.validate_on_submit():
        with transaction(form):
            travellers.change(db, traveller, form.department.found(), form.details(), by=actor(),
                              now=now())
            form.then(url_for(".show", traveller_id=traveller.id), _("Ändringarna är sparade."))
    return answer(form, "travellers/edit.html", traveller=traveller)


@bp.get("/<uuid:traveller_id>/avslut")
@needs(Right.MANAGE_TRAVELLERS)
def leave(traveller_id: UUID):
    traveller = _found(traveller_id)
    return page("travellers/leave.html", traveller=traveller,
                stopping=leavers.stopping(db, traveller))


@bp.post("/<uuid:traveller_id>/avslut")
@needs(Right.MANAGE_TRAVELLERS)
def end(traveller_id: UUID):
    traveller = _found(traveller_id)
    with transaction():
        leavers.leave(db, traveller, by=actor(), now=now())
    return done(url_for(".index"), _("%(name)s är avslutad.", name=traveller.name))


def _found(traveller_id: UUID) -> Traveller:
    return travellers.find(db, traveller_id, within=actor().scope)
