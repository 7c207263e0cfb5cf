"""The company's travellers: found, added and changed, and all that the company sees of one."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from wtforms import BooleanField, SelectField
from wtforms.fields.choices import SelectChoice

from blueprints import employer_view, exports, leavers, traveller_files
from blueprints.connection_form import LimitField
from blueprints.departments import DepartmentField
from blueprints.fields import (
    CHOOSE,
    BoxesField,
    EmailField,
    MobileField,
    PersonnummerField,
    TextField,
)
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.traveller_search import TravellerList
from blueprints.web import Form, actor, answer, db, now, page, transaction
from blueprints.words import word
from domain import assortment, business_travel, traveller_changes, travellers
from domain.access import Right
from domain.errors import Invalid
from domain.identity import show_mobile
from domain.services import Service
from domain.tickets import Ticket
from domain.travellers import Details, EmploymentForm, Traveller

bp = Blueprint("travellers", __name__, url_prefix="/foretag/resenarer")
bp.add_url_rule("/<uuid:traveller_id>/avslut", "leave", leavers.leave)
bp.add_url_rule("/<uuid:traveller_id>/avslut", "end", leavers.end, methods=["POST"])
bp.add_url_rule("/<uuid:traveller_id>/avslut/atertagande", "stay", leavers.stay, methods=["POST"])


@bp.get("/")
@needs(Right.MANAGE_TRAVELLERS)
def index():
    search = TravellerList(request.args)
    return page("travellers/index.html", "travellers", search=search, found=search.page())


@bp.get(f"/resenarer.{exports.KINDS}")
@needs(Right.MANAGE_TRAVELLERS)
def file(kind: str):
    return traveller_files.travellers(kind, TravellerList(request.args))


class TravellerForm(Form):
    personnummer = PersonnummerField(lazy("Personnummer"), description=lazy(
        "Resenären loggar in med BankID."))
    protected = BooleanField(lazy("Skyddad identitet"), description=lazy(
        "Skriv då ett alias som namn. Det är det enda namn som visas, och personnumret visas inte. "
        "Se till att e-postadressen inte heller röjer vem det är."))
    given_name = TextField(lazy("Förnamn"))
    surname = TextField(lazy("Efternamn"))
    department = DepartmentField()
    mobile = MobileField(lazy("Mobilnummer"), needed=False, description=lazy(
        "Dit skickas biljetter och koder. Behövs för Tjänsteresor."))
    shares = BooleanField(lazy("Ja, de delar nummer"))
    email = EmailField(lazy("E-post"), needed=False)
    limit = LimitField(lazy("Kreditgräns för Tjänsteresor"), needed=False)
    employee_number = TextField(lazy("Anställningsnummer"), most=50, needed=False)
    invoice_mark = TextField(lazy("Fakturamärkning"), most=50, needed=False)
    employment_form = SelectField(lazy("Anställningsform"), default="",
                                  invalid_choice_message=CHOOSE, choices=lambda: [
                                      SelectChoice("", _("Inte angiven")),
                                      *(SelectChoice(each, word(each)) for each in EmploymentForm)])

    def details(self) -> Details:
        return Details(self.given_name.value, self.surname.value, self.email.value,
                       self.mobile.value, self.employee_number.value, self.invoice_mark.value,
                       self.protected.data,
                       EmploymentForm(form) if (form := self.employment_form.data) else None)


def _ask_who_shares(form: TravellerForm, traveller: Traveller, former: str | None = None) -> None:
    """A new number that somebody else has is asked about once."""
    sharing = _sharing(traveller) if traveller.mobile != former else []
    if sharing and not form.shares.data:
        raise Invalid("%(names)s har samma mobilnummer. Delar de det?", "shares",
                      names=", ".join(each.name for each in sharing))


def _sharing(traveller: Traveller) -> list[Traveller]:
    """Who else has the number."""
    if not traveller.mobile:
        return []
    found = travellers.sharing_mobile(db, [traveller.mobile], within=actor().scope)
    return [each for each in found.get(traveller.mobile, []) if each is not traveller]


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.MANAGE_TRAVELLERS)
def new():
    form = TravellerForm(department=request.args.get("avdelning"))
    if form.validate_on_submit():
        with transaction(form):
            traveller = travellers.register(db, form.department.found(), form.personnummer.value,
                                            form.details(), by=actor(), now=now())
            _ask_who_shares(form, traveller)
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
    return page("travellers/show.html", **employer_view.whole(traveller), **_ways(traveller),
                sharing=_sharing(traveller))


@bp.get("/<uuid:traveller_id>/<part>")
@needs(Right.MANAGE_TRAVELLERS)
def part(traveller_id: UUID, part: str):
    traveller = _found(traveller_id)
    return page("travellers/part.html", **employer_view.one(traveller, part), **_ways(traveller))


def _ways(traveller: Traveller) -> dict:
    """Where the rows of a list lead, and the whole of one."""
    def ticket_at(ticket: Ticket) -> str | None:
        if not actor().scope.covers(ticket.company_id, ticket.department_id):
            return None
        if ticket.service == Service.BUSINESS_TRAVEL:
            return (url_for("purchases.show", purchase_id=ticket.id)
                    if actor().may(Right.MANAGE_BUSINESS_TRAVEL) else None)
        return url_for("sent_tickets.show", ticket_id=ticket.id)

    def all_at(slug: str, **place) -> str:
        return url_for(".part", traveller_id=traveller.id, part=slug, **place)

    return {"ticket_at": ticket_at, "all_at": all_at}


class DetailsForm(TravellerForm):
    """Of someone who is there already."""

    personnummer = limit = None


@bp.route("/<uuid:traveller_id>/andra", methods=["GET", "POST"])
@needs(Right.MANAGE_TRAVELLERS)
def edit(traveller_id: UUID):
    form, traveller = _details_form(traveller_id)
    if form.validate_on_submit():
        with transaction(form):
            former = traveller.mobile
            traveller_changes.change(db, traveller, form.department.found(), form.details(),
                                     by=actor(), now=now())
            _ask_who_shares(form, traveller, former)
            form.then(url_for(".show", traveller_id=traveller.id), _("Ändringarna är sparade."))
    return answer(form, "travellers/edit.html", traveller=traveller)


def _details_form(traveller_id: UUID) -> tuple[DetailsForm, Traveller]:
    traveller = _found(traveller_id)
    mobile = traveller.mobile and show_mobile(traveller.mobile)
    form = DetailsForm(data=vars(traveller.details) | {
        "department": traveller.department_id, "mobile": mobile,
        "employment_form": traveller.employment_form or ""})
    if business_travel.of_traveller(db, traveller):
        form.mobile.description = _(
            "Byter du nummer slutar Allpay att fungera, tills resenären har registrerat det igen "
            "med en ny kod som skickas till det nya numret.")
    return form, traveller


class ServicesForm(Form):
    services = BoxesField(lazy("Det här får resenären använda"), coerce=Service)


@bp.route("/<uuid:traveller_id>/tjanster", methods=["GET", "POST"])
@needs(Right.MANAGE_TRAVELLERS)
def services(traveller_id: UUID):
    traveller = _found(traveller_id)
    form = ServicesForm(data={"services": assortment.of_traveller(db, traveller).services})
    form.services.choices = [SelectChoice(each, word(each)) for each in
                             assortment.of_department(db, traveller.department).services]
    if form.validate_on_submit():
        with transaction(form):
            assortment.choose(db, traveller, form.services.data, by=actor(), now=now())
            form.then(url_for(".show", traveller_id=traveller.id), _("Ändringarna är sparade."))
    return answer(form, "travellers/services.html", traveller=traveller)


def _found(traveller_id: UUID) -> Traveller:
    return travellers.find(db, traveller_id, within=actor().scope)
