"""The terms to read, and the page where a person accepts those that they owe."""
from flask import Blueprint, redirect
from htmx_flask import request
from wtforms import BooleanField

from blueprints.fields import ticked
from blueprints.language import language, lazy
from blueprints.login import home
from blueprints.web import (
    Form,
    actor,
    answer,
    db,
    local_path,
    needs,
    now,
    page,
    public,
    transaction,
)
from domain import terms
from domain.access import Right
from domain.terms import IN_FORCE, Kind

TITLES = {
    Kind.PRIVACY: lazy("Så hanterar vi personuppgifter"),
    Kind.TRAVEL: lazy("Resevillkor"),
    Kind.COMPANY: lazy("Allmänna villkor för företag"),
    Kind.TRAVELLER: lazy("Allmänna villkor för resenärer"),
    "accessibility": lazy("Tillgänglighet"),
}

NOT_YET = lazy("Kryssa i rutan för att fortsätta.")

bp = Blueprint("terms", __name__, url_prefix="/villkor")


@bp.get("/personuppgifter", defaults={"kind": "privacy"})
@bp.get("/resevillkor", defaults={"kind": "travel"})
@bp.get("/foretag", defaults={"kind": "company"})
@bp.get("/resenar", defaults={"kind": "traveller"})
@bp.get("/tillganglighet", defaults={"kind": "accessibility"})
@public
def show(kind: str):
    return page("terms/show.html", title=TITLES[kind], text=_text(kind),
                edition=IN_FORCE.get(kind))


class AcceptForm(Form):
    privacy = BooleanField(lazy("Jag har läst hur mina personuppgifter hanteras"),
                           [ticked(NOT_YET)])
    travel = BooleanField(lazy("Jag godkänner resevillkoren"), [ticked(NOT_YET)])
    company = BooleanField(lazy("Jag godkänner de allmänna villkoren för företagets räkning"),
                           [ticked(NOT_YET)])
    traveller = BooleanField(lazy("Jag godkänner de allmänna villkoren"), [ticked(NOT_YET)])

    def __init__(self, owed: list[Kind]):
        super().__init__()
        for kind in set(Kind) - set(owed):
            del self[kind]


@bp.route("/godkannande", methods=["GET", "POST"])
@needs(Right.BE_SIGNED_IN, before_terms=True)
def accept():
    owed = terms.owed(db, actor())
    onward = local_path(request.args.get("next")) or home(actor())
    if not owed:
        return redirect(onward, 303)
    form = AcceptForm(owed)
    if form.validate_on_submit():
        with transaction(form):
            terms.accept(db, owed, by=actor(), now=now())
            form.then(onward)
    return answer(form, "terms/accept.html", onward=onward, texts=[
        (form[kind], TITLES[kind], _text(kind), IN_FORCE[kind]) for kind in owed])


def _text(kind: str) -> str:
    return f"terms/{language()}/{kind}.html"
