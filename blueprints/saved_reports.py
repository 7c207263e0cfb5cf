"""Reports that somebody has put together, to be made again with one press, or sent each month."""
from uuid import UUID

from flask import Blueprint, redirect, url_for
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE, TextField, required
from blueprints.guard import needs
from blueprints.language import _, language, lazy
from blueprints.list_files import ListForm, asked
from blueprints.web import actor, answer, db, done, now, page, transaction
from domain import saved_reports
from domain.access import Right
from domain.list_files import Format, What
from domain.saved_reports import MOST_NAME, SavedReport

bp = Blueprint("saved_reports", __name__, url_prefix="/foretag/rapporter/mina")


class ReportForm(ListForm):
    name = TextField(lazy("Namn"), most=MOST_NAME)
    months = RadioField(lazy("Period"), [required(CHOOSE)], default="1", choices=lambda: [
        SelectChoice("1", _("Den senaste avslutade månaden")),
        SelectChoice("3", _("De tre senaste")), SelectChoice("12", _("De tolv senaste"))])
    monthly = BooleanField(lazy("Skicka den till mig med e-post den första i varje månad"))


@bp.get("/")
@needs(Right.READ_REPORTS)
def index():
    return page("saved_reports/index.html", reports=saved_reports.of_person(db, actor()))


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.READ_REPORTS)
def new():
    form = ReportForm(data=asked())
    if form.validate_on_submit():
        room, service = form.chosen
        with transaction(form):
            saved_reports.save(
                db, form.name.value, What(form.what.data), Format(form.format.data),
                months=int(form.months.data), department_id=room, service=service,
                monthly=form.monthly.data, by=actor(), now=now())
            form.then(url_for(".index"), _("Rapporten är sparad."))
    return answer(form, "saved_reports/new.html")


@bp.post("/<uuid:saved_report_id>/fil")
@needs(Right.READ_REPORTS)
def make(saved_report_id: UUID):
    with transaction():
        kept = saved_reports.make(db, _found(saved_report_id), within=actor().scope,
                                  by=actor().name, language=language(), now=now())
    return redirect(url_for("list_files.show", list_file_id=kept.id), 303)


@bp.post("/<uuid:saved_report_id>/utskick")
@needs(Right.READ_REPORTS)
def send(saved_report_id: UUID):
    with transaction():
        report = _found(saved_report_id)
        saved_reports.send_monthly(report, not report.monthly, now=now())
    return done(url_for(".index"), _("Rapporten skickas den första i varje månad.")
                if report.monthly else _("Rapporten skickas inte längre."))


@bp.post("/<uuid:saved_report_id>/borttagning")
@needs(Right.READ_REPORTS)
def remove(saved_report_id: UUID):
    with transaction():
        saved_reports.remove(db, _found(saved_report_id))
    return done(url_for(".index"), _("Rapporten är borttagen."))


def _found(saved_report_id: UUID) -> SavedReport:
    return saved_reports.find(db, saved_report_id, by=actor())
