"""What an inspector is told of a verdict, in words: drawn here, or by the browser where there is no
network."""
from dataclasses import dataclass
from datetime import datetime

from blueprints.formats import moment
from blueprints.language import _
from blueprints.web import now
from domain.inspections import ADVICE, DOUBTS, PROOFS, SENTENCES, Carried, Finding, Verdict
from domain.months import today
from domain.texts import sv
from translations import formats

NO_CODE = sv("Det finns ingen biljettkod i bilden. Gå närmare, håll stilla och ta en ny.")
UNREADABLE = sv("Bilden går inte att läsa. Välj en JPEG- eller PNG-bild på högst 20 MB.")
NO_TEXT = sv("Välj en bild, eller klistra in kodens text.")
LOOK = sv("Giltig, men se efter")
TERMS = {
    "product": sv("Biljett"), "area": sv("Gäller i"), "zones": sv("Zoner"),
    "category": sv("Kategori"), "from": sv("Gäller från"), "until": sv("Gäller till"),
    "number": sv("Nummer"), "drawn": sv("Ritad"),
}
ABOUT_THE_BROWSER = {
    "basis": sv("Nycklar och spärrlista hämtade %(at)s, %(ago)s."),
    "stale": sv("De är äldre än %(hours)s timmar. Hämta nya så snart du har nät: nya spärrar syns "
                "inte."),
    "just": sv("nyss"),
    "none": sv("Nycklarna är inte hämtade än. Öppna sidan en gång med nät."),
    "away": sv("Inget nät. Koderna kontrolleras här i telefonen."),
    "no_camera": sv("Kameran går inte att använda. Tillåt den i webbläsaren, eller ta en bild."),
    "reading": sv("Läser …"),
}


@dataclass(frozen=True)
class Told:
    kind: str
    """good, warn or bad"""
    headline: str
    advice: str
    doubts: list[str]
    facts: list[tuple[str, str]]


def told(verdict: Verdict) -> Told:
    kind = "bad" if not verdict.valid else "warn" if verdict.doubts else "good"
    at = verdict.at and _at(verdict.at)
    headline = LOOK if kind == "warn" else SENTENCES[verdict.finding]
    advice = ADVICE[verdict.finding] or (verdict.valid and PROOFS.get(verdict.ticket.category))
    return Told(kind, _(headline, at=at, zone=verdict.zone), _(advice) if advice else "",
                [_(DOUBTS[doubt], at=_at(verdict.ticket.drawn_at)) for doubt in verdict.doubts],
                _facts(verdict.ticket) if verdict.ticket else [])


def _facts(ticket: Carried) -> list[tuple[str, str]]:
    """What the code says, and nothing else: who holds it is not in it."""
    drawn = ticket.drawn_at and _at(ticket.drawn_at)
    said = {"product": ticket.product, "area": ticket.area, "zones": ", ".join(ticket.zones),
            "category": ticket.category, "from": moment(ticket.valid_from),
            "until": moment(ticket.valid_until), "number": ticket.number, "drawn": drawn}
    return [(_(TERMS[name]), value) for name, value in said.items() if value]


def _at(value: datetime) -> str:
    """07:42, and the day when it is not today."""
    return formats.clock(value) if today(value) == today(now()) else moment(value)


def for_the_browser() -> dict[str, dict[str, str]]:
    """The same words, with %(at)s and %(zone)s still in them."""
    return {
        "findings": {finding: _(SENTENCES[finding]) for finding in Finding},
        "advice": {finding: _(ADVICE[finding]) if ADVICE[finding] else "" for finding in Finding},
        "proofs": {category: _(text) for category, text in PROOFS.items()},
        "doubts": {doubt: _(text) for doubt, text in DOUBTS.items()},
        "terms": {name: _(text) for name, text in TERMS.items()},
        "page": {name: _(text) for name, text in ABOUT_THE_BROWSER.items()}
        | {"no_code": _(NO_CODE), "unreadable": _(UNREADABLE), "no_text": _(NO_TEXT),
           "look": _(LOOK)},
    }
