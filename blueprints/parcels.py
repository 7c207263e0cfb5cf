"""The clerks' packing list: address labels, each card's number beside its parcel, and the post."""
from collections.abc import Mapping
from io import BytesIO
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, send_file, url_for
from flask_wtf import FlaskForm
from htmx_flask import request
from markupsafe import Markup
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CardField, ids
from blueprints.formats import day
from blueprints.guard import needs
from blueprints.language import _, language, lazy, ngettext, sentence
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from documents import labels as sheets
from domain import packing, parcel_cases, parcels, postings
from domain.access import Right
from domain.card_numbers import mask_card
from domain.errors import DomainError
from domain.months import today, working_days_between
from domain.packing import Packed
from domain.parcels import Parcel

bp = Blueprint("parcels", __name__, url_prefix="/intern/utskick")

NUMBER = Markup('{}<span class="sr"> {}</span>')
Refused = Mapping[UUID, DomainError]


class LabelsForm(FlaskForm):
    first = SelectField(lazy("Första etiketten på arket"), validate_choice=False, choices=[
        SelectChoice(str(number), str(number)) for number in range(1, sheets.ON_A_SHEET + 1)])

    class Meta:
        csrf = False

    @property
    def number(self) -> int:
        """That of the first label that is free."""
        known = {choice.value for choice in self.first.choices}
        return int(self.first.data) if self.first.data in known else 1


class Row(FlaskForm):
    """A parcel, and the number of the card that lies in it."""

    number = StringField()

    class Meta:
        csrf = False

    def __init__(self, parcel: Parcel, refused: Refused):
        super().__init__(prefix=f"card-{parcel.id}")
        self.parcel = parcel
        self.waited = working_days_between(parcel.ordered_at, now())
        self.number.label.text = NUMBER.format(_("Kortnummer"),
                                               _("till %(name)s", name=parcel.name))
        if parcel.id in refused:
            self.number.errors = [sentence(refused[parcel.id])]


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    return _shown({})


@bp.post("/packning")
@needs(Right.SERVE_CUSTOMERS)
def pack():
    with transaction():
        packed = packing.pack_each(db, _typed(), by=actor(), now=now())
    _tell(packed)
    return _shown(packed.refused) if packed.refused else redirect(url_for(".index"), 303)


def _typed() -> dict[UUID, str]:
    """What stands in the fields of the rows."""
    found = {name.removeprefix("card-").removesuffix("-number"): text.strip()
             for name, text in request.form.items() if name.startswith("card-")}
    return {parcel_id: found[str(parcel_id)] for parcel_id in ids(found)
            if found.get(str(parcel_id))}


def _tell(packed: Packed) -> None:
    for parcel in packed.done[:3]:
        flash(_("Kort %(card)s är till %(name)s.", card=mask_card(parcel.card.number),
                name=parcel.name))
    if more := len(packed.done[3:]):
        flash(ngettext("Ett kort till är packat.", "%(num)s kort till är packade.", more)
              % {"num": more})


class CardForm(Form):
    number = CardField(lazy("Kortnummer"), description=lazy("Numret på kortet som ligger i."))


@bp.route("/<uuid:parcel_id>/kort", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def edit(parcel_id: UUID):
    parcel, form = parcels.find(db, parcel_id), CardForm()
    if form.validate_on_submit():
        with transaction(form):
            card = packing.exchange(db, parcel, form.number.value, by=actor(), now=now())
            form.then(url_for(".index"), _("Kort %(card)s är till %(name)s.",
                                           card=mask_card(card.number), name=parcel.name))
    return answer(form, "parcels/edit.html", parcel=parcel)


@bp.post("/etiketter")
@needs(Right.SERVE_CUSTOMERS)
def labels():
    with transaction():
        chosen = packing.chosen(db, ids(request.form.getlist("chosen")))
        packing.labelled(db, chosen, now=now())
    if not chosen:
        return _none_chosen()
    title = _("Adressetiketter %(day)s", day=day(now()))
    document = sheets.pdf([each.address.lines for each in chosen], title=title,
                          author=current_app.config["PORTAL"].brand.name, language=language(),
                          first=LabelsForm().number)
    return send_file(BytesIO(document), "application/pdf", as_attachment=True,
                     download_name=f"{title}.pdf")


@bp.post("/postning")
@needs(Right.SERVE_CUSTOMERS)
def post():
    chosen = ids(request.form.getlist("chosen"))
    if not chosen:
        return _none_chosen()
    with transaction():
        posting = postings.post(db, chosen, by=actor(), now=now())
    if posting is None:
        return done(url_for(".index"), _("De är redan postade."))
    return done(url_for(".index"), ngettext(
        "En försändelse är postad. Kunden får ett e-brev.",
        "%(num)s försändelser är postade. Kunderna får e-brev.", posting.size)
        % {"num": posting.size})


def _none_chosen():
    flash(_("Välj minst en försändelse."), "warn")
    return redirect(url_for(".index"), 303)


def _shown(refused: Refused):
    """The list; with what was wrong beside its field, and above it about parcels that are not to
    be packed any longer."""
    rows = [Row(parcel, refused) for parcel in packing.listed(db, packing.UNPACKED)]
    listed = {row.parcel.id for row in rows}
    return page("parcels/index.html", status=422 if refused else 200, rows=rows,
                packed=packing.listed(db, packing.PACKED), today=today(now()),
                counts=packing.counts(db, today(now())), form=LabelsForm(),
                gone=[sentence(no) for parcel_id, no in refused.items() if parcel_id not in listed],
                first=next((row for row in rows if row.number.errors), rows[0] if rows else None),
                cases=parcel_cases.open_count(db))
