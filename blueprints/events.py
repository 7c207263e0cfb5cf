"""What has happened in the company, told in sentences."""
from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint
from htmx_flask import request

from blueprints.formats import month, word
from blueprints.language import _, ngettext
from blueprints.web import actor, db, needs, page
from domain import audit
from domain.access import Right
from domain.audit import Act, Event
from domain.money import kr
from domain.months import Month
from domain.products import Product
from domain.texts import sv

bp = Blueprint("events", __name__, url_prefix="/foretag/handelser")

SENTENCES = {  # of what is recorded with a company
    Act.COMPANY_APPROVED: sv("%(company)s fick sitt konto."),
    Act.TERMS_ACCEPTED: sv("Godkände villkoren."),
    Act.DEPARTMENT_ADDED: sv("Lade till avdelningen %(department)s."),
    Act.DEPARTMENT_CHANGED: sv("Ändrade avdelningen %(department)s."),
    Act.TRAVELLER_ADDED: sv("Lade till %(traveller)s."),
    Act.TRAVELLER_CHANGED: sv("Ändrade uppgifter om %(traveller)s."),
    Act.TRAVELLER_ENDED: sv("Avslutade %(traveller)s."),
    Act.TICKET_SENT: sv("Skickade %(product)s till %(holder)s för %(price)s."),
    Act.TRAVEL_CONNECTED: sv("Anslöt %(traveller)s till Tjänsteresor med kreditgränsen %(limit)s."),
    Act.TRAVEL_REGISTERED: sv("%(traveller)s registrerade Allpay."),
    Act.TRAVEL_LIMIT_CHANGED: sv("Ändrade kreditgränsen för %(traveller)s till %(limit)s."),
    Act.TRAVEL_CODE_ORDERED: sv("Skickade en ny kod till %(traveller)s."),
    Act.TRAVEL_ENDED: sv("Avslutade Tjänsteresor för %(traveller)s."),
    Act.TRAVEL_BOUGHT: sv("%(traveller)s köpte %(product)s för %(price)s."),
    Act.OFFER_APPLIED: sv("%(traveller)s ansökte om %(product)s som personalerbjudande."),
    Act.OFFER_WITHDRAWN: sv("Ansökan från %(traveller)s togs tillbaka."),
    Act.OFFER_APPROVED: sv("Beviljade %(traveller)s %(product)s som personalerbjudande."),
    Act.OFFER_DECLINED: sv("Avslog ansökan från %(traveller)s."),
    Act.REPORT_MADE: sv("Rapporten för %(month)s blev klar."),
    Act.MESSAGE_RETRIED: sv("Skickade om biljetten till %(holder)s."),
}


def _words(details: dict) -> dict[str, str]:
    """What varies in a sentence, as it is written in one."""
    shown = {name: str(value) for name, value in details.items()}
    for name in ("price", "limit"):
        if f"{name}_ore" in details:
            shown[name] = kr(details[f"{name}_ore"])
    if "product" in details:
        shown["product"] = word(Product(details["product"])).lower()
    if "month" in details:
        shown["month"] = month(Month(*map(int, details["month"].split("-"))))
    return shown


def _sentence(event: Event) -> str:
    words = _words(event.details)
    if event.act == Act.TRAVELLERS_IMPORTED:
        return ngettext("Importerade en resenär till %(department)s.",
                        "Importerade %(count)s resenärer till %(department)s.",
                        event.details["count"]) % words
    return _(SENTENCES[event.act], **words)


def told(events: Iterable[Event]) -> list[tuple[datetime, str, str]]:
    """When, who and what, as the timeline draws them."""
    return [(event.at, event.by_name or _("Portalen"), _sentence(event)) for event in events]


def _place() -> int | None:
    mark = request.args.get("efter")
    return audit.seq(mark) if mark else None


@bp.get("/")
@needs(Right.READ_EVENTS)
def index():
    found = audit.latest(db, within=actor().scope, after=_place())
    return page("events/index.html", events=told(found.rows), after=found.after)
