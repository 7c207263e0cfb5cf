"""Long lists as files: ordered here, written by a worker, and fetched for as long as they are
kept."""
from uuid import UUID

from flask import Blueprint, Response, stream_with_context, url_for
from htmx_flask import make_response, request
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from blueprints import exports
from blueprints.fields import CHOOSE, required
from blueprints.guard import needs
from blueprints.language import _, language, lazy
from blueprints.statistic_search import period_choices, period_months
from blueprints.web import (
    Form,
    actor,
    answer,
    db,
    now,
    page,
    transaction,
    wants_fragment,
)
from blueprints.words import word
from domain import list_files, traveller_lists
from domain.access import Right
from domain.list_files import Format, ListFile, What
from domain.services import Service
from domain.statistic_groups import Wish

bp = Blueprint("list_files", __name__, url_prefix="/foretag/rapporter/filer")

MIME = {Format.XLSX: exports.XLSX, Format.CSV: "text/csv"}


def rooms() -> list[SelectChoice]:
    return [SelectChoice("", _("Alla avdelningar")), *(
        SelectChoice(str(id), name)
        for id, name in traveller_lists.departments(db, within=actor().scope))]


def services() -> list[SelectChoice]:
    return [SelectChoice("", _("Alla tjänster")),
            *(SelectChoice(each.value, word(each)) for each in Service)]


class ListForm(Form):
    """What a list is made of, whether it is made now or saved."""

    what = SelectField(lazy("Lista"), [required(CHOOSE)], choices=lambda: [
        SelectChoice(each.value, word(each)) for each in What])
    department = SelectField(lazy("Avdelning"), choices=rooms)
    service = SelectField(lazy("Tjänst"), choices=services)
    format = SelectField(lazy("Filformat"), [required(CHOOSE)], choices=lambda: [
        SelectChoice(each.value, word(each)) for each in Format])

    @property
    def chosen(self) -> tuple[UUID | None, Service | None]:
        room, service = self.department.data, self.service.data
        return UUID(room) if room else None, Service(service) if service else None


def asked() -> dict[str, str]:
    """What another page has chosen."""
    return {"what": request.args.get("vad") or What.PURCHASES,
            "department": request.args.get("avdelning", ""),
            "service": request.args.get("tjanst", "")}


class OrderForm(ListForm):
    period = SelectField(lazy("Period"), choices=period_choices)


@bp.get("/")
@needs(Right.READ_REPORTS)
def index():
    return page("list_files/index.html", "files",
                files=list_files.latest(db, within=actor().scope))


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.READ_REPORTS)
def new():
    form = OrderForm(data=asked())
    if form.validate_on_submit():
        what = What(form.what.data)
        wish = Wish(*period_months(form.period.data, now()), *form.chosen)
        with transaction(form):
            kept = list_files.order(db, what, wish, Format(form.format.data), name=word(what),
                                    by=actor().name, within=actor().scope, language=language(),
                                    now=now())
            form.then(url_for(".show", list_file_id=kept.id))
    return answer(form, "list_files/new.html")


@bp.get("/<uuid:list_file_id>")
@needs(Right.READ_REPORTS)
def show(list_file_id: UUID):
    kept = _found(list_file_id)
    if wants_fragment() and not kept.busy:
        return make_response("", refresh=True)
    return page("list_files/show.html", "work", file=kept,
                until=list_files.kept_until(db, kept))


@bp.get("/<uuid:list_file_id>/fil")
@needs(Right.READ_REPORTS)
def content(list_file_id: UUID):
    """Piece by piece: it may be longer than anybody wants in memory."""
    kept = list_files.find_ready(db, list_file_id, within=actor().scope)
    given = Response(stream_with_context(list_files.pieces(db, kept)), mimetype=MIME[kept.format])
    given.headers.set("Content-Disposition", "attachment", filename=kept.file_name)
    given.content_length = kept.size
    return given


def _found(list_file_id: UUID) -> ListFile:
    return list_files.find(db, list_file_id, within=actor().scope)
