"""Inspection: whether a ticket that somebody shows is valid, here and now, and if not, why.

Decided of what the code says and the block list alone: nobody is asked, nothing is written down.
`static/inspection.js` follows the same rules where there is no network; the cases of
`tests/inspection_cases.json` are put to both.
"""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.block_list import Reason
from domain.products import CATEGORY_NAMES, Category
from domain.rules import Rules
from domain.texts import sv


class Finding(StrEnum):
    VALID = "valid"
    NOT_YET = "not_yet"
    ENDED = "ended"
    OTHER_ZONE = "other_zone"
    RECALLED = "recalled"
    LOST = "lost"
    TRIAL = "trial"
    UNKNOWN_ISSUER = "unknown_issuer"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"
    NO_TICKET = "no_ticket"


RESULTS = {
    Finding.VALID: 0, Finding.NO_TICKET: 1, Finding.OTHER_ZONE: 2, Finding.NOT_YET: 3,
    Finding.ENDED: 3, Finding.TRIAL: 5, Finding.UNKNOWN_ISSUER: 5, Finding.UNKNOWN_KEY: 5,
    Finding.SIGNATURE: 5, Finding.RECALLED: 7, Finding.LOST: 7,
}
"""The same as BoB says it to others: `eventResult`."""

SENTENCES = {
    Finding.VALID: sv("Giltig"),
    Finding.NOT_YET: sv("Börjar gälla %(at)s"),
    Finding.ENDED: sv("Har gått ut %(at)s"),
    Finding.OTHER_ZONE: sv("Gäller inte i zon %(zone)s"),
    Finding.RECALLED: sv("Spärrad: återkallad"),
    Finding.LOST: sv("Spärrad: förlorad"),
    Finding.TRIAL: sv("Provbiljett: godtas inte"),
    Finding.UNKNOWN_ISSUER: sv("Okänd utfärdare"),
    Finding.UNKNOWN_KEY: sv("Okänd nyckel"),
    Finding.SIGNATURE: sv("Signaturen stämmer inte"),
    Finding.NO_TICKET: sv("Inte en biljett"),
}

ADVICE = {
    Finding.VALID: "",
    Finding.NOT_YET: "", Finding.ENDED: "", Finding.OTHER_ZONE: "",
    Finding.RECALLED: sv("Den som skickade biljetten har tagit tillbaka den."),
    Finding.LOST: sv("Biljetten är gjord på nytt med ett annat nummer."),
    Finding.TRIAL: sv("Den är skickad av ett företag som bara prövar portalen."),
    Finding.UNKNOWN_ISSUER: sv("Biljetten är inte utfärdad av oss."),
    Finding.UNKNOWN_KEY: sv("Hämta nya nycklar och läs koden igen. Blir det samma svar är koden "
                            "inte utfärdad av oss."),
    Finding.SIGNATURE: sv("Koden är ändrad eller förfalskad."),
    Finding.NO_TICKET: sv("Koden är skadad, eller något annat än en biljett."),
}


AGE = sv("Be att få se legitimation om du är osäker på åldern.")
PROOFS = {
    CATEGORY_NAMES[Category.YOUTH]: AGE, CATEGORY_NAMES[Category.SENIOR]: AGE,
    CATEGORY_NAMES[Category.STUDENT]: sv("Be att få se ett giltigt studentkort."),
}
"""What a valid ticket is shown together with, by its category as the code says it."""


class Doubt(StrEnum):
    """What the code itself cannot tell, and the inspector has to look at."""

    OLD_CODE = "old_code"


DOUBTS = {
    Doubt.OLD_CODE: sv("Koden ritades %(at)s. Se efter att klockan under den går: annars är det en "
                       "skärmbild."),
}


@dataclass(frozen=True)
class Carried:
    """What a code says that one of our keys has signed."""

    number: str
    product: str
    area: str
    """Where it is valid, in words; `zones` are the authority's numbers."""
    zones: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    category: str
    drawn_at: datetime | None = None
    """When the code was put on the phone's screen. A phone without a network shows an older one."""


@dataclass(frozen=True)
class Verdict:
    finding: Finding
    ticket: Carried | None = None
    """None when nobody we know has signed it."""
    zone: str | None = None
    """Where it was inspected, if that was said."""
    doubts: tuple[Doubt, ...] = ()

    @property
    def valid(self) -> bool:
        return self.finding == Finding.VALID

    @property
    def result(self) -> int:
        return RESULTS[self.finding]

    @property
    def at(self) -> datetime | None:
        """The moment that the sentence speaks of."""
        if self.ticket is None or self.finding not in (Finding.NOT_YET, Finding.ENDED):
            return None
        return (self.ticket.valid_from if self.finding == Finding.NOT_YET
                else self.ticket.valid_until)


def judge(ticket: Carried, *, blocked: Mapping[str, Reason], zone: str | None, now: datetime,
          rules: Rules) -> Verdict:
    """A ticket whose signature is ours."""
    finding = _finding(ticket, blocked, zone, now, rules)
    old = ticket.drawn_at and now - ticket.drawn_at > timedelta(minutes=rules.code_fresh_minutes)
    doubts = (Doubt.OLD_CODE,) if old and finding == Finding.VALID else ()
    return Verdict(finding, ticket, zone, doubts)


def _finding(ticket: Carried, blocked: Mapping[str, Reason], zone: str | None, now: datetime,
             rules: Rules) -> Finding:
    if ticket.number in blocked:
        return Finding(blocked[ticket.number].value)
    if now + timedelta(seconds=rules.inspection_skew_seconds) < ticket.valid_from:
        return Finding.NOT_YET
    if now >= ticket.valid_until:
        return Finding.ENDED
    if zone and zone not in ticket.zones:
        return Finding.OTHER_ZONE
    return Finding.VALID
