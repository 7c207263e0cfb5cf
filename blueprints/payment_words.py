"""What is said of a payment: how it goes, and when it did not go, why, and what to do then."""
from dataclasses import dataclass

from blueprints.language import _, lazy
from domain.payments import REFUSED, Means, Payment, State

NAMES = {Means.SWISH: lazy("Swish"), Means.CARD: lazy("Bankkort")}
WAITING = {
    State.BEGUN: lazy("Vi får inget svar just nu. Du har inte betalat något."),
    State.OPEN: lazy("Vi väntar på att du betalar."),
    State.UNKNOWN: lazy("Vi väntar på besked från din bank. Betala inte igen: så fort vi vet mer "
                        "står det här, och du får ett brev."),
}
ENDED = {
    State.PAID: lazy("Betalningen är klar"),
    State.DECLINED: lazy("Betalningen nekades"),
    State.CANCELLED: lazy("Betalningen avbröts"),
    State.TIMED_OUT: lazy("Betalningen gjordes inte i tid"),
    State.ERROR: lazy("Betalningen gick inte"),
}
NO_MONEY = lazy("Inga pengar har dragits.")
OTHERWISE = lazy("Försök igen, eller betala på ett annat sätt.")
LATER = lazy("Det ligger inte hos dig. Försök igen om en stund, eller betala på ett annat sätt.")
WHY = {
    "RF07": lazy("Banken nekade. Kontrollera att det finns pengar på kontot och att beloppet ryms "
                 "inom din gräns i Swish."),
    "BANKIDCL": lazy("Du avbröt i BankID."),
    "FF10": lazy("Något gick fel hos banken."),
    "TM01": lazy("Ingen öppnade betalningen i Swish inom tre minuter."),
    "ACMT03": lazy("Numret är inte anslutet till Swish."),
    "ACMT01": lazy("Numret är inte aktivt i Swish."),
    "VR01": lazy("Swish släpper inte igenom betalningen på grund av ålder."),
    "VR02": lazy("Swish tillhör en annan person än den som handlar."),
    "RP06": lazy("En annan betalning är öppen i din Swish. Avsluta den först."),
    "AM02": lazy("Beloppet är för stort för Swish."),
    "AM06": lazy("Beloppet är för litet för Swish."),
    REFUSED: lazy("Banken nekade kortet."),
    "never_asked": lazy("Betalningen påbörjades aldrig."),
    "no_answer": lazy("Vi fick inget svar."),
}
"""By the provider's code; what is not here is ours to mend, or theirs."""
OURS = frozenset({"FF08", "RP01", "RP02", "RP03", "RP09", "BE18", "PA01", "PA02", "AM03", "ACMT07",
                  "UNKW", "400", "401", "403", "415", "500"})
"""Nothing that whoever pays can do anything about."""


@dataclass(frozen=True)
class Said:
    kind: str
    title: str
    words: list[str]


def said(payment: Payment) -> Said:
    if payment.state in WAITING:
        title = (_("Det dröjer") if payment.state == State.UNKNOWN
                 else _("Betala med %(means)s", means=NAMES[payment.means]))
        return Said("warn" if payment.state != State.OPEN else "info", title,
                    [WAITING[payment.state]])
    if payment.state == State.PAID:
        return Said("good", ENDED[payment.state], [])
    why = WHY.get(payment.code)
    advice = LATER if payment.code in OURS | {"away"} else OTHERWISE
    return Said("bad", ENDED[payment.state], [each for each in (why, NO_MONEY, advice) if each])
