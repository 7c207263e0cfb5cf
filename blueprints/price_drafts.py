"""A new price list: uploaded, its bad rows mended, compared with the one it replaces, confirmed."""
from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from htmx_flask import request
from wtforms import BooleanField, HiddenField, StringField, ValidationError

from blueprints import price_words
from blueprints.fields import DayField, TextField, required
from blueprints.guard import needs, takes_files
from blueprints.language import _, lazy, sentence
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from documents import price_file
from documents.table_limits import FileProblem
from domain import price_drafts, price_lists
from domain.access import Right
from domain.price_drafts import PriceDraft, Review
from domain.price_rows import COLUMNS, WrongRow

bp = Blueprint("price_drafts", __name__, url_prefix="/intern/prislistor")
MOST = 30
"""Bad rows on the page at once."""
NAMES = {"product": lazy("Biljett"), "extent": lazy("Giltighet"), "area": lazy("Område"),
         "price": lazy("Pris"), "vat": lazy("Moms")}


class UploadForm(Form):
    """`rows` is what stands in the file."""

    name = TextField(lazy("Namn"), most=60)
    starts_on = DayField(lazy("Gäller från"))
    file = FileField(lazy("Fil"), [required(lazy("Välj en fil."))], description=lazy(
        "CSV, Excel (.xlsx) eller OpenDocument (.ods)."))
    rows: list

    def validate_file(self, field) -> None:
        try:
            self.rows = price_file.read(field.data.read())
        except FileProblem as problem:
            raise ValidationError(sentence(problem)) from problem


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def new():
    form = UploadForm()
    if form.validate_on_submit():
        with transaction(form):
            draft = price_drafts.upload(
                db, form.name.value, form.starts_on.data, form.rows,
                file_name=form.file.data.filename or "", by=actor(), now=now())
            form.then(url_for(".show", draft_id=draft.id))
    return answer(form, "price_drafts/new.html", in_force=price_lists.in_force(db, now=now()))


class RowForm(FlaskForm):
    """A bad row, each of its cells as it stands."""

    class Meta:
        csrf = False

    product = StringField()
    extent = StringField()
    area = StringField()
    price = StringField()
    vat = StringField()

    def __init__(self, row: WrongRow, **kwargs):
        super().__init__(prefix=f"r{row.number}",
                         data=dict(zip(COLUMNS, row.cells, strict=True)), **kwargs)
        self.number = row.number
        for field in self:
            column = field.short_name
            field.label.text = str(NAMES[column])
            field.errors = [sentence(row.problems[column])] if column in row.problems else []

    @property
    def cells(self) -> list[str]:
        return [(self[column].data or "").strip()[:100] for column in COLUMNS]


class PublishForm(Form):
    gone = BooleanField(lazy("De här biljetterna ska inte säljas längre"))
    doubtful = BooleanField(lazy("De ovanliga ändringarna stämmer"))
    seen = HiddenField()

    def __init__(self, review: Review, **kwargs):
        super().__init__(data={"seen": review.comparison.mark}, **kwargs)
        for name in ("gone", "doubtful"):
            if not getattr(review.comparison, name):
                del self[name]

    @property
    def said_of_it(self) -> dict[str, str | bool]:
        """What was looked at, and which of its doubts are meant."""
        return {"seen": self.seen.data, **{
            name: name in self and self[name].data for name in ("gone", "doubtful")}}


@bp.get("/utkast/<uuid:draft_id>")
@needs(Right.SERVE_CUSTOMERS)
def show(draft_id: UUID):
    draft = price_drafts.find(db, draft_id)
    review = price_drafts.review(db, draft)
    return page("price_drafts/show.html", "form", form=PublishForm(review),
                **_context(draft, review))


@bp.post("/utkast/<uuid:draft_id>/rattelser")
@needs(Right.SERVE_CUSTOMERS)
def mend(draft_id: UUID):
    sent = {name.partition("-")[0] for name in request.form}
    with transaction():
        draft = price_drafts.find(db, draft_id)
        wrong = price_drafts.review(db, draft).checked.wrong
        price_drafts.mend(draft, {row.number: RowForm(row).cells for row in wrong
                                  if f"r{row.number}" in sent})
    return redirect(url_for(".show", draft_id=draft_id), 303)


@bp.post("/utkast/<uuid:draft_id>/publicering")
@needs(Right.SERVE_CUSTOMERS)
def publish(draft_id: UUID):
    draft = price_drafts.find(db, draft_id)
    review = price_drafts.review(db, draft)
    form = PublishForm(review)
    if form.validate_on_submit():
        with transaction(form):
            made = price_drafts.publish(db, price_drafts.find(db, draft_id), **form.said_of_it,
                                        by=actor(), now=now())
            form.then(url_for("price_lists.show", price_list_id=made.id),
                      _("%(name)s är publicerad.", name=made.name))
    form.seen.data = review.comparison.mark
    return answer(form, "price_drafts/show.html", **_context(draft, review))


@bp.post("/utkast/<uuid:draft_id>/borttagning")
@needs(Right.SERVE_CUSTOMERS)
def discard(draft_id: UUID):
    with transaction():
        price_drafts.discard(db, price_drafts.find(db, draft_id))
    return done(url_for("price_lists.index"), _("Utkastet är borttaget."))


def _context(draft: PriceDraft, review: Review) -> dict:
    wrong = review.checked.wrong
    return {"draft": draft, "review": review, "comparison": review.comparison,
            "words": price_words,
            "wrong": [RowForm(row, formdata=None) for row in wrong[:MOST]],
            "more": max(0, len(wrong) - MOST)}
