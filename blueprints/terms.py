"""The terms to read, the page where a person accepts those that they owe, and what each person
has accepted."""
from flask import Blueprint, redirect
from htmx_flask import request
from wtforms import BooleanField

from blueprints.fields import ticked
from blueprints.guard import local_path, needs, public
from blueprints.language import language, lazy
from blueprints.login import home
from blueprints.web import Form, actor, answer, db, now, page, transaction
from domain import terms
from domain.access import Right
from domain.months import today
from domain.terms import Edition, Kind

TITLES = {
    Kind.PRIVACY: lazy("Så hanterar vi personuppgifter"),
    Kind.TRAVEL: lazy("Resevillkor"),
    Kind.COMPANY: lazy("Allmänna villkor för företag"),
    Kind.TRAVELLER: lazy("Allmänna villkor för resenärer"),
    Kind.CUSTOMER: lazy("Villkor för Mina sidor"),
}

NOT_YET = lazy("Kryssa i rutan för att fortsätta.")

bp = Blueprint("terms", __name__, url_prefix="/villkor")


@bp.get("/personuppgifter", defaults={"kind": "privacy"})
@bp.get("/resevillkor", defaults={"kind": "travel"})
@bp.get("/foretag", defaults={"kind": "company"})
@bp.get("/resenar", defaults={"kind": "traveller"})
@bp.get("/mina-sidor", defaults={"kind": "customer"})
@public
def show(kind: str):
    """The edition in force, or another one that is asked for."""
    kind, version = Kind(kind), request.args.get("version")
    current = terms.in_force(kind, now=now())
    edition = terms.edition(kind, version) if version else current
    others = [each for each in reversed(terms.EDITIONS[kind]) if each is not edition]
    return page("terms/show.html", title=TITLES[kind], text=_text(kind, edition), kind=kind,
                edition=edition, current=current, others=others, today=today(now()))


@bp.get("/tillganglighet")
@public
def accessibility():
    return page("terms/accessibility.html", text=f"terms/{language()}/accessibility.html")


@bp.get("/mina")
@needs(Right.BE_SIGNED_IN)
def mine():
    return page("terms/mine.html", titles=TITLES,
                accepted=terms.accepted_by(db, actor().person_id))


class AcceptForm(Form):
    privacy = BooleanField(lazy("Jag har läst hur mina personuppgifter hanteras"),
                           [ticked(NOT_YET)])
    travel = BooleanField(lazy("Jag godkänner resevillkoren"), [ticked(NOT_YET)])
    company = BooleanField(lazy("Jag godkänner de allmänna villkoren för företagets räkning"),
                           [ticked(NOT_YET)])
    traveller = BooleanField(lazy("Jag godkänner de allmänna villkoren"), [ticked(NOT_YET)])
    customer = BooleanField(lazy("Jag godkänner villkoren för Mina sidor"), [ticked(NOT_YET)])

    def __init__(self, owed: list[Kind]):
        super().__init__()
        for kind in set(Kind) - set(owed):
            del self[kind]


@bp.route("/godkannande", methods=["GET", "POST"])
@needs(Right.BE_SIGNED_IN, before_terms=True)
def accept():
    owed = terms.owed(db, actor(), now=now())
    onward = local_path(request.args.get("next")) or home(actor())
    if not owed:
        return redirect(onward, 303)
    form = AcceptForm(owed)
    if form.validate_on_submit():
        with transaction(form):
            terms.accept(db, owed, by=actor(), now=now())
            form.then(onward)
    return answer(form, "terms/accept.html", onward=onward,
                  texts=[to_accept(form, kind, terms.news(db, actor(), kind, now=now()))
                         for kind in owed])


def to_accept(form: AcceptForm, kind: Kind, news: list[Edition]) -> dict:
    edition = terms.in_force(kind, now=now())
    return {"box": form[kind], "title": TITLES[kind], "text": _text(kind, edition),
            "edition": edition, "news": news}


def _text(kind: Kind, edition: Edition) -> str:
    return f"terms/{language()}/{kind}-{edition.version.replace(':', '-')}.html"
