"""The legal employers of a company that has several, each with the departments that it pays."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms.fields.choices import SelectChoice

from blueprints.fields import ManyField, OrganisationNumberField, TextField, ids
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from domain import companies, departments, legal_employers
from domain.access import Right
from domain.legal_employers import Details, LegalEmployer

bp = Blueprint("legal_employers", __name__, url_prefix="/foretag/loneavdrag/arbetsgivare")


class EmployerForm(Form):
    name = TextField(lazy("Namn"))
    organisation_number = OrganisationNumberField(lazy("Organisationsnummer"))
    payroll_id = TextField(lazy("Företagets id i lönesystemet"), most=20, needed=False)
    departments = ManyField(lazy("Avdelningar som den betalar lönerna i"), choices=lambda: [
        SelectChoice(str(each.id), each.name)
        for each in departments.of_company(db, within=actor().scope)])

    def details(self) -> Details:
        return Details(self.name.value, self.organisation_number.value, self.payroll_id.value)

    @property
    def pays(self) -> list[UUID]:
        return ids(self.departments.data or ())


@bp.get("/")
@needs(Right.MANAGE_COMPANY)
def index():
    company_id = actor().company_id
    return page("legal_employers/index.html", company=companies.find(db, company_id),
                employers=legal_employers.of_company(db, company_id),
                departments=legal_employers.departments(db, company_id))


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.MANAGE_COMPANY)
def new():
    form = EmployerForm()
    if form.validate_on_submit():
        with transaction(form):
            employer = legal_employers.add(db, actor().company_id, form.details(), form.pays,
                                           by=actor(), now=now())
            form.then(url_for(".index"), _("%(name)s är tillagd.", name=employer.name))
    return answer(form, "legal_employers/new.html")


@bp.route("/<uuid:legal_employer_id>", methods=["GET", "POST"])
@needs(Right.MANAGE_COMPANY)
def edit(legal_employer_id: UUID):
    employer = _found(legal_employer_id)
    theirs = legal_employers.departments(db, employer.company_id).get(employer.id, [])
    form = EmployerForm(obj=employer, departments=[str(each.id) for each in theirs])
    if form.validate_on_submit():
        with transaction(form):
            legal_employers.change(db, employer, form.details(), form.pays, by=actor(), now=now())
            form.then(url_for(".index"), _("Ändringarna är sparade."))
    return answer(form, "legal_employers/edit.html", employer=employer)


@bp.post("/<uuid:legal_employer_id>/borttagning")
@needs(Right.MANAGE_COMPANY)
def remove(legal_employer_id: UUID):
    employer = _found(legal_employer_id)
    with transaction():
        legal_employers.remove(db, employer, by=actor(), now=now())
    return done(url_for(".index"), _("%(name)s är borttagen.", name=employer.name))


def _found(legal_employer_id: UUID) -> LegalEmployer:
    return legal_employers.find(db, legal_employer_id, company_id=actor().company_id)
