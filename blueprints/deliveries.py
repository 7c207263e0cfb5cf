"""What is on its way to a private customer by post: where it is, where it goes, and what one does
when it does not come."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextArea

from blueprints import delivery_stops
from blueprints.fields import CHOOSE, PostcodeField, TextField, required
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, rules, transaction
from blueprints.words import word
from domain import parcel_cases, parcels
from domain.access import Right
from domain.errors import NotFound
from domain.parcel_cases import ParcelCase, Reason
from domain.parcels import Address, Parcel

bp = Blueprint("deliveries", __name__, url_prefix="/mina-sidor/leveranser")


@bp.get("/")
@needs(Right.KEEP_ACCOUNT)
def index():
    mine = parcels.of_customer(db, actor().customer_id)
    cases = _cases(mine)
    return page("deliveries/index.html", deliveries=[_seen(parcel, cases) for parcel in mine])


def _seen(parcel: Parcel, cases: dict[UUID, ParcelCase]) -> tuple:
    """With its course, and what may be asked of it."""
    reasons = _reasons(parcel, cases)
    return parcel, delivery_stops.of(parcel, cases.get(parcel.id),
                                     late=Reason.MISSING in reasons), reasons


@bp.get("/<uuid:parcel_id>")
@needs(Right.KEEP_ACCOUNT)
def show(parcel_id: UUID):
    parcel = _mine(parcel_id)
    cases = _cases([parcel])
    _parcel, stops, reasons = _seen(parcel, cases)
    return page("deliveries/show.html", parcel=parcel, case=cases.get(parcel.id), stops=stops,
                reasons=reasons, days=rules().missing_after_weekdays,
                missing_from=parcel_cases.missing_from(db, parcel))


class AddressForm(Form):
    street = TextField(lazy("Gatuadress"))
    postcode = PostcodeField(lazy("Postnummer"))
    city = TextField(lazy("Ort"), most=60)


@bp.route("/<uuid:parcel_id>/adress", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def edit(parcel_id: UUID):
    parcel = _mine(parcel_id)
    parcels.check_unpacked(parcel)
    form = AddressForm(obj=parcel)
    if form.validate_on_submit():
        to = Address(parcel.name, form.street.value, form.postcode.value, form.city.value)
        with transaction(form):
            parcels.change_address(db, parcel, to, by=actor(), now=now())
            form.then(url_for(".show", parcel_id=parcel_id), _("Adressen är ändrad."))
    return answer(form, "deliveries/edit.html", parcel=parcel)


class CaseForm(Form):
    reason = RadioField(lazy("Vad har hänt?"), [required(CHOOSE)], invalid_choice_message=CHOOSE)
    words = TextField(lazy("Berätta gärna mer"), needed=False, most=1_000, widget=TextArea())

    def __init__(self, reasons: list[Reason]):
        super().__init__(reason=reasons[0])
        self.reason.choices = [SelectChoice(each, word(each)) for each in reasons]


@bp.route("/<uuid:parcel_id>/fraga", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def ask(parcel_id: UUID):
    parcel = _mine(parcel_id)
    reasons = _reasons(parcel, _cases([parcel]))
    if not reasons:
        raise NotFound("Det går inte att fråga efter försändelsen nu.")
    form = CaseForm(reasons)
    if form.validate_on_submit():
        with transaction(form):
            parcel_cases.ask(db, parcel, Reason(form.reason.data), form.words.value or "",
                             by=actor(), now=now())
            form.then(url_for(".show", parcel_id=parcel_id),
                      _("Tack. Kundcenter svarar dig med e-post."))
    return answer(form, "deliveries/ask.html", parcel=parcel)


@bp.post("/<uuid:parcel_id>/framme")
@needs(Right.KEEP_ACCOUNT)
def arrived(parcel_id: UUID):
    parcel = _mine(parcel_id)
    with transaction():
        parcel_cases.arrived(db, parcel_cases.find_open(db, parcel), by=actor(), now=now())
    return done(url_for(".show", parcel_id=parcel_id), _("Bra. Ärendet är avslutat."))


def _mine(parcel_id: UUID) -> Parcel:
    return parcels.find_own(db, parcel_id, customer_id=actor().customer_id)


def _cases(mine: list[Parcel]) -> dict[UUID, ParcelCase]:
    """The latest about each."""
    found = parcel_cases.of_parcels(db, [parcel.id for parcel in mine])
    return {case.parcel_id: case for case in found}


def _reasons(parcel: Parcel, cases: dict[UUID, ParcelCase]) -> list[Reason]:
    """What may be asked of it now: nothing while an answer waits, or once it is settled."""
    if parcel_cases.settles(cases.get(parcel.id)):
        return []
    return parcel_cases.reasons(db, parcel, now=now())
