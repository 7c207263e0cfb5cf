"""May I go by Närtrafik on this day? The answer for each card on the account, and why."""
from datetime import timedelta

from flask import Blueprint
from htmx_flask import request
from wtforms import Form as Asked

from blueprints.fields import DayField
from blueprints.formats import day as written
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import actor, db, now, page, rules
from domain import card_contents, children, customer_cards, customers, nartrafik
from domain.access import Right
from domain.months import today
from domain.nartrafik import Answer, Reason
from translations.formats import clock

bp = Blueprint("nartrafik", __name__, url_prefix="/mina-sidor/nartrafik")

AHEAD = 366
"""Days; nobody plans longer than that."""
REASONS = {
    Reason.NOT_REGISTERED: lazy("Kortet är inte registrerat på Mina sidor."),
    Reason.BLOCKED: lazy("Kortet är spärrat."),
    Reason.FROZEN: lazy("Kortet är fryst. Öppna det först."),
    Reason.NO_PERSONNUMMER: lazy("Personnumret för den som använder kortet saknas."),
    Reason.NO_PERIOD: lazy("På kortet finns ingen Period ungdom 30 D eller Period senior 30 D. "
                           "Andra perioder och reskassan gäller inte på Närtrafik."),
    Reason.ENDED: lazy("Perioden på kortet har gått ut till dess."),
    Reason.NOT_ACTIVATED: lazy("Perioden är inte aktiverad. Använd kortet på buss eller tåg, minst "
                               "%(days)s dagar före resan."),
    Reason.TOO_SOON: lazy("Perioden aktiverades mindre än %(days)s dagar före den dagen."),
}


class DaySearch(Asked):
    day = DayField(lazy("Dag"), name="dag")


@bp.get("/")
@needs(Right.KEEP_ACCOUNT)
def index():
    asked, first = DaySearch(request.args), today(now())
    given = request.args.get("dag") and asked.validate() and asked.day.data
    if given and not first <= given <= first + timedelta(days=AHEAD):
        asked.day.errors = [_("Välj en dag från och med i dag, högst ett år framåt.")]
    day = given if given and not asked.day.errors else first
    asked.day.data = asked.day.data or day
    return page("nartrafik/index.html", "answers", 422 if asked.day.errors else 200, asked=asked,
                day=day, answers=(answers := _answers(day)), why=why,
                without=_without_card({card.child_id for card, _answer in answers}),
                hours=rules().local_service_booking_hours)


def _answers(day) -> list[tuple]:
    """Each card that can be used, and whether."""
    customer = customers.find(db, actor().customer_id)
    contents = card_contents.of_cards(
        db, customer_cards.usable(db, customer.id), now=now())
    return [(each.card, nartrafik.answer(
        card_contents.by_nartrafik(each), card_contents.personnummer(db, each.card, customer),
        day, now=now(), days=rules().local_service_days)) for each in contents]


def _without_card(having: set) -> list[str]:
    """The children who have no card to go with."""
    return [child.name for child in children.of_customer(db, actor().customer_id)
            if child.id not in having]


def why(answer: Answer) -> str:
    """Why not, and from when; when yes, until when."""
    if answer.ok:
        return (_("Perioden går ut den dagen kl. %(clock)s.", clock=clock(answer.until))
                if answer.until else "")
    said = REASONS[answer.reason] % {"days": rules().local_service_days}
    if answer.reason == Reason.NOT_ACTIVATED:
        return said + " " + _("Aktiverar du den så snart det går får du åka från %(day)s.",
                              day=written(answer.from_on))
    return said + (" " + _("Du får åka från %(day)s.", day=written(answer.from_on))
                   if answer.from_on else "")
