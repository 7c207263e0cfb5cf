"""The inspector's page: reads a ticket's code from a picture or as text, and says whether it is
valid and why not. What a browser needs to do the same without us is given along."""
from flask import Blueprint, current_app, session
from flask_wtf.file import FileField
from htmx_flask import make_response
from wtforms import SelectField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from blueprints import headers, inspection_words
from blueprints.guard import needs, public, takes_files
from blueprints.language import _, language, lazy
from blueprints.ticket_code import issuer
from blueprints.web import Form, db, now, page, rules, world
from documents import inspections, pictures
from documents.inspections import Trust
from domain import block_list, products
from domain.access import Right

ZONE = "inspection_zone"
"""Where the browser's cookie has the zone that the inspector is in."""

bp = Blueprint("inspections", __name__, url_prefix="/kontroll")


def _zones() -> list[SelectChoice]:
    return [SelectChoice("", _("Kontrollera inte zonen")),
            *(SelectChoice(str(zone.number), f"{zone.number} {zone.places[0]}")
              for zone in products.zones().values())]


class InspectionForm(Form):
    """A picture of a code, or the code as text; `code` is its bytes."""

    picture = FileField(lazy("Bild av koden"), description=lazy("Ta en bild, eller välj en."))
    text = TextAreaField(lazy("Eller kodens text"), description=lazy(
        "Klistra in det som en annan läsare har läst."))
    zone = SelectField(lazy("Zonen du är i"), choices=_zones)
    code: bytes

    def validate_picture(self, field) -> None:
        if not field.data:
            return
        try:
            found = pictures.codes(field.data.read(pictures.MAX_BYTES + 1))
        except pictures.Unreadable as error:
            raise ValidationError(_(inspection_words.UNREADABLE)) from error
        if not found:
            raise ValidationError(_(inspection_words.NO_CODE))
        self.code = found[0]

    def validate_text(self, field) -> None:
        if self.picture.data:
            return
        code = inspections.from_text(field.data or "")
        if code is None:
            raise ValidationError(_(inspection_words.NO_TEXT))
        self.code = code


@bp.route("/", methods=["GET", "POST"])
@needs(Right.INSPECT_TICKETS)
@takes_files
def index():
    form, verdict = InspectionForm(zone=session.get(ZONE, "")), None
    if form.validate_on_submit():
        session[ZONE] = form.zone.data
        verdict = inspections.inspect(form.code, trust(), zone=form.zone.data or None, now=now(),
                                      rules=rules())
    drawn, status = page("inspections/index.html", status=422 if form.errors else 200, form=form,
                         told=verdict and inspection_words.told(verdict),
                         words=inspection_words.for_the_browser())
    return drawn, status, headers.WITH_A_CAMERA


@bp.get("/underlag")
@needs(Right.INSPECT_TICKETS)
def basis():
    """What a verdict rests on, for a browser to keep."""
    return {"made_at": now().isoformat(), "language": language(),
            "issuers": {issuer(): world().ticket_keys.jwks()["keys"]},
            "blocked": block_list.active(db, now=now()),
            "rules": {"skew_seconds": rules().inspection_skew_seconds,
                      "fresh_minutes": rules().code_fresh_minutes,
                      "stale_hours": rules().inspection_stale_hours}}


@bp.get("/utan-nat.js")
@public
def worker():
    """Its address decides which pages it serves where there is no network: these alone."""
    response = make_response(current_app.send_static_file("inspection-worker.js"))
    response.headers["Cache-Control"] = "no-cache"
    return response


def trust() -> Trust:
    return Trust({issuer(): world().ticket_keys.public_keys()}, block_list.active(db, now=now()))
