"""What a company sees of a traveller, as its administrator's pages and the traveller's own draw it:
the same values for the same templates."""
from htmx_flask import request

from blueprints import events
from blueprints.code_course import course
from blueprints.language import _, lazy
from blueprints.web import db, now
from domain import assortment, employer_view, standings, travel_cards
from domain.employer_view import A_PAGE, Part, Rows
from domain.errors import NotFound
from domain.travellers import Traveller

SLUGS = {"biljetter": Part.SENT, "kop": Part.BOUGHT, "erbjudanden": Part.OFFERS,
         "meddelanden": Part.MESSAGES, "handelser": Part.EVENTS}
TITLES = {Part.SENT: lazy("Skickade biljetter"), Part.BOUGHT: lazy("Köp med Tjänsteresor"),
          Part.OFFERS: lazy("Personalerbjudande"), Part.MESSAGES: lazy("Meddelanden"),
          Part.EVENTS: lazy("Händelser")}
SAID = {"ticket": lazy("En biljett"), "ticket_reissued": lazy("En biljett som gjorts på nytt"),
        "allpay_code": lazy("En kod till Allpay"),
        "allpay_reminder": lazy("Påminnelse om koden till Allpay"),
        "offer_consent": lazy("Fråga om löneavdrag för personalerbjudande"),
        "offer_asked": lazy("Fråga om en ansökan"),
        "offer_waits": lazy("Besked: ansökan väntar"),
        "offer_renewal": lazy("Fråga om att ansöka igen"),
        "offer_approved": lazy("Besked: ansökan är beviljad"),
        "offer_declined": lazy("Besked: ansökan är avslagen"),
        "deduction_settled": lazy("Besked: löneavdraget är ändrat"),
        "welcome": lazy("Inbjudan att logga in")}


def whole(traveller: Traveller) -> dict:
    """Everything, each list as far as it is short."""
    standing = standings.latest_of_travellers(db, [traveller.id], now=now()).get(traveller.id)
    parts = {slug: _part(part, employer_view.rows(db, traveller, part))
             for slug, part in SLUGS.items()}
    return {"traveller": traveller, "standing": standing, "now": now(), "parts": parts,
            "course": standing and not standing.connection.ended_at and course(standing),
            "policy": standing and standing.connection.policy,
            "cards": travel_cards.of_travellers(db, [traveller.id]),
            "services": assortment.of_traveller(db, traveller).services}


def one(traveller: Traveller, slug: str) -> dict:
    """One of the lists, page by page."""
    if slug not in SLUGS:
        raise NotFound("Sidan finns inte.")
    skip = _skip(request.args.get("efter", "0"))
    found = employer_view.rows(db, traveller, SLUGS[slug], skip=skip, most=A_PAGE)
    return {"traveller": traveller, "slug": slug, "part": _part(SLUGS[slug], found),
            "newest": skip == 0}


def _skip(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise NotFound("Sidan finns inte.")
    return int(text)


def _part(part: Part, found: Rows) -> dict:
    drawn = {"name": part, "title": str(TITLES[part]), "rows": found.rows, "after": found.after}
    match part:
        case Part.SENT:
            drawn["recallable"] = employer_view.recallable(db, found.rows, now=now())
        case Part.MESSAGES:
            drawn["rows"] = [(message, str(SAID.get(message.template) or _("Ett meddelande")))
                             for message in found.rows]
        case Part.EVENTS:
            drawn["rows"] = events.told(found.rows)
    return drawn
